//! The program: it serves, or prints what the command line asks for. Programs that find organizations elsewhere than in a
//! file run it, too.

mod command_line;
mod reports;
mod serving;
mod signals;

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use crate::audit::{self, LimitReport};
use crate::directory_file;
use crate::limits::Limits;
#[cfg(feature = "memberships")]
use crate::memberships::Memberships;
use crate::metrics::Metrics;
use crate::organizations::{Elsewhere, Organizations};
use crate::page::ServedPage;
use crate::regular_file::ReadError;
use crate::reload::{Pace, Reload, follow, take_directory};
use crate::reload_count::ReloadCount;
use crate::request_id::RequestIds;
use crate::site::Site;
use crate::site_config::{CurrentConfig, SiteConfig, SiteConfigError};
use crate::stopping::Stopping;
use crate::watch::Watch;
use crate::{CurrentDirectory, Settings, app, log};
use arc_swap::ArcSwap;
use axum::Router;
use futures_util::future::BoxFuture;
use tokio::select;

pub use self::command_line::{CommandLine, Place};
use self::signals::Hangups;

/// How the directory and config.json are followed.
const PACE: Pace = Pace { look_every: Duration::from_secs(1), time_limit: Duration::from_secs(10) };
/// The exit code for a wrong command line, a file with errors, or a port that is in use.
const FAULT: u8 = 2;

/// Opens a directory that is not a file, by its address. An error is in words.
pub type Open = fn(String) -> BoxFuture<'static, Result<Arc<dyn Elsewhere>, String>>;

/// Does what the command line asks for, until the process is told to stop. `open` is for directories that are not files,
/// if the program has any.
pub async fn run(command_line: CommandLine, open: Option<Open>) -> ExitCode {
    type Report = fn(&CommandLine, &mut io::Stdout, &mut io::Stderr) -> io::Result<ExitCode>;
    let report: Option<Report> = if command_line.check {
        Some(reports::check)
    } else if command_line.print_headers {
        Some(reports::print_headers)
    } else if command_line.print_page.is_some() {
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
    match serve(&command_line, open).await {
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

async fn serve(command_line: &CommandLine, open: Option<Open>) -> Result<(), Fault> {
    let hangups = Hangups::listen();
    let (config, reload_config) = open_config(command_line)?.unzip();
    let site = open_site(command_line, config.clone())?;
    let OpenDirectory { organizations, reload, reloads } = open_organizations(command_line, open).await?;
    tokio::spawn(reload_on_hangup(hangups, reload_config.into_iter().chain(reload).collect()));
    let (limits, stopping) = (Arc::new(Limits::new(command_line.limits())), Stopping::default());
    let metrics = open_metrics(command_line, &organizations, &limits, reloads).await?;
    let more_routes = more_routes(command_line, &organizations, config.as_ref(), &limits);
    let settings = Settings {
        base_path: command_line.base_path.clone(),
        site,
        config,
        allow_origins: command_line.allow_origins.clone(),
        limits: limits.clone(),
        metrics,
        request_ids: command_line.request_ids.then(RequestIds::default),
        stopping: stopping.clone(),
        more_routes,
        ..Settings::new(organizations)
    };
    // Not before all files are read: a connection that is accepted can be answered.
    let listener = serving::listen(command_line.listen).await?;
    let tenants = settings.organizations.tenants();
    let address = listener.local_addr().unwrap_or(command_line.listen);
    tracing::info!(%address, tenants, "listening");
    audit::started(tenants);
    let (app, drain) = (app(settings), Duration::from_secs(command_line.drain));
    let mut report = LimitReport::new(limits);
    let complete = select! {
        result = serving::serve(listener, app, &stopping, drain) => result?,
        () = report.each_minute() => false,
    };
    report.report();
    audit::stopped(complete);
    Ok(())
}

/// The memberships endpoint, if it is compiled in. Without config.json there is no issuer whose tokens it could take.
fn more_routes(
    command_line: &CommandLine,
    organizations: &Organizations,
    config: Option<&CurrentConfig>,
    limits: &Arc<Limits>,
) -> Router {
    #[cfg(feature = "memberships")]
    if let Some(config) = config {
        let memberships = Memberships {
            allow_origins: command_line.allow_origins.clone(),
            limits: limits.clone(),
            ..Memberships::new(organizations.clone(), config.clone())
        };
        return memberships.routes();
    }
    let _ = (command_line, organizations, config, limits);
    Router::new()
}

/// Starts to serve metrics, if they are wanted.
async fn open_metrics(
    command_line: &CommandLine,
    organizations: &Organizations,
    limits: &Arc<Limits>,
    reloads: Option<Arc<ReloadCount>>,
) -> Result<Option<Arc<Metrics>>, Fault> {
    let Some(address) = command_line.metrics else { return Ok(None) };
    let listener = serving::listen(address).await?;
    let address = listener.local_addr().unwrap_or(address);
    tracing::info!(%address, "metrics are at /metrics");
    let metrics = Arc::new(Metrics::new(organizations.clone(), limits.clone(), reloads));
    tokio::spawn(serving::serve_metrics(listener, metrics.clone()));
    Ok(Some(metrics))
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

/// The directory, and how it is read again if it is a file.
struct OpenDirectory {
    organizations: Organizations,
    reload: Option<Reload>,
    reloads: Option<Arc<ReloadCount>>,
}

async fn open_organizations(command_line: &CommandLine, open: Option<Open>) -> Result<OpenDirectory, Fault> {
    let Some(Place::Elsewhere(address)) = &command_line.directory else {
        return open_directory(command_line);
    };
    let Some(open) = open else {
        return Err(Fault::log(format_args!(
            "{address}: this program reads files only; `directory-table serve` reads it"
        )));
    };
    let elsewhere = open(address.clone()).await.map_err(|reason| Fault::log(format_args!("{address}: {reason}")))?;
    Ok(OpenDirectory { organizations: elsewhere.into(), reload: None, reloads: None })
}

fn open_directory(command_line: &CommandLine) -> Result<OpenDirectory, Fault> {
    let path = command_line.directory_file();
    let watch = path.map(|path| Watch::new([path.to_owned()]));
    let directory = command_line.load_directory().map_err(|error| {
        for line in error.lines(&command_line.directory_name()) {
            tracing::error!("{line}");
        }
        Fault::log("the directory cannot be used")
    })?;
    let current: CurrentDirectory = Arc::new(ArcSwap::from_pointee(directory));
    let reloads = Arc::new(ReloadCount::new());
    let reload = path.map(Path::to_owned).zip(watch).map(|(path, watch)| {
        let (file, current, reloads) = (path.clone(), current.clone(), reloads.clone());
        let load = move || directory_file::load(&file);
        follow(watch, PACE, load, move |read| {
            let changes = take_directory(&path, read, &current);
            reloads.note(changes.is_some());
            audit::directory_read(changes);
        })
    });
    Ok(OpenDirectory { organizations: current.into(), reload, reloads: Some(reloads) })
}

fn open_config(command_line: &CommandLine) -> Result<Option<(CurrentConfig, Reload)>, Fault> {
    let Some(file) = command_line.config_file() else { return Ok(None) };
    let site = command_line.site.clone();
    // The policy depends on all of them: a new page has other hashes.
    let pages = site.iter().flat_map(|site| [ServedPage::FORM, ServedPage::CALLBACK].map(|page| site.join(page)));
    let watch = Watch::new(pages.chain([file.clone()]).collect::<Vec<_>>());
    let (config, findings) = SiteConfig::load(&file, site.as_deref(), &command_line.base_path);
    log_findings(&file, &findings);
    if findings.iter().any(|f| matches!(f, SiteConfigError::Unreadable(ReadError::NotRegular(_)))) {
        return Err(Fault::log("config.json cannot be used"));
    }
    // With a site, the page shows the errors to the operator. Without one, nothing would.
    if site.is_none() && !findings.is_empty() {
        return Err(Fault::log("config.json cannot be used"));
    }
    let config: CurrentConfig = Arc::new(ArcSwap::from_pointee(config));
    let (current, path) = (config.clone(), file.clone());
    let base_path = command_line.base_path.clone();
    let load = move || SiteConfig::load(&path, site.as_deref(), &base_path);
    let reload = follow(watch, PACE, load, move |(config, findings)| {
        current.store(Arc::new(config));
        log_findings(&file, &findings);
        audit::config_read(findings.len());
    });
    Ok(Some((config, reload)))
}

fn open_site(command_line: &CommandLine, config: Option<CurrentConfig>) -> Result<Option<Site>, Fault> {
    let (Some(folder), Some(config)) = (command_line.site.clone(), config) else { return Ok(None) };
    if !folder.join(ServedPage::FORM).is_file() {
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
