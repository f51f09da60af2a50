//! Reads what a person types or pastes: a work email, a domain or an organization code.

use crate::spelling::{visible, with_hyphens};
use crate::{LookupRequest, TenantCode};
use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use platform::unicode::{domain_to_ascii, percent_decoded};

/// The longest email address, in bytes ([RFC 5321 §4.5.3.1](https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1),
/// with erratum 1690 of RFC 3696).
const EMAIL_MAX: usize = 254;
/// The longest domain name, in bytes ([RFC 1035 §2.3.4](https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4)).
const DOMAIN_MAX: usize = 253;
/// The longest text that is read, in bytes. A pasted address may have a name before it and a subject after it.
const PASTED_MAX: usize = 2048;

/// What an organization is looked up by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identifier {
    /// A work email. Only the part after the last `@` is sent.
    Email(EmailAddress),
    /// A domain. It may have been typed with an `@` before it, or as part of a web address.
    Domain(Domain),
    /// An organization code.
    Code(TenantCode),
}

/// A domain of at least two labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    shown: String,
    ascii: String,
}

/// An email address. `Debug` prints its domain alone, so that no log names the person.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    text: String,
    domain: Domain,
}

/// Why a text is no identifier. The page has a message for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// The text is empty or white space.
    #[error("nothing was typed")]
    Empty,
    /// There is an `@`, but no domain with a dot after it.
    #[error("the email address is incomplete")]
    EmailIncomplete,
    /// There is more than one address.
    #[error("more than one email address")]
    Several,
    /// It is a Windows sign-in name such as `ACME\ada`. [`code_in_windows_name`] returns its first part, which may be a
    /// code.
    #[error("a Windows sign-in name")]
    WindowsName,
    /// There is white space or a control character in it, or its domain is none.
    #[error("neither an email address, a domain nor an organization code")]
    Malformed,
    /// It is longer than an email address, a domain or a code can be.
    #[error("longer than an email address, a domain or a code can be")]
    TooLong,
}

impl Identifier {
    /// Reads a text as people type it, or paste it from mail programs and browsers.
    ///
    /// ```
    /// use lookup_api::{Identifier, LookupRequest};
    /// let typed = Identifier::parse("Ada <Ada@Acme.example>").unwrap();
    /// assert_eq!(typed.request(), LookupRequest::Domain("acme.example".into()));
    /// assert_eq!(typed.login_hint(), Some("Ada@Acme.example"));
    /// ```
    ///
    /// # Errors
    /// Why it is no identifier.
    pub fn parse(typed: &str) -> Result<Self, IdentifierError> {
        let text = pasted(typed)?;
        if let Some(host) = host_of_web_address(&text) {
            return domain(host).map(Self::Domain);
        }
        let text = without_wrapping(&text)?;
        if text.is_empty() {
            return Err(IdentifierError::Empty);
        }
        if text.contains('\\') && !text.contains('@') {
            return Err(IdentifierError::WindowsName);
        }
        // At the last `@`: a local part may have one, too.
        if let Some((local, after)) = text.rsplit_once('@') {
            return address(local, after);
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(IdentifierError::Malformed);
        }
        if text.contains(is_dot) { domain(&text).map(Self::Domain) } else { code(&text) }
    }

    /// Reads an organization code, as in `/?tenant=CODE`. A code may have a dot here, where [`Identifier::parse`] would
    /// read a domain.
    ///
    /// # Errors
    /// If it is empty or too long, or has white space or a control character.
    pub fn parse_code(text: &str) -> Result<Self, IdentifierError> {
        match pasted(text)?.trim() {
            "" => Err(IdentifierError::Empty),
            text => code(text),
        }
    }

    /// The request to the lookup endpoint. It does not have the local part of an email address.
    pub fn request(&self) -> LookupRequest {
        match self {
            Self::Email(email) => LookupRequest::Domain(email.domain.ascii.clone()),
            Self::Domain(domain) => LookupRequest::Domain(domain.ascii.clone()),
            Self::Code(code) => LookupRequest::Code(code.as_str().to_owned()),
        }
    }

    /// The body of [`Self::request`].
    pub fn request_body(&self) -> String {
        // Serializing an enum of strings cannot fail. The endpoint would refuse an empty body.
        serde_json::to_string(&self.request()).unwrap_or_default()
    }

    /// The `login_hint` for the hosted UI: the email address without what was around it. `None` if it is no email
    /// address.
    pub fn login_hint(&self) -> Option<&str> {
        match self {
            Self::Email(email) => Some(&email.text),
            Self::Domain(_) | Self::Code(_) => None,
        }
    }

    /// The domain or the code, to be shown or logged. Never the local part of an email address.
    pub fn subject(&self) -> &str {
        match self {
            Self::Email(email) => &email.domain.shown,
            Self::Domain(domain) => &domain.shown,
            Self::Code(code) => code.as_str(),
        }
    }

    /// The same identifier with another domain. An email address keeps its local part. `None` if `other` is no domain.
    #[must_use]
    pub fn with_domain(&self, other: &str) -> Option<Self> {
        match self {
            Self::Email(email) => {
                let (local, _) = email.text.rsplit_once('@')?;
                address(local, other).ok()
            }
            Self::Domain(_) | Self::Code(_) => domain(other).ok().map(Self::Domain),
        }
    }

    /// The text to put into the field.
    pub fn as_text(&self) -> &str {
        self.login_hint().unwrap_or(self.subject())
    }
}

impl EmailAddress {
    /// Whether two texts are the same email address, whatever their case and the spelling of their domain. `None` if
    /// one of them is no email address.
    pub fn is_same(one: &str, other: &str) -> Option<bool> {
        let (Ok(Identifier::Email(one)), Ok(Identifier::Email(other))) =
            (Identifier::parse(one), Identifier::parse(other))
        else {
            return None;
        };
        let local = |email: &Self| email.text.rsplit_once('@').map(|(local, _)| local.to_ascii_lowercase());
        Some(one.domain.ascii == other.domain.ascii && local(&one) == local(&other))
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…@{}", self.domain.shown)
    }
}

/// The first part of a Windows sign-in name, which may be an organization code: the `ACME` of `ACME\ada`. `None` if
/// there is none.
pub fn code_in_windows_name(typed: &str) -> Option<Identifier> {
    let text = pasted(typed).ok()?;
    let (before, _) = text.split_once('\\')?;
    Identifier::parse_code(before).ok()
}

/// The text without invisible characters and look-alikes, if it is not too long.
fn pasted(typed: &str) -> Result<Cow<'_, str>, IdentifierError> {
    if typed.len() > PASTED_MAX { Err(IdentifierError::TooLong) } else { Ok(visible(typed)) }
}

/// The host of a web address: the `acme.example` of `https://acme.example:8443/login`.
fn host_of_web_address(text: &str) -> Option<&str> {
    let (scheme, rest) = text.trim().split_once(':')?;
    if scheme.is_empty() || !scheme.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let authority = rest.strip_prefix("//")?.split(['/', '?', '#', '\\']).next()?;
    authority.rsplit('@').next()?.split(':').next()
}

/// The address without what mail programs put around it, as in `Ada <ada@acme.example>`, `"ada@acme.example";` and
/// `mailto:ada@acme.example?subject=x`.
fn without_wrapping(text: &str) -> Result<String, IdentifierError> {
    let text = match text.split_once('<') {
        Some((_, rest)) if rest.contains('<') => return Err(IdentifierError::Several),
        Some((_, rest)) => rest.split('>').next().unwrap_or(rest),
        None => text,
    };
    let mut text = Cow::Borrowed(without_quotes(text));
    if let Some((scheme, rest)) = text.split_once(':')
        && scheme.eq_ignore_ascii_case("mailto")
    {
        let address = percent_decoded(rest.split('?').next().unwrap_or(rest)).ok_or(IdentifierError::Malformed)?;
        text = Cow::Owned(without_quotes(&address).to_owned());
    }
    let is_between = |c: char| c.is_whitespace() || is_separator(c);
    if split_quoted(&text).is_none() && text.split(is_between).filter(|part| part.contains('@')).count() > 1 {
        return Err(IdentifierError::Several);
    }
    Ok(text.into_owned())
}

fn is_separator(c: char) -> bool {
    matches!(c, ',' | ';')
}

/// The text without white space, separators and pairs of quotation marks at its ends.
fn without_quotes(mut text: &str) -> &str {
    const OPENING: [char; 9] = ['"', '\'', '“', '„', '‘', '‚', '«', '‹', '`'];
    const CLOSING: [char; 10] = ['"', '\'', '”', '“', '’', '‘', '»', '›', '`', '´'];
    loop {
        let before = text.len();
        text = text.trim_matches(|c: char| c.is_whitespace() || is_separator(c));
        if let Some(inner) = text.strip_prefix(OPENING).and_then(|inner| inner.strip_suffix(CLOSING)) {
            text = inner;
        }
        if text.len() == before {
            return text;
        }
    }
}

/// Local part and domain of an address whose local part is a quoted string, such as `"ada lovelace"@acme.example`
/// ([RFC 5321 §4.1.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2)).
fn split_quoted(text: &str) -> Option<(&str, &str)> {
    let (local, after) = text.rsplit_once('@')?;
    let inner = local.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains('"')).then_some((local, after))
}

fn address(local: &str, after: &str) -> Result<Identifier, IdentifierError> {
    if local.is_empty() {
        return domain(after).map(Identifier::Domain);
    }
    let is_quoted = local.starts_with('"');
    let is_forbidden = |c: char| c.is_control() || (c.is_whitespace() && !is_quoted);
    if local.contains(is_forbidden) || after.contains(char::is_whitespace) {
        return Err(IdentifierError::Malformed);
    }
    // People often forget the end of the domain, and get a message of its own.
    if !has_dot(after) {
        return Err(IdentifierError::EmailIncomplete);
    }
    let domain = domain(after)?;
    let text = [local, "@", &domain.shown].concat();
    if text.len() > EMAIL_MAX {
        return Err(IdentifierError::TooLong);
    }
    Ok(Identifier::Email(EmailAddress { text, domain }))
}

/// A full stop, or the ideographic one of Chinese and Japanese keyboards. NFKC has replaced the other ones that
/// separate labels ([RFC 3490 §3.1](https://www.rfc-editor.org/rfc/rfc3490#section-3.1)).
fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{3002}')
}

fn has_dot(text: &str) -> bool {
    text.trim_end_matches(is_dot).contains(is_dot)
}

fn code(text: &str) -> Result<Identifier, IdentifierError> {
    let text = with_hyphens(text);
    if text.chars().count() > 64 {
        return Err(IdentifierError::TooLong);
    }
    TenantCode::try_from(text.into_owned()).map(Identifier::Code).map_err(|_| IdentifierError::Malformed)
}

/// Reads a domain: at least two labels, none of them empty, without ASCII that a host name cannot have.
fn domain(text: &str) -> Result<Domain, IdentifierError> {
    let text = with_hyphens(text);
    let text = text.strip_suffix(is_dot).unwrap_or(&text);
    if text.len() > DOMAIN_MAX {
        return Err(IdentifierError::TooLong);
    }
    let is_label = |label: &&str| {
        let has_outer_hyphen = label.starts_with('-') || label.ends_with('-');
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii();
        !label.is_empty() && !has_outer_hyphen && !label.contains(char::is_whitespace) && label.chars().all(is_allowed)
    };
    let labels: Vec<&str> = text.split(is_dot).collect();
    if labels.len() < 2 || !labels.iter().all(is_label) {
        return Err(IdentifierError::Malformed);
    }
    let shown = labels.join(".");
    let ascii = domain_to_ascii(&shown).ok_or(IdentifierError::Malformed)?;
    Ok(Domain { shown, ascii })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;
    use proptest::prelude::*;

    /// Typed and pasted texts, and how each has to be read. tests/browser/platform.rs runs the same file in the wasm.
    const SAMPLES: &str = include_str!("../identifiers.json");

    #[test]
    fn every_sample_is_read_as_the_file_says() {
        let samples: Vec<serde_json::Value> = serde_json::from_str(SAMPLES).unwrap();
        assert!(samples.len() > 50);
        for sample in samples {
            let typed = sample["typed"].as_str().unwrap();
            let read = match Identifier::parse(typed) {
                Ok(identifier) => {
                    let mut read = serde_json::to_value(identifier.request()).unwrap();
                    if let Some(hint) = identifier.login_hint() {
                        read["login_hint"] = hint.into();
                    }
                    read
                }
                Err(error) => serde_json::json!({ "error": format!("{error:?}") }),
            };
            let mut expected = sample.clone();
            expected.as_object_mut().unwrap().remove("typed");
            assert_eq!(read, expected, "{typed:?}");
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_refused() {
        use IdentifierError::TooLong;
        for typed in [
            "a".repeat(65),
            format!("{}@acme.example", "a".repeat(300)),
            format!("{}.example", "a.".repeat(130)),
            "a@".repeat(2000),
        ] {
            assert_eq!(Identifier::parse(&typed), Err(TooLong), "{typed}");
        }
    }

    #[test]
    fn the_code_of_a_link_may_have_a_dot() {
        let code = |text: &str| Ok(LookupRequest::Code(text.to_string()));
        assert_eq!(Identifier::parse_code(" acme.eu ").map(|i| i.request()), code("acme.eu"));
        assert_eq!(Identifier::parse_code("pied\u{ad}piper\u{2013}eu").map(|i| i.request()), code("piedpiper-eu"));
        assert_eq!(Identifier::parse_code(" "), Err(IdentifierError::Empty));
        assert_eq!(Identifier::parse_code("a b"), Err(IdentifierError::Malformed));
    }

    #[test]
    fn the_first_part_of_a_windows_name_may_be_a_code() {
        let code = code_in_windows_name("ACME\\ada").map(|i| i.request());
        assert_eq!(code, Some(LookupRequest::Code("ACME".to_string())));
        assert_eq!(code_in_windows_name("ada"), None);
    }

    #[test]
    fn another_domain_keeps_the_local_part() {
        let text =
            |typed: &str| Identifier::parse(typed).unwrap().with_domain("acme.example").unwrap().as_text().to_string();
        assert_eq!(text("Ada@amce.example"), "Ada@acme.example");
        assert_eq!(text("\"ada lovelace\"@amce.example"), "\"ada lovelace\"@acme.example");
        assert_eq!(text("amce.example"), "acme.example");
        assert_eq!(Identifier::parse("ada@acme.example").unwrap().with_domain("no domain"), None);
    }

    #[test]
    fn two_addresses_are_the_same_in_any_case_and_spelling() {
        for (one, other, same) in [
            ("ada@acme.example", "Ada@ACME.example", Some(true)),
            ("ada@münchen.example", "ada@xn--mnchen-3ya.example", Some(true)),
            ("ada@acme.example", "alan@acme.example", Some(false)),
            ("ada@acme.example", "ada@globex.example", Some(false)),
            ("ada@acme.example", "ada", None),
        ] {
            assert_eq!(EmailAddress::is_same(one, other), same, "{one} {other}");
        }
    }

    #[test]
    fn debug_output_does_not_name_the_person() {
        let shown = format!("{:?}", Identifier::parse("ada.lovelace@acme.example").unwrap());
        assert!(shown.contains("acme.example") && !shown.contains("ada"), "{shown}");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "\\PC{0,300}") {
            let _ = Identifier::parse(&text);
            let _ = code_in_windows_name(&text);
        }

        #[test]
        fn the_local_part_never_reaches_the_request(local in "[a-z]{3,20}\\.[a-z]{3,20}", host in "[0-9]{1,9}\\.x[0-9]{1,9}") {
            let request = format!("{:?}", Identifier::parse(&format!("{local}@{host}")).unwrap().request());
            prop_assert!(!request.contains(&local), "{}", request);
            prop_assert!(request.contains(&host), "{}", request);
        }

        #[test]
        fn a_pasted_addresss_local_part_never_reaches_the_request(text in "[ \"<>,;:@a-z.\u{200b}＠]{0,30}secret[@＠]acme\\.example[ \">,;]{0,3}") {
            if let Ok(identifier) = Identifier::parse(&text) {
                prop_assert!(!format!("{:?}", identifier.request()).contains("secret"), "{}", text);
            }
        }

        #[test]
        fn an_identifier_written_as_text_reads_the_same(text in "\\PC{1,60}") {
            if let Ok(first) = Identifier::parse(&text)
                && let LookupRequest::Domain(domain) = first.request()
            {
                let again = Identifier::parse(&domain).map(|i| i.request());
                prop_assert_eq!(again, Ok(LookupRequest::Domain(domain)));
            }
        }
    }
}
