//! Domain names in one spelling, so that they can be compared.

use std::borrow::Borrow;
use std::fmt;
use std::iter::successors;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

/// A domain of at least two labels, in lower-case A-labels, without a dot at the end.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DomainName(String);

/// Why a text is no domain of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DomainNameError {
    /// The text is empty or white space.
    #[error("is empty")]
    Empty,
    /// It has one label: a top-level domain, or a host of a private network.
    #[error("is a single label, and a domain has two or more")]
    SingleLabel,
    /// It is an IPv4 address or similar: no top-level domain is a number.
    #[error("ends in a number, as an IP address does")]
    Number,
    /// IDNA refuses it: a label is empty or too long, or has a character that a host name cannot have.
    #[error("is not a domain name (IDNA refuses it)")]
    Malformed,
}

impl DomainName {
    /// Reads a domain in any case, in Unicode or A-labels, with white space around it or a dot at the end.
    ///
    /// It is normalised by [UTS #46](https://www.unicode.org/reports/tr46/) (non-transitional, STD3 rules, DNS lengths
    /// verified), which includes lower case, NFC and the full stops of other scripts. Hyphens in the third and fourth
    /// place are allowed, since there are such names.
    ///
    /// # Errors
    /// Why it is no domain.
    pub fn parse(text: &str) -> Result<Self, DomainNameError> {
        let text = text.trim_matches(is_ignored);
        if text.is_empty() {
            return Err(DomainNameError::Empty);
        }
        let name = Uts46::new()
            .to_ascii(text.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::VerifyAllowRootDot)
            .map_err(|_| DomainNameError::Malformed)?;
        let name = name.strip_suffix('.').unwrap_or(&name);
        match name.rsplit_once('.') {
            None => Err(DomainNameError::SingleLabel),
            Some((_, last)) if last.bytes().all(|b| b.is_ascii_digit()) => Err(DomainNameError::Number),
            Some(_) => Ok(Self(name.to_owned())),
        }
    }

    /// The name, in lower-case A-labels.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether anybody may register names below it, such as `co.uk` and `github.io`. It cannot belong to an
    /// organization then.
    pub fn is_public_suffix(&self) -> bool {
        psl::suffix(self.0.as_bytes()).is_some_and(|s| s.is_known() && s.as_bytes().len() == self.0.len())
    }

    /// The domains above it, the nearest first, down to the one that was registered. Public suffixes are not among
    /// them. A top-level domain that the list does not have counts as a public suffix.
    pub fn parents(&self) -> impl Iterator<Item = &str> {
        let suffix = psl::suffix(self.0.as_bytes()).map_or(0, |s| s.as_bytes().len());
        ancestors(&self.0).skip(1).take_while(move |name| name.len() > suffix)
    }
}

/// The name itself, then the domains above it, label by label.
pub(crate) fn ancestors(name: &str) -> impl Iterator<Item = &str> {
    successors(Some(name), |name| name.split_once('.').map(|(_, rest)| rest))
}

/// White space, and invisible characters that are copied from mails and chats.
pub(crate) fn is_ignored(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Lets a map with these keys be searched with a part of another name. `Hash` and `Eq` are derived from the text.
impl Borrow<str> for DomainName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, DomainNameError>) {
        let name = DomainName::parse(text);
        assert_eq!(name.as_ref().map(DomainName::as_str), expected.as_ref().copied(), "{text}");
    }

    #[test]
    fn spellings_of_one_domain_are_one_name() {
        for text in
            ["acme.example", "ACME.Example", " acme.example\n", "acme.example.", "acme。example", "ａｃｍｅ.example"]
        {
            check(text, Ok("acme.example"));
        }
        for text in [
            "münchen.example",
            "MÜNCHEN.example",
            "mu\u{308}nchen.example",
            "xn--mnchen-3ya.example",
            "\u{200b}münchen.example.",
        ] {
            check(text, Ok("xn--mnchen-3ya.example"));
        }
    }

    #[test]
    fn idna_is_non_transitional() {
        check("straße.example", Ok("xn--strae-oqa.example"));
        check("faß.example", Ok("xn--fa-hia.example"));
    }

    #[test]
    fn a_text_that_is_no_domain_is_refused_with_its_reason() {
        use DomainNameError::*;
        let long_label = format!("{}.example", "a".repeat(64));
        let long_name = format!("{}example", "abcdefghi.".repeat(25));
        for (text, error) in [
            ("", Empty),
            (" \u{feff} ", Empty),
            ("localhost", SingleLabel),
            ("com.", SingleLabel),
            ("192.168.0.1", Number),
            ("a b.example", Malformed),
            ("a..example", Malformed),
            (".example", Malformed),
            ("acme.example..", Malformed),
            ("-acme.example", Malformed),
            ("acme-.example", Malformed),
            ("a_b.example", Malformed),
            ("acme.example/x", Malformed),
            ("acme.example:8080", Malformed),
            ("ada@acme.example", Malformed),
            ("*.acme.example", Malformed),
            ("xn--\u{fc}.example", Malformed),
            ("a\0.example", Malformed),
            (&long_label, Malformed),
            (&long_name, Malformed),
        ] {
            check(text, Err(error));
        }
    }

    #[test]
    fn parents_begin_with_the_nearest_and_end_before_the_public_suffix() {
        #[track_caller]
        fn check(name: &str, parents: &[&str]) {
            assert_eq!(DomainName::parse(name).unwrap().parents().collect::<Vec<_>>(), parents, "{name}");
        }
        check("a.b.acme.example", &["b.acme.example", "acme.example"]);
        check("acme.example", &[]);
        check("mail.acme.co.uk", &["acme.co.uk"]);
        check("acme.co.uk", &[]);
        check("co.uk", &[]);
        check("x.acme.github.io", &["acme.github.io"]);
        check("www.食狮.公司.cn", &["xn--85x722f.xn--55qx5d.cn"]);
    }

    #[test]
    fn public_suffixes_are_known_and_reserved_top_level_domains_are_not_among_them() {
        for name in ["co.uk", "github.io", "公司.cn", "com.au"] {
            assert!(DomainName::parse(name).unwrap().is_public_suffix(), "{name}");
        }
        for name in ["acme.co.uk", "acme.example", "acme.test", "acme.com"] {
            assert!(!DomainName::parse(name).unwrap().is_public_suffix(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_name_or_an_error_and_a_name_reads_the_same_again(text in "\\PC{0,80}") {
            if let Ok(name) = DomainName::parse(&text) {
                prop_assert!(name.as_str().bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.')), "{}", name);
                prop_assert_eq!(DomainName::parse(name.as_str()), Ok(name));
            }
        }

        #[test]
        fn a_parent_consists_of_whole_labels(name in "[a-c]{1,2}(\\.[a-c]{1,2}){1,4}\\.(com|co\\.uk|example)") {
            let name = DomainName::parse(&name).unwrap();
            for parent in name.parents() {
                let dotted = format!(".{}", parent);
                prop_assert!(name.as_str().ends_with(&dotted), "{} is not below {}", name, parent);
                prop_assert!(!DomainName::parse(parent).unwrap().is_public_suffix());
            }
        }
    }
}
