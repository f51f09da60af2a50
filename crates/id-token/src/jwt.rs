//! JSON Web Tokens in compact form ([RFC 7515 §3.1](https://www.rfc-editor.org/rfc/rfc7515#section-3.1)): three parts
//! in base64url without padding. RS256 only.

use base64ct::{Base64UrlUnpadded, Encoding};
use platform::json::{Json, Members};

use crate::claims::Claims;

/// Why a text is not read as a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// It is not three parts in base64url, the first two of them JSON objects, or a member is of the wrong type.
    #[error("not a JSON Web Token")]
    Malformed,
    /// `alg` is not RS256, or there is a `crit` ([RFC 7515
    /// §4.1.11](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11)): no extension is supported.
    #[error("not signed with RS256")]
    Algorithm,
}

/// A token in its parts. Its claims prove nothing before its signature is checked.
pub struct Jwt {
    /// `kid`, if the header names one.
    pub kid: Option<String>,
    /// Its claims.
    pub claims: Claims,
    /// The bytes that were signed: header, dot and payload as they came.
    pub signing_input: String,
    /// The signature.
    pub signature: Vec<u8>,
}

impl Jwt {
    /// Reads a token.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(compact: &str) -> Result<Self, JwtError> {
        let mut parts = compact.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JwtError::Malformed);
        };
        let header_members = object(header)?;
        // Keys come from the issuer's key set alone: `jwk`, `jku` and `x5u` are ignored.
        if header_members.get("alg").and_then(Json::as_str) != Some("RS256") || header_members.get("crit").is_some() {
            return Err(JwtError::Algorithm);
        }
        let kid = match header_members.get("kid") {
            None => None,
            Some(Json::String(kid)) => Some(kid.clone()),
            Some(_) => return Err(JwtError::Malformed),
        };
        Ok(Self {
            kid,
            claims: Claims(object(payload)?),
            signing_input: format!("{header}.{payload}"),
            signature: decode(signature)?,
        })
    }
}

fn decode(part: &str) -> Result<Vec<u8>, JwtError> {
    Base64UrlUnpadded::decode_vec(part).map_err(|_| JwtError::Malformed)
}

fn object(part: &str) -> Result<Members, JwtError> {
    let text = String::from_utf8(decode(part)?).map_err(|_| JwtError::Malformed)?;
    match Json::parse(&text) {
        Ok(Json::Object(members)) => Ok(members),
        _ => Err(JwtError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwks::base64url;
    use proptest::prelude::*;

    fn compact(header: &str, payload: &str) -> String {
        format!("{}.{}.{}", base64url(header.as_bytes()), base64url(payload.as_bytes()), base64url(b"signature"))
    }

    #[track_caller]
    fn check(compact: &str, expected: JwtError) {
        assert_eq!(Jwt::parse(compact).err(), Some(expected), "{compact}");
    }

    #[test]
    fn reads_an_rs256_token() {
        let jwt = Jwt::parse(&compact(r#"{"alg":"RS256","kid":"k"}"#, r#"{"iss":"i","exp":1.5}"#)).unwrap();
        assert_eq!(jwt.kid.as_deref(), Some("k"));
        assert_eq!((jwt.claims.text("iss"), jwt.claims.numeric_date("exp")), (Some("i"), Ok(Some(1.5))));
        assert_eq!(jwt.signature, b"signature");
    }

    #[test]
    fn refuses_every_other_algorithm() {
        for alg in [
            r#""none""#,
            r#""None""#,
            r#""HS256""#,
            r#""ES256""#,
            r#""PS256""#,
            r#""rs256""#,
            "null",
            "7",
            r#"["RS256"]"#,
        ] {
            check(&compact(&format!(r#"{{"alg":{alg}}}"#), "{}"), JwtError::Algorithm);
        }
        check(&compact("{}", "{}"), JwtError::Algorithm);
    }

    #[test]
    fn refuses_extensions_that_it_does_not_understand() {
        check(&compact(r#"{"alg":"RS256","crit":["b64"],"b64":false}"#, "{}"), JwtError::Algorithm);
        check(&compact(r#"{"alg":"RS256","crit":[]}"#, "{}"), JwtError::Algorithm);
    }

    #[test]
    fn refuses_what_is_not_the_compact_form() {
        let good = compact(r#"{"alg":"RS256"}"#, "{}");
        assert!(Jwt::parse(&good).is_ok());
        for bad in [
            "",
            ".",
            "..",
            "a.b",
            "a.b.c.d.e",
            &good.replace('.', " "),
            &format!("{good}."),
            &format!("{good}="),
            &format!(" {good}"),
        ] {
            check(bad, JwtError::Malformed);
        }
        check(&compact(r#"{"alg":"RS256"}"#, "[]"), JwtError::Malformed);
        check(&compact(r#"{"alg":"RS256"}"#, "{"), JwtError::Malformed);
        check(&compact(r#"{"alg":"RS256","kid":7}"#, "{}"), JwtError::Malformed);
        // The alphabet of plain base64, and bits that decode to nothing.
        check("eyJhbGciOiJSUzI1NiJ9.e30.a+/b", JwtError::Malformed);
        check("eyJhbGciOiJSUzI1NiJ9.e30.aB", JwtError::Malformed);
    }

    #[test]
    fn refuses_dates_that_are_not_numbers() {
        let jwt = Jwt::parse(&compact(r#"{"alg":"RS256"}"#, r#"{"exp":"1700000000","iat":null,"nbf":[1]}"#)).unwrap();
        for name in ["exp", "iat", "nbf"] {
            assert_eq!(jwt.claims.numeric_date(name), Err(JwtError::Malformed), "{name}");
        }
        assert_eq!(jwt.claims.numeric_date("auth_time"), Ok(None));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "[A-Za-z0-9_.=-]{0,200}") {
            let _ = Jwt::parse(&text);
        }
    }
}
