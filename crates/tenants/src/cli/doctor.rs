//! `tenants doctor`.

use super::{Refusal, files, progress};
use deployment::Deployment;
use lookup_api::Tenant;
use lookup_service::directory_file;
use platform::WebUrl;
use platform::json::Json;
use sign_in::secrets::Entropy;
use sign_in::time::UnixTime;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use tenants::doctor::app_client::AppClients;
use tenants::doctor::inside::{self, Inside};
use tenants::doctor::{self, Machine, Subject, report};
use tenants::web::Network;

#[derive(clap::Args)]
pub(crate) struct DoctorOptions {
    /// config.json
    #[arg(long, value_name = "FILE")]
    config: PathBuf,

    /// The directory file (tenants.toml)
    #[arg(long, value_name = "FILE")]
    directory: PathBuf,

    /// The address of the picker's form [default: where redirect_uri of config.json is]
    #[arg(long, value_name = "ADDRESS")]
    picker: Option<String>,

    /// What `aws cognito-idp describe-user-pool-client` has printed of the app clients, one after another
    #[arg(long, value_name = "FILE")]
    app_clients: Option<PathBuf>,

    /// pool.toml: also ask Cognito how this user pool is set up, with the credentials of `aws`
    #[arg(long, value_name = "FILE", conflicts_with = "app_clients")]
    pool: Option<PathBuf>,

    /// Only the organization with this code; repeatable
    #[arg(long = "tenant", value_name = "CODE")]
    tenants: Vec<String>,

    /// Also print what is fine
    #[arg(long)]
    all: bool,

    /// Print JSON, on one line
    #[arg(long)]
    json: bool,
}

/// Runs the command. Returns whether there is no problem.
pub(crate) fn run(options: &DoctorOptions) -> Result<bool, Refusal> {
    let tenants = read_directory(&options.directory)?;
    check_codes(options, &tenants)?;
    let (deployment, picker) = read_config(options)?;
    let app_clients = options.app_clients.as_deref().map(read_app_clients).transpose()?;
    let only = options.tenants.clone();
    let mut subject = Subject { deployment, picker, tenants, only, app_clients, inside: None };
    let network = Network::new();
    subject.inside = options.pool.as_deref().map(|file| look_inside(file, &subject, &network)).transpose()?;
    let examination = doctor::examine(&subject, &network, &ThisMachine { shows_progress: io::stderr().is_terminal() });
    let mut out = io::stdout();
    let written = if options.json {
        report::write_json(&examination, &mut out)
    } else {
        report::write_text(&examination, options.all, &mut out)
    };
    written.map_err(|error| Refusal(vec![format!("the report cannot be written: {error}")]))?;
    Ok(examination.problems() == 0)
}

/// Asks Cognito about the user pool of pool.toml.
fn look_inside(file: &Path, subject: &Subject, network: &Network) -> Result<Inside, Refusal> {
    let pool = files::read_pool(file)?;
    if !subject.deployment.user_pools.iter().any(|known| inside::has_id(known, &pool.id)) {
        let file = file.display();
        return Err(Refusal(vec![format!("{file}: user_pool_id: no issuer of config.json ends in {}", pool.id)]));
    }
    let aws = files::aws(&pool.region)?;
    let show = |done, of| progress::show("organizations asked about", done, of);
    let asked = inside::ask(&aws, network, &pool.id, subject, &show);
    asked.map_err(|error| Refusal::with_advice(&error, error.what_to_do()))
}

fn read_config(options: &DoctorOptions) -> Result<(Deployment, WebUrl), Refusal> {
    let named = |error: &dyn std::fmt::Display| Refusal(vec![format!("{}: {error}", options.config.display())]);
    let text = fs::read_to_string(&options.config).map_err(|error| named(&error))?;
    let picker = options.picker.clone().or_else(|| picker_of(&text)).and_then(|address| WebUrl::parse(&address));
    let Some(picker) = picker else {
        return Err(Refusal(vec!["--picker ADDRESS is needed: config.json has no redirect_uri".to_owned()]));
    };
    let deployment = Deployment::parse(&text, &picker).map_err(|error| named(&error))?;
    Ok((deployment, picker))
}

/// The address of the form, by that of the callback.
fn picker_of(config: &str) -> Option<String> {
    let config = Json::parse(config).ok()?;
    let (picker, _) = config.get("redirect_uri")?.as_str()?.rsplit_once("/callback")?;
    Some(format!("{picker}/"))
}

/// Refuses a code that no organization has.
fn check_codes(options: &DoctorOptions, tenants: &[Tenant]) -> Result<(), Refusal> {
    let is_unknown = |code: &&String| !tenants.iter().any(|tenant| tenant.code.as_str().eq_ignore_ascii_case(code));
    match options.tenants.iter().find(is_unknown) {
        Some(code) => {
            let file = options.directory.display();
            Err(Refusal(vec![format!("{file}: has no organization with the code {code}")]))
        }
        None => Ok(()),
    }
}

fn read_directory(path: &Path) -> Result<Vec<Tenant>, Refusal> {
    let directory = directory_file::load(path).map_err(|error| Refusal(error.lines(&path.display().to_string())))?;
    let tenant = |json: &str| Tenant::from_json(&Json::parse(json).ok()?).ok();
    Ok(directory.all().filter_map(tenant).collect())
}

fn read_app_clients(path: &Path) -> Result<AppClients, Refusal> {
    let named = |error: &dyn std::fmt::Display| Refusal(vec![format!("{}: {error}", path.display())]);
    let text = fs::read_to_string(path).map_err(|error| named(&error))?;
    AppClients::parse(&text).map_err(|error| named(&error))
}

struct ThisMachine {
    shows_progress: bool,
}

impl Machine for ThisMachine {
    fn now(&self) -> UnixTime {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        UnixTime(i64::try_from(seconds).unwrap_or(i64::MAX))
    }

    fn entropy(&self) -> Entropy {
        let draw = || {
            let mut bytes = [0; 32];
            // The sign-in is never finished, so bits that can be guessed would do no harm.
            let _ = getrandom::fill(&mut bytes);
            bytes
        };
        Entropy { state: draw(), nonce: draw(), code_verifier: draw() }
    }

    fn progress(&self, done: usize, of: usize) {
        if self.shows_progress {
            let end = if done == of { "\r\x1b[K" } else { "" };
            let _ = write!(io::stderr(), "\r{done} of {of} organizations{end}");
        }
    }
}
