//! `directory-table create`, `dump` and `status`.

use super::{Fault, print};
use clap::Args;
use directory_table::address::{Address, Patience};
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub(crate) struct Create {
    /// The table, as dynamodb://TABLE
    #[arg(value_name = "ADDRESS")]
    table: Address,
}

impl Create {
    pub(crate) async fn run(&self) -> Result<ExitCode, Fault> {
        let table = self.table.open(Patience::Operator).await;
        table.create().await.map_err(|error| Fault::of_table(&self.table, &error))?;
        print(format_args!("{}: it is there. Load a file into it with `directory-table load`.", self.table));
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Args)]
pub(crate) struct Dump {
    /// The table, as dynamodb://TABLE
    #[arg(long, value_name = "ADDRESS")]
    from: Address,

    /// The file to write; without it, standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Dump {
    pub(crate) async fn run(&self) -> Result<ExitCode, Fault> {
        let table = self.from.open(Patience::Operator).await;
        let records = table.records().await.map_err(|error| Fault::of_table(&self.from, &error))?;
        let text = records.text();
        let written = match &self.out {
            Some(file) => fs::write(file, &text),
            None => io::stdout().write_all(text.as_bytes()),
        };
        let name = self.out.as_ref().map_or("standard output".to_owned(), |file| file.display().to_string());
        written.map_err(|error| Fault(vec![format!("{name}: {error}")]))?;
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Args)]
pub(crate) struct Status {
    /// The table, as dynamodb://TABLE
    #[arg(value_name = "ADDRESS")]
    table: Address,
}

impl Status {
    pub(crate) async fn run(&self) -> Result<ExitCode, Fault> {
        let table = self.table.open(Patience::Operator).await;
        let pointer = table.records().await.map_err(|error| Fault::of_table(&self.table, &error))?.pointer;
        print(format_args!(
            "{}: {} tenants, {} of them served, generation {}, revision {}, no problems",
            self.table, pointer.organizations, pointer.served, pointer.generation.0, pointer.revision
        ));
        Ok(ExitCode::SUCCESS)
    }
}
