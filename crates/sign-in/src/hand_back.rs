//! Hands a person over to an application that signs people in itself: the picker tells it which organization, by a
//! login that a third party initiates ([OpenID Connect Core
//! §4](https://openid.net/specs/openid-connect-core-1_0.html#ThirdPartyInitiatedLogin)).
//!
//! The address has no client id, token or signature. It is a hint, like any link; the application's own sign-in proves
//! who the person is.

use crate::record::Record;
use crate::time::UnixTime;
use deployment::{Deployment, ReturnTo, UnknownIssuer};
use lookup_api::Tenant;
use serde::Serialize;

/// For how many seconds a second hand-back for the same target in the same tab is not made without asking.
const LOOP_LIMIT: i64 = 30;

/// The address at which the application of `target` begins its sign-in, with `iss`, `tenant` (the code),
/// `target_link_uri` and, if there is one, `login_hint`. `None` if no application of config.json signs people in who go
/// to `target`.
///
/// # Errors
/// [`UnknownIssuer`] if config.json does not name the tenant's user pool.
pub fn login_url(
    deployment: &Deployment,
    tenant: &Tenant,
    target: &ReturnTo,
    login_hint: Option<&str>,
) -> Result<Option<String>, UnknownIssuer> {
    let Some(login_uri) = deployment.return_to.login_uri_for(target) else {
        return Ok(None);
    };
    let pool = deployment.user_pool(tenant)?;
    let start = beginning_of(login_uri);
    let end = start.len();
    let mut query = form_urlencoded::Serializer::for_suffix(start, end);
    query
        .append_pair("iss", pool.issuer.as_str())
        .append_pair("tenant", tenant.code.as_str())
        .append_pair("target_link_uri", target.as_str());
    if let Some(hint) = login_hint {
        query.append_pair("login_hint", hint);
    }
    Ok(Some(query.finish()))
}

/// Whether an address begins the sign-in of one of config.json's applications.
pub(crate) fn is_login_url(deployment: &Deployment, address: &str) -> bool {
    let mut login_uris = deployment.return_to.applications().iter().filter_map(|app| app.login_uri.as_deref());
    login_uris.any(|login_uri| address.starts_with(&beginning_of(login_uri)))
}

/// The `login_uri` up to where parameters are appended.
fn beginning_of(login_uri: &str) -> String {
    let separator = if login_uri.contains('?') { "&" } else { "?" };
    [login_uri, separator].concat()
}

/// A hand-back in this tab. If a link to the same target brings the person back at once, the application's sign-in has
/// failed, and the picker asks before it hands over again. Without that, picker and application could send the person
/// to each other for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandBack {
    target: String,
    at: UnixTime,
}

impl HandBack {
    /// A hand-back for this target, now.
    pub fn new(target: &ReturnTo, now: UnixTime) -> Self {
        Self { target: target.as_str().to_owned(), at: now }
    }

    /// Whether another hand-back for this target now would be a loop.
    pub fn is_repeated_by(&self, target: &ReturnTo, now: UnixTime) -> bool {
        self.target == target.as_str() && (0..LOOP_LIMIT).contains(&now.seconds_since(self.at))
    }

    /// The record to keep.
    pub fn to_record(&self) -> String {
        // Serializing a struct of a string and a number cannot fail. An empty record would be read as no hand-back.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a kept record. `None` if it is damaged.
    pub fn from_record(record: &str) -> Option<Self> {
        let record = Record::read(record)?;
        Some(Self { target: record.text("target")?, at: record.time("at")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{NOW, sample_with, tenant};
    use platform::json::Json;

    fn deployment() -> Deployment {
        sample_with(
            r#""applications": [
                {"url": "https://app.example/", "login_uri": "https://app.example/login"},
                {"url": "https://shop.example/", "login_uri": "https://shop.example/login?from=picker"}]"#,
        )
    }

    fn address(target: &str, hint: Option<&str>) -> Option<String> {
        let deployment = deployment();
        let target = deployment.return_to.check(target).unwrap();
        login_url(&deployment, &tenant(), &target, hint).unwrap()
    }

    #[test]
    fn the_application_is_told_issuer_tenant_target_and_hint() {
        assert_eq!(
            address("https://app.example/deep?a=b#c", Some("ada+x@acme.example")).as_deref(),
            Some(
                "https://app.example/login?iss=https%3A%2F%2Fidp.example%2Fpool&tenant=acme\
                 &target_link_uri=https%3A%2F%2Fapp.example%2Fdeep%3Fa%3Db%23c&login_hint=ada%2Bx%40acme.example"
            )
        );
        assert_eq!(
            address("https://shop.example/", None).as_deref(),
            Some(
                "https://shop.example/login?from=picker&iss=https%3A%2F%2Fidp.example%2Fpool&tenant=acme\
                 &target_link_uri=https%3A%2F%2Fshop.example%2F"
            )
        );
        assert_eq!(address("/deep", None), None, "the picker signs in for its own origin");
    }

    #[test]
    fn a_tenant_of_an_unknown_user_pool_is_refused() {
        let json = r#"{"code":"a","name":"A","client_id":"c","identity_provider":"P","issuer":"https://evil.example"}"#;
        let foreign = Tenant::from_json(&Json::parse(json).unwrap()).unwrap();
        let deployment = deployment();
        let target = deployment.return_to.check("https://app.example/").unwrap();
        assert_eq!(login_url(&deployment, &foreign, &target, None), Err(UnknownIssuer));
    }

    #[test]
    fn only_a_login_uri_of_config_json_begins_a_sign_in() {
        for address in ["https://app.example/login?iss=x", "https://shop.example/login?from=picker&iss=x"] {
            assert!(is_login_url(&deployment(), address), "{address}");
        }
        for address in [
            "https://app.example/login",
            "https://app.example/login.evil?",
            "https://app.example.evil.example/login?",
            "https://shop.example/login?from=evil&iss=x",
            "javascript:alert(1)",
        ] {
            assert!(!is_login_url(&deployment(), address), "{address}");
        }
    }

    #[test]
    fn the_same_hand_back_within_half_a_minute_is_a_loop() {
        let target = |text: &str| deployment().return_to.check(text).unwrap();
        let first = HandBack::new(&target("https://app.example/a"), NOW);
        let first = HandBack::from_record(&first.to_record()).unwrap();
        let is_loop = |text, seconds| first.is_repeated_by(&target(text), UnixTime(NOW.0 + seconds));
        assert!(is_loop("https://app.example/a", 0) && is_loop("https://app.example/a", 29));
        assert!(!is_loop("https://app.example/a", 30) && !is_loop("https://app.example/a", -1));
        assert!(!is_loop("https://app.example/b", 1));
        for record in ["", "x https://app.example/", "7"] {
            assert_eq!(HandBack::from_record(record), None, "{record}");
        }
    }
}
