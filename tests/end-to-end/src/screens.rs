//! Every screen there is and the way to it, in any language: for what is to hold of all of them, and for pictures.

use crate::World;
use anyhow::Result;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

/// The product of the ordinary config.json.
pub const PRODUCT: &str = "Example";

/// A dozen organizations behind one domain, in several scripts: enough for a search field.
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
    /// The form, nothing typed.
    Form,
    /// The form, sent with nothing in it.
    FormError,
    /// The form, with a link's address that is not followed.
    Dropped,
    /// The lookup takes its time.
    Looking,
    /// Nothing matches; a typing error is suggested.
    NoMatch,
    /// A few organizations to choose from.
    Choice,
    /// Many, with a search field.
    LongChoice,
    /// On the way to the hosted UI.
    Leaving,
    /// The provider refused.
    Refused,
    /// The operator's own check refused, in its words.
    RefusedInWords,
    /// Signed in.
    SignedIn,
    /// Signed in, with another account than the one that was typed.
    OtherAccount,
    /// Signed out.
    SignedOut,
    /// The form below the organizations that were used before.
    Recents,
    /// The same while they are being edited.
    RecentsEditing,
    /// An answer that nobody asked for.
    Unsolicited,
    /// An address that does not exist.
    NotFound,
    /// No config.json. Leaves the site without one.
    ConfigMissing,
}

impl Screen {
    /// All of them; the last one takes config.json away.
    pub const ALL: [Self; 18] = [
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
        Self::SignedOut,
        Self::Recents,
        Self::RecentsEditing,
        Self::Unsolicited,
        Self::NotFound,
        Self::ConfigMissing,
    ];

    /// Its name in files.
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
            Self::SignedOut => "signed-out",
            Self::Recents => "recents",
            Self::RecentsEditing => "recents-editing",
            Self::Unsolicited => "unsolicited",
            Self::NotFound => "not-found",
            Self::ConfigMissing => "config-missing",
        }
    }
}

/// A tenant of the sample directory as the browser remembers it.
pub fn recent(code: &str, name: &str, domain: &str) -> Value {
    json!({
        "code": code, "name": name, "domain": domain,
        "client_id": format!("1{code}"), "identity_provider": "SAML", "issuer": null, "logo": null,
    })
}

/// Acme and Globex, as the browser remembers them.
pub fn two_recents() -> Value {
    json!([recent("acme", "Acme Corporation", "acme.example"), recent("globex", "Globex", "globex.example")])
}

impl World {
    /// Opens a path as somebody who was never here, except for these recents, and waits until the page is done.
    pub async fn visits_first_time(&self, path: &str, lang: &str, recents: Value) -> Result<()> {
        self.resume_service();
        if !self.driver.current_url().await?.as_str().starts_with(&self.picker) {
            self.open("/signed-out").await?;
            self.waits_until_drawn().await?;
        }
        // At the hosted UI too.
        self.devtools("Network.clearBrowserCookies", json!({})).await?;
        let recents = if recents.as_array().is_none_or(Vec::is_empty) { Value::Null } else { recents };
        let forget = "localStorage.clear(); sessionStorage.clear();
            if (arguments[0]) localStorage.setItem('tenant-picker.recents', JSON.stringify(arguments[0]));";
        self.driver.execute(forget, vec![recents]).await?;
        let separator = if path.contains('?') { '&' } else { '?' };
        self.reopen(&format!("{path}{separator}lang={lang}")).await
    }

    /// Opens a path and waits until the new page is done: the old one may look the same.
    pub async fn reopen(&self, path: &str) -> Result<()> {
        self.run_script("window.isOfBefore = true").await?;
        self.open(path).await?;
        self.waits_for("return !window.isOfBefore").await?;
        self.waits_until_drawn().await
    }

    /// Waits until the app has drawn the page and nothing moves any more.
    pub async fn waits_until_drawn(&self) -> Result<()> {
        self.waits_for(
            "return document.readyState === 'complete' && !document.documentElement.dataset.words
               && (document.querySelector('#foot select') || document.querySelector('[data-error]'))
               && document.getAnimations().every((animation) => animation.playState === 'finished')",
        )
        .await
    }

    /// Shows a screen in a language. Everything is found without words, so any language will do.
    pub async fn show(&self, screen: Screen, lang: &str) -> Result<()> {
        let nobody = || json!([]);
        let remembered = || {
            json!([
                recent("acme", "Acme Corporation", "acme.example"),
                recent("nakheel", "شركة النخيل للتجارة", "nakheel.example"),
                recent("muenchen-werke", "Münchner Stadtwerke", "münchen-werke.example"),
            ])
        };
        match screen {
            Screen::Form => self.visits_first_time("/", lang, nobody()).await?,
            Screen::FormError => {
                self.visits_first_time("/", lang, nobody()).await?;
                self.sends("", "[data-error]").await?;
            }
            Screen::Dropped => {
                self.visits_first_time("/?return_to=https%3A%2F%2Fevil.example%2F", lang, nobody()).await?
            }
            Screen::Looking => {
                self.visits_first_time("/", lang, nobody()).await?;
                // Until the next arrival.
                self.freeze_service();
                self.sends("ada@acme.example", ".progress button").await?;
                // The words for a lookup that takes its time replace the first ones.
                self.waits_for("return performance.now() - window.sentAt > 2700").await?;
            }
            Screen::NoMatch => {
                self.visits_first_time("/", lang, nobody()).await?;
                self.sends("ada@acme.exmaple", "[data-error=no_match]").await?;
            }
            Screen::Choice => {
                self.visits_first_time("/", lang, nobody()).await?;
                self.sends("ada@umbrella.example", "#organizations").await?;
            }
            Screen::LongChoice => {
                self.visits_first_time("/", lang, nobody()).await?;
                self.sends("ada@holding.example", "#filter").await?;
            }
            Screen::Leaving => {
                self.visits_first_time("/", lang, nobody()).await?;
                self.stays_when_leaving().await?;
                self.sends("ada@acme.example", "#app .emblem").await?;
            }
            Screen::Refused => self.comes_back_as("Noor", lang, "[data-error]").await?,
            Screen::RefusedInWords => self.comes_back_as("Omar", lang, "[data-error]").await?,
            Screen::SignedIn => self.comes_back_as("Ada Lovelace", lang, "#app .emblem").await?,
            Screen::OtherAccount => self.comes_back_as("Alan Turing", lang, "#app .notice").await?,
            Screen::SignedOut => self.visits_first_time("/signed-out", lang, nobody()).await?,
            Screen::Recents => self.visits_first_time("/", lang, remembered()).await?,
            Screen::RecentsEditing => {
                self.visits_first_time("/", lang, remembered()).await?;
                self.run_script("document.querySelector('.recents-foot button:last-child').click()").await?;
                self.waits_for("return document.querySelector('.forget')").await?;
            }
            Screen::Unsolicited => {
                self.visits_first_time("/callback/acme?code=made-up", lang, nobody()).await?;
                self.waits_for("return document.querySelector('[data-error=callback_unsolicited]')").await?;
            }
            Screen::NotFound => self.visits_first_time("/no/such/page", lang, nobody()).await?,
            Screen::ConfigMissing => {
                self.configure(None).await?;
                self.visits_first_time("/", lang, nobody()).await?;
            }
        }
        self.waits_until_drawn().await
    }

    /// Types, sends the form, and waits for what it leads to.
    pub async fn sends(&self, text: &str, leads_to: &str) -> Result<()> {
        self.run_script("window.sentAt = performance.now()").await?;
        self.driver.find(By::Id("identifier")).await?.send_keys(text.to_owned() + Key::Enter).await?;
        self.waits_for(&format!("return document.querySelector('{leads_to}')")).await
    }

    /// Goes through Acme's sign-in as this person of the hosted UI.
    async fn comes_back_as(&self, person: &str, lang: &str, leads_to: &str) -> Result<()> {
        self.visits_first_time("/?login_hint=ada%40acme.example", lang, json!([])).await?;
        self.driver.find(By::Id("identifier")).await?.send_keys(Key::Enter).await?;
        self.signs_in_at("AcmeSAML", person).await?;
        self.arrives_at(&format!("{}/callback", self.picker)).await?;
        self.waits_for(&format!("return document.querySelector('{leads_to}')")).await
    }

    /// From now on, and for this page alone, nothing leaves the picker: the page that says where to stays.
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
