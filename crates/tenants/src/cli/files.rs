//! Reads the operator's files, and writes tenants.toml.

use super::Refusal;
use super::place::{Place, check_table, read_table, record_in_table};
use lookup_service::regular_file;
use lookup_service::text_encoding::decode;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, chown};
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

    /// The organizations: a file, or dynamodb://TABLE
    #[arg(long, value_name = "FILE", default_value = "tenants.toml")]
    pub(crate) directory: Place,
}

/// How many findings of a file are listed.
const FINDINGS_SHOWN: usize = 20;

impl Files {
    /// Reads both files.
    pub(crate) fn read(&self) -> Result<(Pool, Vec<Organization>), Refusal> {
        let pool = read_pool(&self.pool)?;
        // What a table names is looked for beside pool.toml.
        let (text, beside) = match &self.directory {
            Place::File(path) => (read_text(path)?, path),
            Place::Table(address) => (read_table(address)?, &self.pool),
        };
        let organizations = provisioning::parse(&text, &pool, &reader(beside));
        Ok((pool, organizations.map_err(|list| findings(&self.directory, &list))?))
    }

    /// Keeps other runs of this program from changing the pool, as long as the file is open.
    pub(crate) fn lock(&self) -> Result<File, Refusal> {
        let named = |error: io::Error| Refusal(vec![format!("{}: {error}", self.pool.display())]);
        let file = File::open(&self.pool).map_err(named)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(file),
            Err(error) if error == Errno::WOULDBLOCK => {
                let line = format!("another run of `tenants` is using {}", self.pool.display());
                Err(Refusal::with_advice(line, "Wait until it is done."))
            }
            Err(error) => Err(named(error.into())),
        }
    }

    /// Checks that the directory can be written, before the pool is changed.
    pub(crate) fn check_writable(&self) -> Result<(), Refusal> {
        let path = match &self.directory {
            Place::File(path) => path,
            Place::Table(address) => return check_table(address),
        };
        let named = |reason: String| {
            let line = format!("{}: cannot be written: {reason}", path.display());
            Refusal::with_advice(line, "Mend that first: nothing was done.")
        };
        let metadata = fs::metadata(path).map_err(|error| named(error.to_string()))?;
        if metadata.permissions().readonly() {
            return Err(named("it is read-only".to_owned()));
        }
        let text = fs::read_to_string(path).map_err(|error| named(error.to_string()))?;
        let checked = write_beside(path, &text).and_then(|(_, unfinished)| fs::remove_file(unfinished));
        checked.map_err(|error| named(error.to_string()))
    }

    /// Writes something down about an organization.
    pub(crate) fn record(&self, code: &str, entry: &Entry<'_>) -> Result<(), String> {
        let path = match &self.directory {
            Place::File(path) => path,
            Place::Table(address) => {
                return record_in_table(address, code, entry).map_err(|Refusal(lines)| lines.join(". "));
            }
        };
        let named = |error: io::Error| format!("{}: {error}", path.display());
        let text = fs::read_to_string(path).map_err(named)?;
        let text = record(&text, code, entry).map_err(|error| error.to_string())?;
        replace(path, &text).map_err(named)
    }
}

/// Reads pool.toml alone.
pub(crate) fn read_pool(path: &Path) -> Result<Pool, Refusal> {
    pool_file::parse(&read_text(path)?, &reader(path)).map_err(|list| findings(&path.display(), &list))
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

/// The longest file that is read for a field, in bytes. Metadata have some ten thousand.
const FILE_MAX: usize = 1024 * 1024;

/// Reads files that `file` names. A relative name is looked for beside it.
fn reader(file: &Path) -> impl Fn(&str) -> Result<String, String> {
    let folder = folder(file).to_owned();
    move |name| {
        let bytes = regular_file::read(&folder.join(name)).map_err(|error| error.to_string())?;
        if bytes.len() > FILE_MAX {
            return Err(format!("has more than {FILE_MAX} bytes"));
        }
        decode(&bytes).map(str::to_owned).map_err(|error| error.to_string())
    }
}

/// The folder that a file is in.
pub(crate) fn folder(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

fn findings(file: &impl Display, list: &[Finding]) -> Refusal {
    let mut lines: Vec<String> = list.iter().take(FINDINGS_SHOWN).map(|finding| format!("{file}:{finding}")).collect();
    if list.len() > FINDINGS_SHOWN {
        lines.push(format!("{file}: and {} more", list.len() - FINDINGS_SHOWN));
    }
    Refusal(lines)
}

/// Replaces a file at once: who reads it meanwhile, such as the lookup service, sees the old text or the new one. A
/// link stays a link, and owner and mode stay. A file that is mounted by itself cannot be replaced, so it is written.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let (path, unfinished) = write_beside(path, text)?;
    match fs::rename(&unfinished, &path) {
        Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
            fs::remove_file(&unfinished)?;
            fs::write(path, text)
        }
        done => done.inspect_err(|_| drop(fs::remove_file(&unfinished))),
    }
}

/// Writes a text into a file beside this one, with its owner and mode. Returns both paths, without links.
fn write_beside(path: &Path, text: &str) -> io::Result<(PathBuf, PathBuf)> {
    let path = fs::canonicalize(path)?;
    let unfinished = path.with_extension("toml.unfinished");
    let write = || {
        let metadata = fs::metadata(&path)?;
        let mut out = File::create(&unfinished)?;
        out.set_permissions(metadata.permissions())?;
        chown(&unfinished, Some(metadata.uid()), Some(metadata.gid()))?;
        out.write_all(text.as_bytes())?;
        out.sync_all()
    };
    write().inspect_err(|_| drop(fs::remove_file(&unfinished)))?;
    Ok((path, unfinished))
}
