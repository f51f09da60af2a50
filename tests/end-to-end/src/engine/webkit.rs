//! WebKit and its driver: Debian's webkit2gtk-driver. Each test has a driver and a browser of its own, which start in half a
//! second and keep nothing on disk.
//!
//! It has no mode without windows. They are shown by an Xvfb where there is one, so that nobody's screen is in the way.
//!
//! What its driver cannot: answer a question that is asked while the Cross-Origin-Opener-Policy changes, as between the picker
//! and the hosted UI (it never does, and goes Back never more, so the header is taken out on the way: [`Delivery`]); two
//! sessions at a time; options that it does not know (the start hangs).
//!
//! [`Delivery`]: crate::Delivery

use super::Session;
use crate::Conditions;
use crate::program::{Program, free_port, listens};
use anyhow::{Context, Result};
use serde_json::json;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;
use thirtyfour::common::capabilities::desiredcapabilities::{CapabilitiesHelper, PageLoadStrategy};
use thirtyfour::{Capabilities, WebDriver};

pub(super) const VARIABLES: [&str; 3] = ["WEBKIT_DRIVER", "WEBKIT_BROWSER", "XVFB"];

/// The locale that every system has, and where it may stand.
const PLAIN_LOCALES: [&str; 2] = ["/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8"];

/// How long the driver may take for an answer. Steps ask anew.
const PATIENCE: Duration = Duration::from_secs(7);

pub(crate) struct WebKit {
    pub(super) driver: Session,
    _program: Program,
}

impl WebKit {
    /// On a busy machine a driver sometimes waits for its browser in vain. Another one is there in half a second.
    pub(super) async fn start(conditions: &Conditions) -> Result<Self> {
        match Self::try_to_start(conditions).await {
            Err(_) => Self::try_to_start(conditions).await,
            started => started,
        }
    }

    async fn try_to_start(conditions: &Conditions) -> Result<Self> {
        let port = free_port()?;
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(std::env::var("WEBKIT_DRIVER").context("WEBKIT_DRIVER")?);
        command.args(["--host=127.0.0.1", &format!("--port={port}")]);
        command.env("DISPLAY", display()?).env("HOME", folder.path()).env("NO_AT_BRIDGE", "1");
        for name in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "WAYLAND_DISPLAY"] {
            command.env_remove(name);
        }
        speak(&mut command, conditions.languages.unwrap_or("en-US"), folder.path())?;
        let (program, _) = Program::run(command, "", folder)?;
        listens(port).await?;

        let mut arguments = vec!["--automation"];
        if conditions.storage_blocked {
            arguments.push("--enable-html5-local-storage=false");
        }
        let mut capabilities = Capabilities::new();
        let browser = std::env::var("WEBKIT_BROWSER").context("WEBKIT_BROWSER")?;
        capabilities.set("webkitgtk:browserOptions", json!({ "binary": browser, "args": arguments }))?;
        // Steps look for what they need; a click must not wait for the page that it leads to.
        capabilities.set_page_load_strategy(PageLoadStrategy::None)?;
        let address = format!("http://127.0.0.1:{port}");
        let driver = WebDriver::builder(address, capabilities).request_timeout(PATIENCE).await.context("a WebKit")?;
        Ok(Self { driver: Session(driver), _program: program })
    }
}

/// Where its windows are shown.
fn display() -> Result<String> {
    static SCREEN: LazyLock<Result<(Program, String)>> = LazyLock::new(|| {
        let mut command = Command::new(std::env::var("XVFB").context("neither XVFB nor DISPLAY")?);
        // It looks for a free display by itself, and prints its number.
        command.args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]);
        let (program, number) = Program::run(command, "\n", tempfile::tempdir()?)?;
        Ok((program, format!(":{}", number.trim())))
    });
    match &*SCREEN {
        Ok((_, name)) => Ok(name.clone()),
        Err(error) => std::env::var("DISPLAY").with_context(|| format!("{error:#}")),
    }
}

/// Makes the browser ask for a language. It takes it from the name of the locale, which must be there; so the plain one
/// gets the name.
fn speak(command: &mut Command, language: &str, folder: &Path) -> Result<()> {
    let Some(plain) = PLAIN_LOCALES.into_iter().find(|locale| Path::new(locale).is_dir()) else { return Ok(()) };
    let name = format!("{}.UTF-8", language.replace('-', "_"));
    let locales = folder.join("locales");
    std::fs::create_dir(&locales)?;
    std::os::unix::fs::symlink(plain, locales.join(&name))?;
    for variable in ["LC_ALL", "LC_MESSAGES", "LANGUAGE"] {
        command.env_remove(variable);
    }
    command.env("LOCPATH", locales).env("LANG", name);
    Ok(())
}
