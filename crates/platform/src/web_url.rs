//! An absolute URL, parsed by the WHATWG URL standard: by the browser's `URL` in the wasm, by the `url` crate
//! elsewhere.

use alloc::string::String;

/// An absolute URL in its parts, each normalised as the [URL standard](https://url.spec.whatwg.org/) says. The default
/// is empty, and no URL.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WebUrl {
    /// The whole URL.
    pub href: String,
    /// The scheme without its colon: `https`.
    pub scheme: String,
    /// The host without its port, in A-labels.
    pub hostname: String,
    /// Scheme, host and port; the text `null` for schemes that have no origin.
    pub origin: String,
    /// The path, dot segments resolved, beginning with `/` for `http` and `https`.
    pub path: String,
    /// Whether it has a user name or a password.
    pub has_credentials: bool,
    /// Whether it has a query or a fragment.
    pub has_query_or_fragment: bool,
}

impl WebUrl {
    /// Parses an absolute URL. `None` if the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        imp::parse(text, None)
    }

    /// Parses a URL that may be relative to this one. `None` if the text is no URL.
    pub fn join(&self, text: &str) -> Option<Self> {
        imp::parse(text, Some(&self.href))
    }

    /// Host and port as a person reads them: `login.acme.example`, `127.0.0.1:9000`.
    pub fn host(&self) -> &str {
        let host = self.origin.strip_prefix(self.scheme.as_str()).and_then(|rest| rest.strip_prefix("://"));
        host.unwrap_or(&self.hostname)
    }

    /// Whether it is `https`, or `http` on this machine.
    pub fn is_secure(&self) -> bool {
        self.scheme == "https" || (self.scheme == "http" && matches!(self.hostname.as_str(), "localhost" | "127.0.0.1"))
    }

    /// Whether `other` is this URL or lies below it: it has the same origin, and its path is this path or continues it
    /// at a `/`.
    ///
    /// Where this path is longer than `/`, a path with an encoded slash or backslash is not covered: servers differ in
    /// whether `..%2f` leads to the parent.
    pub fn covers(&self, other: &WebUrl) -> bool {
        let prefix = self.path.strip_suffix('/').unwrap_or(&self.path);
        let Some(rest) = other.path.strip_prefix(prefix) else { return false };
        let has_encoded_slash = |path: &str| {
            path.split('%').skip(1).any(|escaped| matches!(escaped.get(..2), Some("2f" | "2F" | "5c" | "5C")))
        };
        self.origin == other.origin
            && self.origin != "null"
            && !other.has_credentials
            && (rest.is_empty() || rest.starts_with('/'))
            && (prefix.is_empty() || !has_encoded_slash(&other.path))
    }
}

#[cfg(not(target_arch = "wasm32"))]
use native as imp;

/// Parsing with the `url` crate. Public for the test that compares it with the browser.
#[cfg(any(feature = "native-url", not(target_arch = "wasm32")))]
pub mod native {
    use super::WebUrl;
    use alloc::borrow::ToOwned;
    use url::Url;

    /// Parses `text`, relative to `base` if there is one. `None` if it is no URL.
    pub fn parse(text: &str, base: Option<&str>) -> Option<WebUrl> {
        let base = base.map(Url::parse).transpose().ok()?;
        let url = Url::options().base_url(base.as_ref()).parse(text).ok()?;
        Some(WebUrl {
            scheme: url.scheme().to_owned(),
            hostname: url.host_str().unwrap_or_default().to_owned(),
            origin: url.origin().ascii_serialization(),
            path: url.path().to_owned(),
            has_credentials: !url.username().is_empty() || url.password().is_some(),
            has_query_or_fragment: url.query().is_some() || url.fragment().is_some(),
            href: url.into(),
        })
    }
}

#[cfg(target_arch = "wasm32")]
mod imp {
    use super::WebUrl;
    use alloc::borrow::ToOwned;
    use web_sys::Url;

    pub(super) fn parse(text: &str, base: Option<&str>) -> Option<WebUrl> {
        let url = match base {
            Some(base) => Url::new_with_base(text, base),
            None => Url::new(text),
        }
        .ok()?;
        Some(WebUrl {
            href: url.href(),
            scheme: url.protocol().trim_end_matches(':').to_owned(),
            hostname: url.hostname(),
            origin: url.origin(),
            path: url.pathname(),
            has_credentials: !url.username().is_empty() || !url.password().is_empty(),
            has_query_or_fragment: !url.search().is_empty() || !url.hash().is_empty(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> WebUrl {
        WebUrl::parse(text).unwrap()
    }

    #[track_caller]
    fn check_covers(prefix: &str, yes: &[&str], no: &[&str]) {
        let prefix = url(prefix);
        for text in yes {
            assert!(prefix.covers(&url(text)), "{} should cover {text}", prefix.href);
        }
        for text in no {
            assert!(!prefix.covers(&url(text)), "{} should not cover {text}", prefix.href);
        }
    }

    #[test]
    fn host_and_port_are_shown_as_people_read_them() {
        assert_eq!(url("https://login.acme.example/x?y").host(), "login.acme.example");
        assert_eq!(url("http://127.0.0.1:9000/").host(), "127.0.0.1:9000");
    }

    #[test]
    fn a_prefix_covers_what_lies_below_it_on_its_own_origin_only() {
        check_covers(
            "https://app.example/",
            &["https://app.example", "https://APP.example/a?b=c#d", "https://app.example:443/"],
            &[
                "https://app.example.evil.example/",
                "https://app.example@evil.example/",
                "https://user@app.example/",
                "https://app.example:8443/",
                "http://app.example/",
                "https://evil.example/https://app.example/",
                "javascript:alert(1)",
                "data:text/html,x",
                "blob:https://app.example/7",
            ],
        );
    }

    #[test]
    fn a_prefix_with_a_path_ends_at_a_slash() {
        check_covers(
            "https://app.example/team",
            &["https://app.example/team", "https://app.example/team/", "https://app.example/team/a"],
            &[
                "https://app.example/teammates",
                "https://app.example/",
                "https://app.example/team/../admin",
                "https://app.example/team/%2e%2e/admin",
                "https://app.example/team/..%2fadmin",
                "https://app.example/team/..%5Cadmin",
            ],
        );
    }

    #[test]
    fn http_is_secure_on_this_machine_only() {
        for text in ["https://a.example", "http://localhost:3000", "http://127.0.0.1"] {
            assert!(url(text).is_secure(), "{text}");
        }
        for text in [
            "http://a.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "ftp://localhost",
            "javascript:1",
        ] {
            assert!(!url(text).is_secure(), "{text}");
        }
    }
}
