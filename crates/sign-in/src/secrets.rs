//! The secrets of a sign-in: state, nonce and code verifier, and the code and tokens that follow.
//!
//! `Debug` prints none of them. Code reads them by `secret()`, so that a reviewer can search for who uses it. They are
//! also part of what is sent or kept: the authorization request's address, the body of a token request, the records,
//! and the key of a pending sign-in.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt;

/// 256 random bits for each of the three secrets of a sign-in. They must come from a cryptographic generator.
pub struct Entropy {
    /// Becomes `state`.
    pub state: [u8; 32],
    /// Becomes `nonce`.
    pub nonce: [u8; 32],
    /// Becomes the `code_verifier`.
    pub code_verifier: [u8; 32],
}

/// The secrets of one sign-in. [`crate::authorize::begin`] consumes them, so that no two sign-ins share any.
pub struct SignInSecrets {
    pub(crate) state: State,
    pub(crate) nonce: Nonce,
    pub(crate) verifier: CodeVerifier,
    pub(crate) challenge: String,
}

impl SignInSecrets {
    /// Encodes the random bits as base64url, and computes the code challenge.
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

            /// The text, for the code that has to send or keep it.
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
    /// `state` ([RFC 6749 §4.1.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1)). Base64url, since Cognito
    /// encodes other characters anew (docs/cognito.md).
    State, PartialEq
}
secret! {
    /// `nonce`, which ties the ID token to this sign-in
    /// ([OpenID Connect Core §3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).
    Nonce, PartialEq
}
secret! {
    /// `code_verifier` ([RFC 7636 §4.1](https://www.rfc-editor.org/rfc/rfc7636#section-4.1)). It cannot be cloned, so
    /// that no two sign-ins share one.
    CodeVerifier
}
secret! {
    /// The authorization code ([RFC 6749 §4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2)), good for one
    /// token request.
    Code
}
secret! {
    /// An ID token in compact form ([RFC 7515 §3.1](https://www.rfc-editor.org/rfc/rfc7515#section-3.1)).
    IdTokenText, Clone
}
secret! {
    /// An access token ([RFC 6749 §1.4](https://www.rfc-editor.org/rfc/rfc6749#section-1.4)).
    AccessToken, Clone
}
secret! {
    /// A refresh token ([RFC 6749 §1.5](https://www.rfc-editor.org/rfc/rfc6749#section-1.5)).
    RefreshToken, Clone
}

/// The localStorage key of a pending sign-in: `tenant-picker.pending.<state>`. It has no `Debug`, since the state is in
/// it.
#[derive(Clone, PartialEq, Eq)]
pub struct PendingKey(String);

impl PendingKey {
    /// The beginning of every such key.
    pub const PREFIX: &'static str = "tenant-picker.pending.";

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl State {
    /// The key of the pending sign-in that has this state.
    pub fn pending_key(&self) -> PendingKey {
        PendingKey([PendingKey::PREFIX, &self.0].concat())
    }

    /// Reads the state of a response. `None` if it cannot be one of ours: then it never becomes part of a storage key.
    pub(crate) fn from_response(text: &str) -> Option<Self> {
        Base64UrlUnpadded::decode_vec(text).is_ok_and(|bytes| bytes.len() == 32).then(|| Self(text.to_owned()))
    }
}

impl CodeVerifier {
    /// The code challenge, BASE64URL(SHA256(ASCII(code_verifier))): method S256 of
    /// [RFC 7636 §4.2](https://www.rfc-editor.org/rfc/rfc7636#section-4.2).
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
    use crate::tests::{STATE, new_sign_in};

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let verifier = CodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn the_verifier_is_encoded_as_in_rfc_7636_appendix_b() {
        let octets = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191,
            240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        assert_eq!(base64url(&octets), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    }

    #[test]
    fn debug_prints_no_secret() {
        let shown = format!(
            "{:?} {:?} {:?} {:?}",
            State::new("hush".into()),
            CodeVerifier::new("hush".into()),
            Code::new("hush".into()),
            AccessToken::new("hush".into())
        );
        let sign_in = format!("{:?}", new_sign_in());
        for secret in [STATE, &base64url(&[2; 32]), &base64url(&[3; 32]), "code_challenge"] {
            assert!(!sign_in.contains(secret), "{sign_in}");
        }
        assert!(!shown.contains("hush"), "{shown}");
    }

    #[test]
    fn only_256_bits_in_base64url_are_a_state_of_ours() {
        assert!(State::from_response(&base64url(&[7; 32])).is_some());
        for text in ["", "short", "__proto__", "../../etc", &base64url(&[7; 31]), &format!("{}=", base64url(&[7; 32]))]
        {
            assert!(State::from_response(text).is_none(), "{text}");
        }
    }
}
