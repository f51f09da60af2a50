//! URLs, taken apart by the platform.
//!
//! Whether a `return_to` may be followed hangs on reading it exactly as the browser will. So the browser's own parser
//! does it (`URL` in the app, the `url` crate in native code and tests: both are the WHATWG URL standard), and this
//! crate only ever compares the parts. It also keeps a second parser with its IDNA tables out of the wasm.

/// An absolute URL in the parts that the WHATWG URL standard gives it, all as the parser normalised them.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Whether it carries a user name or a password.
    pub has_credentials: bool,
    /// Whether it carries a query or a fragment.
    pub has_query_or_fragment: bool,
}

/// Parses `text`, relative to `base` where one is given; `None` if it is no URL.
pub type ParseUrl = fn(text: &str, base: Option<&str>) -> Option<WebUrl>;

impl WebUrl {
    /// Host and port as a person reads them: `login.acme.example`, `127.0.0.1:9000`.
    pub fn host(&self) -> &str {
        let host = self.origin.strip_prefix(self.scheme.as_str()).and_then(|rest| rest.strip_prefix("://"));
        host.unwrap_or(&self.hostname)
    }

    /// `https`, or `http` on this very machine.
    pub fn is_secure(&self) -> bool {
        self.scheme == "https" || (self.scheme == "http" && matches!(self.hostname.as_str(), "localhost" | "127.0.0.1"))
    }

    /// Whether `other` lies at or below this URL: same origin, and a path that continues this one at a `/`.
    ///
    /// An encoded slash or backslash below a longer prefix is refused, since servers differ in whether `..%2f` climbs.
    pub(crate) fn covers(&self, other: &WebUrl) -> bool {
        let prefix = self.path.strip_suffix('/').unwrap_or(&self.path);
        let Some(rest) = other.path.strip_prefix(prefix) else { return false };
        let climbs = |path: &str| {
            path.split('%').skip(1).any(|escaped| matches!(escaped.get(..2), Some("2f" | "2F" | "5c" | "5C")))
        };
        self.origin == other.origin
            && self.origin != "null"
            && !other.has_credentials
            && (rest.is_empty() || rest.starts_with('/'))
            && (prefix.is_empty() || !climbs(&other.path))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The native parser, as the service uses it too.
    pub(crate) fn parse_url(text: &str, base: Option<&str>) -> Option<WebUrl> {
        let base = base.map(url::Url::parse).transpose().ok()?;
        let url = url::Url::options().base_url(base.as_ref()).parse(text).ok()?;
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

    pub(crate) fn url(text: &str) -> WebUrl {
        parse_url(text, None).unwrap()
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
    fn people_read_host_and_port() {
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
    fn only_this_machine_may_do_without_https() {
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
