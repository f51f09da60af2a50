//! Applications that sign people in themselves: the picker tells them which organization, and they begin the sign-in.

use platform::WebUrl;

/// An entry of `applications` in config.json, or of `return_to.allow`, which has no `login_uri`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The address that its pages are below.
    pub url: WebUrl,
    /// The address that begins a sign-in, by a login that a third party initiates ([OpenID Connect Core
    /// §4](https://openid.net/specs/openid-connect-core-1_0.html#ThirdPartyInitiatedLogin)). Without it the picker
    /// signs people in itself.
    pub login_uri: Option<String>,
}

#[cfg(test)]
mod tests {
    use crate::tests::{SAMPLE_CONFIG, parse};
    use crate::{ConfigError, Deployment};

    fn with(applications: &str) -> Result<Deployment, ConfigError> {
        parse(&SAMPLE_CONFIG.replacen('{', &format!(r#"{{"applications": {applications},"#), 1))
    }

    const TWO: &str = r#"[
        {"url": "https://shop.example/", "login_uri": "https://shop.example/login?from=picker"},
        {"url": "https://shop.example/admin/", "login_uri": "https://shop.example/admin/login"},
        {"url": "https://shop.example/static/files/"}]"#;

    #[test]
    fn an_applications_pages_may_be_returned_to() {
        let deployment = with(TWO).unwrap();
        assert!(deployment.return_to.check("https://shop.example/deep").is_some());
        assert!(deployment.return_to.check("https://shop.example.evil.example/").is_none());
    }

    #[test]
    fn the_application_with_the_longest_url_signs_in() {
        let deployment = with(TWO).unwrap();
        let login_uri = |target: &str| {
            let target = deployment.return_to.check(target)?;
            deployment.return_to.login_uri_for(&target).map(str::to_owned)
        };
        assert_eq!(login_uri("https://shop.example/deep?x").as_deref(), Some("https://shop.example/login?from=picker"));
        assert_eq!(login_uri("https://shop.example/admin/x").as_deref(), Some("https://shop.example/admin/login"));
        assert_eq!(
            login_uri("https://shop.example/administrators").as_deref(),
            Some("https://shop.example/login?from=picker")
        );
        // An application without a login_uri leaves its pages to the one above it.
        assert_eq!(
            login_uri("https://shop.example/static/files/a").as_deref(),
            Some("https://shop.example/login?from=picker")
        );
        assert_eq!(login_uri("https://app.example/"), None);
        assert_eq!(login_uri("/deep"), None);
    }

    #[test]
    fn an_application_that_could_not_work_is_refused_by_its_field() {
        for (application, expected) in [
            ("7", "applications[0]: must be an object"),
            ("{}", "applications[0].url: is required"),
            (r#"{"url":"http://a.example/"}"#, "applications[0].url: must be https"),
            (r#"{"url":"https://u@a.example/"}"#, "applications[0].url: must be a web address without user name"),
            (r#"{"url":"https://*.a.example/"}"#, "applications[0].url: must be an address without *"),
            (r#"{"url":"https://a.example/","name":"A"}"#, "applications[0].name: is not a field"),
            (r#"{"url":"https://a.example/","login_uri":"/login"}"#, "applications[0].login_uri: is not a web address"),
            (
                r#"{"url":"https://a.example/","login_uri":"https://b.example/login"}"#,
                "applications[0].login_uri: must be of the origin of url",
            ),
            (
                r#"{"url":"https://a.example/","login_uri":"http://a.example/login"}"#,
                "applications[0].login_uri: must be https",
            ),
            (
                r#"{"url":"https://a.example/","login_uri":"https://u:p@a.example/login"}"#,
                "applications[0].login_uri: must be of the origin of url, without user name",
            ),
            (
                r#"{"url":"https://a.example/","login_uri":"https://a.example/login#x"}"#,
                "applications[0].login_uri: must not have a fragment",
            ),
        ] {
            let error = with(&format!("[{application}]")).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error} should start with {expected}");
        }
        assert!(with("{}").unwrap_err().to_string().starts_with("applications: must be a list"));
        let twice = r#"[{"url":"https://a.example/"},{"url":"https://a.example"}]"#;
        assert_eq!(with(twice).unwrap_err().to_string(), "applications[1].url: repeats an earlier entry");
    }
}
