//! The commands of the program.

pub(crate) mod copy;
pub(crate) mod load;
pub(crate) mod member;
mod progress;
pub(crate) mod serve;

use directory_table::address::Address;
use directory_table::error::TableError;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// The exit code for everything that did not work.
const FAULT: u8 = 2;

/// Why a command has ended, for a person: lines for standard error.
pub(crate) struct Fault(Vec<String>);

impl Fault {
    pub(crate) fn of_table(address: &Address, error: &TableError) -> Self {
        Self(vec![format!("{address}: {error}"), error.what_to_do().to_owned()])
    }

    pub(crate) fn report(self) -> ExitCode {
        // Standard error may be closed. The exit code is still right then.
        let _ = self.0.iter().try_for_each(|line| writeln!(io::stderr(), "{line}"));
        ExitCode::from(FAULT)
    }
}

/// Prints a line of the result.
fn print(line: impl std::fmt::Display) {
    // Standard output may be closed.
    let _ = writeln!(io::stdout(), "{line}");
}

/// The time in seconds since the Unix epoch.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
