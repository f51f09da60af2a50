//! What the tests share: a deployment of two user pools, a directory, and the claims of a person.

use crate::tenants::{Directory, Unavailable};
use deployment::Deployment;
use lookup_api::{LookupRequest, Tenant};
use platform::WebUrl;
use platform::json::Json;
use serde_json::{Value, json};
use std::task::{Context, Poll, Waker};

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const POOL: &str = "https://idp.example/pool";
pub(crate) const OTHER_POOL: &str = "https://idp.example/other";

pub(crate) fn deployment() -> Deployment {
    let pools = [POOL, OTHER_POOL].map(|issuer| json!({ "issuer": issuer, "hosted_ui": "https://auth.example" }));
    let config = json!({ "lookup_url": "/v1/lookup", "user_pools": pools }).to_string();
    Deployment::parse(&config, &WebUrl::parse("https://login.example/").unwrap()).unwrap()
}

/// Organizations with the domains that they list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Organizations(pub(crate) Vec<(Tenant, Vec<String>)>);

impl Directory for Organizations {
    async fn find(&self, request: &LookupRequest) -> Result<Vec<Tenant>, Unavailable> {
        let matches = |(tenant, domains): &&(Tenant, Vec<String>)| match request {
            LookupRequest::Domain(domain) => domains.contains(domain),
            LookupRequest::Code(code) => tenant.code.as_str().eq_ignore_ascii_case(code),
            LookupRequest::ClientId(id) => tenant.client_id.as_str() == id,
        };
        Ok(self.0.iter().filter(matches).map(|(tenant, _)| tenant.clone()).collect())
    }
}

/// An organization whose app client is `client-CODE`.
pub(crate) fn organization(code: &str, provider: &str, issuer: &str) -> Tenant {
    let json = json!({
        "code": code, "name": code, "client_id": format!("client-{code}"), "identity_provider": provider, "issuer": issuer
    });
    Tenant::from_json(&Json::parse(&json.to_string()).unwrap()).unwrap()
}

/// `acme` and `globex` share a domain, `hooli` and `initech` have native accounts, `far` is in the other user pool.
pub(crate) fn organizations() -> Organizations {
    let rows = [
        ("acme", "AcmeSAML", POOL, ["acme.example", "group.example"].as_slice()),
        ("globex", "GlobexOIDC", POOL, &["globex.example", "group.example"]),
        ("hooli", "COGNITO", POOL, &["hooli.example"]),
        ("initech", "COGNITO", POOL, &["initech.example"]),
        ("far", "FarSAML", OTHER_POOL, &["group.example"]),
    ];
    let owned = |domains: &[&str]| domains.iter().map(ToString::to_string).collect();
    Organizations(
        rows.map(|(code, provider, issuer, domains)| (organization(code, provider, issuer), owned(domains))).into(),
    )
}

/// The claims of Ada at Acme.
pub(crate) fn claims() -> Value {
    json!({
        "iss": POOL, "sub": "ada-sub", "aud": "client-acme", "token_use": "id", "exp": NOW + 3600, "iat": NOW,
        "email": "ada@acme.example", "email_verified": true, "cognito:username": "AcmeSAML_ada",
        "identities": [{ "providerName": "AcmeSAML", "primary": "true" }]
    })
}

/// The claims of Ada with another value of one of them; null removes it.
pub(crate) fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    claims
}

/// The output of a future that waits for nothing.
pub(crate) fn at_once<F: Future>(future: F) -> F::Output {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}
