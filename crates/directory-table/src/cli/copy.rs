//! `directory-table create`, `dump` and `status`.

use super::progress::Bars;
use super::{Fault, print};
use clap::Args;
use directory_table::address::{Address, Patience};
use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tempfile::Builder;

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
            Some(file) => write(file, text.as_bytes()),
            None => io::stdout().write_all(text.as_bytes()),
        };
        let name = self.out.as_ref().map_or("standard output".to_owned(), |file| file.display().to_string());
        written.map_err(|error| Fault(vec![format!("{name}: {error}")]))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Replaces a file at once: it is never there in part.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let permissions = match fs::metadata(&path) {
        // A device or a pipe is written to, and not replaced.
        Ok(metadata) if !metadata.is_file() => return fs::write(path, bytes),
        Ok(metadata) => metadata.permissions(),
        // Whoever may read a new file may read this one.
        Err(_) => Permissions::from_mode(0o666),
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut written = Builder::new().permissions(permissions).tempfile_in(folder)?;
    written.write_all(bytes)?;
    written.as_file().sync_all()?;
    written.persist(path)?;
    Ok(())
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
        let bars = Bars::default();
        let checked = table.check(&bars).await;
        drop(bars);
        let pointer = checked.map_err(|error| Fault::of_table(&self.table, &error))?;
        print(format_args!(
            "{}: {} tenants, {} of them served, generation {}, revision {}, no problems",
            self.table, pointer.organizations, pointer.served, pointer.generation.0, pointer.revision
        ));
        Ok(ExitCode::SUCCESS)
    }
}
