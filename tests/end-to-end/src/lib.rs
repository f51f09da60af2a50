//! One world a test: a browser, the lookup service with the built site, and the local hosted UI, each on a free port.
//!
//! Starting these takes longer than most tests do, so a test that has passed leaves them to the next one: the browser
//! with nothing in it, the servers if they are as they were started. What a failed test had is ended with it.
//!
//! `make test` builds what is driven here. A failed test leaves a screenshot in `target/end-to-end/` and prints what
//! the page said. `src/bin/screenshots.rs` takes the pictures of `make screenshots` in the same world.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "tests fail by panicking, and say why"
)]

mod delivery;
mod engine;
mod inspect;
mod lookup_stub;
mod page;
mod pool;
mod program;
mod requests;
mod screens;
mod servers;
mod steps;

pub use delivery::Delivery;
pub use engine::Engine;
pub use lookup_stub::{Answer, LookupStub};
pub use requests::{body_of, is_lookup, lookup_bodies};
pub use screens::{PRODUCT, SEVERAL_MORE, Screen, recent, two_recents};
pub use steps::script_that_fills;

pub use page::Way;

use anyhow::{Context, Result, anyhow, ensure};
use engine::{Browser, firefox};
use serde_json::{Value, json};
use servers::Servers;
use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use thirtyfour::WebDriver;
use tokio::runtime::Runtime;
use tokio::time::timeout;

/// No journey takes this long; a browser that hangs must not hang the tests.
const LIMIT: Duration = Duration::from_secs(90);

/// Against the hostile provider a journey is hundreds of sign-ins long.
const HOSTILE_LIMIT: Duration = Duration::from_secs(600);

const EVIDENCE: Duration = Duration::from_secs(10);

/// One for all tests, since the connection to a browser outlives the test that made it.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());

/// Everything that a person needs to sign in.
pub struct World {
    /// The browser.
    pub driver: WebDriver,
    /// What it is.
    pub engine: Engine,
    /// The picker's origin.
    pub picker: String,
    /// The hosted UI's origin.
    pub hosted_ui: String,
    browser: tokio::sync::Mutex<Browser>,
    servers: Servers,
}

/// What is out of the ordinary in one world.
#[derive(Default)]
pub struct Conditions {
    /// What reads and draws the pages. Where the machine does not have it, the journey is not made.
    pub engine: Engine,
    /// Other text for config.json; `None`: no such file.
    pub config: Option<Option<String>>,
    /// Fields of config.json that are other than ordinary, or more.
    pub settings: Option<Value>,
    /// More tenants, in the words of `tenants.toml`, for the lookup service and the hosted UI.
    pub directory: Option<String>,
    /// The site comes through a proxy, for [`World::request_count`].
    pub delivery: Option<Delivery>,
    /// More files of the site: name and text.
    pub files: Vec<(&'static str, &'static str)>,
    /// The browser has a history that pages come back to life from, and is not only a shell around them. Firefox and WebKit
    /// are always whole.
    pub whole_browser: bool,
    /// The browser keeps nothing: cookies and site data are blocked.
    pub storage_blocked: bool,
    /// What the browser asks for, the first first, with commas between; WebKit can have one alone. Not in Chromium.
    pub languages: Option<&'static str>,
    /// The window's width, in CSS pixels. In Chromium.
    pub width: Option<u32>,
    /// The hosted UI is `hostile-provider.mjs`, which does as it is told.
    pub hostile_provider: bool,
    /// The browser keeps a record of every request, for [`World::requests`]. In Chromium.
    pub watched: bool,
}

impl Conditions {
    /// A browser with a back/forward cache: for tests that use the history.
    pub fn whole_browser() -> Self {
        Self { whole_browser: true, ..Self::default() }
    }

    /// The hosted UI is the hostile provider.
    pub fn hostile() -> Self {
        Self { hostile_provider: true, ..Self::default() }
    }

    /// The browser logs every request, for [`World::requests`].
    pub fn watched() -> Self {
        Self { watched: true, ..Self::default() }
    }

    /// With the tenants that [`Screen::LongChoice`] needs, so that every screen can be shown.
    pub fn every_screen() -> Self {
        Self { directory: Some(SEVERAL_MORE.to_owned()), ..Self::default() }
    }

    /// [`Conditions::every_screen`] with other fields in config.json.
    pub fn with_settings(settings: Value) -> Self {
        Self { settings: Some(settings), ..Self::every_screen() }
    }

    /// The lookup API is a stub on another origin, which responds as this function says.
    ///
    /// # Panics
    /// If no port can be opened for the stub.
    pub fn with_lookups(respond: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let stub = LookupStub::start(respond).unwrap();
        Self::with_settings(json!({ "lookup_url": stub.url }))
    }

    /// How the site comes to this engine.
    fn delivery(&self) -> Option<Delivery> {
        match self.engine {
            Engine::Chromium | Engine::Firefox => self.delivery,
            Engine::WebKit => Some(Delivery { opener_policy: false, ..self.delivery.unwrap_or(Delivery::COUNTED) }),
        }
    }

    /// Whether the site needs nothing that no other test is likely to want.
    fn is_site_as_built(&self) -> bool {
        self.config.is_none() && self.settings.is_none() && self.files.is_empty()
    }
}

/// Runs `steps` in a world that nobody else is in, and hands on what can be used again, or ends it.
pub fn journey<F>(name: &'static str, conditions: Conditions, steps: impl FnOnce(Arc<World>) -> F)
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    if !conditions.engine.is_here() {
        return;
    }
    let limit = if conditions.hostile_provider { HOSTILE_LIMIT } else { LIMIT };
    RUNTIME.block_on(async {
        let world = timeout(LIMIT, World::enter(&conditions)).await.expect("a world in time").unwrap();
        let world = Arc::new(world);
        let mut steps = tokio::spawn(steps(world.clone()));
        let outcome = match timeout(limit, &mut steps).await {
            Ok(outcome) => outcome,
            Err(_) => Ok(Err(anyhow!("not done after {} seconds", limit.as_secs()))),
        };
        steps.abort();
        if !matches!(outcome, Ok(Ok(()))) {
            let _ = timeout(EVIDENCE, world.keep_evidence(name)).await;
        } else if let Some(world) = Arc::into_inner(world) {
            world.hand_back();
        }
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
    async fn enter(conditions: &Conditions) -> Result<Self> {
        let servers = Servers::take(conditions)?;
        let browser = Browser::take(conditions).await?;
        let world = Self {
            driver: browser.driver().clone(),
            engine: conditions.engine,
            picker: servers.picker.clone(),
            hosted_ui: servers.hosted_ui.clone(),
            browser: tokio::sync::Mutex::new(browser),
            servers,
        };
        if conditions.hostile_provider {
            world.steer(&json!({})).await?;
        }
        if let Some(width) = conditions.width {
            // Headless windows do not get narrower than 500 px by themselves.
            world.in_window(width, 900, 1, true).await?;
        }
        Ok(world)
    }

    /// After a test that passed: the next one may use what this one did.
    fn hand_back(self) {
        self.browser.into_inner().hand_back();
        self.servers.hand_back();
    }

    /// Gives the running site the ordinary config.json with other settings, or takes it away (`None`).
    pub async fn configure(&self, settings: Option<Value>) -> Result<()> {
        self.servers.configure(settings).await?;
        // Which keeps the settings for some minutes.
        self.devtools("Network.clearBrowserCache", json!({})).await.map(drop)
    }

    /// Ends the lookup service, and with it the site.
    pub fn stop_service(&self) {
        self.servers.keep_from_others();
        self.servers.service.stop();
    }

    /// Makes the lookup service accept connections and answer nothing, until [`World::resume_service`].
    pub fn freeze_service(&self) {
        self.servers.keep_from_others();
        self.servers.service.signal("STOP");
    }

    /// Lets the lookup service answer again.
    pub fn resume_service(&self) {
        self.servers.service.signal("CONT");
    }

    /// Makes the hosted UI accept connections and answer nothing, until [`World::resume_hosted_ui`].
    pub fn freeze_hosted_ui(&self) {
        self.servers.keep_from_others();
        self.servers.provider.signal("STOP");
    }

    /// Lets the hosted UI answer again.
    pub fn resume_hosted_ui(&self) {
        self.servers.provider.signal("CONT");
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

    /// Sends a command of the DevTools protocol to this tab and returns its result. Only Chromium has this protocol, so all
    /// steps that use it work in Chromium only.
    pub async fn devtools(&self, method: &str, parameters: Value) -> Result<Value> {
        self.needs(Engine::Chromium, method)?;
        self.driver.cdp().send_raw(method, parameters).await.with_context(|| method.to_owned())
    }

    /// Runs the body of an async function with the browser's own powers, as its menus and settings have them. In Firefox.
    pub async fn run_privileged_in_firefox(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.needs(Engine::Firefox, "a script with the browser's own powers")?;
        firefox::with_its_powers(&self.driver, script, arguments).await
    }

    /// A step that one engine alone can take must not pass for taken in another.
    fn needs(&self, engine: Engine, step: &str) -> Result<()> {
        ensure!(self.engine == engine, "{step}: only {engine:?} can do that, and this is {:?}", self.engine);
        Ok(())
    }

    /// How many requests there were for paths of the site with this ending. In a world with a delivery.
    pub fn request_count(&self, ending: &str) -> Result<usize> {
        self.servers.request_count(ending)
    }

    /// Lets this tab's requests for such an address (`*` stands for anything) wait until [`World::release_requests`].
    pub async fn hold_requests(&self, address: &str) -> Result<()> {
        self.devtools("Fetch.enable", json!({ "patterns": [{ "urlPattern": address }] })).await.map(drop)
    }

    /// Lets the requests go on that [`World::hold_requests`] holds up.
    pub async fn release_requests(&self) -> Result<()> {
        self.devtools("Fetch.disable", json!({})).await.map(drop)
    }

    /// Makes this tab's requests for such an address fail; none: lifts it.
    pub async fn block_requests(&self, address: Option<&str>) -> Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        let addresses: Vec<_> = address.into_iter().collect();
        self.devtools("Network.setBlockedURLs", json!({ "urls": addresses })).await.map(drop)
    }

    /// Runs a script in every page of this tab before the page's own.
    pub async fn runs_in_every_page(&self, script: &str) -> Result<()> {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await.map(drop)
    }

    async fn keep_evidence(&self, name: &str) {
        let folder = root().join("target/end-to-end");
        let _ = std::fs::create_dir_all(&folder);
        let name = match self.engine {
            Engine::Chromium => name.to_owned(),
            other => format!("{}-{name}", other.name()),
        };
        let picture = folder.join(format!("{name}.png"));
        let _ = self.driver.screenshot(&picture).await;
        let text = self.text().await.unwrap_or_default();
        let url = self.driver.current_url().await.map(|url| url.to_string()).unwrap_or_default();
        eprintln!("{name} failed at {url}, see {}. The page said:\n{text}", picture.display());
    }
}
