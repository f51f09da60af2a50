//! Each test gets a [`World`]: a browser, the lookup service with the built site, and the local hosted UI, each on a
//! free port.
//!
//! Starting a browser or the hosted UI takes longer than most tests, so a test that passed hands them to the next one,
//! which deletes the browser's data first. After a failed test they are stopped.
//!
//! `make test` builds the programs that the tests start. A failed test leaves a screenshot in `target/end-to-end/` and
//! prints the text of the page. `src/bin/screenshots.rs` takes the pictures of `make screenshots` in the same way.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, and prints why"
)]

mod application;
mod delivery;
mod engine;
mod inspect;
mod lookup_stub;
mod ministack;
mod page;
mod pool;
mod program;
mod requests;
mod screens;
mod servers;
mod steps;

pub use application::ApplicationStub;
pub use delivery::Delivery;
pub use engine::Engine;
pub use lookup_stub::{LookupStub, StubResponse};
pub use ministack::Ministack;
pub use requests::{body_of, is_lookup, lookup_bodies};
pub use screens::{PRODUCT, SEVERAL_MORE, Screen, recent, two_recents};
pub use servers::Product;
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

/// The longest time that a journey may take, so that a browser that hangs does not hang the tests.
const LIMIT: Duration = Duration::from_secs(90);

/// The same with the hostile provider, where one journey has hundreds of sign-ins.
const HOSTILE_LIMIT: Duration = Duration::from_secs(600);

/// The longest time until a test has its world: it may wait for the Firefox of tests that hang.
const WORLD_LIMIT: Duration = Duration::from_secs(240);

/// The longest time to take a screenshot and read the page of a failed test.
const EVIDENCE_LIMIT: Duration = Duration::from_secs(10);

/// All tests share one runtime, because the connection to a browser lives longer than the test that opened it.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());

/// A browser and the servers that it needs for a sign-in. Its methods are the steps of the tests.
pub struct World {
    /// The browser.
    pub driver: WebDriver,
    /// The browser's engine.
    pub engine: Engine,
    /// The picker's origin, and the path that it is below, if it is below one.
    pub picker: String,
    /// The hosted UI's origin.
    pub hosted_ui: String,
    browser: tokio::sync::Mutex<Browser>,
    servers: Servers,
}

/// How one world differs from the ordinary one.
#[derive(Default)]
pub struct Conditions {
    /// The browser engine. Where it is not installed, the journey is not run.
    pub engine: Engine,
    /// Replaces the text of config.json; `Some(None)` removes the file.
    pub config: Option<Option<String>>,
    /// Fields of config.json that replace the ordinary ones or are added.
    pub settings: Option<Value>,
    /// The page does not have config.json in it, and is also that of the callback, as on a server that knows nothing of the
    /// picker.
    pub config_apart: bool,
    /// More tenants, in the format of `tenants.toml`, for the lookup service. The hosted UI always knows
    /// [`SEVERAL_MORE`], and no others.
    pub directory: Option<String>,
    /// The path that the picker is below, such as `/login/`.
    pub base_path: Option<&'static str>,
    /// How a proxy passes the site on. With a proxy, [`World::request_count`] counts the requests.
    pub delivery: Option<Delivery>,
    /// Files that are added to the site or replace its own: name and text.
    pub files: Vec<(&'static str, &'static str)>,
    /// Uses the whole Chromium, which has a back/forward cache, instead of the headless shell. Firefox and WebKit are
    /// always whole.
    pub whole_browser: bool,
    /// The browser blocks cookies and site data.
    pub storage_blocked: bool,
    /// The tab blocks cookies of third parties. In Chromium only.
    pub third_parties_blocked: bool,
    /// The preferred languages, the most preferred one first, separated by commas. In Firefox; in WebKit only one; not
    /// in Chromium.
    pub languages: Option<&'static str>,
    /// The window's width, in CSS pixels. In Chromium only.
    pub width: Option<u32>,
    /// The hosted UI is `hostile-provider.mjs`, which tests can steer: [`World::steer`].
    pub hostile_provider: bool,
    /// The product of `examples/` runs, and config.json names its two applications: [`World::product`].
    pub product: bool,
    /// The hosted UI rotates refresh tokens.
    pub rotated: bool,
    /// The browser logs every request, for [`World::requests`]. In Chromium only.
    pub watched: bool,
}

impl Conditions {
    /// A browser with a back/forward cache: for tests that use the history.
    pub fn whole_browser() -> Self {
        Self { whole_browser: true, ..Self::default() }
    }

    /// The page does not have config.json in it.
    pub fn config_apart() -> Self {
        Self { config_apart: true, ..Self::default() }
    }

    /// The hosted UI is the hostile provider.
    pub fn hostile() -> Self {
        Self { hostile_provider: true, ..Self::default() }
    }

    /// The browser logs every request, for [`World::requests`].
    pub fn watched() -> Self {
        Self { watched: true, ..Self::default() }
    }

    /// With the tenants that [`Screen::LongChoice`] and the endpoint that [`Screen::Switching`] needs, so that every
    /// screen can be shown.
    pub fn every_screen() -> Self {
        Self { directory: Some(SEVERAL_MORE.to_owned()), ..Self::with_memberships() }
    }

    /// config.json names the memberships endpoint of the lookup service.
    pub fn with_memberships() -> Self {
        Self { settings: Some(json!({ "memberships_url": "v1/memberships" })), ..Self::default() }
    }

    /// [`Conditions::every_screen`] with other fields in config.json.
    pub fn with_settings(settings: Value) -> Self {
        let every = Self::every_screen();
        let fields = every.settings.iter().chain([&settings]).filter_map(Value::as_object).flatten();
        let settings = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
        Self { settings: Some(Value::Object(settings)), ..every }
    }

    /// The lookup API is a stub on another origin, which responds as this function says.
    ///
    /// # Panics
    /// If no port can be opened for the stub.
    pub fn with_lookups(respond: impl Fn(&str) -> StubResponse + Send + Sync + 'static) -> Self {
        let stub = LookupStub::start(respond).unwrap();
        Self::with_settings(json!({ "lookup_url": stub.url }))
    }

    /// The delivery, with what this engine needs.
    fn delivery(&self) -> Option<Delivery> {
        match self.engine {
            Engine::Chromium | Engine::Firefox => self.delivery,
            Engine::WebKit => Some(Delivery { opener_policy: false, ..self.delivery.unwrap_or(Delivery::COUNTED) }),
        }
    }
}

/// Runs `steps` in a world of its own. If they pass, the next test may use the browser and the servers; otherwise they
/// are stopped.
///
/// `name` is the name of the screenshot that a failed test leaves.
///
/// # Panics
/// If the steps fail or take too long.
pub fn journey<F>(name: &'static str, conditions: Conditions, steps: impl FnOnce(Arc<World>) -> F)
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    if !conditions.engine.is_installed() {
        return;
    }
    let limit = if conditions.hostile_provider { HOSTILE_LIMIT } else { LIMIT };
    RUNTIME.block_on(async {
        let world = timeout(WORLD_LIMIT, World::enter(&conditions)).await.expect("a world in time").unwrap();
        let world = Arc::new(world);
        let mut steps = tokio::spawn(steps(world.clone()));
        let outcome = match timeout(limit, &mut steps).await {
            Ok(outcome) => outcome,
            Err(_) => Ok(Err(anyhow!("not done after {} seconds", limit.as_secs()))),
        };
        steps.abort();
        if !matches!(outcome, Ok(Ok(()))) {
            let _ = timeout(EVIDENCE_LIMIT, world.keep_evidence(name)).await;
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

/// Defines a module for each of these journeys, with one test for each of its engines: `the_journey::firefox`.
///
/// Tests run in the order of their names. The engine comes last, because all tests in Firefox wait for the same browser:
/// if they stood side by side, nothing else would run meanwhile.
#[macro_export]
macro_rules! journeys {
    ($($journey:ident: $($engine:ident),+;)+) => {
        $(
            mod $journey {
                $($crate::journeys!(@$engine $journey);)+
            }
        )+
    };
    (@Chromium $journey:ident) => {
        #[test]
        fn chromium() {
            super::$journey($crate::Engine::Chromium);
        }
    };
    (@Firefox $journey:ident) => {
        #[test]
        fn firefox() {
            super::$journey($crate::Engine::Firefox);
        }
    };
    (@WebKit $journey:ident) => {
        #[test]
        fn webkit() {
            super::$journey($crate::Engine::WebKit);
        }
    };
}

/// The project's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl World {
    async fn enter(conditions: &Conditions) -> Result<Self> {
        // The browser first: who waits for a Firefox keeps no servers from the others.
        let browser = Browser::take(conditions).await?;
        let servers = Servers::start(conditions)?;
        let world = Self {
            driver: browser.driver().clone(),
            engine: conditions.engine,
            picker: servers.surroundings.picker.clone(),
            hosted_ui: servers.surroundings.hosted_ui.clone(),
            browser: tokio::sync::Mutex::new(browser),
            servers,
        };
        if conditions.hostile_provider {
            world.steer(&json!({})).await?;
        }
        if conditions.third_parties_blocked {
            world.blocks_cookies_of_third_parties().await?;
        }
        if let Some(width) = conditions.width {
            // Headless windows do not get narrower than 500 px by themselves.
            world.in_window(width, 900, 1, true).await?;
        }
        Ok(world)
    }

    /// Hands the browser and the servers to the next test. Only after a test that passed.
    fn hand_back(self) {
        self.browser.into_inner().hand_back();
        self.servers.hand_back();
    }

    /// Replaces the config.json of the running site by the ordinary one with these fields, or removes it (`None`).
    pub async fn configure(&self, settings: Option<Value>) -> Result<()> {
        self.servers.configure(settings).await?;
        // The browser caches config.json for some minutes.
        self.devtools("Network.clearBrowserCache", json!({})).await.map(drop)
    }

    /// Replaces the directory of the running lookup service, and waits until it finds an organization by this domain.
    /// Only with a [`Conditions::directory`] that no other test has.
    pub async fn replace_directory(&self, text: &str, domain: &str) -> Result<()> {
        self.servers.replace_directory(text, domain).await
    }

    /// The product of `examples/`. `None` without [`Conditions::product`].
    pub fn product(&self) -> Option<&Product> {
        self.servers.surroundings.product.as_ref()
    }

    /// Stops the lookup service, which also serves the site.
    pub fn stop_service(&self) {
        self.servers.service.stop();
    }

    /// Makes the lookup service accept connections without responding, until [`World::resume_service`].
    pub fn freeze_service(&self) {
        self.servers.service.signal("STOP");
    }

    /// Lets the lookup service respond again.
    pub fn resume_service(&self) {
        self.servers.service.signal("CONT");
    }

    /// Makes the hosted UI accept connections without responding, until [`World::resume_hosted_ui`] or the end of the
    /// test.
    pub fn freeze_hosted_ui(&self) {
        self.servers.surroundings.freeze();
    }

    /// Lets the hosted UI respond again.
    pub fn resume_hosted_ui(&self) {
        self.servers.surroundings.thaw();
    }

    /// Tells the hostile provider what to do and resets its counts. cases.toml describes the fields.
    pub async fn steer(&self, steering: &Value) -> Result<()> {
        let response = reqwest::Client::new().post(format!("{}/steer", self.hosted_ui)).json(steering).send().await?;
        ensure!(response.status() == 204, "steering: {}", response.text().await?);
        Ok(())
    }

    /// The report of the hostile provider since it was last steered: counts of requests, secrets that it has issued or
    /// received, and faults of the requests.
    pub async fn counts(&self) -> Result<Value> {
        Ok(reqwest::get(format!("{}/counts", self.hosted_ui)).await?.json().await?)
    }

    /// Sends a command of the DevTools protocol to this tab and returns its result. Only Chromium has this protocol, so
    /// all steps that use it work in Chromium only.
    pub async fn devtools(&self, method: &str, parameters: Value) -> Result<Value> {
        self.needs(Engine::Chromium, method)?;
        self.driver.cdp().send_raw(method, parameters).await.with_context(|| method.to_owned())
    }

    /// Runs the body of an async function with the privileges of Firefox's own user interface, and returns its result.
    /// The arguments are in `args`. In Firefox only.
    pub async fn run_privileged_in_firefox(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.needs(Engine::Firefox, "a privileged script")?;
        firefox::run_privileged(&self.driver, script, arguments).await
    }

    /// Fails if this is another engine: a step that only one engine supports must not be skipped silently.
    fn needs(&self, engine: Engine, step: &str) -> Result<()> {
        ensure!(self.engine == engine, "{step} works only in {engine:?}, and this is {:?}", self.engine);
        Ok(())
    }

    /// How many requests the site has received for paths with this ending. Needs a delivery in the [`Conditions`].
    pub fn request_count(&self, ending: &str) -> Result<usize> {
        self.servers.request_count(ending)
    }

    /// Holds this tab's requests whose address matches a pattern (`*` stands for any text) until
    /// [`World::release_requests`].
    pub async fn hold_requests(&self, address: &str) -> Result<()> {
        self.devtools("Fetch.enable", json!({ "patterns": [{ "urlPattern": address }] })).await.map(drop)
    }

    /// Continues the requests that [`World::hold_requests`] holds.
    pub async fn release_requests(&self) -> Result<()> {
        self.devtools("Fetch.disable", json!({})).await.map(drop)
    }

    /// Makes this tab's requests fail if their address matches a pattern; `None` ends that.
    pub async fn block_requests(&self, address: Option<&str>) -> Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        let addresses: Vec<_> = address.into_iter().collect();
        self.devtools("Network.setBlockedURLs", json!({ "urls": addresses })).await.map(drop)
    }

    /// Runs a script in every page of this tab before the scripts of the page.
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
        eprintln!("{name} failed at {url}, see {}. The text of the page:\n{text}", picture.display());
    }
}
