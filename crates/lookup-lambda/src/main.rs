//! The lookup service as a Lambda function, for operators who will not run a server for it. It has the same routes, without
//! the site: a static host serves that. The files are in the package, and are read once, when the function starts.
//!
//! - `DIRECTORY`: the organizations. `tenants.toml` beside the program if it is not set.
//! - `CONFIG`: config.json, from which the isolation and the origins of applications are taken. Optional.
//! - `ALLOW_ORIGIN`: the origins whose pages may look up, separated by spaces.

use arc_swap::ArcSwap;
use lambda_http::Error;
use lookup_service::base_path::BasePath;
use lookup_service::directory_file;
use lookup_service::site_config::SiteConfig;
use lookup_service::{Settings, app};
use std::env;
use std::path::Path;
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let log = lookup_service::log::start(std::io::stdout());
    let settings = settings()?;
    lambda_http::run(app(settings)).await?;
    drop(log);
    Ok(())
}

fn settings() -> Result<Settings, Error> {
    let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let file = variable("DIRECTORY").unwrap_or_else(|| "tenants.toml".to_owned());
    let directory = directory_file::load(Path::new(&file)).map_err(|error| error.lines(&file).join("\n"))?;
    let mut settings = Settings::new(Arc::new(ArcSwap::from_pointee(directory)));
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
