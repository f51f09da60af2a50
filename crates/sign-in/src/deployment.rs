//! `config.json`: what one deployment of the picker trusts, read strictly (contract §2).
//!
//! The browser reads it at start; the service reads it with this same code, to warn its operator and to derive the
//! content security policy. Nobody is ever sent to a host that is not named here.

use crate::accent::Accent;
use crate::web_url::{ParseUrl, WebUrl};
use lookup_api::json::{Json, Members, NotJson};
use lookup_api::{Isolation, Issuer, Tenant};

/// One deployment, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// Where lookups are posted.
    pub lookup_url: WebUrl,
    /// At least one, each with an issuer of its own.
    pub user_pools: Vec<UserPool>,
    /// Registered with every app client, compared by Cognito to the letter.
    pub redirect_uri: String,
    /// Registered with every app client as an allowed sign-out URL.
    pub logout_uri: String,
    /// Contains `openid`, without which there is no ID token.
    pub scopes: Vec<String>,
    /// Where people may go after signing in.
    pub return_to: ReturnToRules,
    /// How far apart organizations are kept at the hosted UI, where they do not say it themselves.
    pub isolation: Isolation,
    /// Whether the hosted UI is managed login, which knows `prompt` and `lang`.
    pub managed_login: bool,
    /// How the product presents itself.
    pub branding: Branding,
}

/// One Cognito user pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPool {
    /// `iss` of its tokens.
    pub issuer: Issuer,
    /// The user pool's domain, without a trailing slash.
    pub hosted_ui: WebUrl,
    /// Its signing keys; `<issuer>/.well-known/jwks.json` unless configured.
    pub jwks_uri: WebUrl,
}

/// Where people may go after signing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnToRules {
    default: Option<WebUrl>,
    allow: Vec<WebUrl>,
    own: Option<WebUrl>,
}

/// An address that passed [`ReturnToRules::check`]: the only kind the app follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo(String);

/// The product's name and looks; everything is optional.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Branding {
    /// The product's name.
    pub product: Option<String>,
    /// An image's address.
    pub logo: Option<String>,
    /// The brand's colour.
    pub accent: Option<Accent>,
    /// `https:`, `mailto:` or `tel:`.
    pub support_url: Option<String>,
}

/// What is wrong with a config.json, by field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
pub struct ConfigError {
    /// The field's path, such as `user_pools[0].hosted_ui`.
    pub field: String,
    /// What is wrong with it.
    pub fault: ConfigFault,
}

/// The ways in which a field of config.json can be wrong. The sentences are for operators, in English.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigFault {
    /// The text is not JSON at all.
    #[error("is not JSON: {0}")]
    NotJson(NotJson),
    /// A required field is not there.
    #[error("is required")]
    Missing,
    /// A field that nobody reads is a misspelt one.
    #[error("is not a field that config.json knows")]
    Unknown,
    /// Another JSON type.
    #[error("must be {0}")]
    MustBe(&'static str),
    /// Not an address at all.
    #[error("is not a web address")]
    NotAUrl,
    /// A scheme that would carry secrets in the clear.
    #[error("must be https (http is allowed for localhost and 127.0.0.1 only)")]
    NotSecure,
    /// The same value twice where it must be unique.
    #[error("repeats an earlier entry")]
    Repeated,
    /// An address at which this app answers no callback.
    #[error("must be {0} or an address below it: that is where this page finishes sign-ins")]
    NotACallback(String),
    /// The pending sign-in would be in another origin's storage.
    #[error("must be of the page's own origin, {0}")]
    ForeignOrigin(String),
    /// The browser never sends a fragment, and RFC 6749 §3.1.2 forbids it here.
    #[error("must not have a fragment (#)")]
    Fragment,
    /// The address of one page of the hosted UI instead of its domain.
    #[error("must be the user pool's domain alone, without {0}")]
    HostedUiPath(String),
    /// `iss` is compared to the letter, and no user pool has such a one.
    #[error("must be the issuer to the letter, without {0}")]
    IssuerSpelling(&'static str),
    /// Prefixes are parsed as addresses: a `*` in one would be a star.
    #[error("must be an address without *: it covers all that lies below its path")]
    Wildcard,
}

/// The lookup named an issuer that config.json does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the organization belongs to a user pool that config.json does not name")]
pub struct UnknownIssuer;

const NO_EXTRAS: &str = "a web address without user name, query or fragment";

impl Deployment {
    /// Reads `config.json`. `page` is the address of the picker's own page, to which relative addresses refer.
    pub fn parse(json: &str, page: &WebUrl, parse_url: ParseUrl) -> Result<Self, ConfigError> {
        let value = Json::parse(json).map_err(|e| ConfigError::new("config.json", ConfigFault::NotJson(e)))?;
        let mut top = Fields::of(value, "config.json".to_owned(), parse_url)?;
        top.path.clear();

        let lookup_url = top.url("lookup_url", Some(page))?;
        let lookup_url = top.required("lookup_url", lookup_url)?;
        let user_pools = user_pools(&mut top)?;
        let redirect_uri = redirect_uri(&mut top, page)?;
        let logout_uri = own_address(&mut top, "logout_uri", page, "/signed-out")?;
        let scopes = scopes(&mut top)?;
        let return_to = return_to(&mut top, page)?;
        let isolation = isolation(&mut top)?;
        let managed_login = top.flag("managed_login")?;
        let branding = branding(&mut top, page)?;
        top.finish()?;
        Ok(Self {
            lookup_url,
            user_pools,
            redirect_uri,
            logout_uri,
            scopes,
            return_to,
            isolation,
            managed_login,
            branding,
        })
    }

    /// The user pool that a tenant belongs to, which must be one of ours.
    pub fn user_pool(&self, tenant: &Tenant) -> Result<&UserPool, UnknownIssuer> {
        match (&tenant.issuer, self.user_pools.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => Err(UnknownIssuer),
            (Some(issuer), _) => self.user_pool_of(issuer),
        }
    }

    /// Whether a third party may initiate a login at this issuer: whether it is one of ours.
    pub fn names_issuer(&self, iss: &str) -> bool {
        self.user_pools.iter().any(|pool| pool.issuer.as_str() == iss)
    }

    /// The user pool with this issuer, which must be one of ours.
    pub fn user_pool_of(&self, issuer: &Issuer) -> Result<&UserPool, UnknownIssuer> {
        self.user_pools.iter().find(|pool| pool.issuer == *issuer).ok_or(UnknownIssuer)
    }

    /// How far apart a tenant is kept from the others at the hosted UI.
    pub fn isolation_of(&self, tenant: &Tenant) -> Isolation {
        tenant.isolation.unwrap_or(self.isolation)
    }

    /// The origins that the page fetches from, for `connect-src`: lookup, hosted UIs and key sets.
    pub fn connect_origins(&self) -> Vec<&str> {
        let pools = self.user_pools.iter().flat_map(|pool| [&pool.hosted_ui, &pool.jwks_uri]);
        let mut origins: Vec<&str> =
            [&self.lookup_url].into_iter().chain(pools).map(|url| url.origin.as_str()).collect();
        origins.sort_unstable();
        origins.dedup();
        origins
    }
}

impl UserPool {
    /// An endpoint of the hosted UI; `path` begins with a slash.
    pub(crate) fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.hosted_ui.href.trim_end_matches('/'))
    }

    /// The same with a query to be appended.
    pub(crate) fn query_to(&self, path: &str) -> form_urlencoded::Serializer<'static, String> {
        let start = self.endpoint(path) + "?";
        let end = start.len();
        form_urlencoded::Serializer::for_suffix(start, end)
    }
}

impl ReturnToRules {
    /// Reads an address that somebody gave us and lets it pass if it is the picker's own or an allowed one.
    pub fn check(&self, text: &str, parse_url: ParseUrl) -> Option<ReturnTo> {
        let own = self.own.as_ref()?;
        let url = parse_url(text, Some(&own.href))?;
        let followed = matches!(url.scheme.as_str(), "https" | "http");
        (followed && (own.covers(&url) || self.allow.iter().any(|prefix| prefix.covers(&url))))
            .then_some(ReturnTo(url.href))
    }

    /// Where to go when nobody asked for anything.
    pub fn default_target(&self) -> Option<ReturnTo> {
        self.default.as_ref().map(|url| ReturnTo(url.href.clone()))
    }
}

impl ReturnTo {
    /// The absolute address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn user_pools(top: &mut Fields) -> Result<Vec<UserPool>, ConfigError> {
    let name = "user_pools";
    let items = top.list(name, "a list of user pools")?;
    let items = top.required(name, items)?;
    if items.is_empty() {
        return Err(top.must_be(name, "a list of at least one user pool"));
    }
    let mut pools: Vec<UserPool> = Vec::with_capacity(items.len());
    for (i, item) in items.into_iter().enumerate() {
        let mut fields = Fields::of(item, format!("{name}[{i}]"), top.parse_url)?;
        let text = fields.text("issuer")?;
        let text = fields.required("issuer", text)?;
        let issuer_url = fields.bare_url("issuer", &text)?;
        if let Some(surplus) = surplus_of_issuer(&text, &issuer_url) {
            return Err(fields.error("issuer", ConfigFault::IssuerSpelling(surplus)));
        }
        let issuer =
            Issuer::try_from(text).map_err(|_| fields.must_be("issuer", "a web address in printable ASCII"))?;
        if pools.iter().any(|earlier| earlier.issuer == issuer) {
            return Err(fields.error("issuer", ConfigFault::Repeated));
        }
        let text = fields.text("hosted_ui")?;
        let text = fields.required("hosted_ui", text)?;
        let hosted_ui = fields.bare_url("hosted_ui", &text)?;
        if let Some(page) = page_of_hosted_ui(&hosted_ui.path) {
            return Err(fields.error("hosted_ui", ConfigFault::HostedUiPath(page)));
        }
        // From the issuer to the letter, as Cognito documents it; the URL parser only adds its slash to bare hosts.
        let usual = format!("{}/.well-known/jwks.json", issuer.as_str().trim_end_matches('/'));
        let jwks_uri = match fields.url("jwks_uri", None)? {
            Some(url) => url,
            None => (fields.parse_url)(&usual, None).unwrap_or(issuer_url),
        };
        fields.finish()?;
        pools.push(UserPool { issuer, hosted_ui, jwks_uri });
    }
    Ok(pools)
}

/// What an issuer must not have: a user pool's has neither of these, and it is compared to the letter.
fn surplus_of_issuer(text: &str, url: &WebUrl) -> Option<&'static str> {
    // The URL parser has taken a default port away already.
    let authority = text.split('/').nth(2).unwrap_or_default();
    let port = if url.scheme == "https" { ":443" } else { ":80" };
    if url.path.split('/').any(|segment| segment == ".well-known") {
        Some("/.well-known/…")
    } else if text.ends_with('/') {
        Some("a slash at its end")
    } else if authority.ends_with(port) {
        Some("its default port")
    } else {
        None
    }
}

/// The part of a path that is one of the hosted UI's own pages (AWS "Endpoints and managed login reference").
fn page_of_hosted_ui(path: &str) -> Option<String> {
    const PAGES: [&str; 8] = ["oauth2", "saml2", "login", "logout", "signup", "error", "forgotPassword", "confirmUser"];
    let mut segments = path.split('/');
    let page = segments.find(|segment| PAGES.contains(segment))?;
    // A pool behind a proxy may lie below a path of any name but at its end; what is below these two is always Cognito's.
    let is_page = matches!(page, "oauth2" | "saml2") || segments.all(str::is_empty);
    is_page.then(|| ["/", page].concat())
}

/// Where the hosted UI sends people back to: an address of this page, at its callback.
fn redirect_uri(top: &mut Fields, page: &WebUrl) -> Result<String, ConfigError> {
    let name = "redirect_uri";
    let text = own_address(top, name, page, "/callback")?;
    let url = top.secure_url(name, &text, None)?;
    let callback = (top.parse_url)("/callback", Some(&page.href)).unwrap_or_else(|| page.clone());
    let fault = if text.contains('#') {
        ConfigFault::Fragment
    } else if url.origin != page.origin {
        ConfigFault::ForeignOrigin(page.origin.clone())
    } else if !callback.covers(&url) {
        ConfigFault::NotACallback(callback.href)
    } else {
        return Ok(text);
    };
    Err(top.error(name, fault))
}

/// An address that Cognito compares to the letter: kept as written, once it is known to be one.
fn own_address(top: &mut Fields, name: &str, page: &WebUrl, path: &str) -> Result<String, ConfigError> {
    let Some(text) = top.text(name)? else { return Ok(format!("{}{path}", page.origin)) };
    if top.secure_url(name, &text, None)?.has_credentials { Err(top.must_be(name, NO_EXTRAS)) } else { Ok(text) }
}

fn scopes(top: &mut Fields) -> Result<Vec<String>, ConfigError> {
    let rule = "a list of scope names that contains openid";
    let Some(items) = top.list("scopes", rule)? else {
        return Ok(["openid", "email", "profile"].map(String::from).to_vec());
    };
    // RFC 6749 §3.3: scope-token.
    let is_token = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_graphic() && c != '"' && c != '\\');
    let scopes: Option<Vec<String>> =
        items.iter().map(|item| item.as_str().filter(|s| is_token(s)).map(String::from)).collect();
    scopes.filter(|scopes| scopes.iter().any(|s| s == "openid")).ok_or_else(|| top.must_be("scopes", rule))
}

fn return_to(top: &mut Fields, page: &WebUrl) -> Result<ReturnToRules, ConfigError> {
    let own = (top.parse_url)("/", Some(&page.href));
    let mut rules = ReturnToRules { default: None, allow: Vec::new(), own };
    let Some(mut fields) = top.object("return_to")? else { return Ok(rules) };
    let rule = "a list of web addresses";
    for (i, item) in fields.list("allow", rule)?.unwrap_or_default().into_iter().enumerate() {
        let name = format!("allow[{i}]");
        let Json::String(text) = item else { return Err(fields.must_be("allow", rule)) };
        if text.contains('*') {
            return Err(fields.error(&name, ConfigFault::Wildcard));
        }
        rules.allow.push(fields.bare_url(&name, &text)?);
    }
    if let Some(text) = fields.text("default")? {
        let checked = rules.check(&text, fields.parse_url);
        rules.default = checked.and_then(|url| (fields.parse_url)(url.as_str(), None));
        if rules.default.is_none() {
            return Err(fields.must_be("default", "an address that return_to.allow covers"));
        }
    }
    fields.finish()?;
    Ok(rules)
}

fn isolation(top: &mut Fields) -> Result<Isolation, ConfigError> {
    match top.text("isolation")? {
        None => Ok(Isolation::default()),
        Some(text) => Isolation::parse(&text).ok_or_else(|| top.must_be("isolation", "shared or strict")),
    }
}

fn branding(top: &mut Fields, page: &WebUrl) -> Result<Branding, ConfigError> {
    let Some(mut fields) = top.object("branding")? else { return Ok(Branding::default()) };
    let product = fields.text("product")?;
    if product.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return Err(fields.must_be("product", "the product's name"));
    }
    let logo = fields.url("logo", Some(page))?.map(|url| url.href);
    let accent = match fields.text("accent")? {
        None => None,
        Some(text) => Some(Accent::parse(&text).ok_or_else(|| fields.must_be("accent", "a colour such as #0b57d0"))?),
    };
    let support_url = match fields.text("support_url")? {
        None => None,
        Some(text) => match (fields.parse_url)(&text, None) {
            Some(url) if matches!(url.scheme.as_str(), "mailto" | "tel") || url.is_secure() => Some(url.href),
            _ => return Err(fields.must_be("support_url", "an https:, mailto: or tel: address")),
        },
    };
    fields.finish()?;
    Ok(Branding { product, logo, accent, support_url })
}

impl ConfigError {
    fn new(field: &str, fault: ConfigFault) -> Self {
        Self { field: field.to_owned(), fault }
    }
}

/// An object whose fields are taken out one by one; what is left at the end is unknown. `null` counts as left out.
///
/// Serde's derived readers cannot name the field of a wrong type, and an operator needs just that.
struct Fields {
    map: Members,
    path: String,
    parse_url: ParseUrl,
}

impl Fields {
    fn of(value: Json, path: String, parse_url: ParseUrl) -> Result<Self, ConfigError> {
        match value {
            Json::Object(map) => Ok(Self { map, path, parse_url }),
            _ => Err(ConfigError { field: path, fault: ConfigFault::MustBe("an object") }),
        }
    }

    fn take(&mut self, name: &str) -> Option<Json> {
        self.map.remove(name).filter(|value| *value != Json::Null)
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, ConfigError> {
        match self.take(name) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.must_be(name, "a text")),
        }
    }

    fn flag(&mut self, name: &str) -> Result<bool, ConfigError> {
        match self.take(name) {
            None => Ok(false),
            Some(Json::Bool(flag)) => Ok(flag),
            Some(_) => Err(self.must_be(name, "true or false")),
        }
    }

    fn list(&mut self, name: &str, rule: &'static str) -> Result<Option<Vec<Json>>, ConfigError> {
        match self.take(name) {
            None => Ok(None),
            Some(Json::Array(items)) => Ok(Some(items)),
            Some(_) => Err(self.must_be(name, rule)),
        }
    }

    fn object(&mut self, name: &str) -> Result<Option<Fields>, ConfigError> {
        self.take(name).map(|value| Fields::of(value, self.path_of(name), self.parse_url)).transpose()
    }

    fn url(&mut self, name: &str, base: Option<&WebUrl>) -> Result<Option<WebUrl>, ConfigError> {
        let text = self.text(name)?;
        text.map(|text| self.secure_url(name, &text, base)).transpose()
    }

    fn secure_url(&self, name: &str, text: &str, base: Option<&WebUrl>) -> Result<WebUrl, ConfigError> {
        match (self.parse_url)(text, base.map(|url| url.href.as_str())) {
            None => Err(self.error(name, ConfigFault::NotAUrl)),
            Some(url) if !url.is_secure() => Err(self.error(name, ConfigFault::NotSecure)),
            Some(url) => Ok(url),
        }
    }

    fn bare_url(&self, name: &str, text: &str) -> Result<WebUrl, ConfigError> {
        let url = self.secure_url(name, text, None)?;
        if url.has_credentials || url.has_query_or_fragment { Err(self.must_be(name, NO_EXTRAS)) } else { Ok(url) }
    }

    fn required<T>(&self, name: &str, value: Option<T>) -> Result<T, ConfigError> {
        value.ok_or_else(|| self.error(name, ConfigFault::Missing))
    }

    fn finish(self) -> Result<(), ConfigError> {
        self.map.any_name().map_or(Ok(()), |name| Err(self.error(name, ConfigFault::Unknown)))
    }

    fn must_be(&self, name: &str, what: &'static str) -> ConfigError {
        self.error(name, ConfigFault::MustBe(what))
    }

    fn error(&self, name: &str, fault: ConfigFault) -> ConfigError {
        ConfigError { field: self.path_of(name), fault }
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::web_url::tests::{parse_url, url};
    use proptest::prelude::*;

    const FULL: &str = r##"{
      "lookup_url": "/v1/lookup",
      "user_pools": [{ "issuer": "https://idp.example/pool", "hosted_ui": "https://auth.example" }],
      "redirect_uri": "https://login.example/callback",
      "logout_uri": "https://login.example/signed-out",
      "scopes": ["openid", "email"],
      "return_to": { "default": null, "allow": ["https://app.example/", "https://shared.example/team"] },
      "branding": { "product": "Example", "logo": "/logo.svg", "accent": "#0b57d0", "support_url": "mailto:help@example.com" }
    }"##;

    fn parse(json: &str) -> Result<Deployment, ConfigError> {
        Deployment::parse(json, &url("https://login.example/"), parse_url)
    }

    pub(crate) fn sample() -> Deployment {
        parse(FULL).unwrap()
    }

    /// FULL with one text replaced by another, and what must be said of it.
    #[track_caller]
    fn check_refused(from: &str, to: &str, expected: &str) {
        assert!(FULL.contains(from), "the sample does not contain {from}");
        let error = parse(&FULL.replacen(from, to, 1)).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error} should start with {expected}");
    }

    #[test]
    fn the_contracts_example_is_read() {
        let d = sample();
        assert_eq!(d.lookup_url.href, "https://login.example/v1/lookup");
        assert_eq!(d.user_pools[0].jwks_uri.href, "https://idp.example/pool/.well-known/jwks.json");
        assert_eq!(d.user_pools[0].endpoint("/oauth2/authorize"), "https://auth.example/oauth2/authorize");
        assert_eq!(d.connect_origins(), ["https://auth.example", "https://idp.example", "https://login.example"]);
        assert_eq!(d.branding.logo.as_deref(), Some("https://login.example/logo.svg"));
    }

    #[test]
    fn what_is_left_out_has_the_contracts_defaults() {
        let json = r#"{"lookup_url":"/l","user_pools":[{"issuer":"http://127.0.0.1:9/p","hosted_ui":"http://localhost:9/base/"}]}"#;
        let d = parse(json).unwrap();
        assert_eq!(d.redirect_uri, "https://login.example/callback");
        assert_eq!(d.logout_uri, "https://login.example/signed-out");
        assert_eq!(d.scopes, ["openid", "email", "profile"]);
        assert_eq!(d.user_pools[0].endpoint("/logout"), "http://localhost:9/base/logout");
        assert_eq!(d.return_to.default_target(), None);
    }

    #[test]
    fn every_fault_names_its_field() {
        check_refused(r#""lookup_url": "/v1/lookup","#, "", "lookup_url: is required");
        check_refused(r#""/v1/lookup""#, "7", "lookup_url: must be a text");
        check_refused(r#""/v1/lookup""#, r#""http://lookup.example/""#, "lookup_url: must be https");
        check_refused(r#""lookup_url""#, r#""lokup_url""#, "lookup_url: is required");
        check_refused(r#""scopes""#, r#""scope""#, "scope: is not a field");
        check_refused(r#""hosted_ui""#, r#""domain""#, "user_pools[0].hosted_ui: is required");
        check_refused(
            r#""https://auth.example""#,
            r#""http://auth.example""#,
            "user_pools[0].hosted_ui: must be https",
        );
        check_refused(
            r#""https://auth.example""#,
            r#""https://auth.example/?a=b""#,
            "user_pools[0].hosted_ui: must be a web",
        );
        check_refused(
            r#""https://auth.example""#,
            r#""https://u:p@auth.example/""#,
            "user_pools[0].hosted_ui: must be a web",
        );
        check_refused(r#""https://idp.example/pool""#, r#""idp""#, "user_pools[0].issuer: is not a web address");
        check_refused(r#"[{ "issuer""#, r#"[7, { "issuer""#, "user_pools[0]: must be an object");
        check_refused(r#" }],"#, r#", "x": 1 }],"#, "user_pools[0].x: is not a field");
        check_refused(r#"["openid", "email"]"#, r#"["email"]"#, "scopes: must be");
        check_refused(r#"["openid", "email"]"#, r#"["openid email"]"#, "scopes: must be");
        check_refused(r#""default": null"#, r#""default": "https://evil.example/""#, "return_to.default: must be");
        check_refused(r#""https://app.example/""#, r#""app.example""#, "return_to.allow[0]: is not a web address");
        check_refused(r#""https://app.example/""#, r#""http://app.example""#, "return_to.allow[0]: must be https");
        check_refused(r#""return_to""#, r#""isolation": "loose", "return_to""#, "isolation: must be shared or strict");
        check_refused("#0b57d0", "red", "branding.accent: must be");
        check_refused("mailto:help@example.com", "javascript:alert(1)", "branding.support_url: must be");
        check_refused("}", "", "config.json: is not JSON: ");
        assert_eq!(parse("[]").unwrap_err().to_string(), "config.json: must be an object");
        assert_eq!(parse("").unwrap_err().field, "config.json");
        let twice = r#"{"issuer":"https://i.example","hosted_ui":"https://h.example"}"#;
        let error = parse(&format!(r#"{{"lookup_url":"/l","user_pools":[{twice},{twice}]}}"#)).unwrap_err();
        assert_eq!(error.to_string(), "user_pools[1].issuer: repeats an earlier entry");
        let none = parse(r#"{"lookup_url":"/l","user_pools":[]}"#).unwrap_err();
        assert_eq!(none.to_string(), "user_pools: must be a list of at least one user pool");
    }

    #[test]
    fn what_can_never_work_is_refused_by_its_field() {
        let callback = r#""https://login.example/callback""#;
        for (address, expected) in [
            ("https://login.example/", "redirect_uri: must be https://login.example/callback or an address below it"),
            ("https://login.example/callbacks", "redirect_uri: must be https://login.example/callback or"),
            ("https://login.example/callback#x", "redirect_uri: must not have a fragment"),
            ("https://app.example/callback", "redirect_uri: must be of the page's own origin, https://login.example"),
            ("http://login.example/callback", "redirect_uri: must be https"),
        ] {
            check_refused(callback, &format!(r#""{address}""#), expected);
        }
        for address in [
            "https://login.example/callback/acme",
            "https://login.example/callback?tenant=acme",
            "https://LOGIN.example:443/callback",
        ] {
            let kept = parse(&FULL.replacen(callback, &format!(r#""{address}""#), 1)).unwrap().redirect_uri;
            assert_eq!(kept, address, "Cognito compares it to the letter");
        }
        let hosted_ui = r#""https://auth.example""#;
        for path in
            ["/oauth2/authorize", "/oauth2", "/login", "/login/", "/logout", "/base/oauth2/token", "/saml2/idpresponse"]
        {
            check_refused(
                hosted_ui,
                &format!(r#""https://auth.example{path}""#),
                "user_pools[0].hosted_ui: must be the user pool's domain alone, without /",
            );
        }
        for path in ["/", "/base", "/login/base"] {
            assert!(parse(&FULL.replacen(hosted_ui, &format!(r#""https://auth.example{path}""#), 1)).is_ok(), "{path}");
        }
        let issuer = r#""https://idp.example/pool""#;
        for (text, surplus) in [
            ("https://idp.example/pool/", "a slash"),
            ("https://idp.example/pool/.well-known/openid-configuration", "/.well-known/"),
            ("https://idp.example:443/pool", "its default port"),
        ] {
            let expected = format!("user_pools[0].issuer: must be the issuer to the letter, without {surplus}");
            check_refused(issuer, &format!(r#""{text}""#), &expected);
        }
        assert!(parse(&FULL.replacen(issuer, r#""https://idp.example:8443/pool""#, 1)).is_ok());
        check_refused(
            r#""https://app.example/""#,
            r#""https://*.app.example/""#,
            "return_to.allow[0]: must be an address without *",
        );
        check_refused(
            r#""return_to""#,
            r#""managed_login": "yes", "return_to""#,
            "managed_login: must be true or false",
        );
    }

    #[test]
    fn people_return_to_the_pickers_own_origin_and_to_allowed_prefixes_only() {
        let rules = sample().return_to;
        for (text, href) in [
            ("/deep/link?x=1#y", "https://login.example/deep/link?x=1#y"),
            ("https://app.example/a", "https://app.example/a"),
            ("https://shared.example/team/7", "https://shared.example/team/7"),
        ] {
            assert_eq!(rules.check(text, parse_url).map(|r| r.0).as_deref(), Some(href));
        }
        for text in [
            "//evil.example/",
            "/\\evil.example/",
            "\\\\evil.example",
            "https://app.example@evil.example/",
            "https://app.example.evil.example/",
            "https://shared.example/teams",
            "https://shared.example/",
            "javascript:alert(1)",
            " javascript:alert(1)",
            "data:text/html,hi",
            "http://app.example/",
            "https:evil.example",
        ] {
            // `https:evil.example` is a relative address to a parser with an https base, and stays at home.
            let home = rules.check(text, parse_url).is_none_or(|r| r.0.starts_with("https://login.example/"));
            assert!(home, "{text} must not be followed");
        }
    }

    #[test]
    fn a_third_party_may_name_our_issuers_alone() {
        assert!(sample().names_issuer("https://idp.example/pool"));
        assert!(!sample().names_issuer("https://idp.example/pool/") && !sample().names_issuer("https://evil.example"));
    }

    #[test]
    fn where_to_go_by_default_is_known_if_it_is_set() {
        let set = parse(&FULL.replace(r#""default": null"#, r#""default": "https://app.example/home""#)).unwrap();
        assert_eq!(set.return_to.default_target().unwrap().as_str(), "https://app.example/home");
        assert!(sample().return_to.default_target().is_none());
    }

    #[test]
    fn a_scope_is_a_name_of_printable_ascii_without_quotes_and_backslashes() {
        for scope in [r#"a\"b"#, r"a\\b", "a b", "ä", ""] {
            check_refused(r#"["openid", "email"]"#, &format!(r#"["openid", "{scope}"]"#), "scopes: must be");
        }
    }

    #[test]
    fn an_organization_decides_on_its_isolation_and_else_the_deployment() {
        let strict = parse(&FULL.replacen('{', r#"{"isolation": "strict","#, 1)).unwrap();
        let mut tenant = crate::tests::tenant();
        assert_eq!(sample().isolation_of(&tenant), Isolation::Shared);
        assert_eq!(strict.isolation_of(&tenant), Isolation::Strict);
        tenant.isolation = Some(Isolation::Shared);
        assert_eq!(strict.isolation_of(&tenant), Isolation::Shared);
    }

    #[test]
    fn a_tenant_of_a_foreign_pool_is_refused() {
        let mut tenant = crate::tests::tenant();
        assert!(sample().user_pool(&tenant).is_ok());
        tenant.issuer = None;
        assert!(sample().user_pool(&tenant).is_ok());
        tenant.issuer = Some(Issuer::try_from("https://evil.example".to_owned()).unwrap());
        assert_eq!(sample().user_pool(&tenant), Err(UnknownIssuer));
    }

    proptest! {
        #[test]
        fn any_text_is_a_deployment_or_a_named_fault(text in "\\PC{0,200}") {
            let _ = parse(&text);
        }

        #[test]
        fn whatever_is_followed_lies_on_a_trusted_origin(text in "(https?:)?[/\\\\]{0,3}[a-z@.:]{0,20}(app|evil|login)\\.example[a-z/@.%\\\\]{0,20}") {
            if let Some(target) = sample().return_to.check(&text, parse_url) {
                let origin = url(target.as_str()).origin;
                prop_assert!(["https://login.example", "https://app.example", "https://shared.example"].contains(&origin.as_str()), "{}", origin);
            }
        }
    }
}
