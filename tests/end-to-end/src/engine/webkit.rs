//! WebKit and its driver: Debian's webkit2gtk-driver. Each test starts a new driver and a new browser, which takes half
//! a second. They keep nothing on disk.
//!
//! WebKit has no headless mode. Its windows are shown in Xvfb if it is installed, and otherwise on the desktop.
//!
//! The driver has these limits:
//! - It hangs if a command arrives while a navigation changes the Cross-Origin-Opener-Policy, as between the picker and
//!   the
//!   hosted UI, and Back fails from then on. So the proxy removes this header: [`Delivery`].
//! - It supports only one session at a time.
//! - It hangs at the start if it does not know an option.
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

/// The paths of the locale C.UTF-8, which every system has.
const PLAIN_LOCALES: [&str; 2] = ["/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8"];

/// Without OpenGL, which each browser would set up anew only to draw on a screen that nobody sees, and without looking
/// for plugins that play media. That saves a fifth of the processor time.
const PLAIN_DRAWING: [(&str, &str); 3] = [
    ("WEBKIT_DISABLE_COMPOSITING_MODE", "1"),
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    ("GST_PLUGIN_SYSTEM_PATH_1_0", ""),
];

/// How long the driver may take for a response. The steps repeat their commands.
const TIMEOUT: Duration = Duration::from_secs(7);

pub(crate) struct WebKit {
    pub(super) driver: Session,
    _program: Program,
}

impl WebKit {
    /// Starts a driver and a browser. On a busy machine the driver sometimes does not find its browser, so there is a
    /// second attempt.
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
        command.envs(PLAIN_DRAWING);
        for name in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "WAYLAND_DISPLAY"] {
            command.env_remove(name);
        }
        set_language(&mut command, conditions.languages.unwrap_or("en-US"), folder.path())?;
        let (program, _) = Program::run(command, "", folder)?;
        listens(port).await?;

        let mut arguments = vec!["--automation"];
        if conditions.storage_blocked {
            arguments.push("--enable-html5-local-storage=false");
        }
        let mut capabilities = Capabilities::new();
        let browser = std::env::var("WEBKIT_BROWSER").context("WEBKIT_BROWSER")?;
        capabilities.set("webkitgtk:browserOptions", json!({ "binary": browser, "args": arguments }))?;
        // A click must not wait until the next page has loaded, because each step waits for what it needs.
        capabilities.set_page_load_strategy(PageLoadStrategy::None)?;
        let address = format!("http://127.0.0.1:{port}");
        let driver = WebDriver::builder(address, capabilities).request_timeout(TIMEOUT).await.context("a WebKit")?;
        Ok(Self { driver: Session(driver), _program: program })
    }
}

/// The X display for the windows: an Xvfb that all tests share, or else `DISPLAY`.
fn display() -> Result<String> {
    static SCREEN: LazyLock<Result<(Program, String)>> = LazyLock::new(|| {
        let mut command = Command::new(std::env::var("XVFB").context("neither XVFB nor DISPLAY")?);
        // Xvfb looks for a free display and prints its number.
        command.args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]);
        let (program, number) = Program::run(command, "\n", tempfile::tempdir()?)?;
        Ok((program, format!(":{}", number.trim())))
    });
    match &*SCREEN {
        Ok((_, name)) => Ok(name.clone()),
        Err(error) => std::env::var("DISPLAY").with_context(|| format!("{error:#}")),
    }
}

/// Sets the preferred language. The browser takes it from the name of the locale, which must exist. So a link with this
/// name leads to C.UTF-8.
fn set_language(command: &mut Command, language: &str, folder: &Path) -> Result<()> {
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
