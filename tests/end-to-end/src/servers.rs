//! The lookup service with the built site, and what it needs around it: the hosted UI, the product, and a proxy if a
//! test asks for a delivery.
//!
//! The lookup service starts in some milliseconds, so each test has its own. Node.js takes a second, so the rest is
//! reused, together with the address of the picker, which the hosted UI has registered.

use crate::delivery::Proxy;
use crate::pool::Pool;
use crate::program::{Program, free_port};
use crate::{Conditions, PRODUCT, SEVERAL_MORE, root};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tempfile::TempDir;

static IDLE: Pool<Surroundings> = Pool::new();

/// The servers of one world.
pub(crate) struct Servers {
    pub(crate) service: Program,
    pub(crate) surroundings: Surroundings,
    config: PathBuf,
    /// The file of the lookup service's directory if no other service reads it.
    own_directory: Option<PathBuf>,
    ordinary: Value,
}

/// What is reused by one test after another.
pub(crate) struct Surroundings {
    /// The picker's address for the browser, without a slash at the end.
    pub(crate) picker: String,
    pub(crate) hosted_ui: String,
    pub(crate) product: Option<Product>,
    service_port: u16,
    proxy: Option<Proxy>,
    provider: Program,
    is_frozen: AtomicBool,
    kind: Kind,
}

/// The product of `examples/`, on `localhost`.
pub struct Product {
    /// Its origin, with a slash at the end.
    pub url: String,
    _program: Program,
}

/// Surroundings of the same kind can be reused. For other conditions they are started anew.
#[derive(PartialEq, Eq)]
struct Kind {
    hostile_provider: bool,
    rotated: bool,
    product: bool,
    base_path: Option<&'static str>,
    has_proxy: bool,
}

impl Servers {
    /// Starts a lookup service for these conditions, in unused surroundings or new ones.
    pub(crate) fn start(conditions: &Conditions) -> Result<Self> {
        let surroundings = Surroundings::take(conditions)?;
        let folder = tempfile::tempdir()?;
        let ordinary = surroundings.ordinary_config();
        let config = folder.path().join("config.json");
        let settings = merged(&ordinary, conditions.settings.as_ref());
        if let Some(text) = conditions.config.clone().unwrap_or_else(|| Some(settings.to_string())) {
            std::fs::write(&config, text)?;
        }
        let site = site_for(conditions, folder.path())?;
        let own_directory = conditions.directory.as_deref().map(|more| write_directory(folder.path(), more));
        let own_directory = own_directory.transpose()?;
        let directory = own_directory.clone().unwrap_or_else(sample_directory);
        let service = start_service(&surroundings, &directory, &site, &config, folder)?;
        Ok(Self { service, surroundings, config, own_directory, ordinary })
    }

    /// Ends the lookup service and hands the rest to the next test.
    pub(crate) fn hand_back(self) {
        self.service.stop();
        self.surroundings.thaw();
        IDLE.hand_back(self.surroundings);
    }

    /// How many requests the proxy has received for paths with this ending.
    pub(crate) fn request_count(&self, ending: &str) -> Result<usize> {
        let proxy = self.surroundings.proxy.as_ref();
        Ok(proxy.context("requests are counted only with a delivery in the Conditions")?.request_count(ending))
    }

    /// Replaces config.json by the ordinary one with these fields, or removes it (`None`). Returns when the service
    /// serves it.
    pub(crate) async fn configure(&self, settings: Option<Value>) -> Result<()> {
        let text = settings.map(|settings| merged(&self.ordinary, Some(&settings)).to_string());
        match &text {
            Some(text) => std::fs::write(&self.config, text)?,
            None if self.config.exists() => std::fs::remove_file(&self.config)?,
            None => return Ok(()),
        }
        // The service checks the file once a second.
        let is_served = async || {
            let response = reqwest::get(format!("{}/config.json", self.surroundings.picker)).await?;
            let served = if response.status().is_success() { Some(response.text().await?) } else { None };
            anyhow::Ok(served == text)
        };
        while !is_served().await? {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Replaces the directory, and waits until the service finds an organization by this domain.
    pub(crate) async fn replace_directory(&self, text: &str, domain: &str) -> Result<()> {
        let file = self.own_directory.as_ref().context("the directory of this test is that of others")?;
        std::fs::write(file, text)?;
        let lookup = format!("{}/v1/lookup", self.surroundings.picker);
        let request = json!({ "domain": domain });
        loop {
            let response: Value = reqwest::Client::new().post(&lookup).json(&request).send().await?.json().await?;
            if response["tenants"].as_array().is_some_and(|tenants| !tenants.is_empty()) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Surroundings {
    fn take(conditions: &Conditions) -> Result<Self> {
        let Conditions { hostile_provider, rotated, product, base_path, .. } = *conditions;
        let delivery = conditions.delivery();
        let kind = Kind { hostile_provider, rotated, product, base_path, has_proxy: delivery.is_some() };
        let surroundings = match IDLE.take(|surroundings| surroundings.kind == kind) {
            Some(surroundings) => surroundings,
            None => Self::start(kind)?,
        };
        if let (Some(proxy), Some(delivery)) = (&surroundings.proxy, delivery) {
            proxy.reset(delivery);
        }
        Ok(surroundings)
    }

    fn start(kind: Kind) -> Result<Self> {
        // Each server has to know the other one's address when it starts.
        let (service_port, provider_port) = (free_port()?, free_port()?.to_string());
        let (picker_port, proxy) = if kind.has_proxy {
            let listener = TcpListener::bind("127.0.0.1:0")?;
            (listener.local_addr()?.port(), Some(Proxy::start(listener, service_port)))
        } else {
            (service_port, None)
        };
        // The address that the browser opens. The picker derives its redirect URI from it.
        let picker = format!("http://127.0.0.1:{picker_port}{}", kind.base_path().trim_end_matches('/'));
        let hosted_ui = format!("http://127.0.0.1:{provider_port}");
        let product_port = if kind.product { Some(free_port()?) } else { None };
        let product_url = product_port.map(|port| format!("http://localhost:{port}/"));

        let provider = if kind.hostile_provider {
            start_hostile_provider(&provider_port)?
        } else {
            start_hosted_ui(&provider_port, &picker, product_url.as_deref(), kind.rotated)?
        };
        let product = match (product_port, product_url) {
            (Some(port), Some(url)) => Some(start_product(port, url, &picker, &hosted_ui)?),
            _ => None,
        };
        let is_frozen = AtomicBool::new(false);
        Ok(Self { picker, hosted_ui, product, service_port, proxy, provider, is_frozen, kind })
    }

    /// The config.json of a test that does not say otherwise.
    fn ordinary_config(&self) -> Value {
        let hosted_ui = &self.hosted_ui;
        let ordinary = json!({
            "lookup_url": format!("{}v1/lookup", self.kind.base_path()),
            "user_pools": [{ "issuer": hosted_ui, "hosted_ui": hosted_ui }],
            "return_to": { "allow": [format!("{hosted_ui}/.well-known/")] },
            "branding": { "product": PRODUCT, "support_url": "mailto:support@example.com" },
        });
        match &self.product {
            Some(Product { url, .. }) => merged(&ordinary, Some(&applications(url))),
            None => ordinary,
        }
    }

    /// Makes the hosted UI accept connections without responding, until [`Surroundings::thaw`].
    pub(crate) fn freeze(&self) {
        self.is_frozen.store(true, Ordering::Relaxed);
        self.provider.signal("STOP");
    }

    /// Lets the hosted UI respond again.
    pub(crate) fn thaw(&self) {
        if self.is_frozen.swap(false, Ordering::Relaxed) {
            self.provider.signal("CONT");
        }
    }
}

impl Kind {
    fn base_path(&self) -> &'static str {
        self.base_path.unwrap_or("/")
    }
}

fn sample_directory() -> PathBuf {
    root().join("crates/lookup-service/tenants.toml")
}

/// Writes a copy of the sample directory with more tenants into this folder.
fn write_directory(folder: &Path, more: &str) -> Result<PathBuf> {
    let file = folder.join("tenants.toml");
    std::fs::write(&file, [&std::fs::read_to_string(sample_directory())?, more].join("\n"))?;
    Ok(file)
}

/// The folder of the built site, or a copy with other files.
fn site_for(conditions: &Conditions, folder: &Path) -> Result<PathBuf> {
    let built = root().join("dist");
    if conditions.files.is_empty() && !conditions.config_apart {
        return Ok(built);
    }
    let site = folder.join("site");
    copy_folder(&built, &site)?;
    for (name, text) in &conditions.files {
        std::fs::write(site.join(name), text)?;
    }
    if conditions.config_apart {
        // The service has no place for it then, and serves the file. The form's page is that of every address.
        let page = site.join("index.html");
        std::fs::write(&page, std::fs::read_to_string(&page)?.replace(" id=config", ""))?;
        for page in ["callback.html", "callback.html.br", "callback.html.gz"] {
            std::fs::remove_file(site.join(page))?;
        }
    }
    Ok(site)
}

fn start_hostile_provider(port: &str) -> Result<Program> {
    let script = root().join("tests/end-to-end/hostile-provider.mjs");
    let arguments = [script.as_os_str(), "--port".as_ref(), port.as_ref()];
    Program::start("node", arguments, "hosted UI ready at", tempfile::tempdir()?)
}

/// The hosted UI knows [`SEVERAL_MORE`] whether or not the lookup service does, so that one hosted UI can serve every
/// directory.
fn start_hosted_ui(port: &str, picker: &str, product: Option<&str>, rotated: bool) -> Result<Program> {
    let folder = tempfile::tempdir()?;
    let directory = write_directory(folder.path(), SEVERAL_MORE)?;
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
    Program::start("node", arguments, "hosted UI ready at", folder)
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
    surroundings: &Surroundings,
    directory: &Path,
    site: &Path,
    config: &Path,
    folder: TempDir,
) -> Result<Program> {
    let address = format!("127.0.0.1:{}", surroundings.service_port);
    let arguments = [
        // All tests are one client, and together they ask for many codes that do not exist.
        "--unknown-codes".as_ref(),
        "0".as_ref(),
        "--listen".as_ref(),
        address.as_ref(),
        "--base-path".as_ref(),
        surroundings.kind.base_path().as_ref(),
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
