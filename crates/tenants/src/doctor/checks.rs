//! What each response means. No I/O.
//!
//! What Cognito does is in docs/cognito.md, with the sources.

use super::app_client::Fault;
use super::inside_fault::InsideFault;
use crate::web::{NoResponse, Response};
use crate::words::{count, shown};
use deployment::UserPool;
use lookup_api::Tenant;
use platform::WebUrl;
use platform::json::Json;
use sign_in::jwks::Jwks;
use sign_in::time::UnixTime;
use std::borrow::Cow;

/// By how many seconds the device's clock may be off. The picker tolerates as much (docs/contract.md).
const CLOCK_TOLERANCE: i64 = 5 * 60;

/// What a check has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is wrong. Has what was seen.
    Fine(String),
    /// People would notice, or cannot sign in.
    Wrong(Problem),
}

/// What is wrong. `Display` says what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is no response.
    #[error("no response: {0}")]
    Unreachable(NoResponse),
    /// The response has a status that it should not have.
    #[error("status {0}")]
    Status(u16),
    /// A page of the picker's origin cannot read the response.
    #[error("Access-Control-Allow-Origin is {}", .0.as_deref().unwrap_or("missing"))]
    NotReadable(Option<String>),
    /// The key set has no key that the picker can use.
    #[error("no RSA signing key is in the response")]
    NoKeys,
    /// The issuer calls itself otherwise than config.json does.
    #[error("the issuer calls itself {0}")]
    OtherIssuer(String),
    /// The clock of this machine, or of Cognito, is wrong.
    #[error("this machine's clock is {} seconds {}", .0.unsigned_abs(), if *.0 > 0 { "ahead" } else { "behind" })]
    Clock(i64),
    /// config.json does not name the user pool of the tenant.
    #[error("the tenant's issuer is not in config.json")]
    UnknownIssuer,
    /// The callback URL is not registered.
    #[error("redirect_mismatch")]
    RedirectUri,
    /// The app client does not have the provider, or the pool has none of this name.
    #[error("the hosted UI shows its own sign-in page in place of the provider's")]
    Provider,
    /// Cognito shows an error of its own.
    #[error("the hosted UI shows an error: {0}")]
    HostedUiError(String),
    /// Cognito sends people back with an error.
    #[error("people come back at once with {0}")]
    Refused(String),
    /// The app client has no branding style, where the domain serves managed login.
    #[error("status 403: login pages unavailable")]
    BrandingStyle,
    /// The app client does not exist, or has a secret.
    #[error("the token endpoint says invalid_client")]
    Client,
    /// The token endpoint does not take codes from this app client.
    #[error("the token endpoint says {0}")]
    TokenEndpoint(String),
    /// The sign-out URL is not registered.
    #[error("the hosted UI does not come back: {0}")]
    SignOut(String),
    /// A strict tenant has the provider of another one.
    #[error("the provider is also that of {other}")]
    StrictSharesProvider {
        /// The other tenant's code.
        other: String,
    },
    /// The app client is not set up as it should be.
    #[error(transparent)]
    AppClient(#[from] Fault),
    /// The user pool is not set up as it should be.
    #[error(transparent)]
    Inside(#[from] InsideFault),
}

impl Problem {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::Status(_) => "status",
            Self::NotReadable(_) => "not_readable",
            Self::NoKeys => "no_keys",
            Self::OtherIssuer(_) => "other_issuer",
            Self::Clock(_) => "clock",
            Self::UnknownIssuer => "unknown_issuer",
            Self::RedirectUri => "redirect_uri",
            Self::Provider => "provider",
            Self::HostedUiError(_) => "hosted_ui_error",
            Self::Refused(_) => "refused",
            Self::BrandingStyle => "branding_style",
            Self::Client => "client",
            Self::TokenEndpoint(_) => "token_endpoint",
            Self::SignOut(_) => "sign_out",
            Self::StrictSharesProvider { .. } => "strict_shares_provider",
            Self::AppClient(fault) => fault.code(),
            Self::Inside(fault) => fault.code(),
        }
    }

    /// What people would see.
    pub fn people_see(&self) -> &'static str {
        match self {
            Self::Unreachable(_) | Self::Status(_) => "An error of their browser, or a picker that cannot go on.",
            Self::NotReadable(_) => {
                "\"We could not check your organization's answer\", or \"We could not finish the sign-in\"."
            }
            Self::NoKeys | Self::OtherIssuer(_) => {
                "\"The sign-in service gave an answer that did not pass our checks\", after they have signed in."
            }
            Self::Clock(_) => "Nothing, if only this machine's clock is wrong.",
            Self::UnknownIssuer => "\"Your organization's sign-in is not set up on this page.\"",
            Self::RedirectUri | Self::HostedUiError(_) => "An error page of Cognito, from which nobody comes back.",
            Self::Provider => "Cognito's own page: \"Login option is not available. Please try another one\".",
            Self::Refused(_) => {
                "\"This page's sign-in is not set up correctly\", right after they chose the organization."
            }
            Self::BrandingStyle => "\"Login pages unavailable\".",
            Self::Client | Self::TokenEndpoint(_) => {
                "\"The sign-in service refused to finish your sign-in\", after they have signed in."
            }
            Self::SignOut(_) => "An error page of Cognito after \"Sign out\", and nobody is signed out.",
            Self::StrictSharesProvider { .. } => {
                "Nothing. A person who is signed in to the one organization is signed in to the other without a question."
            }
            Self::AppClient(fault) => fault.people_see(),
            Self::Inside(fault) => fault.people_see(),
        }
    }

    /// What to do.
    pub fn what_to_do(&self) -> Cow<'static, str> {
        match self {
            Self::Unreachable(_) | Self::Status(_) => {
                "Compare hosted_ui, issuer and jwks_uri in config.json with the user pool."
            }
            Self::NotReadable(_) => {
                "Look for a proxy or a firewall in between. Keys can come from a copy of your own: jwks_uri in config.json."
            }
            Self::NoKeys => "Check jwks_uri in config.json.",
            Self::OtherIssuer(_) => "Write the issuer into config.json exactly as the user pool has it.",
            Self::Clock(_) => "Set this machine's clock.",
            Self::UnknownIssuer => "Add the user pool to config.json, or correct issuer in tenants.toml.",
            Self::RedirectUri => "Add redirect_uri of config.json to the app client's callback URLs, to the letter.",
            Self::Provider => "Enable the provider on the app client, or correct identity_provider in tenants.toml.",
            Self::HostedUiError(_) => "Compare client_id in tenants.toml with the user pool.",
            Self::Refused(_) => "Allow the code grant and all scopes of config.json on the app client.",
            Self::BrandingStyle => "Give the app client a branding style (20 for each user pool at most).",
            Self::Client => {
                "Compare client_id in tenants.toml with the user pool. If it is right, the app client has a secret: make a new one without."
            }
            Self::TokenEndpoint(_) => "Allow the code grant on the app client.",
            Self::SignOut(_) => "Add logout_uri of config.json to the app client's sign-out URLs, to the letter.",
            Self::StrictSharesProvider { .. } => {
                "Give the strict organization a provider of its own (docs/isolation.md)."
            }
            Self::AppClient(fault) => fault.what_to_do(),
            Self::Inside(fault) => return fault.what_to_do(),
        }
        .into()
    }
}

type Received = Result<Response, NoResponse>;

fn readable(response: &Response, origin: &str) -> bool {
    matches!(response.allow_origin.as_deref(), Some(allowed) if allowed == "*" || allowed == origin)
}

/// The issuer's keys: a page of the picker has to read them.
pub fn keys(response: &Received, origin: &str) -> Verdict {
    let response = match response {
        Err(error) => return Verdict::Wrong(Problem::Unreachable(error.clone())),
        Ok(response) if response.status != 200 => return Verdict::Wrong(Problem::Status(response.status)),
        Ok(response) => response,
    };
    if !readable(response, origin) {
        return Verdict::Wrong(Problem::NotReadable(response.allow_origin.clone()));
    }
    // The picker's own parser decides whether it is a key set.
    let keys = Jwks::parse(&response.body).ok().and_then(|_| Json::parse(&response.body).ok());
    let is_rsa = |key: &&Json| key.get("kty").and_then(Json::as_str) == Some("RSA");
    match keys.as_ref().and_then(|keys| Some(keys.get("keys")?.as_array()?.iter().filter(is_rsa).count())) {
        None | Some(0) => Verdict::Wrong(Problem::NoKeys),
        Some(number) => Verdict::Fine(format!("{}, readable from {origin}", count(number, "key"))),
    }
}

/// The issuer's metadata: tokens have the issuer that it names.
pub fn issuer(response: &Received, configured: &str) -> Verdict {
    let response = match response {
        Err(error) => return Verdict::Wrong(Problem::Unreachable(error.clone())),
        Ok(response) if response.status != 200 => return Verdict::Wrong(Problem::Status(response.status)),
        Ok(response) => response,
    };
    let metadata = Json::parse(&response.body).ok();
    match metadata.as_ref().and_then(|metadata| metadata.get("issuer")?.as_str()) {
        Some(issuer) if issuer == configured => Verdict::Fine("as in config.json".to_owned()),
        issuer => Verdict::Wrong(Problem::OtherIssuer(shown(issuer.unwrap_or("nothing")))),
    }
}

/// The clock of this machine against the `Date` of a response. `None` if it cannot be read.
pub fn clock(date: &str, now: UnixTime) -> Option<Verdict> {
    let there = httpdate::parse_http_date(date).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
    let ahead = now.0 - i64::try_from(there).ok()?;
    Some(if ahead.abs() > CLOCK_TOLERANCE {
        Verdict::Wrong(Problem::Clock(ahead))
    } else {
        Verdict::Fine("this machine's clock is right".to_owned())
    })
}

/// The authorization request: it has to lead to the provider.
pub fn sign_in(response: &Received, pool: &UserPool, tenant: &Tenant, redirect_uri: &str) -> Verdict {
    let response = match response {
        Err(error) => return Verdict::Wrong(Problem::Unreachable(error.clone())),
        Ok(response) => response,
    };
    let is_native = tenant.identity_provider.is_native();
    let target = response.location.as_deref().and_then(|location| pool.hosted_ui.join(location));
    match (response.status, target) {
        (301..=308, Some(target)) => redirect(&target, pool, is_native, redirect_uri),
        // Some domains show the page for native accounts without a redirect.
        (200, _) if is_native => Verdict::Fine("the hosted UI shows its sign-in page".to_owned()),
        (200 | 401, _) => Verdict::Wrong(Problem::Provider),
        (403, _) => Verdict::Wrong(Problem::BrandingStyle),
        (status, _) => Verdict::Wrong(Problem::Status(status)),
    }
}

fn redirect(target: &WebUrl, pool: &UserPool, is_native: bool, redirect_uri: &str) -> Verdict {
    let query = target.href.split_once('?').map_or("", |(_, query)| query);
    let error = |name: &str| {
        let value = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name)?.1;
        Some(shown(&value))
    };
    if target.href.starts_with(redirect_uri) {
        let description = error("error_description").unwrap_or_default();
        let error = error("error").unwrap_or_default();
        return Verdict::Wrong(Problem::Refused(format!("{error} {description}").trim().to_owned()));
    }
    if target.origin != pool.hosted_ui.origin {
        return Verdict::Fine(format!("goes to {}", target.origin));
    }
    let page = target.path.strip_prefix(pool.hosted_ui.path.trim_end_matches('/')).unwrap_or(&target.path);
    match (page, error("error")) {
        ("/error", Some(error)) if error == "redirect_mismatch" => Verdict::Wrong(Problem::RedirectUri),
        ("/error", error) => Verdict::Wrong(Problem::HostedUiError(error.unwrap_or_default())),
        ("/login", _) if !is_native => Verdict::Wrong(Problem::Provider),
        _ if is_native => Verdict::Fine("the hosted UI shows its sign-in page".to_owned()),
        _ => Verdict::Fine("the hosted UI goes on to the provider".to_owned()),
    }
}

/// The token endpoint's response to a code that does not exist: it has to refuse the code, and nothing else.
pub fn token_endpoint(response: &Received, origin: &str) -> Verdict {
    let response = match response {
        Err(error) => return Verdict::Wrong(Problem::Unreachable(error.clone())),
        Ok(response) if response.status >= 500 => return Verdict::Wrong(Problem::Status(response.status)),
        Ok(response) => response,
    };
    let body = Json::parse(&response.body).ok();
    let error = body.as_ref().and_then(|body| body.get("error")?.as_str()).unwrap_or_default();
    match error {
        _ if !readable(response, origin) => Verdict::Wrong(Problem::NotReadable(response.allow_origin.clone())),
        "invalid_grant" => Verdict::Fine(format!("takes codes, readable from {origin}")),
        "invalid_client" => Verdict::Wrong(Problem::Client),
        "" => Verdict::Wrong(Problem::Status(response.status)),
        error => Verdict::Wrong(Problem::TokenEndpoint(shown(error))),
    }
}

/// The sign-out: it has to lead back to the picker.
pub fn sign_out(response: &Received, logout_uri: &str) -> Verdict {
    match response {
        Err(error) => Verdict::Wrong(Problem::Unreachable(error.clone())),
        Ok(Response { status: 301..=308, location: Some(location), .. }) if location == logout_uri => {
            Verdict::Fine(format!("comes back to {logout_uri}"))
        }
        Ok(Response { location: Some(location), .. }) => {
            Verdict::Wrong(Problem::SignOut(format!("it goes to {}", shown(location))))
        }
        Ok(Response { status, .. }) => Verdict::Wrong(Problem::SignOut(format!("status {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deployment::Deployment;

    const ORIGIN: &str = "https://login.example";
    const REDIRECT_URI: &str = "https://login.example/callback";

    fn deployment(hosted_ui: &str) -> Deployment {
        let config = format!(
            r#"{{"lookup_url":"/v1/lookup","user_pools":[{{"issuer":"https://idp.example/p","hosted_ui":"{hosted_ui}"}}]}}"#
        );
        Deployment::parse(&config, &WebUrl::parse("https://login.example/").unwrap()).unwrap()
    }

    fn tenant(provider: &str) -> Tenant {
        let json = format!(r#"{{"code":"acme","name":"Acme","client_id":"a","identity_provider":"{provider}"}}"#);
        Tenant::from_json(&Json::parse(&json).unwrap()).unwrap()
    }

    fn redirect_to(location: &str) -> Received {
        Ok(Response { status: 302, location: Some(location.to_owned()), ..Response::default() })
    }

    fn status(status: u16) -> Received {
        Ok(Response { status, ..Response::default() })
    }

    fn sign_in_at(provider: &str, response: &Received) -> Result<String, &'static str> {
        let deployment = deployment("https://auth.example/base");
        outcome(sign_in(response, &deployment.user_pools[0], &tenant(provider), REDIRECT_URI))
    }

    fn outcome(verdict: Verdict) -> Result<String, &'static str> {
        match verdict {
            Verdict::Fine(seen) => Ok(seen),
            Verdict::Wrong(problem) => Err(problem.code()),
        }
    }

    #[test]
    fn a_sign_in_that_goes_to_the_provider_is_fine() {
        let idp = redirect_to("https://idp.acme.example/saml?SAMLRequest=x");
        assert_eq!(sign_in_at("AcmeSAML", &idp), Ok("goes to https://idp.acme.example".to_owned()));
        let on_the_way = redirect_to("https://auth.example/base/oauth2/idpresponse?x");
        assert!(sign_in_at("AcmeSAML", &on_the_way).is_ok());
        assert!(sign_in_at("COGNITO", &redirect_to("/base/login?client_id=a")).is_ok());
        assert!(sign_in_at("COGNITO", &status(200)).is_ok());
    }

    #[test]
    fn a_sign_in_that_stays_at_cognito_names_what_is_wrong() {
        for (provider, response, code) in [
            ("AcmeSAML", redirect_to("/base/login?client_id=a"), "provider"),
            ("AcmeSAML", redirect_to("https://auth.example/base/login?client_id=a"), "provider"),
            ("AcmeSAML", status(401), "provider"),
            ("AcmeSAML", status(200), "provider"),
            ("AcmeSAML", redirect_to("/base/error?error=redirect_mismatch&client_id=a"), "redirect_uri"),
            ("COGNITO", redirect_to("/base/error?error=redirect_mismatch"), "redirect_uri"),
            ("AcmeSAML", redirect_to("/base/error?error=Client+does+not+exist"), "hosted_ui_error"),
            ("AcmeSAML", redirect_to("/base/error"), "hosted_ui_error"),
            ("AcmeSAML", status(403), "branding_style"),
            ("AcmeSAML", status(500), "status"),
            ("AcmeSAML", redirect_to("http://"), "status"),
            ("AcmeSAML", Err(NoResponse("no route".to_owned())), "unreachable"),
        ] {
            assert_eq!(sign_in_at(provider, &response), Err(code), "{provider} {response:?}");
        }
    }

    #[test]
    fn an_error_that_comes_back_at_once_is_shown_short_and_without_control_characters() {
        let back =
            format!("{REDIRECT_URI}?error_description=invalid_scope%1b%5b31m{}&error=invalid_request", "x".repeat(500));
        let deployment = deployment("https://auth.example");
        let verdict = sign_in(&redirect_to(&back), &deployment.user_pools[0], &tenant("P"), REDIRECT_URI);
        let Verdict::Wrong(Problem::Refused(text)) = verdict else { panic!("{verdict:?}") };
        assert!(text.starts_with("invalid_request invalid_scope[31mxx"), "{text}");
        assert!(text.len() < 250);
    }

    fn json(status: u16, body: &str, allow_origin: Option<&str>) -> Received {
        let allow_origin = allow_origin.map(str::to_owned);
        Ok(Response { status, body: body.to_owned(), allow_origin, ..Response::default() })
    }

    #[test]
    fn keys_have_to_be_there_and_readable() {
        const KEYS: &str = r#"{"keys":[{"kty":"RSA","kid":"k","n":"AQAB","e":"AQAB"}]}"#;
        for allowed in ["*", ORIGIN] {
            assert!(outcome(keys(&json(200, KEYS, Some(allowed)), ORIGIN)).is_ok(), "{allowed}");
        }
        for (response, code) in [
            (json(200, KEYS, None), "not_readable"),
            (json(200, KEYS, Some("https://other.example")), "not_readable"),
            (json(200, r#"{"keys":[]}"#, Some("*")), "no_keys"),
            (json(200, r#"{"keys":[{"kty":"EC","kid":"k"}]}"#, Some("*")), "no_keys"),
            (json(200, "<!doctype html>", Some("*")), "no_keys"),
            (json(404, "", Some("*")), "status"),
        ] {
            assert_eq!(outcome(keys(&response, ORIGIN)), Err(code), "{response:?}");
        }
    }

    #[test]
    fn the_token_endpoint_has_to_refuse_the_code_and_nothing_else() {
        let says = |error: &str, allowed| json(400, &format!(r#"{{"error":"{error}"}}"#), allowed);
        assert!(outcome(token_endpoint(&says("invalid_grant", Some("*")), ORIGIN)).is_ok());
        for (response, code) in [
            (says("invalid_client", Some("*")), "client"),
            (says("unauthorized_client", Some("*")), "token_endpoint"),
            (says("invalid_grant", None), "not_readable"),
            (json(503, "", Some("*")), "status"),
            (json(200, "<!doctype html>", Some("*")), "status"),
        ] {
            assert_eq!(outcome(token_endpoint(&response, ORIGIN)), Err(code), "{response:?}");
        }
    }

    #[test]
    fn the_issuer_is_compared_to_the_letter_and_the_clock_with_five_minutes_of_tolerance() {
        let named = |issuer: &str| json(200, &format!(r#"{{"issuer":"{issuer}"}}"#), None);
        assert!(outcome(issuer(&named("https://idp.example/p"), "https://idp.example/p")).is_ok());
        for other in ["https://issuer-idp.example/p", "https://idp.example/p/"] {
            assert_eq!(outcome(issuer(&named(other), "https://idp.example/p")), Err("other_issuer"), "{other}");
        }
        assert_eq!(outcome(issuer(&json(200, "[]", None), "https://idp.example/p")), Err("other_issuer"));

        // Sun, 06 Nov 1994 08:49:37 GMT is the example of RFC 9110.
        let at = |seconds: i64| clock("Sun, 06 Nov 1994 08:49:37 GMT", UnixTime(784_111_777 + seconds)).map(outcome);
        assert!(at(0).unwrap().is_ok() && at(300).unwrap().is_ok() && at(-300).unwrap().is_ok());
        assert_eq!((at(301), at(-301)), (Some(Err("clock")), Some(Err("clock"))));
        assert_eq!(clock("yesterday", UnixTime(0)), None);
    }

    #[test]
    fn the_sign_out_has_to_come_back_to_the_very_address() {
        const OUT: &str = "https://login.example/signed-out";
        assert!(outcome(sign_out(&redirect_to(OUT), OUT)).is_ok());
        for response in
            [redirect_to("https://login.example/signed-out/"), redirect_to("/error"), status(400), status(200)]
        {
            assert_eq!(outcome(sign_out(&response, OUT)), Err("sign_out"), "{response:?}");
        }
    }
}
