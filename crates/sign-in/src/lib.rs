//! The sign-in protocol of the tenant picker: authorization code with PKCE on Amazon Cognito, one app client a tenant.
//!
//! Nothing in here reads a clock, draws a random number, touches storage or a network, or knows a browser. Each step
//! takes the one before by value, so a step cannot be skipped or done twice:
//!
//! ```text
//! begin(tenant, entropy, now) → Departure ─keep(store)→ AuthorizeUrl            ══ hosted UI ══
//! Answer::parse(query) ─ PendingSignIn::finish(answer, now) → CodeGrant
//!   ─token_request→ AwaitedTokens ─receive(status, body)→ UnverifiedTokens
//!   ─check_signature(key)→ SignedTokens ─into_session(now)→ Session
//! ```
//!
//! A code cannot be redeemed without a pending sign-in to hold it against, nor a token believed unsigned:
//!
//! ```compile_fail
//! # fn f(answer: sign_in::callback::Answer) {
//! let code = answer.code; // private: only PendingSignIn::finish reads it
//! # }
//! ```
//! ```compile_fail
//! # fn f(p: sign_in::authorize::PendingSignIn, a: sign_in::callback::Answer, b: sign_in::callback::Answer) {
//! # let now = sign_in::time::UnixTime(0);
//! let once = p.finish(a, now);
//! let twice = p.finish(b, now); // moved: an attempt is finished once
//! # }
//! ```

pub mod accent;
pub mod arrival;
pub mod authorize;
pub mod callback;
pub mod deployment;
pub mod jwks;
mod jwt;
pub mod recents;
mod record;
pub mod refusal;
pub mod secrets;
pub mod session;
pub mod sign_out;
pub mod time;
pub mod tokens;
pub mod web_url;

#[cfg(test)]
mod tests {
    //! What the tests of several rooms share: one tenant, one attempt, fixed entropy and time.

    use crate::authorize::{Departure, Luggage, PendingSignIn, begin};
    use crate::deployment::tests::sample;
    use crate::secrets::{Attempt, Entropy};
    use crate::time::UnixTime;
    use lookup_api::Tenant;

    pub(crate) const NOW: UnixTime = UnixTime(1_800_000_000);
    pub(crate) const STATE: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

    pub(crate) fn tenant() -> Tenant {
        read(
            r#"{"code":"acme","name":"Acme","domain":"acme.example","client_id":"client-a","identity_provider":"AcmeSAML","issuer":"https://idp.example/pool","logo":null}"#,
        )
    }

    fn read(json: &str) -> Tenant {
        Tenant::from_json(&lookup_api::json::Json::parse(json).unwrap()).unwrap()
    }

    pub(crate) fn native_tenant() -> Tenant {
        read(r#"{"code":"n","name":"N","client_id":"client-n","identity_provider":"COGNITO"}"#)
    }

    pub(crate) fn attempt() -> Attempt {
        Attempt::new(&Entropy { state: [1; 32], nonce: [2; 32], code_verifier: [3; 32] })
    }

    pub(crate) fn departure() -> Departure {
        begin(&sample(), tenant(), Luggage::default(), attempt(), NOW).unwrap()
    }

    pub(crate) fn pending() -> PendingSignIn {
        pending_at(tenant())
    }

    pub(crate) fn pending_at(tenant: Tenant) -> PendingSignIn {
        let mut kept = String::new();
        let departure = begin(&sample(), tenant, Luggage::default(), attempt(), NOW).unwrap();
        let _url = departure.keep(|_, record| {
            kept.push_str(record);
            Ok::<_, ()>(())
        });
        PendingSignIn::from_record(&kept).unwrap()
    }
}
