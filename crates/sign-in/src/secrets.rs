//! The values that bind one attempt to one browser: state, nonce, code_verifier, and the code and tokens they earn.
//!
//! None of them shows itself in `Debug`. `secret()` is the one named door, so that a reviewer can list who uses it.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt;

/// 256 bits for each of the three secrets of an attempt, from the platform's cryptographic generator.
pub struct Entropy {
    /// Becomes `state`.
    pub state: [u8; 32],
    /// Becomes `nonce`.
    pub nonce: [u8; 32],
    /// Becomes the `code_verifier`.
    pub code_verifier: [u8; 32],
}

/// The secrets of one attempt, ready before anybody waits for them. `begin` consumes it: no two sign-ins share any.
pub struct Attempt {
    pub(crate) state: State,
    pub(crate) nonce: Nonce,
    pub(crate) verifier: CodeVerifier,
    pub(crate) challenge: String,
}

impl Attempt {
    /// Writes the secrets out, and computes the challenge.
    pub fn new(entropy: &Entropy) -> Self {
        let verifier = CodeVerifier::new(base64url(&entropy.code_verifier));
        Self {
            state: State::new(base64url(&entropy.state)),
            nonce: Nonce::new(base64url(&entropy.nonce)),
            challenge: verifier.challenge(),
            verifier,
        }
    }
}

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident $(, $derive:ident)*) => {
        $(#[$doc])*
        #[derive(Serialize $(, $derive)*)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub(crate) fn new(text: String) -> Self {
                Self(text)
            }

            /// The text itself, for the one place that must send or keep it.
            pub fn secret(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

secret! {
    /// RFC 6749 §4.1.1 `state`: opaque, since Cognito re-encodes what is not plain base64url.
    State, PartialEq
}
secret! {
    /// OpenID Connect Core §3.1.2.1 `nonce`: ties the ID token to this attempt.
    Nonce, PartialEq
}
secret! {
    /// RFC 7636 §4.1 `code_verifier`. It cannot be cloned, so that no two attempts share one.
    CodeVerifier
}
secret! {
    /// RFC 6749 §4.1.2 authorization code: good for one token request, which consumes it.
    Code
}
secret! {
    /// A signed ID token in compact form.
    IdTokenText, Clone
}
secret! {
    /// RFC 6749 §1.4 access token.
    AccessToken, Clone
}
secret! {
    /// RFC 6749 §1.5 refresh token.
    RefreshToken, Clone
}

/// The key under which a pending sign-in is kept: `tenant-picker.pending.<state>`.
#[derive(Clone, PartialEq, Eq)]
pub struct PendingKey(String);

impl PendingKey {
    /// What every such key begins with.
    pub const PREFIX: &'static str = "tenant-picker.pending.";

    /// The key itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl State {
    /// Where the sign-in that this state belongs to is kept.
    pub fn pending_key(&self) -> PendingKey {
        PendingKey(format!("{}{}", PendingKey::PREFIX, self.0))
    }

    /// A state of ours from an answer. Anything else is nobody's, and never becomes part of a storage key.
    pub(crate) fn from_answer(text: &str) -> Option<Self> {
        Base64UrlUnpadded::decode_vec(text).is_ok_and(|bytes| bytes.len() == 32).then(|| Self(text.to_owned()))
    }
}

impl CodeVerifier {
    /// RFC 7636 §4.2, method S256: BASE64URL(SHA256(ASCII(code_verifier))).
    pub(crate) fn challenge(&self) -> String {
        base64url(&Sha256::digest(self.0.as_bytes()))
    }
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let verifier = CodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_verifier_from_rfc_7636s_octets_is_rfc_7636s_text() {
        let octets = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191,
            240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        assert_eq!(base64url(&octets), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    }

    #[test]
    fn no_secret_shows_itself() {
        let shown = format!(
            "{:?} {:?} {:?} {:?}",
            State::new("hush".into()),
            CodeVerifier::new("hush".into()),
            Code::new("hush".into()),
            AccessToken::new("hush".into())
        );
        assert!(!shown.contains("hush"), "{shown}");
    }

    #[test]
    fn only_256_bits_of_base64url_can_be_a_state_of_ours() {
        assert!(State::from_answer(&base64url(&[7; 32])).is_some());
        for text in ["", "short", "__proto__", "../../etc", &base64url(&[7; 31]), &format!("{}=", base64url(&[7; 32]))]
        {
            assert!(State::from_answer(text).is_none(), "{text}");
        }
    }
}
