//! The command line, and the files that it names.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::base_path::BasePath;
use crate::client_address::ClientAddress;
use crate::directory::Directory;
use crate::directory_file::{self, LoadError, SAMPLE};
use crate::limits::{LimitSettings, UNKNOWN_CODES};
use crate::page::ServedPage;
use axum::http::HeaderValue;
use clap::Args;
use platform::WebUrl;

/// What to serve, and where.
#[derive(Debug, Args)]
#[allow(rustdoc::bare_urls, reason = "clap prints these texts as they are")]
pub struct CommandLine {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// The directory file, watched and reloaded (at once on SIGHUP); without it the built-in sample answers
    #[arg(long, value_name = "FILE")]
    pub directory: Option<Place>,

    /// Serve the picker's files from this folder (dist/)
    #[arg(long, value_name = "DIR")]
    pub site: Option<PathBuf>,

    /// config.json, watched and reloaded (at once on SIGHUP): served with --site, and read for isolation and
    /// applications [default: config.json in the site's folder]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// The path that everything is below, such as /login/, if the picker has no origin of its own
    #[arg(long, value_name = "PATH", default_value = "/")]
    pub base_path: BasePath,

    /// Another origin whose pages may look up, such as https://login.example.com; repeatable
    #[arg(long = "allow-origin", value_name = "ORIGIN", value_parser = origin)]
    pub allow_origins: Vec<HeaderValue>,

    /// So many lookups a minute from one client address; each process counts for itself
    #[arg(long, value_name = "N")]
    pub rate_limit: Option<NonZeroU32>,

    /// So many lookups a second in all, whoever sends them
    #[arg(long, value_name = "N")]
    pub rate_limit_total: Option<NonZeroU32>,

    /// So many unknown codes in ten minutes from one client address; then it has to wait before each further code. 0
    /// turns this off
    #[arg(long, value_name = "N", default_value_t = UNKNOWN_CODES.get())]
    pub unknown_codes: u32,

    /// A proxy whose X-Forwarded-For has the client's address; repeatable
    #[arg(long = "trusted-proxy", value_name = "IP", conflicts_with = "client_address")]
    pub trusted_proxies: Vec<IpAddr>,

    /// Where the client's address is, if not in the connection or X-Forwarded-For: cloudfront-viewer-address, for a
    /// service that can be reached by CloudFront alone
    #[arg(long, value_name = "WHERE", value_parser = client_address)]
    pub client_address: Option<ClientAddress>,

    /// Serve Prometheus metrics at http://ADDR/metrics; the address should not be public
    #[arg(long, value_name = "ADDR")]
    pub metrics: Option<SocketAddr>,

    /// Give each lookup an id, in its line of the log and as X-Request-Id of the response: that of the request, else a
    /// new one
    #[arg(long)]
    pub request_ids: bool,

    /// For so many seconds after SIGTERM, /readyz is 503 and requests are still answered, so that a load balancer can turn
    /// away
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub drain: u64,

    /// Check the directory and config.json, report everything wrong with them, and exit
    #[arg(long)]
    pub check: bool,

    /// Print the headers that a static host must send with the site, derived from config.json and (with --site) from
    /// the page, and exit
    #[arg(long, conflicts_with = "check")]
    pub print_headers: bool,

    /// Print index.html or callback.html with config.json in it and its links below --base-path, for a static host, and
    /// exit
    #[arg(long, value_name = "PAGE", num_args = 0..=1, require_equals = true,
        default_missing_value = ServedPage::FORM, value_parser = [ServedPage::FORM, ServedPage::CALLBACK])]
    pub print_page: Option<String>,

    /// Print the app clients of all tenants as JSON, {issuer: {client_id: code}}, and exit. Tenants without an issuer
    /// get that of config.json
    #[arg(long)]
    pub print_clients: bool,
}

/// Where the directory is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a file.
    File(PathBuf),
    /// At an address such as dynamodb://TABLE.
    Elsewhere(String),
}

impl FromStr for Place {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_address =
            text.split_once("://").is_some_and(|(scheme, _)| scheme.bytes().all(|b| b.is_ascii_lowercase()));
        Ok(if is_address { Self::Elsewhere(text.to_owned()) } else { Self::File(text.into()) })
    }
}

impl CommandLine {
    /// The limits of lookups.
    pub(crate) fn limits(&self) -> LimitSettings {
        let connection = || ClientAddress::Connection { trusted_proxies: self.trusted_proxies.clone() };
        LimitSettings {
            client_address: self.client_address.clone().unwrap_or_else(connection),
            each_client: self.rate_limit,
            total: self.rate_limit_total,
            unknown_codes: NonZeroU32::new(self.unknown_codes),
        }
    }

    /// The directory file, if there is one.
    pub(crate) fn directory_file(&self) -> Option<&Path> {
        match &self.directory {
            Some(Place::File(path)) => Some(path),
            _ => None,
        }
    }

    /// The directory of `--directory`, else the built-in sample.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(crate) fn load_directory(&self) -> Result<Directory, LoadError> {
        match self.directory_file() {
            Some(path) => directory_file::load(path),
            None => directory_file::parse(SAMPLE).map_err(LoadError::Findings),
        }
    }

    /// What the directory is called in messages.
    pub(crate) fn directory_name(&self) -> String {
        self.directory_file().map_or("the built-in sample".to_owned(), |path| path.display().to_string())
    }

    /// config.json: that of `--config`, else that of the site's folder.
    pub(crate) fn config_file(&self) -> Option<PathBuf> {
        self.config.clone().or_else(|| Some(self.site.as_ref()?.join("config.json")))
    }
}

/// Reads where the client's address is.
fn client_address(text: &str) -> Result<ClientAddress, String> {
    match text {
        "cloudfront-viewer-address" => Ok(ClientAddress::CloudFrontViewerAddress),
        _ => Err("the only other place is cloudfront-viewer-address".to_owned()),
    }
}

/// Reads an origin. Browsers send it in one spelling, so another spelling would never match.
fn origin(text: &str) -> Result<HeaderValue, String> {
    match WebUrl::parse(text).map(|url| url.origin) {
        Some(exact) if exact == text => HeaderValue::from_str(text).map_err(|e| e.to_string()),
        Some(exact) if exact != "null" => Err(format!("an origin is scheme, host and port alone: {exact}")),
        _ => Err("an origin is a scheme and a host, such as https://login.example.com".to_owned()),
    }
}
