//! `directory-table load`.

use super::progress::Bars;
use super::{Fault, print};
use clap::Args;
use directory_table::address::{Address, Patience};
use directory_table::contents::{Contents, ContentsError};
use directory_table::difference::Difference;
use directory_table::load::{LoadError, Loaded};
use lookup_service::directory_file;
use lookup_service::regular_file;
use lookup_service::text_encoding::decode;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// How many codes are listed.
const CODES_SHOWN: usize = 5;

#[derive(Args)]
pub(crate) struct Load {
    /// The file with the organizations
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The table, as dynamodb://TABLE
    #[arg(long, value_name = "ADDRESS")]
    to: Address,

    /// Say what would be changed, and change nothing
    #[arg(long)]
    dry_run: bool,

    /// Write a new generation even if the table seems to have the file, for a table that is damaged
    #[arg(long)]
    anew: bool,
}

impl Load {
    pub(crate) async fn run(&self) -> Result<ExitCode, Fault> {
        let bytes = regular_file::read(&self.file).map_err(|error| self.about_file(&error))?;
        let text = decode(&bytes).map_err(|error| self.about_file(&error))?;
        let contents = Contents::read(text).map_err(|error| about_contents(&self.file, error))?;
        let table = self.to.open(Patience::Operator).await;
        let (bars, summary) = (Bars::default(), self.summary(&contents));
        if self.dry_run {
            let difference = table.difference(&contents, &bars).await;
            drop(bars);
            match difference.map_err(|error| Fault::of_table(&self.to, &error))? {
                None => print(format_args!("{summary} would be loaded. There is nothing so far.")),
                Some((_, difference)) if difference.is_none() => print(format_args!("{summary} are there already.")),
                Some((_, difference)) => {
                    print(format_args!("{summary} would be loaded:"));
                    difference_lines(&difference).into_iter().for_each(print);
                }
            }
            return Ok(ExitCode::SUCCESS);
        }
        let mut loaded = table.load(&contents, self.anew, &bars).await;
        if let Err(LoadError::Busy { seconds }) = loaded {
            // Perhaps it is a load that was killed, which this one goes on with then.
            print(format_args!("{}: another load is or was at work. Waiting {seconds} seconds", self.to));
            tokio::time::sleep(Duration::from_secs(seconds + 1)).await;
            loaded = table.load(&contents, self.anew, &bars).await;
        }
        drop(bars);
        match loaded.map_err(|error| self.about_load(&error))? {
            Loaded::Nothing => print(format_args!("{summary} were there already. Nothing was changed.")),
            Loaded::Change(difference) => {
                print(format_args!("{summary}, changed in one transaction:"));
                difference_lines(&difference).into_iter().for_each(print);
            }
            Loaded::Generation(generation) => print(format_args!("{summary}, loaded as generation {}", generation.0)),
        }
        Ok(ExitCode::SUCCESS)
    }

    fn summary(&self, contents: &Contents<'_>) -> String {
        format!("{}: {} tenants, {} of them served", self.to, contents.organizations(), contents.served())
    }

    fn about_file(&self, error: &dyn std::fmt::Display) -> Fault {
        Fault(vec![format!("{}: {error}", self.file.display())])
    }

    fn about_load(&self, error: &LoadError) -> Fault {
        match error {
            LoadError::Table(error) => Fault::of_table(&self.to, error),
            LoadError::Busy { seconds } => Fault(vec![
                format!("{}: {error}", self.to),
                format!("Wait until it is done: it was at work less than {seconds} seconds ago."),
            ]),
            LoadError::NotVerified { .. } => Fault(vec![
                format!("{}: {error}", self.to),
                "The directory is as it was. Load the file with --anew.".to_owned(),
            ]),
        }
    }
}

fn about_contents(file: &Path, error: ContentsError) -> Fault {
    let name = file.display().to_string();
    match error {
        ContentsError::Findings(findings) => Fault(directory_file::LoadError::Findings(findings).lines(&name)),
        other => Fault(vec![format!("{name}: {other}")]),
    }
}

fn difference_lines(difference: &Difference) -> Vec<String> {
    let kinds = [("new", &difference.added), ("changed", &difference.changed), ("removed", &difference.removed)];
    let mut lines: Vec<String> = kinds.into_iter().filter(|(_, codes)| !codes.is_empty()).map(line).collect();
    if difference.head {
        lines.push("  changed: what is before the first tenant".to_owned());
    }
    if difference.order {
        lines.push("  changed: the order".to_owned());
    }
    lines
}

fn line((kind, codes): (&str, &Vec<String>)) -> String {
    let shown = codes.iter().take(CODES_SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = codes.len().saturating_sub(CODES_SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("  {}: {} ({shown}{more})", kind, codes.len())
}
