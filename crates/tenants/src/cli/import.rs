//! `tenants import`.

use super::{Refusal, files, progress};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tenants::cognito::{PoolReader, all};
use tenants::count;
use tenants::files::pool_file::is_region;
use tenants::provision::import;

#[derive(clap::Args)]
pub(crate) struct ImportOptions {
    /// The user pool's id, such as eu-west-1_EXAMPLE
    #[arg(long, value_name = "ID")]
    user_pool_id: String,

    /// The folder for the files. None of them may be there already
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    into: PathBuf,
}

pub(crate) fn run(options: &ImportOptions) -> Result<bool, Refusal> {
    let region = options.user_pool_id.split_once('_').map(|(region, _)| region);
    let Some(region) = region.filter(|region| is_region(region)) else {
        return Err(Refusal(vec!["--user-pool-id is not the id of a user pool, such as eu-west-1_EXAMPLE".to_owned()]));
    };
    let aws = files::aws(region)?;
    let show = |done, of| progress::show("app clients read", done, of);
    let reader = PoolReader { api: &aws, pool_id: &options.user_pool_id };
    let (clients, providers) = all(&reader, &show).map_err(|error| Refusal::with_advice(&error, error.what_to_do()))?;
    let import = import::import(region, &options.user_pool_id, &clients, &providers);
    if import.organizations == 0 {
        let mut lines = vec!["no app client of the pool is one of an organization, and nothing was written".to_owned()];
        lines.extend(import.left_out.iter().map(|line| format!("left out: {line}")));
        return Err(Refusal(lines));
    }
    let files = [("pool.toml", &import.pool), ("tenants.toml", &import.tenants)].into_iter();
    let files: Vec<_> = files.chain(import.files.iter().map(|(name, text)| (name.as_str(), text))).collect();
    if let Some((name, _)) = files.iter().find(|(name, _)| options.into.join(name).exists()) {
        let line = format!("{} exists already, and nothing was written", options.into.join(name).display());
        return Err(Refusal::with_advice(line, "Move it away, or give another folder: --into FOLDER."));
    }
    fs::create_dir_all(&options.into)?;
    for (name, text) in files {
        write_new(&options.into.join(name), text)?;
    }
    let mut out = io::stdout();
    for line in &import.left_out {
        writeln!(out, "left out: {line}")?;
    }
    let (organizations, left_out) =
        (count(import.organizations, "organization"), count(import.left_out.len(), "app client"));
    writeln!(out, "{organizations}, {left_out} left out")?;
    writeln!(
        out,
        "Add names and domains to {}, then run `tenants plan`.",
        options.into.join("tenants.toml").display()
    )?;
    Ok(true)
}

fn write_new(path: &Path, text: &str) -> Result<(), Refusal> {
    let named = |error: io::Error| Refusal(vec![format!("{}: {error}", path.display())]);
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(named)?;
    file.write_all(text.as_bytes()).map_err(named)
}
