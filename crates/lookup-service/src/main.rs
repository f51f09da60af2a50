//! The program: it serves, or prints what the command line asks for. Everything else is in the library.

mod command_line;
mod reports;
mod signals;

use std::fmt::Display;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::Router;
use axum::serve::ListenerExt;
use clap::Parser;
use futures_util::future::Either;
use lookup_service::directory_file;
#[cfg(feature = "memberships")]
use lookup_service::memberships::Memberships;
use lookup_service::rate_limit::RateLimit;
use lookup_service::regular_file::ReadError;
use lookup_service::reload::{Pace, Reload, follow, take_directory};
use lookup_service::site::Site;
use lookup_service::site_config::{CurrentConfig, SiteConfig, SiteConfigError};
use lookup_service::watch::Watch;
use lookup_service::{CurrentDirectory, Settings, app, log};
use tokio::net::TcpListener;
use tokio::{select, time};

use crate::command_line::CommandLine;
use crate::signals::{Hangups, stop_signal};

/// How the directory and config.json are followed.
const PACE: Pace = Pace { look_every: Duration::from_secs(1), time_limit: Duration::from_secs(10) };
/// How long requests under way may take after the service was told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// The exit code for a wrong command line, a file with errors, or a port that is in use.
const FAULT: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let command_line = CommandLine::parse();
    type Report = fn(&CommandLine, &mut io::Stdout, &mut io::Stderr) -> io::Result<ExitCode>;
    let report: Option<Report> = if command_line.check {
        Some(reports::check)
    } else if command_line.print_headers {
        Some(reports::print_headers)
    } else if command_line.print_page {
        Some(reports::print_page)
    } else if command_line.print_clients {
        Some(reports::print_clients)
    } else {
        None
    };
    if let Some(report) = report {
        // Standard output may be closed. The exit code is still right then.
        return report(&command_line, &mut io::stdout(), &mut io::stderr()).unwrap_or(ExitCode::from(FAULT));
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

async fn serve(command_line: &CommandLine) -> Result<(), Fault> {
    let hangups = Hangups::listen();
    let (config, reload_config) = open_config(command_line)?.unzip();
    let site = open_site(command_line, config.clone())?;
    let (directory, reload_directory) = open_directory(command_line)?;
    tokio::spawn(reload_on_hangup(hangups, reload_config.into_iter().chain(reload_directory).collect()));
    let more_routes = more_routes(command_line, &directory, config.as_ref());
    let settings = Settings {
        base_path: command_line.base_path.clone(),
        site,
        config,
        allow_origins: command_line.allow_origins.clone(),
        rate_limit: rate_limit(command_line),
        more_routes,
        ..Settings::new(directory)
    };
    let cannot_listen = |error| Fault::log(format_args!("cannot listen on {}: {error}", command_line.listen));
    let listener = TcpListener::bind(command_line.listen).await.map_err(cannot_listen)?;
    let address = listener.local_addr().map_err(cannot_listen)?;
    tracing::info!(%address, tenants = settings.directory.load().tenants(), "listening");
    // For the script that has started the service, perhaps with port 0. Standard output may be closed.
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
    let grace_is_over = async {
        stop_signal().await;
        tracing::info!("stopping");
        time::sleep(GRACE).await;
    };
    select! {
        result = server => result.map_err(|error| Fault::log(format_args!("cannot go on serving: {error}")))?,
        () = grace_is_over => tracing::warn!("stopped with requests under way"),
    }
    Ok(())
}

fn rate_limit(command_line: &CommandLine) -> Option<RateLimit> {
    command_line.rate_limit.map(|n| RateLimit::new(n, command_line.trusted_proxies.clone()))
}

/// The memberships endpoint, if it is compiled in. Without config.json there is no issuer whose tokens it could take.
fn more_routes(command_line: &CommandLine, directory: &CurrentDirectory, config: Option<&CurrentConfig>) -> Router {
    #[cfg(feature = "memberships")]
    if let Some(config) = config {
        let memberships = Memberships {
            allow_origins: command_line.allow_origins.clone(),
            rate_limit: rate_limit(command_line),
            ..Memberships::new(directory.clone(), config.clone())
        };
        return memberships.routes();
    }
    let _ = (command_line, directory, config);
    Router::new()
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
    let (config, findings) = SiteConfig::load(&file, page.as_deref(), &command_line.base_path);
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
    let base_path = command_line.base_path.clone();
    let load = move || SiteConfig::load(&path, page.as_deref(), &base_path);
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
