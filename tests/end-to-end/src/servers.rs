//! The lookup service with the built site and the hosted UI, each on a free port. If a test asks for a delivery, a
//! proxy is in front of the site.

use crate::delivery::{Delivery, Proxy};
use crate::pool::Pool;
use crate::program::{Program, free_port};
use crate::{Conditions, PRODUCT, root};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tempfile::TempDir;

static IDLE: Pool<Servers> = Pool::new();

/// The servers of one world.
pub(crate) struct Servers {
    pub(crate) picker: String,
    pub(crate) hosted_ui: String,
    pub(crate) service: Program,
    pub(crate) provider: Program,
    pub(crate) product: Option<Product>,
    proxy: Option<Proxy>,
    config: PathBuf,
    ordinary: Value,
    kind: Kind,
    /// Whether no test has changed them since the start.
    as_started: AtomicBool,
}

/// The product of `examples/`, on `localhost`.
pub struct Product {
    /// Its origin, with a slash at the end.
    pub url: String,
    _program: Program,
}

/// Servers of the same kind can be reused. For other conditions they are started anew.
#[derive(PartialEq, Eq)]
struct Kind {
    hostile_provider: bool,
    rotated: bool,
    product: bool,
    base_path: Option<&'static str>,
    directory: Option<String>,
    delivery: Option<Delivery>,
}

impl Servers {
    /// Returns unused servers for these conditions that no earlier test has changed, or starts new ones.
    pub(crate) fn take(conditions: &Conditions) -> Result<Self> {
        let Conditions { hostile_provider, rotated, product, base_path, ref directory, .. } = *conditions;
        let directory = directory.clone();
        let kind = Kind { hostile_provider, rotated, product, base_path, directory, delivery: conditions.delivery() };
        match IDLE.take(|servers| servers.kind == kind && conditions.is_site_as_built()) {
            Some(servers) => {
                servers.proxy.iter().for_each(Proxy::reset);
                Ok(servers)
            }
            None => Self::start(conditions, kind),
        }
    }

    /// Hands the servers to the next test, unless this one has changed them.
    pub(crate) fn hand_back(self) {
        if self.as_started.load(Ordering::Relaxed) {
            IDLE.hand_back(self);
        }
    }

    fn start(conditions: &Conditions, kind: Kind) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        // Each server has to know the other one's address when it starts.
        let (service_port, provider_port) = (free_port()?, free_port()?.to_string());
        let (picker_port, proxy) = match kind.delivery {
            Some(delivery) => {
                let listener = TcpListener::bind("127.0.0.1:0")?;
                (listener.local_addr()?.port(), Some(Proxy::start(listener, service_port, delivery)))
            }
            None => (service_port, None),
        };
        // The address that the browser opens. The picker derives its redirect URI from it.
        let base_path = kind.base_path.unwrap_or("/");
        let picker = format!("http://127.0.0.1:{picker_port}{}", base_path.trim_end_matches('/'));
        let hosted_ui = format!("http://127.0.0.1:{provider_port}");

        let ordinary = json!({
            "lookup_url": format!("{base_path}v1/lookup"),
            "user_pools": [{ "issuer": hosted_ui, "hosted_ui": hosted_ui }],
            "return_to": { "allow": [format!("{hosted_ui}/.well-known/")] },
            "branding": { "product": PRODUCT, "support_url": "mailto:support@example.com" },
        });
        let product_port = if kind.product { Some(free_port()?) } else { None };
        let product_url = product_port.map(|port| format!("http://localhost:{port}/"));
        let ordinary = match &product_url {
            Some(url) => merged(&ordinary, Some(&applications(url))),
            None => ordinary,
        };
        let config = folder.path().join("config.json");
        let settings = merged(&ordinary, conditions.settings.as_ref());
        if let Some(text) = conditions.config.clone().unwrap_or_else(|| Some(settings.to_string())) {
            std::fs::write(&config, text)?;
        }
        let directory = directory_for(conditions, folder.path())?;
        let site = site_for(conditions, folder.path())?;
        let provider = if kind.hostile_provider {
            start_hostile_provider(&provider_port)?
        } else {
            start_hosted_ui(&provider_port, &directory, &picker, product_url.as_deref(), kind.rotated)?
        };
        let service = start_service(service_port, base_path, &directory, &site, &config, folder)?;
        let product = match (product_port, product_url) {
            (Some(port), Some(url)) => Some(start_product(port, url, &picker, &hosted_ui)?),
            _ => None,
        };
        let as_started = AtomicBool::new(conditions.is_site_as_built());
        Ok(Self { picker, hosted_ui, service, provider, product, proxy, config, ordinary, kind, as_started })
    }

    /// How many requests the proxy has received for paths with this ending.
    pub(crate) fn request_count(&self, ending: &str) -> Result<usize> {
        Ok(self
            .proxy
            .as_ref()
            .context("requests are counted only with a delivery in the Conditions")?
            .request_count(ending))
    }

    /// Marks the servers as changed, so that no other test gets them.
    pub(crate) fn keep_from_others(&self) {
        self.as_started.store(false, Ordering::Relaxed);
    }

    /// Replaces config.json by the ordinary one with these fields, or removes it (`None`). Returns when the service
    /// serves it.
    pub(crate) async fn configure(&self, settings: Option<Value>) -> Result<()> {
        self.keep_from_others();
        let text = settings.map(|settings| merged(&self.ordinary, Some(&settings)).to_string());
        match &text {
            Some(text) => std::fs::write(&self.config, text)?,
            None if self.config.exists() => std::fs::remove_file(&self.config)?,
            None => return Ok(()),
        }
        // The service checks the file once a second.
        let is_served = async || {
            let response = reqwest::get(format!("{}/config.json", self.picker)).await?;
            let served = if response.status().is_success() { Some(response.text().await?) } else { None };
            anyhow::Ok(served == text)
        };
        while !is_served().await? {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

/// The sample directory, or a copy with more tenants.
fn directory_for(conditions: &Conditions, folder: &Path) -> Result<PathBuf> {
    let sample = root().join("crates/lookup-service/tenants.toml");
    let Some(more) = &conditions.directory else { return Ok(sample) };
    let directory = folder.join("tenants.toml");
    std::fs::write(&directory, [&std::fs::read_to_string(sample)?, more.as_str()].join("\n"))?;
    Ok(directory)
}

/// The folder of the built site, or a copy with other files.
fn site_for(conditions: &Conditions, folder: &Path) -> Result<PathBuf> {
    let built = root().join("dist");
    if conditions.files.is_empty() {
        return Ok(built);
    }
    let site = folder.join("site");
    copy_folder(&built, &site)?;
    for (name, text) in &conditions.files {
        std::fs::write(site.join(name), text)?;
    }
    Ok(site)
}

fn start_hostile_provider(port: &str) -> Result<Program> {
    let script = root().join("tests/end-to-end/hostile-provider.mjs");
    let arguments = [script.as_os_str(), "--port".as_ref(), port.as_ref()];
    Program::start("node", arguments, "hosted UI ready at", tempfile::tempdir()?)
}

fn start_hosted_ui(
    port: &str,
    directory: &Path,
    picker: &str,
    product: Option<&str>,
    rotated: bool,
) -> Result<Program> {
    let script = root().join("hosted-ui/main.mjs");
    let arguments = [
        script.as_os_str(),
        "--port".as_ref(),
        port.as_ref(),
        "--directory".as_ref(),
        directory.as_os_str(),
        "--picker".as_ref(),
        picker.as_ref(),
    ];
    let rotation = rotated.then_some("--rotate-refresh-tokens".as_ref());
    // Both applications of the product have a callback.
    let applications: Vec<String> = product.iter().flat_map(|url| [(*url).to_owned(), format!("{url}spa")]).collect();
    let applications = applications.iter().flat_map(|url| ["--picker".as_ref(), url.as_ref()]);
    let arguments = arguments.into_iter().chain(rotation).chain(applications);
    Program::start("node", arguments, "hosted UI ready at", tempfile::tempdir()?)
}

/// What config.json says of the product's two applications.
fn applications(product: &str) -> Value {
    json!({ "applications": [
        { "url": product, "login_uri": format!("{product}login") },
        { "url": format!("{product}spa/"), "login_uri": format!("{product}spa/login") },
    ] })
}

fn start_product(port: u16, url: String, picker: &str, issuer: &str) -> Result<Product> {
    let script = root().join("examples/product.mjs");
    let port = port.to_string();
    let arguments = [
        script.as_os_str(),
        "--port".as_ref(),
        port.as_ref(),
        "--picker".as_ref(),
        picker.as_ref(),
        "--issuer".as_ref(),
        issuer.as_ref(),
    ];
    let program = Program::start("node", arguments, "product ready at", tempfile::tempdir()?)?;
    Ok(Product { url, _program: program })
}

/// The folder contains the files that were written for this service. It is removed when the service ends.
fn start_service(
    port: u16,
    base_path: &str,
    directory: &Path,
    site: &Path,
    config: &Path,
    folder: TempDir,
) -> Result<Program> {
    let address = format!("127.0.0.1:{port}");
    let arguments = [
        "--listen".as_ref(),
        address.as_ref(),
        "--base-path".as_ref(),
        base_path.as_ref(),
        "--directory".as_ref(),
        directory.as_os_str(),
        "--site".as_ref(),
        site.as_os_str(),
        "--config".as_ref(),
        config.as_os_str(),
    ];
    Program::start(root().join("target/release/lookup-service"), arguments, "lookup service ready at", folder)
}

/// The ordinary config.json with other fields. The fields of `branding` are replaced one by one.
fn merged(ordinary: &Value, others: Option<&Value>) -> Value {
    let mut settings = ordinary.clone();
    for (name, value) in others.and_then(Value::as_object).into_iter().flatten() {
        match (name.as_str(), value.as_object()) {
            ("branding", Some(fields)) => fields.iter().for_each(|(k, v)| settings["branding"][k] = v.clone()),
            _ => settings[name] = value.clone(),
        }
    }
    settings
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
