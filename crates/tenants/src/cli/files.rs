//! Reads the operator's files, and writes tenants.toml.

use super::Refusal;
use lookup_service::text_encoding::decode;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tenants::aws::{Aws, Credentials};
use tenants::files::Finding;
use tenants::files::pool_file::{self, Pool};
use tenants::files::provisioning::{self, Organization};
use tenants::files::record::{Entry, record};

/// The files of the operator.
#[derive(clap::Args)]
pub(crate) struct Files {
    /// What all organizations share
    #[arg(long, value_name = "FILE", default_value = "pool.toml")]
    pub(crate) pool: PathBuf,

    /// The organizations
    #[arg(long, value_name = "FILE", default_value = "tenants.toml")]
    pub(crate) directory: PathBuf,
}

/// How many findings of a file are listed.
const FINDINGS_SHOWN: usize = 20;

impl Files {
    /// Reads both files.
    pub(crate) fn read(&self) -> Result<(Pool, Vec<Organization>), Refusal> {
        let pool = read_pool(&self.pool)?;
        let text = read_text(&self.directory)?;
        let organizations = provisioning::parse(&text, &pool, &reader(&self.directory));
        Ok((pool, organizations.map_err(|list| findings(&self.directory, &list))?))
    }

    /// Writes something down about an organization.
    pub(crate) fn record(&self, code: &str, entry: &Entry<'_>) -> Result<(), String> {
        let named = |error: io::Error| format!("{}: {error}", self.directory.display());
        let text = fs::read_to_string(&self.directory).map_err(named)?;
        let text = record(&text, code, entry).map_err(|error| error.to_string())?;
        replace(&self.directory, &text).map_err(named)
    }
}

/// Reads pool.toml alone.
pub(crate) fn read_pool(path: &Path) -> Result<Pool, Refusal> {
    pool_file::parse(&read_text(path)?, &reader(path)).map_err(|list| findings(path, &list))
}

/// AWS in the pool's region.
pub(crate) fn aws(region: &str) -> Result<Aws, Refusal> {
    let credentials = Credentials::find().map_err(|error| Refusal(vec![error.to_string()]))?;
    Ok(Aws::new(region, &credentials))
}

fn read_text(path: &Path) -> Result<String, Refusal> {
    let named = |error: &dyn std::fmt::Display| Refusal(vec![format!("{}: {error}", path.display())]);
    let bytes = fs::read(path).map_err(|error| named(&error))?;
    decode(&bytes).map(str::to_owned).map_err(|error| named(&error))
}

/// Reads files that `file` names. A relative name is looked for beside it.
fn reader(file: &Path) -> impl Fn(&str) -> Result<String, String> {
    let folder = folder(file).to_owned();
    move |name| fs::read_to_string(folder.join(name)).map_err(|error| error.to_string())
}

/// The folder that a file is in.
pub(crate) fn folder(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

fn findings(path: &Path, list: &[Finding]) -> Refusal {
    let file = path.display();
    let mut lines: Vec<String> = list.iter().take(FINDINGS_SHOWN).map(|finding| format!("{file}:{finding}")).collect();
    if list.len() > FINDINGS_SHOWN {
        lines.push(format!("{file}: and {} more", list.len() - FINDINGS_SHOWN));
    }
    Refusal(lines)
}

/// Replaces a file at once: who reads it meanwhile, such as the lookup service, sees the old text or the new one. A
/// link stays a link.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let unfinished = path.with_extension("toml.unfinished");
    fs::write(&unfinished, text)?;
    fs::set_permissions(&unfinished, fs::metadata(&path)?.permissions())?;
    fs::rename(unfinished, path)
}
