//! Verifies a request's signature by Amazon's description of Signature Version 4. Written out by hand: the tool that is
//! tested signs with Amazon's own crate, so this is a second opinion.

use hmac::{Hmac, KeyInit, Mac};
use hyper::HeaderMap;
use hyper::http::request::Parts;
use sha2::{Digest, Sha256};

use crate::error::ApiError;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// How far the request's clock may be from ours, in seconds.
const CLOCK_SKEW: i64 = 15 * 60;
/// What must be signed.
const SIGNED: [&str; 3] = ["host", "x-amz-date", "x-amz-target"];

/// Who signed a request, and for which region.
#[derive(Debug)]
pub(crate) struct Authorization<'a> {
    key_id: &'a str,
    date: &'a str,
    /// The region that the request is meant for.
    pub(crate) region: &'a str,
    service: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Reads the header Authorization.
    ///
    /// # Errors
    /// `MissingAuthenticationTokenException` without one, `IncompleteSignatureException` if it is not as described.
    pub(crate) fn read(headers: &'a HeaderMap) -> Result<Self, ApiError> {
        let header = headers.get("authorization").and_then(|value| value.to_str().ok());
        let header = header
            .ok_or_else(|| ApiError::new("MissingAuthenticationTokenException", "Missing Authentication Token"))?;
        let parse = || {
            let mut parts = header.strip_prefix(ALGORITHM)?.trim_start().split(',').map(str::trim);
            let credential = parts.next()?.strip_prefix("Credential=")?;
            let signed_headers = parts.next()?.strip_prefix("SignedHeaders=")?;
            let signature = parts.next()?.strip_prefix("Signature=")?;
            let [key_id, date, region, service, "aws4_request"] = credential.split('/').collect::<Vec<_>>()[..] else {
                return None;
            };
            Some(Self { key_id, date, region, service, signed_headers, signature })
        };
        parse().ok_or_else(|| ApiError::new("IncompleteSignatureException", format!("'{header}' is not understood")))
    }

    /// Checks who signed, what, when, and the signature. `key` is the one access key there is, and its secret.
    ///
    /// # Errors
    /// Amazon's error for what is wrong.
    pub(crate) fn verify(
        &self,
        service: &str,
        key: (&str, &str),
        parts: &Parts,
        body: &[u8],
        now: i64,
    ) -> Result<(), ApiError> {
        let invalid = |message: &str| ApiError::new("InvalidSignatureException", message);
        if self.key_id != key.0 {
            let message = "The security token included in the request is invalid.";
            return Err(ApiError::new("UnrecognizedClientException", message));
        }
        if self.service != service {
            return Err(invalid(&format!("Credential should be scoped to correct service: '{service}'.")));
        }
        if let Some(header) = SIGNED.iter().find(|name| !self.signed_headers.split(';').any(|signed| signed == **name))
        {
            let message = format!("'{header}' must be a 'SignedHeader' in the AWS Authorization.");
            return Err(ApiError::new("IncompleteSignatureException", message));
        }
        let date = parts.headers.get("x-amz-date").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let time = epoch_seconds(date)
            .ok_or_else(|| ApiError::new("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'"))?;
        if (now - time).abs() > CLOCK_SKEW {
            return Err(invalid(&format!("Signature expired: {date} is more than 15 minutes from now")));
        }
        if !date.starts_with(self.date) {
            return Err(invalid("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date"));
        }
        if self.signature != self.expected(key.1, date, parts, body)? {
            return Err(invalid(
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                 Access Key and signing method. Consult the service documentation for details.",
            ));
        }
        Ok(())
    }

    /// The signature that the request should have.
    ///
    /// # Errors
    /// None: the key may have any length.
    pub(crate) fn expected(&self, secret: &str, date: &str, parts: &Parts, body: &[u8]) -> Result<String, ApiError> {
        let mut request =
            format!("{}\n{}\n{}\n", parts.method, parts.uri.path(), parts.uri.query().unwrap_or_default());
        for name in self.signed_headers.split(';') {
            let values = parts.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
            let values: Vec<String> =
                values.map(|value| value.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
            request.push_str(&format!("{name}:{}\n", values.join(",")));
        }
        request.push_str(&format!("\n{}\n{}", self.signed_headers, hex(&Sha256::digest(body))));
        let scope = format!("{}/{}/{}/aws4_request", self.date, self.region, self.service);
        let to_sign = format!("{ALGORITHM}\n{date}\n{scope}\n{}", hex(&Sha256::digest(request)));
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in [self.date, self.region, self.service, "aws4_request"] {
            key = hmac(&key, part)?;
        }
        Ok(hex(&hmac(&key, &to_sign)?))
    }
}

fn hmac(key: &[u8], text: &str) -> Result<Vec<u8>, ApiError> {
    let mac = Hmac::<Sha256>::new_from_slice(key);
    let mac = mac.map_err(|error| ApiError::new("InternalErrorException", error.to_string()))?;
    Ok(mac.chain_update(text).finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a date such as `20261127T062650Z`.
fn epoch_seconds(date: &str) -> Option<i64> {
    let (day, time) = date.strip_suffix('Z')?.split_once('T')?;
    if day.len() != 8 || time.len() != 6 || !day.bytes().chain(time.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |text: &str| text.parse::<i64>().ok();
    let (year, month, day) = (number(&day[..4])?, number(&day[4..6])?, number(&day[6..])?);
    // Years begin in March here, so that the day that leap years add is the last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468;
    Some(((days * 24 + number(&time[..2])?) * 60 + number(&time[2..4])?) * 60 + number(&time[4..])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_seconds_since_1970() {
        assert_eq!(epoch_seconds("19700101T000000Z"), Some(0));
        assert_eq!(epoch_seconds("20240229T235959Z"), Some(1_709_251_199));
        assert_eq!(epoch_seconds("20261127T062650Z"), Some(1_795_760_810));
        assert_eq!(epoch_seconds("2026-11-27T06:26:50Z"), None);
    }

    /// `get-vanilla` of Amazon's test suite for Signature Version 4.
    #[test]
    fn amazons_own_example_has_amazons_signature() {
        let request = hyper::Request::get("/").header("host", "example.amazonaws.com");
        let request = request.header("x-amz-date", "20150830T123600Z").header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature=x",
        );
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let authorization = Authorization::read(&parts.headers).unwrap();
        let signature = authorization
            .expected("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830T123600Z", &parts, b"")
            .unwrap();
        assert_eq!(signature, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    }
}
