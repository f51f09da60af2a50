//! Where the organizations are kept: in a file, or in a table of DynamoDB.

use super::Refusal;
use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use tenants::files::record::Entry;

/// What `--directory` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A file.
    File(PathBuf),
    /// The address of a table.
    Table(String),
}

impl FromStr for Place {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_table = text.starts_with("dynamodb://");
        Ok(if is_table { Self::Table(text.to_owned()) } else { Self::File(text.into()) })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Table(address) => f.write_str(address),
        }
    }
}

/// The text of the file that a table is.
#[cfg(feature = "dynamodb")]
pub(crate) fn read_table(address: &str) -> Result<String, Refusal> {
    let table = open(address)?;
    let records = block_on(table.records())?.map_err(|error| refusal(address, &error))?;
    Ok(records.text())
}

/// Checks that a table can be written.
#[cfg(feature = "dynamodb")]
pub(crate) fn check_table(address: &str) -> Result<(), Refusal> {
    let table = open(address)?;
    block_on(table.check_writable())?.map_err(|error| refusal(address, &error))
}

/// Writes something down about an organization in a table, in one transaction.
#[cfg(feature = "dynamodb")]
pub(crate) fn record_in_table(address: &str, code: &str, entry: &Entry<'_>) -> Result<(), Refusal> {
    use directory_table::edit::EditError;
    use std::time::{SystemTime, UNIX_EPOCH};
    use tenants::files::record::record;

    let table = open(address)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let edit = |text: Option<&str>| {
        let text = text.ok_or_else(|| format!("it has no organization with the code {code} any more"))?;
        let recorded = record(text, code, entry).map_err(|error| error.to_string())?;
        Ok(if *entry == Entry::Removed { None } else { Some(recorded) })
    };
    block_on(table.edit(code, now, edit))?.map_err(|error| match error {
        EditError::Table(error) => refusal(address, &error),
        other => Refusal(vec![format!("{address}: {other}")]),
    })
}

#[cfg(feature = "dynamodb")]
fn open(address: &str) -> Result<directory_table::table::Table, Refusal> {
    use directory_table::address::{Address, Patience};

    let address: Address = address.parse().map_err(|error| Refusal(vec![format!("{address}: {error}")]))?;
    block_on(address.open(Patience::Operator))
}

#[cfg(feature = "dynamodb")]
fn refusal(address: &str, error: &directory_table::error::TableError) -> Refusal {
    Refusal::with_advice(format!("{address}: {error}"), error.what_to_do())
}

/// Waits for the SDK, which is made for programs that do many things at once.
#[cfg(feature = "dynamodb")]
fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Refusal> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    Ok(runtime?.block_on(future))
}

#[cfg(not(feature = "dynamodb"))]
pub(crate) fn read_table(address: &str) -> Result<String, Refusal> {
    Err(without_dynamodb(address))
}

#[cfg(not(feature = "dynamodb"))]
pub(crate) fn check_table(address: &str) -> Result<(), Refusal> {
    Err(without_dynamodb(address))
}

#[cfg(not(feature = "dynamodb"))]
pub(crate) fn record_in_table(address: &str, _: &str, _: &Entry<'_>) -> Result<(), Refusal> {
    Err(without_dynamodb(address))
}

#[cfg(not(feature = "dynamodb"))]
fn without_dynamodb(address: &str) -> Refusal {
    let advice = "Build it with `cargo build --release -p tenants --features dynamodb`.";
    Refusal::with_advice(format!("{address}: this program was built without DynamoDB"), advice)
}
