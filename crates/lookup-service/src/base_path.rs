//! The path that the picker is below, where it has no origin of its own.

use std::borrow::Cow;
use std::str::FromStr;

/// A path with a slash at its beginning and its end: `/`, or for example `/login/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasePath(String);

/// A text is no [`BasePath`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a path begins and ends with a slash and has letters, digits, - and _ between slashes, such as /login/")]
pub struct NotABasePath;

impl Default for BasePath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl FromStr for BasePath {
    type Err = NotABasePath;

    fn from_str(text: &str) -> Result<Self, NotABasePath> {
        let is_segment =
            |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        let inner = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        if text == "/" || inner.is_some_and(|inner| inner.split('/').all(is_segment)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotABasePath)
        }
    }
}

impl BasePath {
    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the picker has an origin of its own.
    pub fn is_root(&self) -> bool {
        self.0 == "/"
    }

    /// The page that `make build` has written, with all links below this path. What is in scripts and styles stays as
    /// it is, so their hashes stay valid.
    pub fn applied_to<'a>(&self, page: &'a str) -> Cow<'a, str> {
        if self.is_root() {
            return Cow::Borrowed(page);
        }
        let mut result = String::with_capacity(page.len() + 40 * self.0.len());
        let mut rest = page;
        while let Some(start) = rest.find('<') {
            result.push_str(&rest[..start]);
            rest = &rest[start..];
            let end = rest.find('>').map_or(rest.len(), |end| end + 1);
            let tag = &rest[..end];
            result.push_str(&self.applied_to_tag(tag));
            rest = &rest[end..];
            for (opening, closing) in [("<script", "</script"), ("<style", "</style")] {
                if tag.starts_with(opening) {
                    let content = rest.find(closing).unwrap_or(rest.len());
                    result.push_str(&rest[..content]);
                    rest = &rest[content..];
                }
            }
        }
        result.push_str(rest);
        Cow::Owned(result)
    }

    /// A tag with the path in the place of the slash that its `href` or `src` begins with.
    fn applied_to_tag(&self, tag: &str) -> String {
        let mut tag = tag.to_owned();
        for attribute in [" href=", " src="] {
            let Some(at) = tag.find(attribute) else { continue };
            let mut value = at + attribute.len();
            value += usize::from(tag[value..].starts_with(['"', '\'']));
            if tag[value..].starts_with('/') && !tag[value..].starts_with("//") {
                tag.replace_range(value..=value, &self.0);
            }
        }
        tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inline::Inline;

    #[test]
    fn a_path_has_slashes_at_both_ends_and_plain_segments() {
        for path in ["/", "/login/", "/a/b-c_1/"] {
            assert_eq!(path.parse::<BasePath>().unwrap().as_str(), path);
        }
        for text in ["", "login", "/login", "login/", "//", "/a//b/", "/a b/", "/../", "/a\"/", "/%2e/", "/é/"] {
            assert_eq!(text.parse::<BasePath>(), Err(NotABasePath), "{text}");
        }
    }

    #[test]
    fn the_links_of_a_page_are_below_the_path_and_its_scripts_are_not_changed() {
        let page = "<link href=data:, rel=icon><link href=/ hreflang=en><style>a[href=/x]{}</style><link hreflang=de href=\"/de.json\">\
            <script src=/a.js></script><script>let s = '<a href=/x>'</script><a href=https://b.example/ class=c>b</a><a href=//c.example/>\
            <img src='/i.svg'>";
        let expected = "<link href=data:, rel=icon><link href=/login/ hreflang=en><style>a[href=/x]{}</style><link hreflang=de \
            href=\"/login/de.json\"><script src=/login/a.js></script><script>let s = '<a href=/x>'</script>\
            <a href=https://b.example/ class=c>b</a><a href=//c.example/><img src='/login/i.svg'>";
        let path: BasePath = "/login/".parse().unwrap();
        assert_eq!(path.applied_to(page), expected);
        assert_eq!(Inline::of(page).scripts, Inline::of(expected).scripts);
        assert_eq!(BasePath::default().applied_to(page), page);
    }
}
