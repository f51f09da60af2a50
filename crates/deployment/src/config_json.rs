//! Reads config.json. Every error names the field that is wrong.

use crate::fields::{ConfigError, ConfigFault, Fields, FirstError, NO_EXTRAS, at};
use crate::{Accent, Application, Branding, Deployment, ReturnToRules, UserPool};
use lookup_api::{Isolation, Issuer};
use platform::WebUrl;
use platform::json::Json;
use std::cell::Cell;

impl Deployment {
    /// Reads a config.json. `picker` is the address of the picker's form, with a slash at its end. Relative addresses
    /// refer to it.
    ///
    /// # Errors
    /// The first thing that is wrong, with the path of its field.
    pub fn parse(json: &str, picker: &WebUrl) -> Result<Self, ConfigError> {
        let first_error = Cell::new(None);
        let deployment = read(json, picker, &first_error);
        first_error.take().map_or(Ok(deployment), |error| Err(*error))
    }
}

fn read(json: &str, picker: &WebUrl, first_error: &FirstError) -> Deployment {
    let mut top = Fields::of_file(json, first_error);
    let deployment = Deployment {
        path: picker.path.clone(),
        lookup_url: top.url("lookup_url", Some(picker)).unwrap_or_else(|| top.missing("lookup_url")),
        memberships_url: top.url("memberships_url", Some(picker)),
        user_pools: user_pools(&mut top),
        redirect_uri: redirect_uri(&mut top, picker),
        logout_uri: own_address(&mut top, "logout_uri", picker, "signed-out"),
        scopes: scopes(&mut top),
        return_to: return_to(&mut top, picker),
        isolation: isolation(&mut top),
        managed_login: top.flag("managed_login"),
        lookup_content_sha256: top.flag("lookup_content_sha256"),
        branding: branding(&mut top, picker),
    };
    top.finish();
    deployment
}

fn user_pools(top: &mut Fields) -> Vec<UserPool> {
    let name = "user_pools";
    let items = top.list(name, "a list of user pools").unwrap_or_else(|| top.missing(name));
    if items.is_empty() {
        top.must_be(name, "a list of at least one user pool");
    }
    let mut pools: Vec<UserPool> = Vec::with_capacity(items.len());
    for (i, item) in items.into_iter().enumerate() {
        let mut fields = top.entry(item, at(name, i));
        let text = fields.required_text("issuer");
        let issuer_url = fields.bare_url("issuer", &text);
        if let Some(surplus) = surplus_of_issuer(&text, &issuer_url) {
            fields.error("issuer", ConfigFault::IssuerSpelling(surplus));
        }
        let Ok(issuer) = Issuer::try_from(text) else {
            fields.must_be("issuer", "a web address in printable ASCII");
            break;
        };
        if pools.iter().any(|earlier| earlier.issuer == issuer) {
            fields.error("issuer", ConfigFault::Repeated);
        }
        let text = fields.required_text("hosted_ui");
        let hosted_ui = fields.bare_url("hosted_ui", &text);
        if let Some(page) = page_of_hosted_ui(&hosted_ui.path) {
            fields.error("hosted_ui", ConfigFault::HostedUiPath(page));
        }
        // The address that Cognito documents (docs/cognito.md), made from the issuer as written.
        let usual = [issuer.as_str().trim_end_matches('/'), "/.well-known/jwks.json"].concat();
        let jwks_uri = fields.url("jwks_uri", None).or_else(|| WebUrl::parse(&usual)).unwrap_or(issuer_url);
        fields.finish();
        pools.push(UserPool { issuer, hosted_ui, jwks_uri });
    }
    pools
}

/// The part of an issuer that no user pool's issuer has. The issuer is compared character by character, so it would
/// never match.
fn surplus_of_issuer(text: &str, url: &WebUrl) -> Option<&'static str> {
    // The URL parser has removed a default port, so it is looked for in the text.
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

/// The part of a path that is one of the hosted UI's own pages (AWS, "User pool endpoints and managed login
/// reference").
fn page_of_hosted_ui(path: &str) -> Option<String> {
    const PAGES: [&str; 8] = ["oauth2", "saml2", "login", "logout", "signup", "error", "forgotPassword", "confirmUser"];
    let mut segments = path.split('/');
    let page = segments.find(|segment| PAGES.contains(segment))?;
    // A proxy may put a user pool's domain below a path such as /login/base. A path below /oauth2 or /saml2 is always
    // Cognito's.
    let is_page = matches!(page, "oauth2" | "saml2") || segments.all(str::is_empty);
    is_page.then(|| ["/", page].concat())
}

/// The callback URL: it must be one at which this page finishes sign-ins.
fn redirect_uri(top: &mut Fields, picker: &WebUrl) -> String {
    let name = "redirect_uri";
    let text = own_address(top, name, picker, "callback");
    let url = top.secure_url(name, &text, None);
    let callback = picker.join("callback").unwrap_or_else(|| picker.clone());
    if text.contains('#') {
        top.error(name, ConfigFault::Fragment);
    } else if url.origin != picker.origin {
        top.error(name, ConfigFault::ForeignOrigin(picker.origin.clone()));
    } else if !callback.covers(&url) {
        top.error(name, ConfigFault::NotACallback(callback.href));
    }
    text
}

/// An address that Cognito compares character by character, so it is checked and kept as written. Defaults to the
/// picker's page of this name.
fn own_address(top: &mut Fields, name: &str, picker: &WebUrl, page: &str) -> String {
    let Some(text) = top.text(name) else { return [&picker.href, page].concat() };
    if top.secure_url(name, &text, None).has_credentials {
        top.must_be(name, NO_EXTRAS);
    }
    text
}

fn scopes(top: &mut Fields) -> Vec<String> {
    let rule = "a list of scope names that contains openid";
    let Some(items) = top.list("scopes", rule) else {
        return ["openid", "email", "profile"].map(String::from).to_vec();
    };
    // scope-token (RFC 6749 §3.3, https://www.rfc-editor.org/rfc/rfc6749#section-3.3).
    let is_token = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_graphic() && c != '"' && c != '\\');
    let scopes: Option<Vec<String>> =
        items.iter().map(|item| item.as_str().filter(|s| is_token(s)).map(String::from)).collect();
    scopes.filter(|scopes| scopes.iter().any(|s| s == "openid")).unwrap_or_else(|| {
        top.must_be("scopes", rule);
        Vec::new()
    })
}

fn login_uri(fields: &mut Fields, application: &WebUrl) -> Option<String> {
    let name = "login_uri";
    let text = fields.text(name)?;
    let url = fields.secure_url(name, &text, None);
    if text.contains('#') {
        fields.error(name, ConfigFault::Fragment);
    }
    if url.has_credentials || url.origin != application.origin {
        fields.must_be(name, "of the origin of url, without user name");
    }
    Some(url.href)
}

fn return_to(top: &mut Fields, picker: &WebUrl) -> ReturnToRules {
    let mut rules = ReturnToRules { default: None, allow: applications(top), applications: 0, own: picker.join("/") };
    rules.applications = rules.allow.len();
    let Some(mut fields) = top.object("return_to") else { return rules };
    let rule = "a list of web addresses";
    for (i, item) in fields.list("allow", rule).unwrap_or_default().into_iter().enumerate() {
        match item {
            Json::String(text) => {
                let url = fields.prefix(&at("allow", i), &text);
                rules.allow.push(Application { url, login_uri: None });
            }
            _ => fields.must_be("allow", rule),
        }
    }
    if let Some(text) = fields.text("default") {
        let checked = rules.check(&text);
        rules.default = checked.and_then(|url| WebUrl::parse(url.as_str()));
        if rules.default.is_none() {
            fields.must_be("default", "an address that return_to.allow covers");
        }
    }
    fields.finish();
    rules
}

fn applications(top: &mut Fields) -> Vec<Application> {
    let name = "applications";
    let mut applications: Vec<Application> = Vec::new();
    for (i, item) in top.list(name, "a list of applications").unwrap_or_default().into_iter().enumerate() {
        let mut fields = top.entry(item, at(name, i));
        let text = fields.required_text("url");
        let url = fields.prefix("url", &text);
        if applications.iter().any(|earlier| earlier.url.href == url.href) {
            fields.error("url", ConfigFault::Repeated);
        }
        let login_uri = login_uri(&mut fields, &url);
        fields.finish();
        applications.push(Application { url, login_uri });
    }
    applications
}

fn isolation(top: &mut Fields) -> Isolation {
    let Some(text) = top.text("isolation") else { return Isolation::default() };
    Isolation::parse(&text).unwrap_or_else(|| {
        top.must_be("isolation", "shared or strict");
        Isolation::default()
    })
}

fn branding(top: &mut Fields, picker: &WebUrl) -> Branding {
    let Some(mut fields) = top.object("branding") else { return Branding::default() };
    let product = fields.text("product");
    if product.as_ref().is_some_and(|name| name.trim().is_empty()) {
        fields.must_be("product", "the product's name");
    }
    let logo = fields.url("logo", Some(picker)).map(|url| url.href);
    let text = fields.text("accent");
    let accent = text.as_deref().and_then(Accent::parse);
    if text.is_some() && accent.is_none() {
        fields.must_be("accent", "a colour such as #0b57d0");
    }
    let text = fields.text("support_url");
    let is_support = |url: &WebUrl| matches!(url.scheme.as_str(), "mailto" | "tel") || url.is_secure();
    let support_url = text.as_deref().and_then(WebUrl::parse).filter(is_support).map(|url| url.href);
    if text.is_some() && support_url.is_none() {
        fields.must_be("support_url", "an https:, mailto: or tel: address");
    }
    fields.finish();
    Branding { product, logo, accent, support_url }
}

#[cfg(test)]
mod tests {
    use crate::tests::{SAMPLE_CONFIG, parse, sample};
    use proptest::prelude::*;

    /// Replaces one text of SAMPLE_CONFIG by another, and checks how the error begins.
    #[track_caller]
    fn check_refused(from: &str, to: &str, expected: &str) {
        assert!(SAMPLE_CONFIG.contains(from), "the sample does not contain {from}");
        let error = parse(&SAMPLE_CONFIG.replacen(from, to, 1)).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error} should start with {expected}");
    }

    #[test]
    fn the_example_of_the_documentation_is_read() {
        let d = sample();
        assert_eq!(d.lookup_url.href, "https://login.example/v1/lookup");
        assert_eq!(d.user_pools[0].jwks_uri.href, "https://idp.example/pool/.well-known/jwks.json");
        assert_eq!(d.user_pools[0].endpoint("/oauth2/authorize"), "https://auth.example/oauth2/authorize");
        assert_eq!(d.connect_origins(), ["https://auth.example", "https://idp.example", "https://login.example"]);
        assert_eq!(d.branding.logo.as_deref(), Some("https://login.example/logo.svg"));
    }

    #[test]
    fn a_field_that_is_left_out_has_its_default() {
        let json = r#"{"lookup_url":"/l","user_pools":[{"issuer":"http://127.0.0.1:9/p","hosted_ui":"http://localhost:9/base/"}]}"#;
        let d = parse(json).unwrap();
        assert_eq!(d.redirect_uri, "https://login.example/callback");
        assert_eq!(d.logout_uri, "https://login.example/signed-out");
        assert_eq!(d.scopes, ["openid", "email", "profile"]);
        assert_eq!(d.user_pools[0].endpoint("/logout"), "http://localhost:9/base/logout");
        assert_eq!(d.return_to.default_target(), None);
        assert_eq!(d.memberships_url, None);
    }

    #[test]
    fn every_error_names_its_field() {
        check_refused(r#""lookup_url": "/v1/lookup","#, "", "lookup_url: is required");
        check_refused(r#""/v1/lookup""#, "7", "lookup_url: must be a text");
        check_refused(r#""/v1/lookup""#, r#""http://lookup.example/""#, "lookup_url: must be https");
        check_refused(r#""lookup_url""#, r#""lokup_url""#, "lookup_url: is required");
        check_refused(r#""scopes""#, r#""memberships_url": true, "scopes""#, "memberships_url: must be a text");
        check_refused(
            r#""scopes""#,
            r#""memberships_url": "http://members.example/", "scopes""#,
            "memberships_url: must be https",
        );
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
    fn the_page_may_fetch_from_the_memberships_endpoint() {
        let with =
            |url: &str| parse(&SAMPLE_CONFIG.replacen('{', &format!(r#"{{"memberships_url": "{url}","#), 1)).unwrap();
        let own = with("/v1/memberships");
        assert_eq!(own.memberships_url.as_ref().unwrap().href, "https://login.example/v1/memberships");
        assert_eq!(own.connect_origins(), sample().connect_origins());
        assert!(with("https://members.example/").connect_origins().contains(&"https://members.example"));
    }

    #[test]
    fn an_address_that_could_never_work_is_refused() {
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
            let kept = parse(&SAMPLE_CONFIG.replacen(callback, &format!(r#""{address}""#), 1)).unwrap().redirect_uri;
            assert_eq!(kept, address, "Cognito compares it character by character");
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
            assert!(
                parse(&SAMPLE_CONFIG.replacen(hosted_ui, &format!(r#""https://auth.example{path}""#), 1)).is_ok(),
                "{path}"
            );
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
        assert!(parse(&SAMPLE_CONFIG.replacen(issuer, r#""https://idp.example:8443/pool""#, 1)).is_ok());
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
        check_refused(
            r#""return_to""#,
            r#""lookup_content_sha256": "yes", "return_to""#,
            "lookup_content_sha256: must be true or false",
        );
    }

    #[test]
    fn a_scope_is_a_name_of_printable_ascii_without_quotes_and_backslashes() {
        for scope in [r#"a\"b"#, r"a\\b", "a b", "ä", ""] {
            check_refused(r#"["openid", "email"]"#, &format!(r#"["openid", "{scope}"]"#), "scopes: must be");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,200}") {
            let _ = parse(&text);
        }
    }
}
