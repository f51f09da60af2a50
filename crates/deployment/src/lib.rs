//! One deployment of the tenant picker: what its config.json says, and what a link to it may ask for.
//!
//! The page reads config.json when it starts. The lookup service reads it with the same code, to warn its operator and
//! to derive the content security policy. The page sends people, and fetches from, only the hosts that config.json
//! names.
//!
//! [`Deployment::parse`] reads the file (docs/configuration.md describes every field), [`ReturnToRules`] says where
//! people may go after signing in, [`Accent`] makes the brand's colour readable, [`LinkParameters`] reads the query of
//! a link to the picker.

mod accent;
mod application;
mod config_json;
mod fields;
mod link_parameters;
mod return_to;

pub use accent::Accent;
pub use application::Application;
pub use fields::{ConfigError, ConfigFault};
pub use link_parameters::LinkParameters;
pub use return_to::{ReturnTo, ReturnToRules};

use lookup_api::{Isolation, Issuer, Tenant};
use platform::WebUrl;

/// A config.json that was checked in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The path of the picker's form: `/`, or the path that the picker was deployed below, with a slash at its end.
    pub path: String,
    /// The lookup endpoint, which lookups are posted to.
    pub lookup_url: WebUrl,
    /// The memberships endpoint, if there is one. It gets the ID token of a session, and nothing else does beside the
    /// user pool.
    pub memberships_url: Option<WebUrl>,
    /// At least one. No two have the same issuer.
    pub user_pools: Vec<UserPool>,
    /// The callback URL, registered with every app client. Cognito compares it character by character, so it is kept as
    /// written.
    pub redirect_uri: String,
    /// The sign-out URL, registered with every app client.
    pub logout_uri: String,
    /// Contains `openid`, without which there is no ID token.
    pub scopes: Vec<String>,
    /// Where people may go after signing in.
    pub return_to: ReturnToRules,
    /// How far apart organizations are kept at the hosted UI. An organization's own [`Tenant::isolation`] goes before
    /// it.
    pub isolation: Isolation,
    /// Whether the hosted UI is managed login, which understands `prompt` and `lang`. The classic pages do not.
    pub managed_login: bool,
    /// Whether lookups carry the hash of their body, which CloudFront's origin access control wants from browsers.
    pub lookup_content_sha256: bool,
    /// How the product presents itself.
    pub branding: Branding,
}

/// One Cognito user pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPool {
    /// The `iss` claim of its tokens.
    pub issuer: Issuer,
    /// The user pool's domain, without a trailing slash.
    pub hosted_ui: WebUrl,
    /// Its signing keys; `<issuer>/.well-known/jwks.json` unless configured.
    pub jwks_uri: WebUrl,
}

/// The product's name, logo and colour. Each is optional.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Branding {
    /// The product's name.
    pub product: Option<String>,
    /// The address of an image.
    pub logo: Option<String>,
    /// The brand's colour.
    pub accent: Option<Accent>,
    /// `https:`, `mailto:` or `tel:`.
    pub support_url: Option<String>,
}

/// A tenant's issuer is not one of config.json's user pools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the organization belongs to a user pool that config.json does not name")]
pub struct UnknownIssuer;

impl Deployment {
    /// The user pool that a tenant belongs to. A tenant without an issuer belongs to the only one.
    ///
    /// # Errors
    /// [`UnknownIssuer`] if config.json does not name it, or names several and the tenant none.
    pub fn user_pool(&self, tenant: &Tenant) -> Result<&UserPool, UnknownIssuer> {
        match (&tenant.issuer, self.user_pools.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => Err(UnknownIssuer),
            (Some(issuer), _) => self.user_pool_of(issuer),
        }
    }

    /// Whether this is the issuer of one of the user pools, so that a third party may initiate a login with it.
    pub fn names_issuer(&self, iss: &str) -> bool {
        self.user_pools.iter().any(|pool| pool.issuer.as_str() == iss)
    }

    /// The user pool with this issuer.
    ///
    /// # Errors
    /// [`UnknownIssuer`] if config.json does not name it.
    pub fn user_pool_of(&self, issuer: &Issuer) -> Result<&UserPool, UnknownIssuer> {
        self.user_pools.iter().find(|pool| pool.issuer == *issuer).ok_or(UnknownIssuer)
    }

    /// How far apart this tenant is kept from the others at the hosted UI.
    pub fn isolation_of(&self, tenant: &Tenant) -> Isolation {
        tenant.isolation.unwrap_or(self.isolation)
    }

    /// The origins that the page fetches from, for `connect-src`: lookup, memberships, hosted UIs and key sets.
    pub fn connect_origins(&self) -> Vec<&str> {
        let pools = self.user_pools.iter().flat_map(|pool| [&pool.hosted_ui, &pool.jwks_uri]);
        let mut origins: Vec<&str> = [&self.lookup_url]
            .into_iter()
            .chain(&self.memberships_url)
            .chain(pools)
            .map(|url| url.origin.as_str())
            .collect();
        origins.sort_unstable();
        origins.dedup();
        origins
    }
}

impl UserPool {
    /// The address of an endpoint of the hosted UI. `path` begins with a slash.
    pub fn endpoint(&self, path: &str) -> String {
        [self.hosted_ui.href.trim_end_matches('/'), path].concat()
    }

    /// The same address, to append the parameters of a query to.
    pub fn endpoint_with_query(&self, path: &str) -> form_urlencoded::Serializer<'static, String> {
        let start = self.endpoint(path) + "?";
        let end = start.len();
        form_urlencoded::Serializer::for_suffix(start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::json::Json;

    pub(crate) const SAMPLE_CONFIG: &str = r##"{
      "lookup_url": "/v1/lookup",
      "user_pools": [{ "issuer": "https://idp.example/pool", "hosted_ui": "https://auth.example" }],
      "redirect_uri": "https://login.example/callback",
      "logout_uri": "https://login.example/signed-out",
      "scopes": ["openid", "email"],
      "return_to": { "default": null, "allow": ["https://app.example/", "https://shared.example/team"] },
      "branding": { "product": "Example", "logo": "/logo.svg", "accent": "#0b57d0", "support_url": "mailto:help@example.com" }
    }"##;

    pub(crate) fn parse(json: &str) -> Result<Deployment, ConfigError> {
        Deployment::parse(json, &WebUrl::parse("https://login.example/").unwrap())
    }

    pub(crate) fn sample() -> Deployment {
        parse(SAMPLE_CONFIG).unwrap()
    }

    fn tenant() -> Tenant {
        let json = r#"{"code":"acme","name":"Acme","client_id":"client-a","identity_provider":"AcmeSAML","issuer":"https://idp.example/pool"}"#;
        Tenant::from_json(&Json::parse(json).unwrap()).unwrap()
    }

    #[test]
    fn a_third_party_may_name_only_the_issuers_of_config_json() {
        assert!(sample().names_issuer("https://idp.example/pool"));
        assert!(!sample().names_issuer("https://idp.example/pool/") && !sample().names_issuer("https://evil.example"));
    }

    #[test]
    fn an_organizations_own_isolation_goes_before_the_deployments() {
        let strict = parse(&SAMPLE_CONFIG.replacen('{', r#"{"isolation": "strict","#, 1)).unwrap();
        let mut tenant = tenant();
        assert_eq!(sample().isolation_of(&tenant), Isolation::Shared);
        assert_eq!(strict.isolation_of(&tenant), Isolation::Strict);
        tenant.isolation = Some(Isolation::Shared);
        assert_eq!(strict.isolation_of(&tenant), Isolation::Shared);
    }

    #[test]
    fn a_tenant_of_a_foreign_pool_is_refused() {
        let mut tenant = tenant();
        assert!(sample().user_pool(&tenant).is_ok());
        tenant.issuer = None;
        assert!(sample().user_pool(&tenant).is_ok());
        tenant.issuer = Some(Issuer::try_from("https://evil.example".to_owned()).unwrap());
        assert_eq!(sample().user_pool(&tenant), Err(UnknownIssuer));
    }
}
