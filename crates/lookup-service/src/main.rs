//! The program: command line, log, socket and signals. Everything else is in the library.

mod signals;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::http::HeaderValue;
use axum::serve::ListenerExt;
use clap::Parser;
use futures_util::future::Either;
use lookup_api::Tenant;
use lookup_service::directory::Directory;
use lookup_service::directory_file::{self, LoadError, SAMPLE};
use lookup_service::rate_limit::RateLimit;
use lookup_service::regular_file::ReadError;
use lookup_service::reload::{Pace, Reload, follow, take_directory};
use lookup_service::site::{self, Site};
use lookup_service::site_config::{CurrentConfig, SiteConfig, SiteConfigError};
use lookup_service::watch::Watch;
use lookup_service::{CurrentDirectory, Settings, app, log};
use platform::WebUrl;
use platform::json::Json;
use tokio::net::TcpListener;
use tokio::{select, time};

use crate::signals::{Hangups, stop_signal};

/// How the directory and config.json are followed.
const PACE: Pace = Pace { look_every: Duration::from_secs(1), patience: Duration::from_secs(10) };
/// How long requests under way may take after the service was told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// The exit code for a wrong command line, a file with errors, or a port that is in use.
const FAULT: u8 = 2;

/// The tenant picker's lookup service: which organization a domain or a code belongs to
#[derive(Parser)]
#[command(version)]
struct CommandLine {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// The directory file, watched and reloaded (at once on SIGHUP); without it the built-in sample answers
    #[arg(long, value_name = "FILE")]
    directory: Option<PathBuf>,

    /// Serve the picker's files from this folder (dist/)
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,

    /// config.json, watched and reloaded (at once on SIGHUP): served with --site, and read for isolation and applications
    /// [default: config.json in the site's folder]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Another origin whose pages may look up, such as https://login.example.com; repeatable
    #[arg(long = "allow-origin", value_name = "ORIGIN", value_parser = origin)]
    allow_origins: Vec<HeaderValue>,

    /// So many lookups a minute from one client address; counted by this process alone, so behind a proxy do it there
    #[arg(long, value_name = "N")]
    rate_limit: Option<NonZeroU32>,

    /// A proxy whose X-Forwarded-For the rate limit believes; repeatable
    #[arg(long = "trusted-proxy", value_name = "IP", requires = "rate_limit")]
    trusted_proxies: Vec<IpAddr>,

    /// Check the directory and config.json, report everything wrong with them, and exit
    #[arg(long)]
    check: bool,

    /// Print the headers that a static host must send with the site, derived from config.json and (with --site) from the page,
    /// and exit
    #[arg(long, conflicts_with = "check")]
    print_headers: bool,
    /// Print the app clients of all tenants as JSON, {issuer: {client_id: code}}, and exit. Tenants without an issuer get that of
    /// config.json
    #[arg(long)]
    print_clients: bool,
}

impl CommandLine {
    fn load_directory(&self) -> Result<Directory, LoadError> {
        match &self.directory {
            Some(path) => directory_file::load(path),
            None => directory_file::parse(SAMPLE).map_err(LoadError::Findings),
        }
    }

    fn directory_name(&self) -> String {
        self.directory.as_deref().map_or("the built-in sample".to_owned(), |path| path.display().to_string())
    }

    fn page(&self) -> Option<PathBuf> {
        Some(self.site.as_ref()?.join("index.html"))
    }

    fn config_file(&self) -> Option<PathBuf> {
        self.config.clone().or_else(|| Some(self.site.as_ref()?.join("config.json")))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let command_line = CommandLine::parse();
    if command_line.check {
        // If nobody reads the report any more, the exit code is enough.
        return check(&command_line, &mut io::stdout(), &mut io::stderr()).unwrap_or(ExitCode::from(FAULT));
    }
    if command_line.print_headers {
        return print_headers(&command_line, &mut io::stdout(), &mut io::stderr()).unwrap_or(ExitCode::from(FAULT));
    }
    if command_line.print_clients {
        return print_clients(&command_line, &mut io::stdout(), &mut io::stderr()).unwrap_or(ExitCode::from(FAULT));
    }
    let _log = log::start(io::stderr());
    match serve(&command_line).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Fault) => ExitCode::from(FAULT),
    }
}

/// The service cannot start or continue. The reason has been logged.
struct Fault;

impl Fault {
    fn log(what: impl Display) -> Self {
        tracing::error!("{what}");
        Self
    }
}

fn check(command_line: &CommandLine, out: &mut impl Write, err: &mut impl Write) -> io::Result<ExitCode> {
    let (mut sound, file) = (true, command_line.directory_name());
    match command_line.load_directory() {
        Ok(d) => writeln!(out, "{file}: {} tenants, {} domains, no problems", d.tenants(), d.domains())?,
        Err(error) => {
            sound = false;
            error.lines(&file).iter().try_for_each(|line| writeln!(err, "{line}"))?;
        }
    }
    if let Some(file) = command_line.config_file() {
        let findings = SiteConfig::load(&file, command_line.page().as_deref()).1;
        if findings.is_empty() {
            writeln!(out, "{}: no problems", file.display())?;
        }
        sound &= findings.is_empty();
        findings.iter().try_for_each(|finding| writeln!(err, "{}: {finding}", file.display()))?;
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(FAULT) })
}

fn print_headers(command_line: &CommandLine, out: &mut impl Write, err: &mut impl Write) -> io::Result<ExitCode> {
    let Some(file) = command_line.config_file() else {
        writeln!(err, "--print-headers needs --config FILE (or --site DIR with a config.json in it)")?;
        return Ok(ExitCode::from(FAULT));
    };
    let (config, findings) = SiteConfig::load(&file, command_line.page().as_deref());
    if !findings.is_empty() {
        findings.iter().try_for_each(|finding| writeln!(err, "{}: {finding}", file.display()))?;
        return Ok(ExitCode::from(FAULT));
    }
    for (name, value) in site::headers(&config) {
        writeln!(out, "{name}: {}", value.to_str().unwrap_or_default())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Gateways that check tokens need a list of the app clients.
fn print_clients(command_line: &CommandLine, out: &mut impl Write, err: &mut impl Write) -> io::Result<ExitCode> {
    let directory = match command_line.load_directory() {
        Ok(directory) => directory,
        Err(error) => {
            error.lines(&command_line.directory_name()).iter().try_for_each(|line| writeln!(err, "{line}"))?;
            return Ok(ExitCode::from(FAULT));
        }
    };
    let only_issuer = command_line.config_file().and_then(|file| SiteConfig::load(&file, None).0.only_issuer);
    let mut clients: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for tenant in directory.all().filter_map(|json| Tenant::from_json(&Json::parse(json).ok()?).ok()) {
        let Some(issuer) = tenant.issuer.or_else(|| only_issuer.clone()) else {
            writeln!(
                err,
                "the tenant {} names no issuer: --config FILE with a single user pool is needed",
                tenant.code
            )?;
            return Ok(ExitCode::from(FAULT));
        };
        clients.entry(issuer.into()).or_default().insert(tenant.client_id.into(), tenant.code.into());
    }
    writeln!(out, "{}", serde_json::to_string_pretty(&clients)?)?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(command_line: &CommandLine) -> Result<(), Fault> {
    let hangups = Hangups::listen();
    let (config, reload_config) = open_config(command_line)?.unzip();
    let site = open_site(command_line, config.clone())?;
    let (directory, reload_directory) = open_directory(command_line)?;
    tokio::spawn(reload_on_hangup(hangups, reload_config.into_iter().chain(reload_directory).collect()));
    let settings = Settings {
        site,
        config,
        allow_origins: command_line.allow_origins.clone(),
        rate_limit: command_line.rate_limit.map(|n| RateLimit::new(n, command_line.trusted_proxies.clone())),
        ..Settings::new(directory)
    };
    let cannot_listen = |error| Fault::log(format_args!("cannot listen on {}: {error}", command_line.listen));
    let listener = TcpListener::bind(command_line.listen).await.map_err(cannot_listen)?;
    let address = listener.local_addr().map_err(cannot_listen)?;
    tracing::info!(%address, tenants = settings.directory.load().tenants(), "listening");
    // For whoever has started the service, perhaps with port 0. Nobody may be reading.
    let _ = writeln!(io::stdout(), "lookup service ready at http://{address}");

    // Responses are single small packets. Nagle's algorithm would delay them.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let (limited, app) = (settings.rate_limit.is_some(), app(settings));
    let server = if limited {
        let knowing_the_peer = app.into_make_service_with_connect_info::<SocketAddr>();
        Either::Left(axum::serve(listener, knowing_the_peer).with_graceful_shutdown(stop_signal()).into_future())
    } else {
        // Passing the peer's address to each request would take a map and an allocation.
        Either::Right(axum::serve(listener, app).with_graceful_shutdown(stop_signal()).into_future())
    };
    let out_of_patience = async {
        stop_signal().await;
        tracing::info!("stopping");
        time::sleep(GRACE).await;
    };
    select! {
        result = server => result.map_err(|error| Fault::log(format_args!("cannot go on serving: {error}")))?,
        () = out_of_patience => tracing::warn!("stopped with requests under way"),
    }
    Ok(())
}

async fn reload_on_hangup(mut hangups: Hangups, files: Vec<Reload>) {
    loop {
        hangups.next().await;
        if files.is_empty() {
            tracing::warn!("SIGHUP: nothing to read anew, neither --directory nor --site was given");
        } else {
            tracing::info!("SIGHUP: reading directory and config.json anew");
        }
        files.iter().for_each(Reload::now);
    }
}

fn open_directory(command_line: &CommandLine) -> Result<(CurrentDirectory, Option<Reload>), Fault> {
    let watch = command_line.directory.as_ref().map(|path| Watch::new([path.clone()]));
    let directory = command_line.load_directory().map_err(|error| {
        for line in error.lines(&command_line.directory_name()) {
            tracing::error!("{line}");
        }
        Fault::log("the directory cannot be used")
    })?;
    let current: CurrentDirectory = Arc::new(ArcSwap::from_pointee(directory));
    let reload = command_line.directory.clone().zip(watch).map(|(path, watch)| {
        let (file, current) = (path.clone(), current.clone());
        let load = move || directory_file::load(&file);
        follow(watch, PACE, load, move |read| take_directory(&path, read, &current))
    });
    Ok((current, reload))
}

fn open_config(command_line: &CommandLine) -> Result<Option<(CurrentConfig, Reload)>, Fault> {
    let Some(file) = command_line.config_file() else { return Ok(None) };
    let page = command_line.page();
    // The policy depends on both files: a new page has other hashes.
    let watch = Watch::new(page.iter().chain([&file]).cloned().collect::<Vec<_>>());
    let (config, findings) = SiteConfig::load(&file, page.as_deref());
    log_findings(&file, &findings);
    if findings.iter().any(|f| matches!(f, SiteConfigError::Unreadable(ReadError::NotRegular(_)))) {
        return Err(Fault::log("config.json cannot be used"));
    }
    // With a site, the page shows the errors to the operator. Without one, nothing would.
    if page.is_none() && !findings.is_empty() {
        return Err(Fault::log("config.json cannot be used"));
    }
    let config: CurrentConfig = Arc::new(ArcSwap::from_pointee(config));
    let (current, path) = (config.clone(), file.clone());
    let load = move || SiteConfig::load(&path, page.as_deref());
    let reload = follow(watch, PACE, load, move |(config, findings)| {
        current.store(Arc::new(config));
        log_findings(&file, &findings);
    });
    Ok(Some((config, reload)))
}

fn open_site(command_line: &CommandLine, config: Option<CurrentConfig>) -> Result<Option<Site>, Fault> {
    let (Some(folder), Some(config)) = (command_line.site.clone(), config) else { return Ok(None) };
    if !folder.join("index.html").is_file() {
        return Err(Fault::log(format_args!("no index.html in {}: is the site built?", folder.display())));
    }
    Ok(Some(Site { folder, config }))
}

/// Errors in config.json do not stop the service. The page shows them to the operator as well.
fn log_findings(file: &Path, findings: &[SiteConfigError]) {
    if findings.is_empty() {
        tracing::info!("{}: no problems", file.display());
    }
    for finding in findings {
        tracing::error!("{}: {finding}", file.display());
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
