//! The settings, from the function's environment variables.

use std::env;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use directory_table::address::{Address, Patience};
use directory_table::by_name::ByName;
use directory_table::pace::Pace;
use lambda_http::Error;
use lookup_service::base_path::BasePath;
use lookup_service::client_address::ClientAddress;
use lookup_service::limits::{LimitSettings, Limits, UNKNOWN_CODES};
use lookup_service::memberships::Memberships;
use lookup_service::organizations::{Elsewhere, Organizations};
use lookup_service::request_id::RequestIds;
use lookup_service::site_config::SiteConfig;
use lookup_service::{Settings, directory_file};

/// The size of the cache before a table, in bytes.
const CACHE: u64 = 16 * 1024 * 1024;

/// What the service consists of.
///
/// # Errors
/// If a variable or a file is wrong. Says which.
pub(crate) async fn settings() -> Result<Settings, Error> {
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
    settings.limits = Arc::new(Limits::new(limits()?));
    settings.request_ids = Some(RequestIds::default());
    if let Some(config) = &settings.config {
        let memberships = Memberships {
            allow_origins: settings.allow_origins.clone(),
            limits: settings.limits.clone(),
            ..Memberships::new(settings.organizations.clone(), config.clone())
        };
        settings.more_routes = memberships.routes();
    }
    Ok(settings)
}

/// The directory. A table is connected to at once, so that the first person does not wait for TLS.
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

fn limits() -> Result<LimitSettings, Error> {
    let client_address = match variable("CLIENT_ADDRESS").as_deref() {
        None => None,
        Some("source-ip") => Some(ClientAddress::default()),
        Some("cloudfront-viewer-address") => Some(ClientAddress::CloudFrontViewerAddress),
        Some(_) => return Err("CLIENT_ADDRESS: must be source-ip or cloudfront-viewer-address".into()),
    };
    let (each_client, unknown_codes) = (number("RATE_LIMIT")?, number("UNKNOWN_CODES")?);
    if client_address.is_none() && (each_client.is_some() || unknown_codes.is_some()) {
        return Err("CLIENT_ADDRESS: is required with RATE_LIMIT and UNKNOWN_CODES".into());
    }
    let default = client_address.as_ref().map_or(0, |_| UNKNOWN_CODES.get());
    Ok(LimitSettings {
        client_address: client_address.unwrap_or_default(),
        each_client: each_client.and_then(NonZeroU32::new),
        total: number("RATE_LIMIT_TOTAL")?.and_then(NonZeroU32::new),
        unknown_codes: NonZeroU32::new(unknown_codes.unwrap_or(default)),
    })
}

/// A variable that is set to something.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// A number. 0 turns a limit off.
fn number(name: &str) -> Result<Option<u32>, Error> {
    let wrong = |_| Error::from(format!("{name}: must be a number"));
    variable(name).map(|text| text.parse().map_err(wrong)).transpose()
}
