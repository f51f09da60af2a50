//! Until when the certificates in SAML metadata are valid that a provider signs with. No I/O.

use crate::words::shown;
use base64ct::{Base64, Encoding};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use sign_in::time::UnixTime;
use std::fmt;
use std::time::Duration;
use x509_cert::Certificate;
use x509_cert::der::{DateTime, Decode};

/// Why the certificates cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The text is no XML.
    #[error("the metadata are no XML: {}", shown(.0))]
    NotXml(String),
    /// There is none.
    #[error("the metadata have no signing certificate")]
    Missing,
    /// What is in the place of a certificate is not base64.
    #[error("a signing certificate in the metadata is not base64")]
    NotBase64,
    /// What is in the place of a certificate is none.
    #[error("a signing certificate in the metadata is no X.509 certificate")]
    NotDer,
}

/// The last moment at which each signing certificate of SAML metadata is valid. There is at least one.
///
/// They are in the `KeyDescriptor` of an `IDPSSODescriptor`, if it is not for encryption alone
/// ([SAML metadata §2.4.1.1, §2.4.3](https://docs.oasis-open.org/security/saml/v2.0/saml-metadata-2.0-os.pdf)).
/// Those of other roles, and the one that signs the metadata themselves, sign no assertions.
///
/// # Errors
/// [`Unreadable`] if there is none, or one of them cannot be read.
pub fn valid_until(metadata: &str) -> Result<Vec<UnixTime>, Unreadable> {
    let texts = signing_certificates(metadata)?;
    if texts.is_empty() {
        return Err(Unreadable::Missing);
    }
    texts.iter().map(|text| not_after(text)).collect()
}

/// The date of a moment, such as `2027-01-31` (UTC).
pub fn day(time: UnixTime) -> impl fmt::Display {
    let since_1970 = Duration::from_secs(u64::try_from(time.0).unwrap_or_default());
    let date = DateTime::from_unix_duration(since_1970).unwrap_or(DateTime::INFINITY);
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

/// The certificates as they are written: base64, with line breaks.
fn signing_certificates(metadata: &str) -> Result<Vec<String>, Unreadable> {
    let not_xml = |error: &dyn fmt::Display| Unreadable::NotXml(error.to_string());
    let mut reader = Reader::from_str(metadata);
    let mut certificates = Vec::new();
    let (mut is_in_role, mut is_in_key, mut open) = (false, false, None::<String>);
    loop {
        match reader.read_event().map_err(|error| not_xml(&error))? {
            Event::Start(start) => match start.local_name().as_ref() {
                "IDPSSODescriptor" => is_in_role = true,
                "KeyDescriptor" => is_in_key = is_for_signing(&start).map_err(|error| not_xml(&error))?,
                "X509Certificate" if is_in_role && is_in_key => open = Some(String::new()),
                _ => {}
            },
            Event::End(end) => match end.local_name().as_ref() {
                "IDPSSODescriptor" => is_in_role = false,
                "KeyDescriptor" => is_in_key = false,
                "X509Certificate" => certificates.extend(open.take()),
                _ => {}
            },
            Event::Text(text) => add(&mut open, &text.xml10_content()),
            Event::CData(text) => add(&mut open, &text.xml10_content()),
            Event::Eof => return Ok(certificates),
            // References among them: in a certificate they stand for line breaks (`&#13;`), which do not count.
            _ => {}
        }
    }
}

/// Without `use`, a key is for signing and for encryption.
fn is_for_signing(key: &BytesStart<'_>) -> quick_xml::Result<bool> {
    let purpose = key.try_get_attribute("use")?;
    Ok(purpose.is_none_or(|purpose| purpose.value != "encryption"))
}

fn add(open: &mut Option<String>, text: &str) {
    if let Some(certificate) = open {
        certificate.extend(text.chars().filter(|c| !c.is_ascii_whitespace()));
    }
}

/// `notAfter` ([RFC 5280 §4.1.2.5](https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5)).
fn not_after(base64: &str) -> Result<UnixTime, Unreadable> {
    let der = Base64::decode_vec(base64).map_err(|_| Unreadable::NotBase64)?;
    let certificate = Certificate::from_der(&der).map_err(|_| Unreadable::NotDer)?;
    let seconds = certificate.tbs_certificate().validity().not_after.to_unix_duration().as_secs();
    Ok(UnixTime(i64::try_from(seconds).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Both were made with openssl. The first one also has the certificate of the second one, for encryption.
    const UNTIL_2124: &str = include_str!("../../tests/fixtures/until-2124.xml");
    const UNTIL_2026: &str = include_str!("../../tests/fixtures/until-2026.xml");

    fn days(metadata: &str) -> Result<Vec<String>, Unreadable> {
        Ok(valid_until(metadata)?.into_iter().map(|time| day(time).to_string()).collect())
    }

    #[test]
    fn the_last_day_of_each_signing_certificate_is_read_and_no_other() {
        assert_eq!(days(UNTIL_2124), Ok(vec!["2124-12-31".to_owned()]));
        assert_eq!(valid_until(UNTIL_2026), Ok(vec![UnixTime(1_768_478_400)]));
        let both = UNTIL_2124.replace(r#" use="encryption""#, "");
        assert_eq!(days(&both), Ok(vec!["2124-12-31".to_owned(), "2026-01-15".to_owned()]), "for both purposes");
        assert_eq!(days(&UNTIL_2026.replace(r#"use="signing""#, r#"use="encryption""#)), Err(Unreadable::Missing));
        assert_eq!(days(&UNTIL_2026.replace("IDPSSODescriptor", "SPSSODescriptor")), Err(Unreadable::Missing));
        assert_eq!(days(&UNTIL_2026.replace("md:KeyDescriptor", "ds:Signature")), Err(Unreadable::Missing));
    }

    #[test]
    fn line_breaks_prefixes_and_character_data_do_not_matter() {
        let until_2026 = || Ok(vec!["2026-01-15".to_owned()]);
        assert_eq!(days(&UNTIL_2026.replace('\n', "\r\n")), until_2026());
        assert_eq!(days(&UNTIL_2026.replace('\n', "&#13;\n")), until_2026());
        assert_eq!(days(&UNTIL_2026.replace("md:", "").replace("ds:", "")), until_2026());
        let character_data = UNTIL_2026
            .replace("<ds:X509Certificate>", "<ds:X509Certificate><![CDATA[")
            .replace("</ds:X509Certificate>", "]]></ds:X509Certificate>");
        assert_eq!(days(&character_data), until_2026());
        assert_eq!(days(&format!("\u{feff}{UNTIL_2026}")), until_2026());
    }

    #[test]
    fn what_cannot_be_read_is_told_apart() {
        assert_eq!(days(""), Err(Unreadable::Missing));
        assert_eq!(days("<!doctype html><title>Sign in</title>"), Err(Unreadable::Missing));
        assert!(matches!(days("<a></b>"), Err(Unreadable::NotXml(_))));
        assert_eq!(days(&UNTIL_2026.replace("MIICuTCC", "MIIC*TCC")), Err(Unreadable::NotBase64));
        assert_eq!(days(&UNTIL_2026.replace("MIICuTCC", "AIICuTCC")), Err(Unreadable::NotDer));
    }
}
