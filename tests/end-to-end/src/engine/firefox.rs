//! Firefox and geckodriver. It takes seconds to start, so one is used by many tests, one after another.
//!
//! Between two tests it forgets: first the tabs go, so that nothing can write any more; then the browser itself deletes all
//! that it keeps (cookies, storage of every origin, caches, permissions, passwords), which takes some hundredths of a
//! second. That matters more here than it looks: the servers are used again too, so an origin that a test before has
//! filled is likely to come back. A container for each test (what Chromium's contexts are) would keep the caches and the
//! passwords in common.
//!
//! WebDriver has no words for that. Firefox's own driver can run scripts with the browser's powers ("chrome"), if Firefox
//! is started with `-remote-allow-system-access`.

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

pub(super) const VARIABLES: [&str; 2] = ["FIREFOX", "GECKODRIVER"];

static IDLE: Pool<Firefox> = Pool::new();

pub(crate) struct Firefox {
    pub(super) driver: Session,
    _program: Program,
}

impl Firefox {
    pub(super) async fn take(conditions: &Conditions) -> Result<Self> {
        let firefox = match IDLE.take(|_| true) {
            Some(firefox) => firefox,
            None => Self::start().await?,
        };
        firefox.forget(conditions).await?;
        Ok(firefox)
    }

    pub(super) fn hand_back(self) {
        IDLE.hand_back(self);
    }

    async fn start() -> Result<Self> {
        let port = free_port()?;
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(std::env::var("GECKODRIVER").context("GECKODRIVER")?);
        // What it keeps beside its profile stays out of somebody's home, and is removed with the folder.
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
                    // As people have it: the driver switches it off.
                    "signon.autofillForms": true,
                    "signon.rememberSignons": true,
                    "signon.usernameOnlyForm.enabled": true,
                    // Tabs that were closed come back in no test.
                    "browser.sessionstore.max_tabs_undo": 0,
                    // One page each in a process that waits for nobody costs more than it saves.
                    "browser.newtab.preload": false,
                },
            }),
        )?;
        // Steps look for what they need; a click must not wait for the page that it leads to.
        capabilities.set_page_load_strategy(PageLoadStrategy::None)?;
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await.context("a Firefox")?;
        Ok(Self { driver: Session(driver), _program: program })
    }

    /// Leaves nothing of the test before, and makes the conditions those of the next.
    async fn forget(&self, conditions: &Conditions) -> Result<()> {
        let before = self.driver.windows().await?;
        // Firefox ends with its last tab, so the new one comes first.
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
        with_its_powers(
            &self.driver,
            "const [{ cookies, languages }] = args;
             Services.prefs.setIntPref('network.cookie.cookieBehavior', cookies);
             Services.prefs.setStringPref('intl.accept_languages', languages);
             await new Promise((onDataDeleted) => {
               Services.clearData.deleteData(Services.clearData.CLEAR_ALL, { onDataDeleted });
             });
             // Not among what it calls all.
             await Services.logins.removeAllLoginsAsync();",
            vec![settings],
        )
        .await
        .context("emptying Firefox")?;
        Ok(())
    }
}

/// Runs the body of an async function with the browser's own powers; its arguments are `args`.
pub(crate) async fn with_its_powers(driver: &WebDriver, script: &str, arguments: Vec<Value>) -> Result<Value> {
    let script = format!(
        "const args = [...arguments], done = args.pop();
         (async () => {{ {script} }})().then((value) => done([value ?? null]), (error) => done(String(error)))"
    );
    driver.handle().cmd(RunsIn("chrome")).await?;
    let answer = driver.execute_async(script, arguments).await;
    driver.handle().cmd(RunsIn("content")).await?;
    let answer = answer?.json().clone();
    answer.get(0).cloned().with_context(|| format!("in the browser: {answer}"))
}

/// geckodriver's own command: where scripts run from now on.
#[derive(Debug)]
struct RunsIn(&'static str);

impl FormatRequestData for RunsIn {
    fn format_request(&self, session: &SessionId) -> RequestData {
        let Self(context) = self;
        RequestData::new(Method::POST, format!("session/{session}/moz/context")).add_body(json!({ "context": context }))
    }
}
