//! The browsers that the journeys are made in. What a test does and sees is the same in all of them ([`World`](crate::World)):
//! plain WebDriver. Here stands what they differ in: how one is started, how it forgets the test before, and where its
//! driver is told of [`Conditions`] that WebDriver has no words for.
//!
//! | engine | is good for | cannot |
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

/// What reads and draws the pages.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The one that every test can have, with the `DevTools` protocol beside WebDriver.
    #[default]
    Chromium,
    /// Firefox.
    Firefox,
    /// `WebKitGTK`: Safari's engine, as Debian has it.
    WebKit,
}

impl Engine {
    /// A short name, for files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// The variables that name its programs. tools/setup.sh sets them where it finds the programs. Chromium needs none:
    /// without it nothing is tested, so it is looked for on PATH, and its absence is a failure.
    fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &[],
            Self::Firefox => &firefox::VARIABLES,
            Self::WebKit => &webkit::VARIABLES,
        }
    }

    /// Whether this machine has it. Says once where it does not, past the test harness, which hides what passing tests say.
    pub(crate) fn is_here(self) -> bool {
        static SAID: [Once; 3] = [const { Once::new() }; 3];
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        // Somebody's own screen does too.
        let is_here = self.variables().iter().all(|name| is_set(name) || (*name == "XVFB" && is_set("DISPLAY")));
        if !is_here {
            SAID[self as usize].call_once(|| {
                let variables = self.variables().join(", ");
                let _ = writeln!(std::io::stderr(), "{self:?} is not here ({variables}): its journeys were not run");
            });
        }
        is_here
    }
}

/// A browser that knows nothing of the tests before, with one window.
pub(crate) enum Browser {
    Chromium(Box<Chromium>),
    Firefox(Firefox),
    WebKit(WebKit),
}

impl Browser {
    pub(crate) async fn take(conditions: &Conditions) -> Result<Self> {
        let Conditions { engine, watched, width, .. } = *conditions;
        let needs_devtools = watched || width.is_some();
        ensure!(engine == Engine::Chromium || !needs_devtools, "only Chromium can be watched or made narrow");
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

    /// Opens a tab beside the ones that there are, without going there.
    pub(crate) async fn open_tab(&mut self) -> Result<WindowHandle> {
        match self {
            Self::Chromium(chromium) => chromium.open(false).await,
            Self::Firefox(_) | Self::WebKit(_) => Ok(self.driver().new_tab().await?),
        }
    }

    /// After a test that passed: the next one may use it.
    pub(crate) fn hand_back(self) {
        match self {
            Self::Chromium(chromium) => chromium.hand_back(),
            Self::Firefox(firefox) => firefox.hand_back(),
            // Starting one anew is quicker than emptying it.
            Self::WebKit(_) => {}
        }
    }
}

/// The driver's session, which ends with the driver. It is never quit, which takes a while, and for ever if the browser
/// hangs: whoever drops it ends all processes of the browser.
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
