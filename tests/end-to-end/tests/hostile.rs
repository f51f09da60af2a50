//! Sign-ins at a hostile OpenID provider. Each case says what the provider does and what must come of it: a session, or
//! a failure with its code.
//!
//! The cases are in cases.toml. They run in one browser. The page of the picker begins one sign-in for each tenant, and
//! is kept from leaving. Each case goes on from there, with nothing else in the storage: loading that page for every
//! case would take as long as all the rest. All cases run, and the failed ones are listed at the end.
//!
//! `HOSTILE=part_of_a_name` runs those cases whose name contains it.

#![allow(clippy::print_stderr, reason = "a failed case is printed at once, because a later one could hang")]

use anyhow::{Context, Result, bail, ensure};
use end_to_end::{Conditions, World, journey};
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long one sign-in may take. Only a case that fails takes this long.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long to wait until the provider has counted the expected requests for its keys.
const COUNTED_WITHIN: Duration = Duration::from_secs(1);
/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(25);

/// The greatest length of an error message, in characters. The picker cuts the provider's text, so that it cannot fill
/// the page.
const WORDS_MAX: usize = 800;

/// By how many seconds a session's length may differ, because a case takes some seconds itself.
const LEEWAY: f64 = 30.0;

/// A script that leaves for the hosted UI with this pending sign-in alone in the storage. The mark `over` keeps
/// [`OUTCOME`] from reading the old page.
const LEAVE: &str = "window.over = true; localStorage.clear(); sessionStorage.clear();
    const [key, record, address] = arguments;
    localStorage.setItem(key, record);
    location.replace(address);";

/// A script that returns the pending sign-in of a page that is kept from leaving: its key, its record, and the address
/// that the page would leave for.
const BEGUN: &str = "
    const key = Object.keys(localStorage).find((key) => key.startsWith('tenant-picker.pending.'));
    return window.leftFor && key ? [key, localStorage.getItem(key), window.leftFor] : null;";

/// A script that returns the outcome of the page, or null as long as there is none. `elsewhere` is everything that the
/// page shows or keeps except the session and the pending sign-ins: no secret may appear there.
const OUTCOME: &str = "
    if (window.over) return null;
    const alert = document.querySelector('[role=alert]');
    const signedIn = document.querySelector('h1')?.textContent.startsWith('Signed in to ');
    if (!alert && !signedIn) return null;
    const session = sessionStorage.getItem('tenant-picker.session');
    const waits = (key) => key.startsWith('tenant-picker.pending.');
    const others = (storage, own) => Object.entries(storage).filter(([key]) => !own(key));
    return {
        outcome: alert ? alert.dataset.error : 'signed_in',
        words: alert?.innerText ?? '',
        address: location.href,
        session: JSON.parse(session),
        pending: Object.keys(localStorage).filter(waits).length,
        elsewhere: JSON.stringify([
            others(sessionStorage, (key) => key === 'tenant-picker.session'), others(localStorage, waits),
            history.state, document.cookie, document.documentElement.outerHTML,
        ]),
        markup: document.querySelector('[data-evil]') !== null,
        now: Date.now() / 1000,
    };";

#[test]
fn every_case_of_the_hostile_provider_has_its_expected_outcome() {
    let conditions = Conditions { hostile_provider: true, ..Conditions::default() };
    journey("hostile", conditions, |w| async move {
        let wanted = std::env::var("HOSTILE").unwrap_or_default();
        let cases: Vec<Case> = cases()?.into_iter().filter(|case| case.name.contains(&wanted)).collect();
        let mut begun = HashMap::new();
        for Case { tenant, .. } in &cases {
            if !begun.contains_key(tenant) {
                begun.insert(tenant, begins(&w, tenant).await?);
            }
        }
        w.open("/signed-out").await?;
        w.sees_heading("You have signed out").await?;

        let mut failed = Vec::new();
        for case in &cases {
            if let Err(seen) = case.run(&w, &begun[&case.tenant]).await {
                eprintln!("{}\n  because {} ({})\n{seen:#}\n", case.name, case.because, case.spec);
                failed.push(case.name.as_str());
                // A failed case may have left something in the cache.
                w.driver.cdp().send_raw("Network.clearBrowserCache", json!({})).await?;
            }
        }
        ensure!(!cases.is_empty(), "no case has a name like {wanted}");
        ensure!(failed.is_empty(), "{} of {} cases failed:\n{}", failed.len(), cases.len(), failed.join("\n"));
        Ok(())
    });
}

#[test]
fn two_sign_ins_at_one_organization_share_no_state_nonce_or_challenge() {
    journey("fresh", Conditions::hostile(), |w| async move {
        let mut seen = HashSet::new();
        for _ in 0..2 {
            let [_, _, address] = &begins(&w, "acme").await?[..] else { bail!("no address") };
            let address = reqwest::Url::parse(address.as_str().context("a text")?)?;
            for (name, value) in address.query_pairs() {
                if ["state", "nonce", "code_challenge"].contains(&name.as_ref()) {
                    assert!(seen.insert(value.into_owned()), "{name} is the same");
                }
            }
        }
        assert_eq!(seen.len(), 6);
        Ok(())
    });
}

#[test]
fn every_case_has_a_unique_name_and_a_reason() {
    let cases = cases().expect("cases.toml can be read");
    let mut names = HashSet::new();
    for Case { name, because, spec, .. } in &cases {
        assert!(names.insert(name), "two cases are called {name}");
        assert!(name.bytes().all(|b| b == b'_' || b.is_ascii_lowercase() || b.is_ascii_digit()), "{name}");
        assert!(!because.is_empty() && !spec.is_empty(), "{name} lacks a reason or a source");
    }
}

struct Case {
    name: String,
    because: String,
    spec: String,
    tenant: String,
    /// `signed_in`, or the stable code of a failure.
    expect: String,
    says: String,
    lasts: Option<u64>,
    pending_left: u64,
    authorize_requests: u64,
    token_requests: u64,
    jwks_requests: u64,
    /// All other fields are for the provider, which rejects those that it does not know.
    steering: Value,
}

/// Reads cases.toml.
fn cases() -> Result<Vec<Case>> {
    let mut file: Map<String, Value> = toml::from_str(include_str!("../cases.toml"))?;
    let Some(Value::Array(cases)) = file.remove("case") else { bail!("cases.toml has no [[case]]") };
    ensure!(file.is_empty(), "cases.toml has fields outside of its cases");
    cases.into_iter().map(Case::read).collect()
}

impl Case {
    fn read(case: Value) -> Result<Self> {
        let Value::Object(mut case) = case else { bail!("{case} is not a table") };
        let mut text = |name: &str| match case.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => bail!("{name} is {other}, not a text"),
        };
        let (name, because, spec) = (text("name")?, text("because")?, text("spec")?);
        let (tenant, expect, says) = (text("tenant")?, text("expect")?, text("says")?);
        let name = name.context("a case has no name")?;

        let mut number = |name: &str| match case.remove(name) {
            None => Ok(None),
            Some(value) => value.as_u64().map(Some).with_context(|| format!("{name} is {value}, not a number")),
        };
        let token_requests = number("token_requests")?.unwrap_or(1);
        Ok(Self {
            because: because.with_context(|| format!("{name} has no `because`"))?,
            spec: spec.with_context(|| format!("{name} has no `spec`"))?,
            tenant: tenant.unwrap_or_else(|| "acme".to_owned()),
            expect: expect.with_context(|| format!("{name} has no `expect`"))?,
            says: says.unwrap_or_default(),
            lasts: number("lasts")?,
            pending_left: number("pending_left")?.unwrap_or(0),
            authorize_requests: number("authorize_requests")?.unwrap_or(1),
            token_requests,
            jwks_requests: number("jwks_requests")?.unwrap_or(token_requests.min(1)),
            steering: Value::Object(case),
            name,
        })
    }

    /// Goes on with a sign-in that has begun, and compares the page, the storage and the requests with what the case
    /// expects.
    ///
    /// # Errors
    /// The list of differences, one a line.
    async fn run(&self, w: &World, begun: &[Value]) -> Result<()> {
        w.steer(&self.steering).await?;
        w.driver.execute(LEAVE, begun.to_vec()).await?;
        let page = outcome(w).await?;
        let mut counts = w.counts().await?;
        // The picker requests the keys at the same time as the tokens. If the token endpoint refuses, it does not wait
        // for the keys, so their request may arrive later than the outcome.
        let until = Instant::now() + COUNTED_WITHIN;
        while counts["jwks_requests"] != self.jwks_requests && Instant::now() < until {
            sleep(PAUSE).await;
            counts = w.counts().await?;
        }

        let mut differences = Vec::new();
        let mut check = |what: &str, seen: &Value, due: Value| {
            if *seen != due {
                differences.push(format!("  {what}: {seen}, not {due}"));
            }
        };
        check("outcome", &page["outcome"], json!(self.expect));
        check("address", &page["address"], json!(format!("{}/callback", w.picker)));
        check("pending sign-ins left", &page["pending"], json!(self.pending_left));
        let elsewhere = page["elsewhere"].as_str().unwrap_or_default();
        for (name, secret) in counts["secrets"].as_object().into_iter().flatten() {
            let leaks = secret.as_str().is_some_and(|secret| elsewhere.contains(secret));
            check(&format!("{name} shown, or kept elsewhere"), &json!(leaks), json!(false));
        }
        check("foreign markup on the page", &page["markup"], json!(false));
        check("authorize requests", &counts["authorize_requests"], json!(self.authorize_requests));
        check("token requests", &counts["token_requests"], json!(self.token_requests));
        check("JWKS requests", &counts["jwks_requests"], json!(self.jwks_requests));
        check("requests to other addresses", &counts["other_requests"], json!([]));
        check("what the app's requests got wrong", &counts["faults"], json!([]));
        let session = &page["session"];
        let signed_in = self.expect == "signed_in";
        check("a session", &json!(!session.is_null()), json!(signed_in));
        if signed_in {
            check("session at", &session["tenant"]["code"], json!(self.tenant));
            for token in ["id_token", "access_token", "refresh_token"] {
                // Compared here, so that no token is printed.
                check(&format!("{token} as issued"), &json!(session[token] == counts["issued"][token]), json!(true));
            }
        }
        let words = page["words"].as_str().unwrap_or_default();
        if !words.contains(&self.says) || words.chars().count() > WORDS_MAX {
            differences.push(format!("  words: {words:?} do not say {:?} in {WORDS_MAX} characters", self.says));
        }
        // Only a refusal of the organization may be called one: what the operator has set up wrongly is none.
        if words.contains("Your organization refused") && self.expect != "provider_refused" {
            differences.push(format!("  words: {words:?} blame the organization"));
        }
        if let Some(due) = self.lasts {
            let lasts = session["expires_at"].as_f64().unwrap_or_default() - page["now"].as_f64().unwrap_or_default();
            if (lasts - due as f64).abs() > LEEWAY {
                differences.push(format!("  session lasts {lasts:.0} s, not {due}"));
            }
        }
        ensure!(differences.is_empty(), differences.join("\n"));
        Ok(())
    }
}

/// Begins a sign-in in the form, and returns what [`BEGUN`] does.
async fn begins(w: &World, tenant: &str) -> Result<Vec<Value>> {
    w.visits_first_time("/", "en", json!([])).await?;
    w.stays_when_leaving().await?;
    w.submit(tenant).await?;
    let begun = w.waits_for_value(BEGUN).await.with_context(|| format!("a sign-in at {tenant}"))?;
    begun.as_array().cloned().context("a list")
}

async fn outcome(w: &World) -> Result<Value> {
    let until = Instant::now() + TIMEOUT;
    while Instant::now() < until {
        // During a navigation the driver may have no page to run the script in.
        if let Ok(page @ Value::Object(_)) = w.run_script(OUTCOME).await {
            return Ok(page);
        }
        sleep(PAUSE).await;
    }
    let address = w.driver.current_url().await?;
    bail!("  no outcome after {} s, at {address}: {:?}", TIMEOUT.as_secs(), w.text().await.unwrap_or_default())
}
