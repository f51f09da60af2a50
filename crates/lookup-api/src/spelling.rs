//! One spelling for texts that look the same.
//!
//! People copy addresses from mails, chats and documents. These bring along characters that nobody sees (zero-width space, soft
//! hyphen, direction marks) and characters that look like others (full-width letters, dashes for hyphens). Picker and endpoint
//! both take them out here.
//!
//! The Unicode tables are the platform's, as for JSON: the browser's in the wasm, two crates' elsewhere.

use alloc::borrow::Cow;
use alloc::string::String;

/// The text without invisible characters, and with compatibility characters replaced by what they stand for (Unicode NFKC, UAX
/// #15): `ａｃｍｅ` becomes `acme`. ASCII is returned as it is.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let seen: String = text.chars().filter(|&c| !is_invisible(c)).collect();
    Cow::Owned(platform::nfkc(&seen))
}

/// The text with hyphens for all dashes: mail programs and word processors put one in the place of the other.
pub fn with_hyphens(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.contains(is_dash) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(is_dash, "-"))
}

/// A host name in lower-case A-labels (UTS #46, as the URL standard's "domain to ASCII" has it); `None` if it is none.
pub(crate) fn domain_to_ascii(domain: &str) -> Option<String> {
    // No top-level domain begins with a digit. URL parsers take such a host for an IPv4 address.
    let last = domain.rsplit('.').next()?;
    if last.starts_with(|c: char| c.is_ascii_digit()) { None } else { platform::domain_to_ascii(domain) }
}

/// The text with its `%40` and the like replaced (RFC 3986 §2.1); `None` if the bytes are no text.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    platform::percent_decoded(text)
}

/// Characters that take no room of their own (Unicode's Default_Ignorable_Code_Point, as far as texts bring them along), and
/// those that only steer the direction of the text.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}')
}

/// What remains of the dashes after NFKC.
fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{fe58}')
}

#[cfg(not(target_arch = "wasm32"))]
mod platform {
    use super::String;
    use alloc::borrow::ToOwned;
    use idna::AsciiDenyList;
    use unicode_normalization::UnicodeNormalization;

    pub(super) fn nfkc(text: &str) -> String {
        text.nfkc().collect()
    }

    pub(super) fn percent_decoded(text: &str) -> Option<String> {
        percent_encoding::percent_decode_str(text).decode_utf8().ok().map(Into::into)
    }

    pub(super) fn domain_to_ascii(domain: &str) -> Option<String> {
        let ascii = idna::domain_to_ascii_cow(domain.as_bytes(), AsciiDenyList::URL).ok()?;
        Some(ascii.as_ref().to_owned())
    }
}

#[cfg(target_arch = "wasm32")]
mod platform {
    use super::String;
    use js_sys::JsString;
    use web_sys::Url;

    pub(super) fn nfkc(text: &str) -> String {
        JsString::from(text).normalize("NFKC").into()
    }

    pub(super) fn percent_decoded(text: &str) -> Option<String> {
        js_sys::decode_uri_component(text).ok().map(Into::into)
    }

    pub(super) fn domain_to_ascii(domain: &str) -> Option<String> {
        Url::new(&["https://", domain].concat()).ok().map(|url| url.hostname())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_nobody_sees_is_gone_and_what_looks_the_same_is_the_same() {
        for (text, expected) in [
            ("acme", "acme"),
            ("ac\u{200b}me", "acme"),
            ("pied\u{ad}piper", "piedpiper"),
            ("\u{202d}acme\u{202c}\u{2066}\u{2069}\u{feff}\u{2060}", "acme"),
            ("ａｃｍｅ＠ｘ．ｙ", "acme@x.y"),
            ("e\u{301}", "é"),
        ] {
            assert_eq!(visible(text), expected, "{text:?}");
        }
        assert_eq!(with_hyphens("a\u{2010}b\u{2013}c\u{2014}d\u{2212}e-f_g"), "a-b-c-d-e-f_g");
    }

    #[test]
    fn a_host_name_becomes_what_goes_over_the_wire() {
        for (text, expected) in [
            ("Acme.Example", Some("acme.example")),
            ("münchen.example", Some("xn--mnchen-3ya.example")),
            ("例え.テスト", Some("xn--r8jz45g.xn--zckzah")),
            ("acme_1.example", Some("acme_1.example")),
            ("192.168.0.1", None),
            ("acme.0x7f", None),
            ("xn--a", None),
        ] {
            assert_eq!(domain_to_ascii(text).as_deref(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_text_that_is_visible_stays_so(text in "\\PC{0,60}") {
            let once = visible(&text).into_owned();
            prop_assert_eq!(visible(&once), once.as_str());
        }
    }
}
