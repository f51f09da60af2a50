//! TODO

use anyhow::Context;
use end_to_end::Way::Reload;
use end_to_end::{Conditions, body_of, journey, lookup_bodies};
use serde_json::{Value, json};

/// Writes down, for the whole tab, what is said to the console, what goes wrong, and what the policy refuses.
const EAVESDROP: &str = "
    const write = (line) => {
        try {
            const lines = JSON.parse(sessionStorage.getItem('test.heard') ?? '[]');
            sessionStorage.setItem('test.heard', JSON.stringify([...lines, line]));
        } catch {}
    };
    for (const level of Object.keys(console)) {
        const say = console[level];
        if (typeof say === 'function') console[level] = (...words) => {
            write(level + ': ' + words.map(String).join(' '));
            return say.apply(console, words);
        };
    }
    addEventListener('error', (event) => write('error: ' + event.message), true);
    addEventListener('unhandledrejection', (event) => write('rejection: ' + event.reason));
    addEventListener('securitypolicyviolation', (event) => {
        write('violation: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample);
    });";
const HEARD: &str = "return JSON.parse(sessionStorage.getItem('test.heard') ?? '[]')";

#[test]
fn a_whole_journey_leaks_no_token_code_or_email() {
    journey("discreet", Conditions::watched(), |w| async move {
        w.runs_in_every_page(EAVESDROP).await?;
        w.open("/").await?;
        w.submit("countess@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Cancel").await?;
        w.sees_problem("provider_access_denied").await?;
        w.run_script("navigator.clipboard.writeText = async (text) => { window.copied = text }").await?;
        w.press("Copy details for support").await?;
        let copied = w.waits_for_value("return window.copied").await?;
        w.press("Try again").await?;
        w.signs_in_at("AcmeSAML", "Continue as countess@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        let at_acme = w.session().await?;
        assert_eq!(w.goes(Reload).await?, "Signed in to Acme Corporation");
        w.press("Switch organization").await?;
        w.submit("countess@umbrella.example").await?;
        w.press("Umbrella Europe").await?;
        w.signs_in_at("UmbrellaEU", "Continue as countess@umbrella.example").await?;
        w.is_signed_in_to("umbrella-eu", "Umbrella Europe").await?;
        let at_umbrella = w.session().await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;

        assert_eq!(w.run_script(HEARD).await?, json!([]), "the console, errors and what the policy refused");
        let report: Vec<_> =
            copied.as_str().context("a text")?.lines().filter_map(|line| line.split(": ").next()).collect();
        assert_eq!(report, ["code", "time", "organization", "page"], "{copied}");
        let kept = w.run_script("return JSON.stringify([{ ...localStorage }, { ...sessionStorage }])").await?;
        assert!(!kept.as_str().context("a text")?.contains("countess"), "{kept}");
        let history = w.devtools("Page.getNavigationHistory", json!({})).await?["entries"].take();
        let history = history.as_array().into_iter().flatten().filter_map(|entry| entry["url"].as_str());
        let history: Vec<_> = history.filter_map(|url| url.strip_prefix(&w.picker)).collect();
        // A refusal and a session at Acme, the form, a session at Umbrella, the end.
        assert_eq!(history, ["/", "/callback", "/callback", "/", "/callback", "/signed-out"]);

        // What nobody may hear: the first in no address at all, the second in OAuth's own two and nowhere else.
        let tokens = ["id_token", "access_token", "refresh_token"];
        let tokens = [&at_acme, &at_umbrella].into_iter().flat_map(|session| tokens.map(|name| &session[name]));
        let mut hidden: Vec<_> = tokens.filter_map(Value::as_str).collect();
        let mut sent = vec!["countess"];
        let requests = w.requests().await?;
        let (authorize, callback) = (format!("{}/oauth2/authorize", w.hosted_ui), format!("{}/callback", w.picker));
        for request in &requests {
            let (address, query) = address_of(request);
            if address == authorize || address == callback {
                sent.extend(["code", "state", "nonce"].iter().filter_map(|name| parameter(query, name)));
            }
            hidden.extend(parameter(body_of(request), "code_verifier"));
        }
        assert_eq!(hidden.len(), 8, "three tokens and a verifier for each session");
        // Three times leaving, with state and nonce; three answers with the state again, two of them with a code.
        assert_eq!(sent.len(), 1 + 3 * 2 + 3 + 2);

        let log: Vec<_> = w.driver.browser_log().await?.into_iter().map(|entry| entry.message).collect();
        for secret in hidden.iter().chain(&sent) {
            assert!(!log.iter().any(|line| line.contains(secret)), "{log:?}");
        }
        for request in &requests {
            let (address, query) = address_of(request);
            let is_ours = [&w.picker, &w.hosted_ui].iter().any(|origin| address.starts_with(&format!("{origin}/")));
            assert!(is_ours || address.starts_with("data:"), "{address}");
            let is_oauths = address == authorize || address == callback;
            for secret in &hidden {
                assert!(!query.contains(secret), "in the address {address}");
            }
            for secret in sent.iter().filter(|secret| !is_oauths || (**secret == "countess" && address == callback)) {
                assert!(!address.contains(secret) && !query.contains(secret), "in the address {address}?{query}");
            }
            for secret in hidden.iter().chain(&sent) {
                assert!(!request["headers"].to_string().contains(secret), "in a header to {address}");
            }
        }
        assert_eq!(lookup_bodies(&requests), [r#"{"domain":"acme.example"}"#, r#"{"domain":"umbrella.example"}"#]);

        // The net is not torn: it catches what it is meant to catch.
        w.run_script(
            "console.log('hello'); document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.2/' }))",
        )
        .await?;
        w.waits_for_value("return sessionStorage['test.heard']?.includes('violation: img-src http://127.0.0.2/')")
            .await?;
        assert!(w.run_script(HEARD).await?.to_string().contains("log: hello"));
        Ok(())
    });
}

/// The address without its query, and the query.
fn address_of(request: &Value) -> (&str, &str) {
    let url = request["url"].as_str().unwrap_or_default();
    url.split_once('?').unwrap_or((url, ""))
}

/// The value as it was sent. What is looked for here is base64url, and so the same in any encoding.
fn parameter<'a>(form: &'a str, name: &str) -> Option<&'a str> {
    form.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}
