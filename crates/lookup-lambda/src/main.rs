//! The lookup service as a Lambda function, for operators who will not run a server for it. It has the same routes, without
//! the site: a static host serves that. The files are in the package, and are read once, when the function starts.
//!
//! - `DIRECTORY`: the file with the organizations, or `dynamodb://TABLE`, which is asked for each name. `tenants.toml`
//!   beside the program if it is not set.
//! - `CONFIG`: config.json, from which the isolation and the origins of applications are taken. Optional.
//! - `ALLOW_ORIGIN`: the origins whose pages may look up, separated by spaces.

use arc_swap::ArcSwap;
use directory_table::address::{Address, Patience};
use directory_table::by_name::ByName;
use directory_table::pace::Pace;
use lambda_http::Error;
use lookup_service::base_path::BasePath;
use lookup_service::directory_file;
use lookup_service::organizations::{Elsewhere, Organizations};
use lookup_service::site_config::SiteConfig;
use lookup_service::{Settings, app};
use std::env;
use std::path::Path;
use std::sync::Arc;

/// The size of the cache before a table, in bytes.
const CACHE: u64 = 16 * 1024 * 1024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let log = lookup_service::log::start(std::io::stdout());
    let settings = settings().await?;
    lambda_http::run(app(settings)).await?;
    drop(log);
    Ok(())
}

async fn settings() -> Result<Settings, Error> {
    let mut settings = Settings::new(organizations().await?);
    if let Some(file) = variable("CONFIG") {
        let (config, findings) = SiteConfig::load(Path::new(&file), None, &BasePath::default());
        if let Some(finding) = findings.first() {
            return Err(format!("{file}: {finding}").into());
        }
        settings.config = Some(Arc::new(ArcSwap::from_pointee(config)));
    }
    let origins = variable("ALLOW_ORIGIN").unwrap_or_default();
    settings.allow_origins = origins.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    Ok(settings)
}

/// The directory. A table is connected to at once: AWS does not charge the start by its duration, and the first person
/// does not wait for TLS.
async fn organizations() -> Result<Organizations, Error> {
    let place = variable("DIRECTORY").unwrap_or_else(|| "tenants.toml".to_owned());
    if let Ok(address) = place.parse::<Address>() {
        let table = address.open(Patience::Lookup).await;
        let opened = ByName::open(table, Pace::default(), CACHE).await.map_err(|error| format!("{place}: {error}"))?;
        return Ok((opened as Arc<dyn Elsewhere>).into());
    }
    let directory = directory_file::load(Path::new(&place)).map_err(|error| error.lines(&place).join("\n"))?;
    Ok(Arc::new(ArcSwap::from_pointee(directory)).into())
}

/// A variable of the environment that is not empty.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
