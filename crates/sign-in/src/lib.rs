//! The sign-in protocol of the tenant picker: authorization code with PKCE on Amazon Cognito, one app client for each
//! tenant.
//!
//! This crate has no clock, no randomness, no storage, no network and no browser: callers pass what comes from there.
//! Each step consumes what the one before gave, so none can be left out:
//!
//! ```text
//! authorize::begin(deployment, tenant, options, secrets, now) → NewSignIn ─keep(store)→ AuthorizeUrl     ══ hosted UI ══
//! AuthorizationResponse::parse(query) + PendingSignIn::from_record(record) ─finish(now)→ CodeGrant
//!   ─token_request(deployment)→ (TokenRequest, AwaitedTokens) ─receive(status, body)→ UnverifiedTokens
//!   ─check_signature(key)→ SignedTokens ─into_session(now)→ SignedIn, which has the Session
//! ```
//!
//! # A sign-in from beginning to end
//!
//! ```
//! use deployment::Deployment;
//! use lookup_api::LookupResponse;
//! use platform::WebUrl;
//! use sign_in::authorize::{PendingSignIn, SignInOptions, begin};
//! use sign_in::callback::AuthorizationResponse;
//! use sign_in::jwks::Jwks;
//! use sign_in::secrets::{Entropy, SignInSecrets};
//! use sign_in::time::UnixTime;
//! use std::collections::HashMap;
//! # use base64ct::{Base64UrlUnpadded, Encoding};
//! # const CONFIG: &str = r#"{"lookup_url":"/v1/lookup","user_pools":[{"issuer":"https://idp.example.com/pool","hosted_ui":"https://auth.example.com"}]}"#;
//! # const LOOKUP: &str = r#"{"tenants":[{"code":"acme","name":"Acme","client_id":"client-a","identity_provider":"AcmeSAML"}]}"#;
//! # const QUERY: &str = "?code=the-code&state=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
//! # fn base64url(text: &str) -> String { Base64UrlUnpadded::encode_string(text.as_bytes()) }
//! # fn jwt(claims: &str) -> String { [base64url(r#"{"alg":"RS256","kid":"k"}"#), base64url(claims), base64url("signature")].join(".") }
//! # fn token_response() -> String {
//! #     let id = r#"{"iss":"https://idp.example.com/pool","sub":"u","aud":"client-a","exp":1800003600,"iat":1800000030,"nonce":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI","token_use":"id","email":"ada@acme.example","identities":[{"providerName":"AcmeSAML"}]}"#;
//! #     let access = r#"{"sub":"u","client_id":"client-a","token_use":"access"}"#;
//! #     format!(r#"{{"id_token":"{}","access_token":"{}","token_type":"Bearer","expires_in":3600}}"#, jwt(id), jwt(access))
//! # }
//! # fn key_set() -> String { format!(r#"{{"keys":[{{"kty":"RSA","kid":"k","n":"{}","e":"AQAB"}}]}}"#, Base64UrlUnpadded::encode_string(&[0xc5; 256])) }
//! # fn verify(_: &[u8], signature: &[u8]) -> bool { signature == b"signature" }
//! # fn block_on<F: Future>(future: F) -> F::Output {
//! #     let mut future = std::pin::pin!(future);
//! #     match future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
//! #         std::task::Poll::Ready(output) => output,
//! #         std::task::Poll::Pending => unreachable!("nothing here waits"),
//! #     }
//! # }
//!
//! // config.json, and the response of the lookup.
//! let page = WebUrl::parse("https://login.example.com/").unwrap();
//! let deployment = Deployment::parse(CONFIG, &page).unwrap();
//! let tenant = LookupResponse::parse(LOOKUP).unwrap().tenants.remove(0);
//!
//! // The pending sign-in is kept first. Then there is an address to go to.
//! let mut storage = HashMap::new();
//! let secrets = SignInSecrets::new(&Entropy { state: [1; 32], nonce: [2; 32], code_verifier: [3; 32] }); // random, in earnest
//! let new = begin(&deployment, tenant, SignInOptions::default(), secrets, UnixTime(1_800_000_000)).unwrap();
//! let address = new.keep(|key, record| {
//!     storage.insert(key.as_str().to_owned(), record.to_owned());
//!     Ok::<_, ()>(())
//! });
//! assert!(address.unwrap().as_str().starts_with("https://auth.example.com/oauth2/authorize?response_type=code&"));
//!
//! // The hosted UI sends the person back with this query. The state finds the pending sign-in, once.
//! let response = AuthorizationResponse::parse(QUERY).unwrap();
//! let record = storage.remove(response.state().pending_key().as_str()).unwrap();
//! let pending = PendingSignIn::from_record(&record).unwrap();
//! let grant = pending.finish(response, UnixTime(1_800_000_030)).unwrap();
//!
//! // The token request, which the caller sends, and its response.
//! let (request, awaited) = grant.token_request(&deployment).unwrap();
//! assert_eq!(request.url, "https://auth.example.com/oauth2/token");
//! let unverified = awaited.receive(200, &token_response()).unwrap();
//!
//! // The issuer's key, and the platform's cryptography (WebCrypto in a browser).
//! let keys = Jwks::parse(&key_set()).unwrap();
//! let key = unverified.select_key(&keys).unwrap().clone();
//! let signed = block_on(unverified.check_signature(&key, async |_, signed, signature| Ok::<_, ()>(verify(signed, signature))));
//! let signed_in = signed.unwrap().unwrap().into_session(UnixTime(1_800_000_031)).unwrap();
//! assert_eq!(signed_in.session.tenant.code.as_str(), "acme");
//! assert_eq!(signed_in.session.email().as_deref(), Some("ada@acme.example"));
//! ```
//!
//! # What does not compile
//!
//! Only [`authorize::PendingSignIn::finish`] reads the code of a response, since the field is private:
//!
//! ```compile_fail,E0616
//! # fn f(response: sign_in::callback::AuthorizationResponse) {
//! let code = response.code;
//! # }
//! ```
//!
//! A pending sign-in is finished once, since finishing it moves it:
//!
//! ```compile_fail,E0382
//! # use sign_in::{authorize::PendingSignIn, callback::AuthorizationResponse, time::UnixTime};
//! # fn f(pending: PendingSignIn, first: AuthorizationResponse, second: AuthorizationResponse, now: UnixTime) {
//! let once = pending.finish(first, now);
//! let twice = pending.finish(second, now);
//! # }
//! ```

pub mod authorize;
pub mod callback;
pub mod content_hash;
pub mod hand_back;
pub mod recents;
mod record;
pub mod refusal;
pub mod secrets;
pub mod session;
pub mod sign_out;
pub mod storage;
pub mod tokens;

pub use id_token::{jwks, time};

#[cfg(test)]
mod tests {
    //! What the tests share: a deployment, tenants, a sign-in with fixed secrets and time.

    use crate::authorize::{NewSignIn, PendingSignIn, SignInOptions, begin};
    use crate::secrets::{Entropy, PendingKey, SignInSecrets, State};
    use crate::session::Session;
    use crate::time::UnixTime;
    use deployment::Deployment;
    use lookup_api::Tenant;
    use platform::WebUrl;
    use platform::json::Json;

    pub(crate) const NOW: UnixTime = UnixTime(1_800_000_000);
    pub(crate) const STATE: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

    const CONFIG: &str = r#"{
      "lookup_url": "/v1/lookup",
      "user_pools": [{ "issuer": "https://idp.example/pool", "hosted_ui": "https://auth.example" }],
      "scopes": ["openid", "email"]
    }"#;

    pub(crate) fn sample() -> Deployment {
        Deployment::parse(CONFIG, &WebUrl::parse("https://login.example/").unwrap()).unwrap()
    }

    /// The same with another field of config.json.
    pub(crate) fn sample_with(field: &str) -> Deployment {
        let config = CONFIG.replacen('{', &format!("{{ {field},"), 1);
        Deployment::parse(&config, &WebUrl::parse("https://login.example/").unwrap()).unwrap()
    }

    pub(crate) fn tenant() -> Tenant {
        read(
            r#"{"code":"acme","name":"Acme","domain":"acme.example","client_id":"client-a","identity_provider":"AcmeSAML","issuer":"https://idp.example/pool","logo":null}"#,
        )
    }

    fn read(json: &str) -> Tenant {
        Tenant::from_json(&Json::parse(json).unwrap()).unwrap()
    }

    pub(crate) fn native_tenant() -> Tenant {
        read(r#"{"code":"n","name":"N","client_id":"client-n","identity_provider":"COGNITO"}"#)
    }

    pub(crate) fn secrets() -> SignInSecrets {
        SignInSecrets::new(&Entropy { state: [1; 32], nonce: [2; 32], code_verifier: [3; 32] })
    }

    pub(crate) fn new_sign_in() -> NewSignIn {
        begin(&sample(), tenant(), SignInOptions::default(), secrets(), NOW).unwrap()
    }

    pub(crate) fn pending() -> PendingSignIn {
        pending_at(tenant())
    }

    pub(crate) fn pending_at(tenant: Tenant) -> PendingSignIn {
        PendingSignIn::from_record(&record_of(tenant, NOW)).unwrap()
    }

    /// The key and the record of a sign-in that began at this time.
    pub(crate) fn kept_at(time: UnixTime) -> (PendingKey, String) {
        (State::from_response(STATE).unwrap().pending_key(), record_of(tenant(), time))
    }

    fn record_of(tenant: Tenant, time: UnixTime) -> String {
        let mut kept = String::new();
        let new = begin(&sample(), tenant, SignInOptions::default(), secrets(), time).unwrap();
        let _address = new.keep(|_, record| {
            kept.push_str(record);
            Ok::<_, ()>(())
        });
        kept
    }

    pub(crate) fn session() -> Session {
        let tenant = serde_json::to_string(&tenant()).unwrap();
        let record = format!(r#"{{"tenant":{tenant},"id_token":"i","access_token":"a","expires_at":1800003600}}"#);
        Session::from_record(&record).unwrap()
    }
}
