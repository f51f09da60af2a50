//! The inline scripts and styles of a page. Its content security policy has to name each by its hash ([CSP Level 3
//! §2.3.1](https://www.w3.org/TR/CSP3/#framework-directive-source-list)), or the browser ignores it and the page
//! fetches the files in its place.

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

/// What to add to `script-src` and `style-src`: ` 'sha256-…'` for each script or style.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Inline {
    /// For `script-src`.
    pub(crate) scripts: String,
    /// For `style-src`.
    pub(crate) styles: String,
}

impl Inline {
    /// Reads a page that `make build` has written.
    pub(crate) fn of(page: &str) -> Self {
        Self { scripts: sources(page, "script"), styles: sources(page, "style") }
    }
}

fn sources(page: &str, element: &str) -> String {
    let (open, close) = (format!("<{element}"), format!("</{element}>"));
    let inline = page.split(&open).skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (content, _) = rest.split_once(&close)?;
        // What is data is not run, and needs no hash.
        (!attributes.contains("src=") && !attributes.contains("type=application/")).then_some(content)
    });
    inline.map(|content| format!(" 'sha256-{}'", Base64::encode_string(&Sha256::digest(content)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_are_named_by_their_hash_and_files_are_not() {
        // The example of CSP Level 3, §8.3: `alert('Hello, world.');`
        let page = r#"<style>p{}</style><script type=module src=/a.js></script><script type=application/json id=config>{}</script><script>alert('Hello, world.');</script>"#;
        let inline = Inline::of(page);
        assert_eq!(inline.scripts, " 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
        assert_eq!(inline.styles.matches("sha256-").count(), 1);
        assert_eq!(Inline::of("<p>no more</p>"), Inline::default());
    }
}
