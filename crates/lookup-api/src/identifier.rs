//! What a person types: a work email, a domain or an organization code, told apart in one place.

use crate::{LookupRequest, TenantCode};
use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

/// The longest address that SMTP can carry (RFC 5321 §4.5.3.1, with RFC 3696's erratum 1690), in bytes.
const EMAIL_MAX: usize = 254;
/// The longest domain name in text form (RFC 1035 §2.3.4), in bytes.
const DOMAIN_MAX: usize = 253;

/// What a person gave us to find their organization by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identifier {
    /// A work email; only the part after the last `@` is ever looked up.
    Email(EmailAddress),
    /// A domain, with or without a leading `@`.
    Domain(String),
    /// An organization code.
    Code(TenantCode),
}

/// An email address. Its `Debug` shows the domain only: the local part is nobody's business but the provider's.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    text: String,
    domain: String,
}

impl EmailAddress {
    /// The whole address, for `login_hint` at the hosted UI and for nothing else.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part after the last `@`.
    pub fn domain(&self) -> &str {
        &self.domain
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…@{}", self.domain())
    }
}

/// Why a text is not an identifier. Each has its own sentence for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Nothing but space.
    #[error("nothing was typed")]
    Empty,
    /// An `@` without something before it and a domain with a dot after it.
    #[error("the email address is incomplete")]
    EmailIncomplete,
    /// White space or control characters within, or a domain that cannot be one.
    #[error("neither an email address, a domain nor an organization code")]
    Malformed,
    /// Longer than any email address, domain or code can be.
    #[error("longer than an email address, a domain or a code can be")]
    TooLong,
}

impl Identifier {
    /// Reads what was typed. Space and invisible characters around it (a paste's luggage) do not count.
    ///
    /// ```
    /// use lookup_api::{Identifier, LookupRequest};
    /// let typed = Identifier::parse(" Ada@Acme.example ").unwrap();
    /// assert_eq!(typed.request(), LookupRequest::Domain("acme.example".into()));
    /// assert_eq!(typed.login_hint(), Some("Ada@Acme.example"));
    /// ```
    pub fn parse(typed: &str) -> Result<Self, IdentifierError> {
        let text = typed.trim_matches(is_luggage);
        if text.is_empty() {
            return Err(IdentifierError::Empty);
        }
        if text.len() > EMAIL_MAX {
            return Err(IdentifierError::TooLong);
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(IdentifierError::Malformed);
        }
        match text.rsplit_once(is_at) {
            Some(("", after)) => domain(after).map(Self::Domain),
            Some((_, after)) => {
                // A missing dot is the usual slip while typing an address, and deserves better than "malformed".
                if !has_dot(after) {
                    return Err(IdentifierError::EmailIncomplete);
                }
                let domain = domain(after)?;
                Ok(Self::Email(EmailAddress { text: text.to_owned(), domain }))
            }
            None if text.contains(is_dot) => domain(text).map(Self::Domain),
            None => code(text),
        }
    }

    /// Reads an organization code that is known to be one, from `/?tenant=CODE`.
    pub fn parse_code(text: &str) -> Result<Self, IdentifierError> {
        match text.trim_matches(is_luggage) {
            "" => Err(IdentifierError::Empty),
            text => code(text),
        }
    }

    /// What to ask the endpoint. The local part of an email address is not in it.
    pub fn request(&self) -> LookupRequest {
        match self {
            Self::Email(email) => LookupRequest::Domain(email.domain().to_ascii_lowercase()),
            Self::Domain(domain) => LookupRequest::Domain(domain.to_ascii_lowercase()),
            Self::Code(code) => LookupRequest::Code(code.as_str().to_owned()),
        }
    }

    /// The `login_hint` for the hosted UI: the email, if one was typed.
    pub fn login_hint(&self) -> Option<&str> {
        match self {
            Self::Email(email) => Some(email.as_str()),
            Self::Domain(_) | Self::Code(_) => None,
        }
    }

    /// What was looked for, in words that may be shown and logged: a domain or a code, never a local part.
    pub fn subject(&self) -> &str {
        match self {
            Self::Email(email) => email.domain(),
            Self::Domain(domain) => domain,
            Self::Code(code) => code.as_str(),
        }
    }
}

/// White space, and the invisible characters that copying from mails and chats brings along.
fn is_luggage(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The at signs of East Asian keyboards included: taken for a letter, one would carry the local part along in a domain.
fn is_at(c: char) -> bool {
    matches!(c, '@' | '\u{ff20}' | '\u{fe6b}')
}

/// The full stops that IDNA maps to a dot (RFC 3490 §3.1), so that Japanese and Chinese keyboards need no switch.
fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

fn has_dot(text: &str) -> bool {
    text.trim_end_matches(is_dot).contains(is_dot)
}

fn code(text: &str) -> Result<Identifier, IdentifierError> {
    if text.chars().count() > 64 {
        return Err(IdentifierError::TooLong);
    }
    match TenantCode::try_from(text.to_owned()) {
        Ok(code) => Ok(Identifier::Code(code)),
        Err(_) => Err(IdentifierError::Malformed),
    }
}

/// Two labels or more, none of them empty, no ASCII that a host name cannot have. What Unicode may stand in a label
/// is for the endpoint's IDNA to say: its tables would cost the picker more bytes than all the rest of this crate.
fn domain(text: &str) -> Result<String, IdentifierError> {
    let text = text.strip_suffix(is_dot).unwrap_or(text);
    if text.len() > DOMAIN_MAX {
        return Err(IdentifierError::TooLong);
    }
    let label_holds = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || (!c.is_ascii() && !is_luggage(c)))
    };
    if text.split(is_dot).count() < 2 || !text.split(is_dot).all(label_holds) {
        return Err(IdentifierError::Malformed);
    }
    Ok(text.split(is_dot).collect::<alloc::vec::Vec<_>>().join("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[track_caller]
    fn check(typed: &str, expected: LookupRequest) {
        assert_eq!(Identifier::parse(typed).map(|i| i.request()), Ok(expected), "{typed:?}");
    }
    fn domain(text: &str) -> LookupRequest {
        LookupRequest::Domain(text.to_string())
    }
    fn code(text: &str) -> LookupRequest {
        LookupRequest::Code(text.to_string())
    }

    #[test]
    fn an_email_is_looked_up_by_what_follows_its_last_at() {
        check("ada@acme.example", domain("acme.example"));
        check("  ADA@ACME.Example\n", domain("acme.example"));
        check("\"odd@local\"@acme.example", domain("acme.example"));
        check("ada@acme.example.", domain("acme.example"));
        check("ada\u{ff20}acme.example", domain("acme.example"));
        check("ada\u{fe6b}acme\u{ff0e}example", domain("acme.example"));
        check("\u{200b}ada@acme.example\u{feff}", domain("acme.example"));
    }

    #[test]
    fn a_domain_is_taken_with_or_without_an_at() {
        check("acme.example", domain("acme.example"));
        check("@Acme.Example", domain("acme.example"));
        check("acme.example.", domain("acme.example"));
        check("münchen.example", domain("münchen.example"));
        check("例え。テスト", domain("例え.テスト"));
    }

    #[test]
    fn a_word_without_a_dot_is_a_code() {
        check("acme", code("acme"));
        check("ACME-eu_1", code("ACME-eu_1"));
        check("عربي", code("عربي"));
    }

    #[test]
    fn a_deep_link_may_carry_a_code_with_a_dot() {
        assert_eq!(Identifier::parse_code(" acme.eu ").map(|i| i.request()), Ok(code("acme.eu")));
        assert_eq!(Identifier::parse_code(" "), Err(IdentifierError::Empty));
        assert_eq!(Identifier::parse_code("a b"), Err(IdentifierError::Malformed));
    }

    #[test]
    fn refuses_what_cannot_be_any_of_the_three() {
        use IdentifierError::*;
        for (typed, why) in [
            ("", Empty),
            (" \t\u{200b} ", Empty),
            ("ada@", EmailIncomplete),
            ("ada@acme", EmailIncomplete),
            ("ada@acme.", EmailIncomplete),
            ("@", Malformed),
            ("@acme", Malformed),
            ("ada@acme..example", Malformed),
            ("ada@-acme.example", Malformed),
            ("ada@ac me.example", Malformed),
            ("acme corp", Malformed),
            ("https://acme.example/", Malformed),
            (".", Malformed),
            ("a\u{0}b", Malformed),
        ] {
            assert_eq!(Identifier::parse(typed), Err(why), "{typed:?}");
        }
        assert_eq!(Identifier::parse(&"a".repeat(65)), Err(TooLong));
        assert_eq!(Identifier::parse(&format!("{}@acme.example", "a".repeat(300))), Err(TooLong));
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
        }

        #[test]
        fn the_local_part_never_reaches_the_request(local in "[a-z]{3,20}\\.[a-z]{3,20}", host in "[0-9]{1,9}\\.[0-9]{1,9}") {
            let request = format!("{:?}", Identifier::parse(&format!("{local}@{host}")).unwrap().request());
            prop_assert!(!request.contains(&local), "{}", request);
            prop_assert!(request.contains(&host), "{}", request);
        }

        #[test]
        fn what_is_read_once_reads_the_same_again(text in "\\PC{1,60}") {
            if let Ok(first) = Identifier::parse(&text)
                && let LookupRequest::Domain(domain) = first.request()
            {
                let again = Identifier::parse(&domain).map(|i| i.request());
                prop_assert_eq!(again, Ok(LookupRequest::Domain(domain)));
            }
        }
    }
}
