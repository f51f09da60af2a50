//! The issuer's key set ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)), reduced to the keys that can sign RS256
//! tokens.

use base64ct::{Base64UrlUnpadded, Encoding};
use platform::json::Json;

/// The shortest modulus that RS256 allows, in bytes ([RFC 7518
/// §3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)).
const MODULUS_MIN: usize = 256;

/// The longest key set that is read, in bytes. That is room for thousands of keys; Cognito has two.
const BODY_MAX: usize = 2 * 1024 * 1024;

/// The usable keys of one issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwks(Vec<RsaKey>);

/// One public RSA key. Its numbers stay in base64url, as WebCrypto imports them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RsaKey {
    kid: Option<String>,
    /// The modulus, base64url.
    pub n: String,
    /// The exponent, base64url.
    pub e: String,
}

/// A text is no key set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("jwks_malformed")]
pub struct JwksMalformed;

impl Jwks {
    /// Reads a key set. Keys of other types or for other uses are ignored
    /// ([RFC 7517 §5](https://www.rfc-editor.org/rfc/rfc7517#section-5)).
    ///
    /// # Errors
    /// If it is not a JSON object with an array `keys`, or longer than 2 MiB.
    pub fn parse(json: &str) -> Result<Self, JwksMalformed> {
        if json.len() > BODY_MAX {
            return Err(JwksMalformed);
        }
        let value = Json::parse(json).map_err(|_| JwksMalformed)?;
        let Some(Json::Array(keys)) = value.get("keys") else { return Err(JwksMalformed) };
        Ok(Self(keys.iter().filter_map(RsaKey::read).collect()))
    }

    /// The key with this id. Without an id, the only key there is.
    pub fn select(&self, kid: Option<&str>) -> Option<&RsaKey> {
        match (kid, self.0.as_slice()) {
            (Some(kid), keys) => keys.iter().find(|key| key.kid.as_deref() == Some(kid)),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }
}

impl RsaKey {
    fn read(key: &Json) -> Option<Self> {
        let text = |name: &str| key.get(name).and_then(Json::as_str);
        let absent_or = |name: &str, expected: &str| key.get(name).is_none_or(|v| v.as_str() == Some(expected));
        let may_verify = key
            .get("key_ops")
            .is_none_or(|ops| ops.as_array().is_some_and(|ops| ops.iter().any(|op| op.as_str() == Some("verify"))));
        let (n, e) = (text("n")?, text("e")?);
        let modulus = Base64UrlUnpadded::decode_vec(n).ok()?;
        let fits = text("kty") == Some("RSA") && absent_or("use", "sig") && absent_or("alg", "RS256") && may_verify;
        (fits && modulus.len() >= MODULUS_MIN).then(|| Self {
            kid: text("kid").map(str::to_owned),
            n: n.to_owned(),
            e: e.to_owned(),
        })
    }
}

#[cfg(test)]
pub(crate) fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(extra: &str) -> String {
        format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB"{extra}}}"#, base64url(&[0xc5; 256]))
    }
    fn set(keys: &[String]) -> Jwks {
        Jwks::parse(&format!(r#"{{"keys":[{}]}}"#, keys.join(","))).unwrap()
    }

    #[test]
    fn finds_the_key_by_its_id() {
        let keys = set(&[key(r#","kid":"a","use":"sig","alg":"RS256""#), key(r#","kid":"b""#)]);
        assert_eq!(keys.select(Some("b")).unwrap().kid.as_deref(), Some("b"));
        assert_eq!(keys.select(Some("c")), None);
    }

    #[test]
    fn a_token_without_a_key_id_is_taken_only_from_a_single_key() {
        assert!(set(&[key(r#","kid":"a""#)]).select(None).is_some());
        assert!(set(&[key(r#","kid":"a""#), key("")]).select(None).is_none());
    }

    #[test]
    fn passes_over_keys_that_cannot_have_signed_an_rs256_token() {
        for extra in [
            r#","kid":"a","use":"enc""#,
            r#","kid":"a","alg":"RS512""#,
            r#","kid":"a","key_ops":["encrypt"]"#,
            r#","kid":7"#,
        ] {
            assert_eq!(set(&[key(extra)]).select(Some("a")), None, "{extra}");
        }
        let short = format!(r#"{{"kty":"RSA","kid":"a","n":"{}","e":"AQAB"}}"#, base64url(&[0xc5; 128]));
        let other = r#"{"kty":"EC","kid":"a","crv":"P-256","x":"a","y":"b"}"#.to_owned();
        assert_eq!(set(&[short, other, "7".to_owned()]).select(Some("a")), None);
    }

    #[test]
    fn refuses_what_is_no_key_set() {
        let full = format!(r#"{{"keys":[]{}}}"#, " ".repeat(2_097_152 - 11));
        assert!(Jwks::parse(&full).is_ok(), "{} bytes", full.len());
        let endless = format!(r#"{{"keys":[]{}}}"#, " ".repeat(BODY_MAX));
        for text in ["", "[]", "{}", r#"{"keys":{}}"#, "<html>", &endless] {
            assert_eq!(Jwks::parse(text), Err(JwksMalformed), "{text}");
        }
    }
}
