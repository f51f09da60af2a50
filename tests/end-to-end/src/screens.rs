//! All screens and how to reach them, in any language: for tests that apply to every screen, and for screenshots.

use crate::World;
use anyhow::Result;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

/// The product of the ordinary config.json.
pub const PRODUCT: &str = "Example";

/// A dozen organizations with one domain, with names in several scripts: so many that the list gets a search field.
pub const SEVERAL_MORE: &str = r#"
[[tenants]]
code = "aurora"
name = "Aurora Logistics"
client_id = "20a1aurora"
identity_provider = "HoldingSAML"
domains = ["holding.example"]

[[tenants]]
code = "akerlund"
name = "Åkerlund & Söner"
client_id = "20a2akerlund"
identity_provider = "HoldingSAML"
domains = ["holding.example"]

[[tenants]]
code = "blue-mountain"
name = "Blue Mountain Research Institute for Applied Oceanography"
client_id = "20a3bluemountain"
identity_provider = "HoldingSAML"
domains = ["holding.example"]

[[tenants]]
code = "cafe-creme"
name = "Café Crème"
client_id = "20a4cafecreme"
identity_provider = "HoldingSAML"
domains = ["holding.example"]

[[tenants]]
code = "delta"
name = "Delta Energy"
client_id = "20a5delta"
identity_provider = "HoldingSAML"
domains = ["holding.example"]

[[tenants]]
code = "emirates"
name = "مجموعة الإمارات"
client_id = "20a6emirates"
identity_provider = "HoldingSAML"
domains = ["holding.example"]

[[tenants]]
code = "fuji"
name = "富士産業"
client_id = "20a7fuji"
identity_provider = "HoldingSAML"
domains = ["holding.example"]

[[tenants]]
code = "goteborg"
name = "Göteborgs Hamn"
client_id = "20a8goteborg"
identity_provider = "HoldingSAML"
domains = ["holding.example"]

[[tenants]]
code = "harbour"
name = "Harbour & Mountain"
client_id = "20a9harbour"
identity_provider = "HoldingSAML"
domains = ["holding.example"]

[[tenants]]
code = "ile-de-re"
name = "Île de Ré"
client_id = "20b1iledere"
identity_provider = "HoldingSAML"
domains = ["holding.example"]

[[tenants]]
code = "juno"
name = "Juno Health"
client_id = "20b2juno"
identity_provider = "HoldingSAML"
domains = ["holding.example"]

[[tenants]]
code = "kestrel"
name = "Kestrel Air"
client_id = "20b3kestrel"
identity_provider = "HoldingSAML"
domains = ["holding.example"]
"#;

/// A screen. `LongChoice` needs [`SEVERAL_MORE`] in the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// The form, empty.
    Form,
    /// The form after it was sent empty.
    FormError,
    /// The form with a notice that a link's `return_to` is not allowed.
    Dropped,
    /// A lookup that takes long.
    Looking,
    /// No match, with a suggested correction.
    NoMatch,
    /// A list of two organizations.
    Choice,
    /// A list of many organizations, with a search field.
    LongChoice,
    /// The page that is shown until the hosted UI responds.
    Leaving,
    /// A refusal by the identity provider.
    Refused,
    /// A refusal by the operator's trigger, with its message.
    RefusedInWords,
    /// Signed in.
    SignedIn,
    /// Signed in with another account than the one that was typed.
    OtherAccount,
    /// Signed in, and choosing among one's other organizations.
    Switching,
    /// Signed out.
    SignedOut,
    /// The form below the recent organizations.
    Recents,
    /// The same while the recent organizations are edited.
    RecentsEditing,
    /// An unsolicited response.
    Unsolicited,
    /// An address that does not exist.
    NotFound,
    /// config.json is missing. Showing this screen removes it from the site.
    ConfigMissing,
}

impl Screen {
    /// All screens. The last one removes config.json.
    pub const ALL: [Self; 19] = [
        Self::Form,
        Self::FormError,
        Self::Dropped,
        Self::Looking,
        Self::NoMatch,
        Self::Choice,
        Self::LongChoice,
        Self::Leaving,
        Self::Refused,
        Self::RefusedInWords,
        Self::SignedIn,
        Self::OtherAccount,
        Self::Switching,
        Self::SignedOut,
        Self::Recents,
        Self::RecentsEditing,
        Self::Unsolicited,
        Self::NotFound,
        Self::ConfigMissing,
    ];

    /// The name in file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::FormError => "form-error",
            Self::Dropped => "dropped",
            Self::Looking => "looking",
            Self::NoMatch => "no-match",
            Self::Choice => "choice",
            Self::LongChoice => "long-choice",
            Self::Leaving => "leaving",
            Self::Refused => "refused",
            Self::RefusedInWords => "refused-in-words",
            Self::SignedIn => "signed-in",
            Self::OtherAccount => "other-account",
            Self::Switching => "switching",
            Self::SignedOut => "signed-out",
            Self::Recents => "recents",
            Self::RecentsEditing => "recents-editing",
            Self::Unsolicited => "unsolicited",
            Self::NotFound => "not-found",
            Self::ConfigMissing => "config-missing",
        }
    }

    /// The path of the picker where the way to this screen begins.
    fn path(self) -> &'static str {
        match self {
            Self::Dropped => "/?return_to=https%3A%2F%2Fevil.example%2F",
            Self::Refused | Self::RefusedInWords | Self::SignedIn | Self::OtherAccount => {
                "/?login_hint=ada%40acme.example"
            }
            Self::Switching => "/?login_hint=ada%40umbrella.example",
            Self::SignedOut => "/signed-out",
            Self::Unsolicited => "/callback/acme?code=made-up",
            Self::NotFound => "/no/such/page",
            _ => "/",
        }
    }

    /// The recent organizations that this screen needs.
    fn recents(self) -> Value {
        match self {
            Self::Recents | Self::RecentsEditing => json!([
                recent("acme", "Acme Corporation", "acme.example"),
                recent("nakheel", "شركة النخيل للتجارة", "nakheel.example"),
                recent("muenchen-werke", "Münchner Stadtwerke", "münchen-werke.example"),
            ]),
            _ => json!([]),
        }
    }
}

/// A tenant of the sample directory as an entry of the recent organizations in localStorage.
pub fn recent(code: &str, name: &str, domain: &str) -> Value {
    json!({
        "code": code, "name": name, "domain": domain,
        "client_id": format!("1{code}"), "identity_provider": "SAML", "issuer": null, "logo": null,
    })
}

/// Acme and Globex as recent organizations.
pub fn two_recents() -> Value {
    json!([recent("acme", "Acme Corporation", "acme.example"), recent("globex", "Globex", "globex.example")])
}

impl World {
    /// Opens a path with empty storage except for these recent organizations, and waits until the page is drawn.
    pub async fn visits_first_time(&self, path: &str, lang: &str, recents: Value) -> Result<()> {
        self.resume_service();
        if !self.driver.current_url().await?.as_str().starts_with(&self.picker) {
            self.open("/signed-out").await?;
            self.waits_until_drawn().await?;
        }
        // This also ends the session at the hosted UI.
        self.devtools("Network.clearBrowserCookies", json!({})).await?;
        let recents = if recents.as_array().is_none_or(Vec::is_empty) { Value::Null } else { recents };
        let forget = "localStorage.clear(); sessionStorage.clear();
            if (arguments[0]) localStorage.setItem('tenant-picker.recents', JSON.stringify(arguments[0]));";
        self.driver.execute(forget, vec![recents]).await?;
        let separator = if path.contains('?') { '&' } else { '?' };
        self.reopen(&format!("{path}{separator}lang={lang}")).await
    }

    /// Opens a path and waits until the new page is drawn. A mark distinguishes it from the old page, which may look
    /// the same.
    pub async fn reopen(&self, path: &str) -> Result<()> {
        self.run_script("window.isOldPage = true").await?;
        self.open(path).await?;
        self.waits_for("return !window.isOldPage").await?;
        self.waits_until_drawn().await
    }

    /// Waits until the app has drawn the page and all animations have finished.
    pub async fn waits_until_drawn(&self) -> Result<()> {
        self.waits_for(
            "return document.readyState === 'complete' && !document.documentElement.dataset.texts
               && (document.querySelector('#foot select') || document.querySelector('[data-error]'))
               && document.getAnimations().every((animation) => animation.playState === 'finished')",
        )
        .await
    }

    /// Shows a screen in a language. The steps find elements by selectors and not by words, so they work in every
    /// language.
    pub async fn show(&self, screen: Screen, lang: &str) -> Result<()> {
        if screen == Screen::ConfigMissing {
            self.configure(None).await?;
        }
        self.visits_first_time(screen.path(), lang, screen.recents()).await?;
        match screen {
            Screen::FormError => self.sends("", "[data-error]").await?,
            Screen::Looking => {
                // `visits_first_time` resumes it.
                self.freeze_service();
                self.sends("ada@acme.example", ".progress button").await?;
                // Wait for the second progress message.
                self.waits_for("return performance.now() - window.sentAt > 2700").await?;
            }
            Screen::NoMatch => self.sends("ada@acme.exmaple", "[data-error=no_match]").await?,
            Screen::Choice => self.sends("ada@umbrella.example", "#organizations").await?,
            Screen::LongChoice => self.sends("ada@holding.example", "#filter").await?,
            Screen::Leaving => {
                self.stays_when_leaving().await?;
                self.sends("ada@acme.example", "#app .emblem").await?;
            }
            Screen::Refused => self.returns_as("Noor", "[data-error]").await?,
            Screen::RefusedInWords => self.returns_as("Omar", "[data-error]").await?,
            Screen::SignedIn => self.returns_as("Ada Lovelace", "#app .emblem").await?,
            Screen::OtherAccount => self.returns_as("Alan Turing", "#app .notice").await?,
            Screen::Switching => self.is_switching().await?,
            Screen::RecentsEditing => {
                self.run_script("document.querySelector('.recents-foot button:last-child').click()").await?;
                self.waits_for("return document.querySelector('.forget')").await?;
            }
            Screen::Unsolicited => {
                self.waits_for("return document.querySelector('[data-error=callback_unsolicited]')").await?;
            }
            Screen::Form
            | Screen::Dropped
            | Screen::SignedOut
            | Screen::Recents
            | Screen::NotFound
            | Screen::ConfigMissing => {}
        }
        self.waits_until_drawn().await
    }

    /// Types into the field, sends the form, and waits for an element with this selector.
    pub async fn sends(&self, text: &str, leads_to: &str) -> Result<()> {
        self.run_script("window.sentAt = performance.now()").await?;
        self.driver.find(By::Id("identifier")).await?.send_keys(text.to_owned() + Key::Enter).await?;
        self.waits_for(&format!("return document.querySelector('{leads_to}')")).await
    }

    /// Sends the form, which is filled in, signs in at Acme as this person of the hosted UI, and waits for an element
    /// of the callback with this selector.
    async fn returns_as(&self, person: &str, leads_to: &str) -> Result<()> {
        self.driver.find(By::Id("identifier")).await?.send_keys(Key::Enter).await?;
        self.signs_in_at("AcmeSAML", person).await?;
        self.arrives_at(&format!("{}/callback", self.picker)).await?;
        self.waits_for(&format!("return document.querySelector('{leads_to}')")).await
    }

    /// Sends the form, which is filled in, signs in at Umbrella Europe, and waits for the list of the person's other
    /// organizations.
    async fn is_switching(&self) -> Result<()> {
        self.driver.find(By::Id("identifier")).await?.send_keys(Key::Enter).await?;
        self.waits_for("return document.querySelector('#organizations')").await?;
        self.run_script("document.querySelector('#organizations button').click()").await?;
        self.signs_in_at("UmbrellaEU", "Ada Lovelace").await?;
        self.arrives_at(&format!("{}/callback", self.picker)).await?;
        self.waits_for_memberships().await?;
        self.run_script("document.querySelector('#app .actions button').click()").await?;
        self.waits_for("return document.querySelector('#organizations')").await
    }

    /// Waits until the page has the response of the memberships endpoint, or none.
    pub async fn waits_for_memberships(&self) -> Result<()> {
        self.waits_for(
            "return performance.getEntriesByType('resource').some(({ name, responseEnd }) =>
               name.includes('memberships') && responseEnd > 0 && performance.now() - responseEnd > 100)",
        )
        .await
    }

    /// Cancels navigations of this page to other origins, so that the page "Taking you to …" stays. Their address is in
    /// `window.leftFor`.
    pub async fn stays_when_leaving(&self) -> Result<()> {
        self.run_script(
            "navigation.addEventListener('navigate', (event) => {
               if (new URL(event.destination.url).origin !== location.origin) {
                 window.leftFor = event.destination.url;
                 event.preventDefault();
               }
             })",
        )
        .await
        .map(drop)
    }
}
