//! One world a test: a browser, the lookup service with the built site, and the local hosted UI, each on a free port.
//!
//! `make test` builds what is driven here. A failed test leaves a screenshot in `target/end-to-end/` and prints what
//! the page said. `src/bin/screenshots.rs` takes the pictures of `make screenshots` in the same world.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "tests fail by panicking, and say why"
)]

mod inspect;
mod lookup_stub;
mod page;
mod program;
mod screens;

pub use lookup_stub::{Answer, LookupStub};
pub use screens::{PRODUCT, SEVERAL_MORE, Screen, recent};

pub use page::Way;

use anyhow::{Context, Result, anyhow, ensure};
use program::{Program, free_port};
use serde_json::{Value, json};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use thirtyfour::common::capabilities::desiredcapabilities::{CapabilitiesHelper, PageLoadStrategy};
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, WebDriver};
use tokio::time::timeout;

/// No journey takes this long; a browser that hangs must not hang the tests.
const LIMIT: Duration = Duration::from_secs(90);

/// Against the hostile provider a journey is hundreds of sign-ins long.
const HOSTILE_LIMIT: Duration = Duration::from_secs(600);

const EVIDENCE: Duration = Duration::from_secs(10);

/// Everything that a person needs to sign in.
pub struct World {
    /// The browser.
    pub driver: WebDriver,
    /// The picker's origin.
    pub picker: String,
    /// The hosted UI's origin.
    pub hosted_ui: String,
    config: PathBuf,
    ordinary: Value,
    service: Program,
    provider: Program,
    _driver_program: Program,
    _folder: TempDir,
}

/// What is out of the ordinary in one world.
#[derive(Default)]
pub struct Conditions {
    /// Other text for config.json; `None`: no such file.
    pub config: Option<Option<String>>,
    /// Fields of config.json that are other than ordinary, or more.
    pub settings: Option<Value>,
    /// More tenants, in the words of `tenants.toml`, for the lookup service and the hosted UI.
    pub directory: Option<String>,
    /// More files of the site: name and text.
    pub files: Vec<(&'static str, &'static str)>,
    /// The browser keeps nothing: cookies and site data are blocked.
    pub storage_blocked: bool,
    /// The window's width, in CSS pixels.
    pub width: Option<u32>,
    /// The hosted UI is `hostile-provider.mjs`, which does as it is told.
    pub hostile_provider: bool,
    /// The browser keeps a record of every request, for [`World::requests`].
    pub watched: bool,
}

/// Runs `steps` in a world of their own and takes the world down afterwards, whatever happened.
pub fn journey<F>(name: &'static str, conditions: Conditions, steps: impl FnOnce(Arc<World>) -> F)
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let limit = if conditions.hostile_provider { HOSTILE_LIMIT } else { LIMIT };
    runtime.block_on(async {
        let world = Arc::new(World::start(conditions).await.unwrap());
        let outcome = match timeout(limit, tokio::spawn(steps(world.clone()))).await {
            Ok(outcome) => outcome,
            Err(_) => Ok(Err(anyhow!("not done after {} seconds", limit.as_secs()))),
        };
        let failed = !matches!(outcome, Ok(Ok(())));
        if failed {
            let _ = timeout(EVIDENCE, world.keep_evidence(name)).await;
        }
        let _ = timeout(EVIDENCE, world.driver.clone().quit()).await;
        match outcome {
            Ok(result) => result.unwrap(),
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    });
}

/// [`journey`] under ordinary conditions.
pub fn ordinary_journey<F>(name: &'static str, steps: impl FnOnce(Arc<World>) -> F)
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    journey(name, Conditions::default(), steps);
}

/// The project's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl World {
    async fn start(conditions: Conditions) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        // The two must know each other's address before either runs.
        let (picker_port, provider_port) = (free_port()?, free_port()?);
        let picker = format!("http://127.0.0.1:{picker_port}");
        let hosted_ui = format!("http://127.0.0.1:{provider_port}");

        let ordinary = json!({
            "lookup_url": "/v1/lookup",
            "user_pools": [{ "issuer": hosted_ui, "hosted_ui": hosted_ui }],
            "return_to": { "allow": [format!("{hosted_ui}/.well-known/")] },
            "branding": { "product": PRODUCT, "support_url": "mailto:support@example.com" },
        });
        let config = folder.path().join("config.json");
        let settings = laid_over(&ordinary, conditions.settings.as_ref());
        if let Some(text) = conditions.config.unwrap_or_else(|| Some(settings.to_string())) {
            std::fs::write(&config, text)?;
        }
        let mut directory = root().join("crates/lookup-service/tenants.toml");
        if let Some(more) = conditions.directory {
            let sample = std::fs::read_to_string(&directory)?;
            directory = folder.path().join("tenants.toml");
            std::fs::write(&directory, [sample, more].join("\n"))?;
        }
        let mut site = root().join("dist");
        if !conditions.files.is_empty() {
            let copy = folder.path().join("site");
            copy_folder(&site, &copy)?;
            for (name, text) in conditions.files {
                std::fs::write(copy.join(name), text)?;
            }
            site = copy;
        }
        let provider = if conditions.hostile_provider {
            let program = root().join("tests/end-to-end/hostile-provider.mjs");
            Program::start(
                "node",
                [program.as_os_str(), "--port".as_ref(), provider_port.to_string().as_ref()],
                "hosted UI ready at",
            )?
        } else {
            Program::start(
                "node",
                [
                    root().join("hosted-ui/main.mjs").as_os_str(),
                    "--port".as_ref(),
                    provider_port.to_string().as_ref(),
                    "--directory".as_ref(),
                    directory.as_ref(),
                    "--picker".as_ref(),
                    picker.as_ref(),
                ],
                "hosted UI ready at",
            )?
        };
        let service = Program::start(
            root().join("target/release/lookup-service"),
            [
                "--listen".as_ref(),
                format!("127.0.0.1:{picker_port}").as_ref(),
                "--directory".as_ref(),
                directory.as_os_str(),
                "--site".as_ref(),
                site.as_os_str(),
                "--config".as_ref(),
                config.as_os_str(),
            ],
            "lookup service ready at",
        )?;

        let driver_port = free_port()?;
        let chromedriver = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
        let driver_program =
            Program::start(chromedriver, [format!("--port={driver_port}").as_ref()], "started successfully")?;
        let mut capabilities = DesiredCapabilities::chrome();
        if let Ok(chrome) = std::env::var("CHROME") {
            capabilities.set_binary(&chrome)?;
        }
        let size = format!("--window-size={},900", conditions.width.unwrap_or(1000));
        for argument in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--lang=en-US",
            &size,
        ] {
            capabilities.add_arg(argument)?;
        }
        if conditions.storage_blocked {
            let blocked = json!({ "profile.default_content_setting_values.cookies": 2 });
            capabilities.add_experimental_option("prefs", blocked)?;
        }
        if conditions.watched {
            capabilities.set("goog:loggingPrefs", json!({ "performance": "ALL", "browser": "ALL" }))?;
        }
        // Steps look for what they need; a click must not wait for the page that it leads to.
        capabilities.set_page_load_strategy(PageLoadStrategy::None)?;
        let driver =
            WebDriver::new(format!("http://127.0.0.1:{driver_port}"), capabilities).await.context("a browser")?;
        if let Some(width) = conditions.width {
            // Headless windows do not get narrower than 500 px by themselves.
            let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": true });
            driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        }
        Ok(Self {
            driver,
            picker,
            hosted_ui,
            config,
            ordinary,
            service,
            provider,
            _driver_program: driver_program,
            _folder: folder,
        })
    }

    /// Gives the running site the ordinary config.json with other settings, or takes it away (`None`).
    pub async fn configure(&self, settings: Option<Value>) -> Result<()> {
        let text = settings.map(|settings| laid_over(&self.ordinary, Some(&settings)).to_string());
        match &text {
            Some(text) => std::fs::write(&self.config, text)?,
            None if self.config.exists() => std::fs::remove_file(&self.config)?,
            None => return Ok(()),
        }
        // The service looks once a second.
        let is_served = async || {
            let answer = reqwest::get(format!("{}/config.json", self.picker)).await?;
            let served = if answer.status().is_success() { Some(answer.text().await?) } else { None };
            anyhow::Ok(served == text)
        };
        while !is_served().await? {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Ends the lookup service, and with it the site.
    pub fn stop_service(&self) {
        self.service.stop();
    }

    /// Makes the lookup service accept connections and answer nothing, until [`World::resume_service`].
    pub fn freeze_service(&self) {
        self.service.signal("STOP");
    }

    /// Lets the lookup service answer again.
    pub fn resume_service(&self) {
        self.service.signal("CONT");
    }

    /// Makes the hosted UI accept connections and answer nothing, until [`World::resume_hosted_ui`].
    pub fn freeze_hosted_ui(&self) {
        self.provider.signal("STOP");
    }

    /// Lets the hosted UI answer again.
    pub fn resume_hosted_ui(&self) {
        self.provider.signal("CONT");
    }

    /// Tells the hostile provider what to do, and makes it count anew.
    pub async fn steer(&self, steering: &Value) -> Result<()> {
        let answer = reqwest::Client::new().post(format!("{}/steer", self.hosted_ui)).json(steering).send().await?;
        ensure!(answer.status() == 204, "steering: {}", answer.text().await?);
        Ok(())
    }

    /// What the hostile provider has counted since it was steered, and the secrets that it saw.
    pub async fn counts(&self) -> Result<Value> {
        Ok(reqwest::get(format!("{}/counts", self.hosted_ui)).await?.json().await?)
    }

    /// Sends a command of the DevTools protocol to this tab.
    pub async fn command(&self, method: &str, parameters: Value) -> Result<Value> {
        Ok(self.driver.cdp().send_raw(method, parameters).await?)
    }

    /// Lets this tab's requests for such an address (`*` stands for anything) wait until [`World::release`].
    pub async fn hold(&self, address: &str) -> Result<()> {
        self.command("Fetch.enable", json!({ "patterns": [{ "urlPattern": address }] })).await.map(drop)
    }

    /// Lets the requests go on that [`World::hold`] holds up.
    pub async fn release(&self) -> Result<()> {
        self.command("Fetch.disable", json!({})).await.map(drop)
    }

    /// Makes this tab's requests for such an address fail; none: lifts it.
    pub async fn block(&self, address: Option<&str>) -> Result<()> {
        self.command("Network.enable", json!({})).await?;
        let addresses: Vec<_> = address.into_iter().collect();
        self.command("Network.setBlockedURLs", json!({ "urls": addresses })).await.map(drop)
    }

    /// Takes this tab's connection away, or gives it back.
    pub async fn set_offline(&self, offline: bool) -> Result<()> {
        self.command("Network.enable", json!({})).await?;
        let conditions = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.command("Network.emulateNetworkConditions", conditions).await.map(drop)
    }

    /// Runs a script in every page of this tab before the page's own.
    pub async fn before_every_page(&self, script: &str) -> Result<()> {
        self.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await.map(drop)
    }

    /// Every request since the last time, redirects too, as the DevTools protocol's `Network.Request`. In a watched world.
    pub async fn requests(&self) -> Result<Vec<Value>> {
        let mut requests = Vec::new();
        for entry in self.driver.get_log("performance").await? {
            let mut entry: Value = serde_json::from_str(&entry.message)?;
            let message = &mut entry["message"];
            if message["method"] == "Network.requestWillBeSent" {
                requests.push(message["params"]["request"].take());
            }
        }
        Ok(requests)
    }

    async fn keep_evidence(&self, name: &str) {
        let folder = root().join("target/end-to-end");
        let _ = std::fs::create_dir_all(&folder);
        let picture = folder.join(format!("{name}.png"));
        let _ = self.driver.screenshot(&picture).await;
        let text = self.text().await.unwrap_or_default();
        let url = self.driver.current_url().await.map(|url| url.to_string()).unwrap_or_default();
        eprintln!("{name} failed at {url}, see {}. The page said:\n{text}", picture.display());
    }
}

/// The settings with others in their place; those within `branding` one by one.
fn laid_over(ordinary: &Value, others: Option<&Value>) -> Value {
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
