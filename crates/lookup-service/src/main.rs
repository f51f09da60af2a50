//! The lookup service as a program of its own, with a directory that is a file.

use clap::Parser;
use lookup_service::program::{CommandLine, run};
use std::process::ExitCode;

/// The tenant picker's lookup service: which organization a domain or a code belongs to
#[derive(Parser)]
#[command(version)]
struct Program {
    #[command(flatten)]
    command_line: CommandLine,
}

#[tokio::main]
async fn main() -> ExitCode {
    run(Program::parse().command_line, None).await
}
