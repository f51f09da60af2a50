//! The native URL parser in the form that the `sign-in` crate takes it: WHATWG's rules, as in the browser.

use sign_in::web_url::WebUrl;

/// Parses `text`, relative to `base` where one is given; `None` if it is no URL.
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
