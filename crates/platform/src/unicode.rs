//! Unicode operations that need tables: normalization, host names, percent-decoding.

use alloc::string::String;

/// The text in Unicode Normalization Form KC, which replaces compatibility characters by what they stand for
/// ([UAX #15](https://www.unicode.org/reports/tr15/)): `ａｃｍｅ` becomes `acme`.
pub fn nfkc(text: &str) -> String {
    imp::nfkc(text)
}

/// A host name in lower-case A-labels, as the URL standard's [domain to
/// ASCII](https://url.spec.whatwg.org/#concept-domain-to-ascii) gives it: `München.example` becomes
/// `xn--mnchen-3ya.example`. `None` if the text is no host name.
pub fn domain_to_ascii(domain: &str) -> Option<String> {
    // No top-level domain begins with a digit. URL parsers take such a host for an IPv4 address.
    let last = domain.rsplit('.').next()?;
    if last.starts_with(|c: char| c.is_ascii_digit()) { None } else { imp::domain_to_ascii(domain) }
}

/// The text with `%40` and the like replaced ([RFC 3986 §2.1](https://www.rfc-editor.org/rfc/rfc3986#section-2.1)).
/// `None` if the bytes are not UTF-8.
pub fn percent_decoded(text: &str) -> Option<String> {
    imp::percent_decoded(text)
}

#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use alloc::borrow::ToOwned;
    use alloc::string::String;
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
mod imp {
    use alloc::string::String;
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

    #[test]
    fn a_host_name_becomes_lower_case_a_labels() {
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
}
