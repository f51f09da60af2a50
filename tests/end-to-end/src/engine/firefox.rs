//! Firefox and geckodriver. Firefox takes four seconds of processor time to start, so there is one, which all tests use
//! one after another.
//!
//! Before each test, all data of the previous one are deleted: first the tabs are closed, so that no page can write;
//! then Firefox deletes cookies, the storage of every origin, caches, permissions and passwords. The servers are reused
//! as well, so without this a test would find the storage of an earlier one at the same origin. Firefox's containers
//! would not do: they share caches and passwords.
//!
//! WebDriver cannot delete these data. geckodriver can run privileged scripts (in the context "chrome") if Firefox is
//! started with `-remote-allow-system-access`.

use super::Session;
use crate::Conditions;
use crate::pool::Pool;
use crate::program::{Program, free_port, listens};
use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Command;
use thirtyfour::common::capabilities::desiredcapabilities::{CapabilitiesHelper, PageLoadStrategy};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::{DesiredCapabilities, RequestData, SessionId, WebDriver};
use tokio::sync::{Semaphore, SemaphorePermit};

pub(super) const VARIABLES: [&str; 2] = ["FIREFOX", "GECKODRIVER"];

static IDLE: Pool<Firefox> = Pool::new();

/// The permit to have the Firefox. The next test waits for it.
static PERMIT: Semaphore = Semaphore::const_new(1);

pub(crate) struct Firefox {
    pub(super) driver: Session,
    _program: Program,
    permit: Option<SemaphorePermit<'static>>,
}

impl Firefox {
    pub(super) async fn take(conditions: &Conditions) -> Result<Self> {
        let permit = PERMIT.acquire().await?;
        let mut firefox = match IDLE.take(|_| true) {
            Some(firefox) => firefox,
            None => Self::start().await?,
        };
        firefox.permit = Some(permit);
        firefox.forget(conditions).await?;
        Ok(firefox)
    }

    pub(super) fn hand_back(mut self) {
        let permit = self.permit.take();
        IDLE.hand_back(self);
        drop(permit);
    }

    async fn start() -> Result<Self> {
        let port = free_port()?;
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(std::env::var("GECKODRIVER").context("GECKODRIVER")?);
        // Firefox writes files outside of its profile as well. With this HOME they are removed with the folder.
        command.args(["--port", &port.to_string()]).env("HOME", folder.path());
        let (program, _) = Program::run(command, "", folder)?;
        listens(port).await?;

        let mut capabilities = DesiredCapabilities::firefox();
        capabilities.set(
            "moz:firefoxOptions",
            json!({
                "binary": std::env::var("FIREFOX").context("FIREFOX")?,
                "args": ["-headless", "--width=1000", "--height=900", "-remote-allow-system-access"],
                "prefs": {
                    // The defaults of Firefox, which the driver switches off.
                    "signon.autofillForms": true,
                    "signon.rememberSignons": true,
                    "signon.usernameOnlyForm.enabled": true,
                    // Firefox must not keep closed tabs for the next test.
                    "browser.sessionstore.max_tabs_undo": 0,
                    // Preloading a page for the next tab costs more time than it saves.
                    "browser.newtab.preload": false,
                },
            }),
        )?;
        // A click must not wait until the next page has loaded, because each step waits for what it needs.
        capabilities.set_page_load_strategy(PageLoadStrategy::None)?;
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await.context("a Firefox")?;
        Ok(Self { driver: Session(driver), _program: program, permit: None })
    }

    /// Deletes the data of the previous test and sets the conditions of the next one.
    async fn forget(&self, conditions: &Conditions) -> Result<()> {
        let before = self.driver.windows().await?;
        // Firefox ends with its last tab, so the new one is opened first.
        let tab = self.driver.new_tab().await?;
        for window in before {
            self.driver.switch_to_window(window).await?;
            self.driver.close_window().await?;
        }
        self.driver.switch_to_window(tab).await?;
        let settings = json!({
            "cookies": if conditions.storage_blocked { 2 } else { 5 },
            "languages": conditions.languages.unwrap_or("en-US, en"),
        });
        run_privileged(
            &self.driver,
            "const [{ cookies, languages }] = args;
             Services.prefs.setIntPref('network.cookie.cookieBehavior', cookies);
             Services.prefs.setStringPref('intl.accept_languages', languages);
             await new Promise((onDataDeleted) => {
               Services.clearData.deleteData(Services.clearData.CLEAR_ALL, { onDataDeleted });
             });
             // CLEAR_ALL does not include the passwords.
             await Services.logins.removeAllLoginsAsync();",
            vec![settings],
        )
        .await
        .context("deleting the data of Firefox")?;
        Ok(())
    }
}

/// Runs the body of an async function with the browser's privileges and returns its result. The arguments are in
/// `args`.
pub(crate) async fn run_privileged(driver: &WebDriver, script: &str, arguments: Vec<Value>) -> Result<Value> {
    let script = format!(
        "const args = [...arguments], done = args.pop();
         (async () => {{ {script} }})().then((value) => done([value ?? null]), (error) => done(String(error)))"
    );
    driver.handle().cmd(SetContext("chrome")).await?;
    let result = driver.execute_async(script, arguments).await;
    driver.handle().cmd(SetContext("content")).await?;
    let result = result?.json().clone();
    result.get(0).cloned().with_context(|| format!("in the browser: {result}"))
}

/// geckodriver's command that sets the context in which scripts run: `chrome` (privileged) or `content`.
/// See [geckodriver](https://firefox-source-docs.mozilla.org/testing/geckodriver/).
#[derive(Debug)]
struct SetContext(&'static str);

impl FormatRequestData for SetContext {
    fn format_request(&self, session: &SessionId) -> RequestData {
        let Self(context) = self;
        RequestData::new(Method::POST, format!("session/{session}/moz/context")).add_body(json!({ "context": context }))
    }
}
