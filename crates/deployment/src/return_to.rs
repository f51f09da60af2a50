//! Where people may go after signing in.

use crate::Application;
use platform::WebUrl;

/// The addresses that people may go to after signing in: those of the picker's own origin, and those that config.json
/// allows.
///
/// Anything else is not followed, or a link to the picker could lead people to a page of somebody else (an open
/// redirect).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnToRules {
    pub(crate) default: Option<WebUrl>,
    /// The entries of `applications`, then those of `allow`.
    pub(crate) allow: Vec<Application>,
    /// How many of these are applications.
    pub(crate) applications: usize,
    /// The root of the picker's origin.
    pub(crate) own: Option<WebUrl>,
}

/// An address that has passed [`ReturnToRules::check`]. The page follows no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnToRules {
    /// Checks an address, which may be relative to the picker's origin. `None` if it may not be followed.
    pub fn check(&self, text: &str) -> Option<ReturnTo> {
        let own = self.own.as_ref()?;
        let url = own.join(text)?;
        let followed = matches!(url.scheme.as_str(), "https" | "http");
        (followed && (own.covers(&url) || self.allow.iter().any(|allowed| allowed.url.covers(&url))))
            .then_some(ReturnTo(url.href))
    }

    /// The applications.
    pub fn applications(&self) -> &[Application] {
        &self.allow[..self.applications]
    }

    /// The `login_uri` of the application that has to sign people in who go to `target`: of those that it lies below
    /// and that have a `login_uri`, the one with the longest `url`. `None` if the picker signs them in.
    pub fn login_uri_for(&self, target: &ReturnTo) -> Option<&str> {
        let target = WebUrl::parse(target.as_str())?;
        let covering = self.allow.iter().filter(|allowed| allowed.login_uri.is_some() && allowed.url.covers(&target));
        covering.max_by_key(|allowed| allowed.url.path.len())?.login_uri.as_deref()
    }

    /// Where to go if nothing else was asked for.
    pub fn default_target(&self) -> Option<ReturnTo> {
        self.default.as_ref().map(|url| ReturnTo(url.href.clone()))
    }
}

impl ReturnTo {
    /// The absolute address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{SAMPLE_CONFIG, parse, sample};
    use platform::WebUrl;
    use proptest::prelude::*;

    #[test]
    fn only_the_pickers_own_origin_and_allowed_prefixes_are_followed() {
        let rules = sample().return_to;
        for (text, href) in [
            ("/deep/link?x=1#y", "https://login.example/deep/link?x=1#y"),
            ("https://app.example/a", "https://app.example/a"),
            ("https://shared.example/team/7", "https://shared.example/team/7"),
        ] {
            assert_eq!(rules.check(text).map(|r| r.0).as_deref(), Some(href));
        }
        for text in [
            "//evil.example/",
            "/\\evil.example/",
            "\\\\evil.example",
            "https://app.example@evil.example/",
            "https://app.example.evil.example/",
            "https://shared.example/teams",
            "https://shared.example/",
            "javascript:alert(1)",
            " javascript:alert(1)",
            "data:text/html,hi",
            "http://app.example/",
            "https:evil.example",
        ] {
            // `https:evil.example` is relative where the base is https, and so of the picker's own origin.
            let is_own = rules.check(text).is_none_or(|r| r.0.starts_with("https://login.example/"));
            assert!(is_own, "{text} must not be followed");
        }
    }

    #[test]
    fn the_default_target_is_the_one_of_config_json() {
        let set =
            parse(&SAMPLE_CONFIG.replace(r#""default": null"#, r#""default": "https://app.example/home""#)).unwrap();
        assert_eq!(set.return_to.default_target().unwrap().as_str(), "https://app.example/home");
        assert!(sample().return_to.default_target().is_none());
    }

    proptest! {
        #[test]
        fn an_address_that_is_followed_is_of_a_trusted_origin(text in "(https?:)?[/\\\\]{0,3}[a-z@.:]{0,20}(app|evil|login)\\.example[a-z/@.%\\\\]{0,20}") {
            if let Some(target) = sample().return_to.check(&text) {
                let origin = WebUrl::parse(target.as_str()).unwrap().origin;
                prop_assert!(["https://login.example", "https://app.example", "https://shared.example"].contains(&origin.as_str()), "{}", origin);
            }
        }
    }
}
