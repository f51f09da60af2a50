//! The command line: one module for each group of commands.

mod doctor;
mod files;
mod import;
mod machine;
mod place;
mod pool;
mod progress;
mod remove;

use clap::{Parser, Subcommand};
use std::io::{self, Write};
use std::process::ExitCode;

/// Sets organizations up in a Cognito user pool, and says what would fail there
#[derive(Parser)]
#[command(version)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show what `apply` would do. Nothing is changed
    Plan(pool::PlanOptions),
    /// Make the user pool as pool.toml and tenants.toml say, and write the client ids into tenants.toml
    Apply(pool::ApplyOptions),
    /// Show what others have changed in the user pool. The exit code is 1 if there is something
    Drift(pool::PlanOptions),
    /// Write pool.toml and tenants.toml for a user pool that others have set up
    Import(import::ImportOptions),
    /// Take an organization out of service, and with --delete out of the user pool
    Remove(remove::RemoveOptions),
    /// Replace the secret of a machine client: the old one works until it is retired
    Rotate(machine::RotateOptions),
    /// Print a document for the developers of an organization's back end. It has no secret in it
    Handover(machine::HandoverOptions),
    /// Look at a deployment from outside, as browsers do, and with --pool also inside: nobody is signed in, nothing is
    /// changed
    Doctor(doctor::DoctorOptions),
}

/// Why the program cannot do what it was told: lines for the operator.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) Vec<String>);

impl Refusal {
    /// One line, and what the operator can do.
    pub(crate) fn with_advice(line: impl std::fmt::Display, what_to_do: impl std::fmt::Display) -> Self {
        Self(vec![line.to_string(), format!("to do: {what_to_do}")])
    }
}

impl From<io::Error> for Refusal {
    /// Without words, if whoever reads the output has read enough.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self(Vec::new()),
            _ => Self(vec![format!("the output cannot be written: {error}")]),
        }
    }
}

/// Runs the command. The exit code is 0 if all is well, 1 if there is something to mend, and 2 if the command could not
/// be run.
pub(crate) fn run() -> ExitCode {
    let done = match CommandLine::parse().command {
        Command::Plan(options) => pool::plan(&options),
        Command::Apply(options) => pool::apply(&options),
        Command::Drift(options) => pool::drift(&options),
        Command::Import(options) => import::run(&options),
        Command::Remove(options) => remove::run(&options),
        Command::Rotate(options) => machine::rotate(&options),
        Command::Handover(options) => machine::handover(&options),
        Command::Doctor(options) => doctor::run(&options),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(Refusal(lines)) => {
            progress::clear();
            let mut err = io::stderr();
            for line in lines {
                let _ = writeln!(err, "{line}");
            }
            ExitCode::from(2)
        }
    }
}
