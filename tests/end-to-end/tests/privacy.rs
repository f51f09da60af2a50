//! Where tokens, codes and the email may appear during a whole journey.

use anyhow::{Context, Result};
use end_to_end::Way::Reload;
use end_to_end::{Conditions, World, body_of, journey, lookup_bodies};
use serde_json::{Value, json};

/// A script that records in sessionStorage, for the whole life of the tab, console messages, errors, and violations of
/// the Content Security Policy.
const RECORD_CONSOLE: &str = "
    const write = (line) => {
        try {
            const lines = JSON.parse(sessionStorage.getItem('test.recorded') ?? '[]');
            sessionStorage.setItem('test.recorded', JSON.stringify([...lines, line]));
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
/// A script that returns what [`RECORD_CONSOLE`] has recorded.
const RECORDED: &str = "return JSON.parse(sessionStorage.getItem('test.recorded') ?? '[]')";

#[test]
fn a_whole_journey_leaks_no_token_code_or_email() {
    journey("discreet", Conditions::watched(), |w| async move {
        w.runs_in_every_page(RECORD_CONSOLE).await?;
        let sessions = signs_in_to_acme_and_umbrella(&w).await?;
        assert_eq!(w.run_script(RECORDED).await?, json!([]), "console messages, errors and violations of the policy");
        expects_no_email_in_storage(&w).await?;
        expects_clean_history(&w).await?;

        let requests = w.requests().await?;
        let secrets = Secrets::of(&w, &requests, &sessions);
        let log: Vec<_> = w.driver.browser_log().await?.into_iter().map(|entry| entry.message).collect();
        for secret in secrets.hidden.iter().chain(&secrets.sent) {
            assert!(!log.iter().any(|line| line.contains(secret)), "{log:?}");
        }
        for request in &requests {
            secrets.expect_none_in(&w, request);
        }
        assert_eq!(lookup_bodies(&requests), [r#"{"domain":"acme.example"}"#, r#"{"domain":"umbrella.example"}"#]);
        expects_that_the_console_is_recorded(&w).await
    });
}

/// Is refused at Acme and copies the details of the error, signs in to Acme, switches to Umbrella Europe, and signs
/// out. Returns the two sessions.
async fn signs_in_to_acme_and_umbrella(w: &World) -> Result<[Value; 2]> {
    w.open("/").await?;
    w.submit("countess@acme.example").await?;
    w.signs_in_at("AcmeSAML", "Cancel").await?;
    w.sees_problem("provider_access_denied").await?;
    w.run_script("navigator.clipboard.writeText = async (text) => { window.copied = text }").await?;
    w.press("Copy details for support").await?;
    let copied = w.waits_for_value("return window.copied").await?;
    let copied = copied.as_str().context("a text")?;
    let fields: Vec<_> = copied.lines().filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(fields, ["code", "time", "organization", "page"], "{copied}");

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
    Ok([at_acme, at_umbrella])
}

async fn expects_no_email_in_storage(w: &World) -> Result<()> {
    let kept = w.run_script("return JSON.stringify([{ ...localStorage }, { ...sessionStorage }])").await?;
    assert!(!kept.as_str().context("a text")?.contains("countess"), "{kept}");
    Ok(())
}

/// Expects that no address of the picker in the tab's history has a query.
async fn expects_clean_history(w: &World) -> Result<()> {
    let history = w.devtools("Page.getNavigationHistory", json!({})).await?["entries"].take();
    let history = history.as_array().into_iter().flatten().filter_map(|entry| entry["url"].as_str());
    let history: Vec<_> = history.filter_map(|url| url.strip_prefix(&w.picker)).collect();
    // The form, a refusal and a session at Acme, the form again, a session at Umbrella, the page after the sign-out.
    assert_eq!(history, ["/", "/callback", "/callback", "/", "/callback", "/signed-out"]);
    Ok(())
}

/// Expects that [`RECORD_CONSOLE`] records a console message and a violation of the policy: if it recorded nothing, the
/// test would prove nothing.
async fn expects_that_the_console_is_recorded(w: &World) -> Result<()> {
    w.run_script(
        "console.log('hello'); document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.2/' }))",
    )
    .await?;
    w.waits_for_value("return sessionStorage['test.recorded']?.includes('violation: img-src http://127.0.0.2/')")
        .await?;
    assert!(w.run_script(RECORDED).await?.to_string().contains("log: hello"));
    Ok(())
}

/// The values that must not appear where they do not belong.
struct Secrets<'a> {
    /// Tokens and PKCE verifiers, which no address may contain.
    hidden: Vec<&'a str>,
    /// The email, codes, states and nonces, which only the authorization request and the callback may contain.
    sent: Vec<&'a str>,
    authorize: String,
    callback: String,
}

impl<'a> Secrets<'a> {
    fn of(w: &World, requests: &'a [Value], sessions: &'a [Value; 2]) -> Self {
        let (authorize, callback) = (format!("{}/oauth2/authorize", w.hosted_ui), format!("{}/callback", w.picker));
        let tokens = ["id_token", "access_token", "refresh_token"];
        let tokens = sessions.iter().flat_map(|session| tokens.map(|name| &session[name]));
        let mut hidden: Vec<_> = tokens.filter_map(Value::as_str).collect();
        let mut sent = vec!["countess"];
        for request in requests {
            let (address, query) = address_of(request);
            if address == authorize || address == callback {
                sent.extend(["code", "state", "nonce"].iter().filter_map(|name| parameter(query, name)));
            }
            hidden.extend(parameter(body_of(request), "code_verifier"));
        }
        assert_eq!(hidden.len(), 8, "three tokens and a verifier for each session");
        // The email; three authorization requests with state and nonce; three responses with the state, two of them
        // with a code.
        assert_eq!(sent.len(), 1 + 3 * 2 + 3 + 2);
        Self { hidden, sent, authorize, callback }
    }

    /// Expects that a request goes to the picker or the hosted UI, and that its address and headers contain no secret.
    fn expect_none_in(&self, w: &World, request: &Value) {
        let (address, query) = address_of(request);
        let is_ours = [&w.picker, &w.hosted_ui].iter().any(|origin| address.starts_with(&format!("{origin}/")));
        assert!(is_ours || address.starts_with("data:"), "{address}");
        let may_contain_sent = address == self.authorize || address == self.callback;
        for secret in &self.hidden {
            assert!(!query.contains(secret), "in the address {address}");
        }
        // The callback may contain the code and the state, but not the email.
        let is_forbidden = |secret: &&&str| !may_contain_sent || (**secret == "countess" && address == self.callback);
        for secret in self.sent.iter().filter(is_forbidden) {
            assert!(!address.contains(secret) && !query.contains(secret), "in the address {address}?{query}");
        }
        for secret in self.hidden.iter().chain(&self.sent) {
            assert!(!request["headers"].to_string().contains(secret), "in a header to {address}");
        }
    }
}

/// The address of a request without its query, and the query.
fn address_of(request: &Value) -> (&str, &str) {
    let url = request["url"].as_str().unwrap_or_default();
    url.split_once('?').unwrap_or((url, ""))
}

/// The value of a parameter, not decoded. The values here are base64url, so percent-encoding does not change them.
fn parameter<'a>(form: &'a str, name: &str) -> Option<&'a str> {
    form.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}
