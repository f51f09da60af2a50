//! The browsers that run the tests. The steps of a test ([`World`](crate::World)) use plain WebDriver, which is the
//! same in all of them. The modules here contain the differences: how a browser is started, how the data of the
//! previous test are deleted, and how those [`Conditions`] are set that WebDriver does not support.
//!
//! | engine | used for | does not support |
//! |---|---|---|
//! | Chromium | all tests | |
//! | Firefox | journeys, storage, history, its password manager | the `DevTools` protocol |
//! | WebKit | journeys, storage, history | the `DevTools` protocol; Cross-Origin-Opener-Policy, where its driver hangs |

mod chromium;
pub(crate) mod firefox;
mod webkit;

use crate::Conditions;
use anyhow::{Result, ensure};
use chromium::Chromium;
use firefox::Firefox;
use std::io::Write;
use std::ops::Deref;
use std::sync::Once;
use thirtyfour::{WebDriver, WindowHandle};
use webkit::WebKit;

/// A browser engine.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The default, which also supports the `DevTools` protocol.
    #[default]
    Chromium,
    /// Firefox.
    Firefox,
    /// `WebKitGTK`: Safari's engine, as Debian has it.
    WebKit,
}

impl Engine {
    /// The name in file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// The environment variables with the paths of its programs. tools/setup.sh sets them if it finds the programs.
    /// Chromium needs none: it is looked for on PATH, and without it the tests fail.
    fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &[],
            Self::Firefox => &firefox::VARIABLES,
            Self::WebKit => &webkit::VARIABLES,
        }
    }

    /// Whether the engine is installed. If not, prints that once, directly to stderr, because the test harness hides
    /// what passing tests print.
    pub(crate) fn is_installed(self) -> bool {
        static PRINTED: [Once; 3] = [const { Once::new() }; 3];
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        // Without Xvfb, the display of the desktop will do.
        let is_installed = self.variables().iter().all(|name| is_set(name) || (*name == "XVFB" && is_set("DISPLAY")));
        if !is_installed {
            PRINTED[self as usize].call_once(|| {
                let variables = self.variables().join(", ");
                let _ = writeln!(std::io::stderr(), "{self:?} is not installed ({variables}): its tests were not run");
            });
        }
        is_installed
    }
}

/// A browser with one window and no data of earlier tests.
pub(crate) enum Browser {
    Chromium(Box<Chromium>),
    Firefox(Firefox),
    WebKit(WebKit),
}

impl Browser {
    pub(crate) async fn take(conditions: &Conditions) -> Result<Self> {
        let Conditions { engine, watched, width, third_parties_blocked, .. } = *conditions;
        let needs_devtools = watched || third_parties_blocked || width.is_some();
        ensure!(engine == Engine::Chromium || !needs_devtools, "only Chromium has the DevTools protocol");
        Ok(match engine {
            Engine::Chromium => Self::Chromium(Box::new(Chromium::take(conditions).await?)),
            Engine::Firefox => Self::Firefox(Firefox::take(conditions).await?),
            Engine::WebKit => Self::WebKit(WebKit::start(conditions).await?),
        })
    }

    pub(crate) fn driver(&self) -> &WebDriver {
        match self {
            Self::Chromium(chromium) => &chromium.driver,
            Self::Firefox(firefox) => &firefox.driver,
            Self::WebKit(webkit) => &webkit.driver,
        }
    }

    /// Opens a tab without switching to it.
    pub(crate) async fn open_tab(&mut self) -> Result<WindowHandle> {
        match self {
            Self::Chromium(chromium) => chromium.open(false).await,
            Self::Firefox(_) | Self::WebKit(_) => Ok(self.driver().new_tab().await?),
        }
    }

    /// Hands the browser to the next test. Only after a test that passed.
    pub(crate) fn hand_back(self) {
        match self {
            Self::Chromium(chromium) => chromium.hand_back(),
            Self::Firefox(firefox) => firefox.hand_back(),
            // Starting a new one is faster than deleting its data.
            Self::WebKit(_) => {}
        }
    }
}

/// A WebDriver session that is dropped without the command Delete Session, which takes a while and never returns if the
/// browser hangs. [`Program`](crate::program::Program) then kills the driver and the browser.
struct Session(WebDriver);

impl Deref for Session {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        &self.0
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.0.clone().leak();
    }
}
