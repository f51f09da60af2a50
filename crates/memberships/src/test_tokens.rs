//! Tokens for tests, signed with the keys of `tests/keys/`. The HTTP tests of `lookup-service` include this file, too.

use base64ct::{Base64UrlUnpadded, Encoding};
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};

/// A key with its id.
pub(crate) struct Signer {
    pair: KeyPair,
    pub(crate) kid: &'static str,
}

/// The key of the user pool.
pub(crate) fn pool_key() -> Signer {
    Signer { pair: KeyPair::from_pkcs8(include_bytes!("../tests/keys/pool.pk8")).unwrap(), kid: "pool-key" }
}

/// A key that no user pool has, with the id of the one that it has.
pub(crate) fn other_key() -> Signer {
    Signer { pair: KeyPair::from_pkcs8(include_bytes!("../tests/keys/other.pk8")).unwrap(), kid: "pool-key" }
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(bytes.as_ref())
}

impl Signer {
    /// The key set with this key alone.
    pub(crate) fn key_set(&self) -> String {
        let key: PublicKeyComponents<Vec<u8>> = self.pair.public().into();
        let (n, e) = (base64url(key.n), base64url(key.e));
        json!({ "keys": [{ "kty": "RSA", "kid": self.kid, "use": "sig", "alg": "RS256", "n": n, "e": e }] }).to_string()
    }

    /// A token with these claims, and the header that Cognito gives.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.signed(&json!({ "kid": self.kid, "alg": "RS256" }).to_string(), &claims.to_string())
    }

    /// A token of these two texts.
    pub(crate) fn signed(&self, header: &str, payload: &str) -> String {
        let input = format!("{}.{}", base64url(header), base64url(payload));
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature).unwrap();
        format!("{input}.{}", base64url(signature))
    }
}
