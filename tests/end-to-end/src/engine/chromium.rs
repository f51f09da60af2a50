//! Chromium and its driver. Many tests use the same browser, but each one gets a new browser context, like an incognito
//! window: with empty cookies, storage, cache and history.
//!
//! Most tests use the headless shell, if tools/setup.sh found it. It behaves like Chromium but draws no tabs, menus and
//! address bars, and needs a third less time. It has no back/forward cache and no preferences, so tests that use the
//! history ask for the whole browser ([`Conditions::whole_browser`]).

use super::Session;
use crate::Conditions;
use crate::pool::Pool;
use crate::program::{Program, free_port};
use anyhow::{Context, Result, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use thirtyfour::common::capabilities::desiredcapabilities::{CapabilitiesHelper, PageLoadStrategy};
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, WebDriver, WindowHandle};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

static IDLE: Pool<Chromium> = Pool::new();

pub(crate) struct Chromium {
    pub(super) driver: Session,
    /// The browser's connection of the DevTools protocol. It creates browser contexts, which neither WebDriver nor the
    /// connection of a page can do.
    devtools: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The browser context of the current test.
    context: Option<Value>,
    kind: Kind,
    _program: Program,
}

/// Conditions that can only be set when the browser starts.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Kind {
    whole: bool,
    storage_blocked: bool,
    watched: bool,
}

impl Chromium {
    /// A browser with one window and no data of earlier tests.
    pub(crate) async fn take(conditions: &Conditions) -> Result<Self> {
        let Conditions { whole_browser, storage_blocked, watched, languages, .. } = *conditions;
        // The DevTools protocol can set them per tab. Tests that need this use `World::devtools`.
        ensure!(languages.is_none(), "Chromium takes no languages from Conditions: World::devtools sets them");
        // Only the whole browser has preferences.
        let kind = Kind { whole: whole_browser || storage_blocked, storage_blocked, watched };
        let mut browser = match IDLE.take(|browser| browser.kind == kind) {
            Some(browser) => browser,
            None => Self::start(kind).await?,
        };
        browser.forget().await?;
        Ok(browser)
    }

    pub(crate) fn hand_back(self) {
        IDLE.hand_back(self);
    }

    async fn start(kind: Kind) -> Result<Self> {
        let port = free_port()?;
        let chromedriver = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
        let argument = format!("--port={port}");
        let folder = tempfile::tempdir()?;
        let program = Program::start(chromedriver, [argument.as_ref()], "started successfully", folder)?;
        let mut capabilities = DesiredCapabilities::chrome();
        let shell = if kind.whole { None } else { std::env::var("HEADLESS_SHELL").ok() };
        if let Some(chrome) = shell.or_else(|| std::env::var("CHROME").ok()) {
            capabilities.set_binary(&chrome)?;
        }
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
            // Otherwise the address bar of every window loads pages of its own, which take longer than those of the
            // tests.
            "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
        ] {
            capabilities.add_arg(argument)?;
        }
        if kind.storage_blocked {
            let blocked = json!({ "profile.default_content_setting_values.cookies": 2 });
            capabilities.add_experimental_option("prefs", blocked)?;
        }
        if kind.watched {
            capabilities.set("goog:loggingPrefs", json!({ "performance": "ALL", "browser": "ALL" }))?;
        }
        // A click must not wait until the next page has loaded, because each step waits for what it needs.
        capabilities.set_page_load_strategy(PageLoadStrategy::None)?;
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await.context("a browser")?;

        let options = driver.capabilities().get("goog:chromeOptions").context("no goog:chromeOptions")?;
        let address = options["debuggerAddress"].as_str().context("no debuggerAddress")?;
        let version: Value = reqwest::get(format!("http://{address}/json/version")).await?.json().await?;
        let address = version["webSocketDebuggerUrl"].as_str().context("no webSocketDebuggerUrl")?;
        let (devtools, _) = connect_async(address).await.context("the DevTools protocol")?;
        Ok(Self { driver: Session(driver), devtools, context: None, kind, _program: program })
    }

    /// Replaces the browser context of the previous test by a new one.
    async fn forget(&mut self) -> Result<()> {
        let context = self.command("Target.createBrowserContext", json!({})).await?["browserContextId"].take();
        let before = self.context.replace(context);
        let windows = self.driver.windows().await?;
        let window = self.open(true).await?;
        // Chromium ends with its last window, so the old context is removed after the new window is open.
        match before {
            Some(before) => {
                self.command("Target.disposeBrowserContext", json!({ "browserContextId": before })).await?;
            }
            // A new browser has a window in its default profile.
            None => {
                for window in windows {
                    self.command("Target.closeTarget", json!({ "targetId": window.to_string() })).await?;
                }
            }
        }
        self.driver.switch_to_window(window).await?;
        if self.kind.watched {
            for log in ["performance", "browser"] {
                self.driver.get_log(log).await?;
            }
        }
        Ok(())
    }

    /// Opens a window or a tab in the browser context of the test.
    pub(crate) async fn open(&mut self, in_window: bool) -> Result<WindowHandle> {
        let mut parameters = json!({ "url": "about:blank", "browserContextId": self.context, "newWindow": in_window });
        if in_window {
            parameters["width"] = json!(1000);
            parameters["height"] = json!(900);
        }
        let target = self.command("Target.createTarget", parameters).await?;
        Ok(WindowHandle::from(target["targetId"].as_str().context("no targetId")?.to_owned()))
    }

    async fn command(&mut self, method: &str, parameters: Value) -> Result<Value> {
        // There is one command at a time and events are off, so the next message is the response.
        let command = json!({ "id": 0, "method": method, "params": parameters });
        self.devtools.send(Message::text(command.to_string())).await?;
        while let Some(message) = self.devtools.next().await {
            if let Message::Text(text) = message? {
                let mut response: Value = serde_json::from_str(&text)?;
                return match response.get("error") {
                    Some(error) => bail!("{method}: {error}"),
                    None => Ok(response["result"].take()),
                };
            }
        }
        bail!("{method}: the browser has closed the connection")
    }
}
