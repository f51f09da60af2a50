//! What happens to a sign-in between its beginning and its end: pages that are not there yet, tabs, the history, faults
//! of the browser, links from strangers; and what a page may say to whom meanwhile.

use anyhow::{Context, Result, ensure};
use end_to_end::Way::{Back, Forward, Reload};
use end_to_end::{Conditions, World, journey, ordinary_journey, root};
use serde_json::{Value, json};
use std::time::Duration;
use thirtyfour::prelude::*;
use tokio::time::{Instant, sleep};

/// A browser with a history that pages come back to life from.
fn whole() -> Conditions {
    Conditions { whole_browser: true, ..Conditions::default() }
}

fn hostile() -> Conditions {
    Conditions { hostile_provider: true, ..Conditions::default() }
}

fn watched() -> Conditions {
    Conditions { watched: true, ..Conditions::default() }
}

/// Begins at the form or a deep link, and signs Ada in at the hosted UI's page of this provider.
async fn signs_in(w: &World, path: &str, provider: &str, code: &str, name: &str) -> Result<()> {
    w.open(path).await?;
    w.signs_in_at(provider, "Ada Lovelace").await?;
    w.is_signed_in_to(code, name).await
}

async fn signs_in_to_acme(w: &World) -> Result<()> {
    signs_in(w, "/?tenant=acme", "AcmeSAML", "acme", "Acme Corporation").await
}

/// Signs in once more where the hosted UI remembers the person, and asks nothing.
async fn hops_to_acme(w: &World) -> Result<()> {
    w.open("/?tenant=acme").await?;
    w.is_signed_in_to("acme", "Acme Corporation").await
}

fn text(value: &Value) -> Result<&str> {
    value.as_str().with_context(|| format!("{value} is no text"))
}

async fn is_asked_by(w: &World, provider: &str) -> Result<()> {
    w.arrives_at(&w.hosted_ui).await?;
    w.sees(provider).await
}

fn is_lookup(request: &Value) -> bool {
    request["url"].as_str().is_some_and(|url| url.ends_with("/v1/lookup"))
}

// ── before the app is there ──────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn the_address_is_clean_though_the_app_never_comes() {
    ordinary_journey("never-comes", |w| async move {
        w.block(Some("*.wasm")).await?;
        w.open("/callback?code=x&state=y#frag").await?;
        w.sees_problem("app_crashed").await?;
        assert_eq!(w.ask("return location.href").await?, format!("{}/callback", w.picker));
        w.block(None).await?;
        w.press("Start over").await?;
        w.field().await.map(drop)
    });
}

#[test]
fn what_is_sent_before_the_app_has_come_is_kept_and_carried_out_once() {
    journey("too-early", watched(), |w| async move {
        w.hold("*.wasm").await?;
        w.open("/").await?;
        w.field().await?;
        w.comes_true("return document.activeElement.id === 'identifier'").await?;
        // Whoever sees nothing happen presses once more.
        w.types("ada@acme.example".to_owned() + Key::Enter + Key::Enter).await?;
        assert_eq!(
            w.ask("return [document.getElementById('identifier').value, document.documentElement.dataset.app]").await?,
            json!(["ada@acme.example", null])
        );
        // It is looked up while the app is on its way, and the app takes that answer.
        w.comes_true("return performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/v1/lookup'))")
            .await?;
        w.release().await?;
        is_asked_by(&w, "AcmeSAML").await?;
        w.sees("Continue as ada@acme.example").await?;
        let requests = w.requests().await?;
        let lookups: Vec<_> = requests.iter().filter(|request| is_lookup(request)).map(body_of).collect();
        assert_eq!(lookups, [r#"{"domain":"acme.example"}"#]);
        Ok(())
    });
}

#[test]
fn what_is_sent_while_the_settings_are_awaited_is_carried_out_once() {
    journey("slow-settings", watched(), |w| async move {
        // The app runs as soon as its wasm is there, and then waits for its settings.
        w.before_every_page(
            "const { instantiateStreaming } = WebAssembly;
             WebAssembly.instantiateStreaming = (...wasm) => {
               const ready = instantiateStreaming(...wasm);
               ready.then(() => setTimeout(() => { window.runs = true }));
               return ready;
             }",
        )
        .await?;
        w.hold("*/config.json").await?;
        w.open("/").await?;
        w.field().await?;
        w.comes_true("return document.activeElement.id === 'identifier'").await?;
        w.types("ada@acme.").await?;
        w.comes_true("return window.runs").await?;
        w.types("example".to_owned() + Key::Enter).await?;
        w.release().await?;
        is_asked_by(&w, "AcmeSAML").await?;
        w.sees("Continue as ada@acme.example").await?;
        assert_eq!(w.requests().await?.iter().filter(|request| is_lookup(request)).count(), 1);
        Ok(())
    });
}

#[test]
fn a_press_asks_before_it_is_let_go_and_nobody_asks_again() {
    journey("press", watched(), |w| async move {
        w.open("/").await?;
        w.type_in("ada@acme.example").await?;
        w.comes_true("return 'app' in document.documentElement.dataset").await?;
        assert!(!w.requests().await?.iter().any(is_lookup), "nobody has asked for anything yet");
        let button = w.driver.find(By::Css("#ask-form button")).await?;
        w.driver.action_chain().click_and_hold_element(&button).perform().await?;
        let mut requests = Vec::new();
        while !requests.iter().any(is_lookup) {
            requests.extend(w.requests().await?);
        }
        assert_eq!(w.ask("return document.getElementById('ask-form').ariaBusy").await?, "false", "it is not sent yet");
        w.driver.action_chain().release().perform().await?;
        is_asked_by(&w, "AcmeSAML").await?;
        requests.extend(w.requests().await?);
        let lookups: Vec<_> = requests.iter().filter(|request| is_lookup(request)).map(body_of).collect();
        assert_eq!(lookups, [r#"{"domain":"acme.example"}"#]);
        Ok(())
    });
}

// ── isolation of native accounts ─────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_native_account_hops_silently_until_an_organization_is_strict() {
    ordinary_journey("isolation", |w| async move {
        signs_in(&w, "/?tenant=initech", "COGNITO", "initech", "Initech").await?;
        w.press("Switch organization").await?;
        w.submit("miskatonic-hospital").await?;
        // Nobody is asked anything: both are app clients of one user pool, and the cookie spans them.
        w.is_signed_in_to("miskatonic-hospital", "Miskatonic University Hospital").await?;
        // Whoever is strict lets nobody in like that, whichever way they come.
        w.open("/?tenant=hooli").await?;
        w.signs_in_at("COGNITO", "Ada Lovelace").await?;
        w.is_signed_in_to("hooli", "Hooli").await?;

        w.press("Switch organization").await?;
        w.field().await?;
        assert_eq!(w.driver.current_url().await?.as_str(), format!("{}/", w.picker));
        assert!(w.session().await?.is_null());
        w.submit("initech").await?;
        w.signs_in_at("COGNITO", "Alan Turing").await?;
        w.is_signed_in_to("initech", "Initech").await
    });
}

#[test]
fn no_way_around_the_switch_leads_into_the_next_organization_unasked() {
    ordinary_journey("ways-around", |w| async move {
        // Strict, and left without a word: the form opened by hand, in another tab.
        signs_in(&w, "/?tenant=hooli", "COGNITO", "hooli", "Hooli").await?;
        w.opens_a_tab("/").await?;
        w.submit("cara@initech.example").await?;
        w.signs_in_at("COGNITO", "Alan Turing").await?;
        w.is_signed_in_to("initech", "Initech").await?;
        // A refusal leaves the hosted UI's cookie too.
        w.open("/?tenant=hooli").await?;
        w.signs_in_at("COGNITO", "Cancel").await?;
        w.sees_problem("provider_access_denied").await?;
        w.press("Choose another organization").await?;
        w.submit("initech").await?;
        w.signs_in_at("COGNITO", "Alan Turing").await?;
        w.is_signed_in_to("initech", "Initech").await
    });
}

#[test]
fn a_sign_out_that_was_stopped_has_a_way_on() {
    ordinary_journey("stopped", |w| async move {
        signs_in_to_acme(&w).await?;
        // Held up, so that the hosted UI's answer cannot arrive before the press on Stop.
        w.hold("*/logout*").await?;
        w.ask("document.querySelector('#app .ways-on button.quiet').click(); stop()").await?;
        w.sees_heading("Signing you out…").await?;
        w.release().await?;
        w.press("Start over").await?;
        w.field().await.map(drop)
    });
}

#[test]
fn a_deployment_can_keep_all_organizations_apart() {
    let settings = Some(json!({ "isolation": "strict" }));
    journey("isolated", Conditions { settings, ..Conditions::default() }, |w| async move {
        signs_in(&w, "/?tenant=initech", "COGNITO", "initech", "Initech").await?;
        w.press("Switch organization").await?;
        assert_eq!(w.comes_true("return location.pathname === '/'").await?, true);
        w.submit("hooli").await?;
        w.signs_in_at("COGNITO", "Ada Lovelace").await?;
        w.is_signed_in_to("hooli", "Hooli").await
    });
}

#[test]
fn a_switch_that_got_stuck_does_not_turn_a_later_sign_out_into_one() {
    ordinary_journey("stuck-switch", |w| async move {
        signs_in(&w, "/?tenant=hooli", "COGNITO", "hooli", "Hooli").await?;
        // The browser's own Stop button, before the hosted UI has answered.
        w.hold("*/logout*").await?;
        w.ask("document.querySelector('#app .ways-on button').click(); stop()").await?;
        w.sees_heading("Signing you out…").await?;
        w.release().await?;
        signs_in_to_acme(&w).await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await
    });
}

// ── tabs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn two_tabs_finish_two_organizations_in_reverse_order() {
    ordinary_journey("reverse", |w| async move {
        let first = w.driver.window().await?;
        w.open("/?tenant=acme").await?;
        is_asked_by(&w, "AcmeSAML").await?;
        w.opens_a_tab("/?tenant=globex").await?;
        let second = w.driver.window().await?;
        is_asked_by(&w, "GlobexOIDC").await?;
        w.press("Ada Lovelace").await?;
        w.is_signed_in_to("globex", "Globex").await?;
        w.driver.switch_to_window(first).await?;
        w.press("Alan Turing").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        w.driver.switch_to_window(second).await?;
        assert_eq!(w.goes(Reload).await?, "Signed in to Globex");
        assert_eq!(w.session().await?["tenant"]["code"], "globex");
        assert_eq!(w.pending().await?, 0);
        Ok(())
    });
}

#[test]
fn an_answer_that_many_tabs_have_is_redeemed_once() {
    journey("many-tabs", hostile(), |w| async move {
        let first = w.driver.window().await?;
        // At once, and while the one that was first waits for its tokens.
        for (delay, losers) in
            [(0, ["callback_in_progress", "callback_state_unknown"]), (1500, ["callback_in_progress"; 2])]
        {
            // A fragment is no answer: code and state stay for those who come next.
            w.steer(&json!({ "answer": "#held", "token": { "delay": delay } })).await?;
            w.open("/?tenant=acme").await?;
            w.sees_problem("callback_empty").await?;
            let secrets = w.counts().await?["secrets"].take();
            let answer = format!("/callback?code={}&state={}", text(&secrets["code"])?, text(&secrets["state"])?);
            // Without an opener, so that the browser is free to give each a process of its own.
            w.ask(&format!("for (let i = 0; i < 3; i++) open('{answer}', '_blank', 'noopener')")).await?;

            let mut winners = 0;
            for tab in w.sees_tabs(4).await?.into_iter().filter(|tab| *tab != first) {
                w.driver.switch_to_window(tab).await?;
                match w.settles().await?.as_str() {
                    "Signed in to Acme Corporation" => winners += 1,
                    outcome => ensure!(losers.contains(&outcome), "with {delay} ms: {outcome}"),
                }
                w.driver.close_window().await?;
            }
            w.driver.switch_to_window(first.clone()).await?;
            assert_eq!(winners, 1, "with {delay} ms");
            assert_eq!(w.counts().await?["token_requests"], 1, "with {delay} ms");
            assert_eq!(w.pending().await?, 0);
        }
        Ok(())
    });
}

#[test]
fn a_duplicated_tab_waits_for_nothing() {
    journey("duplicate", hostile(), |w| async move {
        w.steer(&json!({ "token": { "delay": 1500 } })).await?;
        let first = w.driver.window().await?;
        w.open("/?tenant=acme").await?;
        w.sees_heading("Signing you in…").await?;
        // As browsers duplicate tabs: the address as it stands there, and a copy of sessionStorage.
        w.ask("open(location.href)").await?;
        w.switches_to_the_new_tab().await?;
        assert_eq!(w.settles().await?, "callback_empty");
        w.driver.close_window().await?;
        w.driver.switch_to_window(first.clone()).await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;

        w.ask("open(location.href)").await?;
        w.switches_to_the_new_tab().await?;
        assert_eq!(w.settles().await?, "Signed in to Acme Corporation", "the copy holds the session too");
        w.driver.close_window().await?;
        w.driver.switch_to_window(first).await?;
        w.opens_a_tab("/callback").await?;
        assert_eq!(w.settles().await?, "callback_empty");
        assert_eq!(w.counts().await?["token_requests"], 1);
        Ok(())
    });
}

#[test]
fn signing_out_is_seen_in_the_other_tabs_of_the_organization_and_in_no_others() {
    ordinary_journey("sign-out-elsewhere", |w| async move {
        let first = w.driver.window().await?;
        signs_in_to_acme(&w).await?;
        w.opens_a_tab("/?tenant=acme").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        let second = w.driver.window().await?;
        w.opens_a_tab("/signed-out").await?;
        signs_in(&w, "/?tenant=globex", "GlobexOIDC", "globex", "Globex").await?;
        let third = w.driver.window().await?;

        w.driver.switch_to_window(first).await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;

        w.driver.switch_to_window(third).await?;
        assert_eq!(w.goes(Reload).await?, "Signed in to Globex");
        assert!(w.session().await?["id_token"].is_string());

        w.driver.switch_to_window(second).await?;
        w.sees_heading("You have signed out").await?;
        assert!(w.session().await?.is_null());
        // A session that is begun afterwards is none of those that are over.
        w.press("Sign in again").await?;
        w.submit("acme").await?;
        w.signs_in_at("AcmeSAML", "Alan Turing").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        assert_eq!(w.goes(Reload).await?, "Signed in to Acme Corporation");
        Ok(())
    });
}

#[test]
fn the_form_offers_no_session_that_was_signed_out_elsewhere() {
    ordinary_journey("over-at-the-form", |w| async move {
        let [first, second] = two_tabs_at_acme_and_one_at_the_form(&w).await?;
        w.driver.switch_to_window(first).await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;
        w.driver.switch_to_window(second).await?;
        assert_eq!(w.goes(Reload).await?, "form");
        let text = w.text().await?;
        assert!(!text.contains("You are signed in"), "{text}");
        Ok(())
    });
}

#[test]
fn a_session_from_before_a_sign_out_does_not_come_back() {
    ordinary_journey("stays-over", |w| async move {
        let [first, second] = two_tabs_at_acme_and_one_at_the_form(&w).await?;
        w.driver.switch_to_window(first).await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;
        // Somebody signs in again, and means this tab alone: the other one's tokens are still the old ones.
        signs_in_to_acme(&w).await?;
        w.driver.switch_to_window(second).await?;
        w.open("/callback").await?;
        assert_eq!(w.settles().await?, "You have signed out");
        assert!(w.session().await?.is_null());
        Ok(())
    });
}

/// Two tabs with a session at Acme each. The second shows the form, and so does not hear what the first one does.
async fn two_tabs_at_acme_and_one_at_the_form(w: &World) -> Result<[WindowHandle; 2]> {
    let first = w.driver.window().await?;
    signs_in_to_acme(w).await?;
    w.opens_a_tab("/?tenant=acme").await?;
    w.is_signed_in_to("acme", "Acme Corporation").await?;
    w.open("/").await?;
    w.sees("You are signed in to Acme Corporation").await?;
    Ok([first, w.driver.window().await?])
}

#[test]
fn what_another_tab_keeps_moves_no_focus() {
    ordinary_journey("focus", |w| async move {
        signs_in_to_acme(&w).await?;
        w.ask("document.querySelector('#app .ways-on button.quiet').focus()").await?;
        // As the browser tells a tab of what another one keeps.
        w.ask("dispatchEvent(new StorageEvent('storage', { key: 'tenant-picker.pending.x', newValue: '{}' }))").await?;
        let focus = "await new Promise((done) => setTimeout(done)); return document.activeElement.textContent";
        assert_eq!(w.ask(focus).await?, "Sign out");
        Ok(())
    });
}

#[test]
fn what_another_tab_keeps_does_not_disturb_a_sign_out() {
    ordinary_journey("undisturbed", |w| async move {
        signs_in_to_acme(&w).await?;
        // While a sign-out is under way, WebDriver gets no answers; the page looks itself, and remembers.
        w.ask(
            "document.querySelector('#app .ways-on button.quiet').click();
             setTimeout(() => {
               const before = document.querySelector('#app h1').textContent;
               dispatchEvent(new StorageEvent('storage', { key: 'tenant-picker.pending.x', newValue: '{}' }));
               setTimeout(() => {
                 const after = document.querySelector('#app h1').textContent;
                 sessionStorage.setItem('test.headings', JSON.stringify([before, after]));
               });
             });",
        )
        .await?;
        w.sees_heading("You have signed out").await?;
        let headings = w.ask("return JSON.parse(sessionStorage.getItem('test.headings'))").await?;
        assert_eq!(headings, json!(["Signing you out…", "Signing you out…"]));
        Ok(())
    });
}

// ── history ──────────────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_sign_in_given_up_with_back_does_not_disturb_the_next() {
    journey("given-up", whole(), |w| async move {
        w.open("/").await?;
        w.submit("acme").await?;
        is_asked_by(&w, "AcmeSAML").await?;
        w.driver.back().await?;
        w.field().await?.clear().await?;
        w.submit("globex").await?;
        w.signs_in_at("GlobexOIDC", "Ada Lovelace").await?;
        w.is_signed_in_to("globex", "Globex").await?;
        assert_eq!(w.pending().await?, 1, "the one that was given up could still be finished");
        Ok(())
    });
}

#[test]
fn reload_back_and_forward_redeem_nothing_a_second_time() {
    journey("history", Conditions { whole_browser: true, ..hostile() }, |w| async move {
        w.open("/").await?;
        w.submit("acme").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        assert_eq!(w.goes(Reload).await?, "Signed in to Acme Corporation");
        assert_eq!(w.goes(Back).await?, "form");
        assert_eq!(w.goes(Reload).await?, "form");
        assert_eq!(w.goes(Forward).await?, "Signed in to Acme Corporation");
        let counts = w.counts().await?;
        assert_eq!([&counts["authorize_requests"], &counts["token_requests"]], [1, 1]);
        assert_eq!(counts["faults"], json!([]));

        // The same around a sign-in that fails.
        w.steer(&json!({ "id_token": { "claims": { "nonce": "wrong" } } })).await?;
        w.open("/").await?;
        w.submit("acme").await?;
        w.sees_problem("id_token_nonce").await?;
        assert_eq!(w.goes(Back).await?, "form");
        // A tab that was signed in before still is; the failure is not repeated.
        assert_eq!(w.goes(Forward).await?, "id_token_nonce");
        assert_eq!(w.goes(Reload).await?, "Signed in to Acme Corporation");
        assert_eq!(w.counts().await?["token_requests"], 1);
        Ok(())
    });
}

#[test]
fn leaving_in_the_middle_leaves_nobody_on_a_spinner() {
    journey("in-the-middle", Conditions { whole_browser: true, ..hostile() }, |w| async move {
        let slow = json!({ "token": { "delay": 1500 } });
        w.steer(&slow).await?;
        w.open("/?tenant=acme").await?;
        is_redeeming(&w).await?;
        assert_eq!(w.goes(Reload).await?, "callback_empty");
        assert_eq!(w.goes(Back).await?, "form");
        assert_eq!(w.goes(Forward).await?, "callback_empty");
        assert_eq!(w.counts().await?["token_requests"], 1);

        w.steer(&slow).await?;
        w.open("/?tenant=acme").await?;
        is_redeeming(&w).await?;
        w.open("/no/such/page").await?;
        w.sees_problem("page_not_found").await?;
        // Browsers differ in whether the page before lives on; either way it comes to an end.
        let outcome = w.goes(Back).await?;
        let ends = ["callback_empty", "token_unreachable", "Signed in to Acme Corporation"];
        assert!(ends.contains(&outcome.as_str()), "{outcome}");
        assert_eq!(w.counts().await?["token_requests"], 1);
        Ok(())
    });
}

/// Waits until the token request is on its way.
async fn is_redeeming(w: &World) -> Result<()> {
    w.sees_heading("Signing you in…").await?;
    let until = Instant::now() + Duration::from_secs(10);
    while w.counts().await?["token_requests"] != 1 {
        ensure!(Instant::now() < until, "waited for a token request in vain");
        sleep(Duration::from_millis(25)).await;
    }
    Ok(())
}

#[test]
fn back_after_the_end_shows_neither_a_session_nor_a_spinner() {
    journey("bfcache", whole(), |w| async move {
        w.before_every_page("addEventListener('pageshow', (event) => { window.restored = event.persisted })").await?;
        signs_in_to_acme(&w).await?;
        w.press("Switch organization").await?;
        w.field().await?;
        assert_eq!(w.goes(Back).await?, "callback_empty");
        assert_eq!(w.ask("return window.restored").await?, true, "this is about pages that come back to life");

        hops_to_acme(&w).await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;
        assert_eq!(w.goes(Back).await?, "You have signed out");
        assert_eq!(w.ask("return window.restored").await?, true);
        let text = w.text().await?;
        assert!(!text.contains("Signing you out") && !text.contains("Signed in to"), "{text}");
        Ok(())
    });
}

#[test]
fn an_error_page_of_the_hosted_ui_is_one_step_away_from_help() {
    journey("stuck", whole(), |w| async move {
        w.open("/").await?;
        w.submit("acme").await?;
        is_asked_by(&w, "AcmeSAML").await?;
        // Like Cognito's own pages, this one cannot be loaded twice.
        w.driver.refresh().await?;
        w.sees("Invalid state").await?;
        w.driver.back().await?;
        assert_eq!(w.settles().await?, "form");
        w.driver.find(By::XPath("//summary[.='Stuck on a sign-in page?']")).await?.click().await?;
        w.sees("start again from here").await?;
        w.press("Continue").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

// ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_session_that_is_over_says_so_and_begins_again_at_the_same_organization() {
    ordinary_journey("expired", |w| async move {
        signs_in_to_acme(&w).await?;
        // Over when the page is loaded; over while it is looked at.
        for (seconds, before) in [(-1, None), (2, Some("Signed in to Acme Corporation"))] {
            let old = w.session().await?;
            w.ask(&format!(
                "const session = JSON.parse(sessionStorage.getItem('tenant-picker.session'));
                 session.expires_at = Math.floor(Date.now() / 1000) + {seconds};
                 sessionStorage.setItem('tenant-picker.session', JSON.stringify(session))"
            ))
            .await?;
            let outcome = w.goes(Reload).await?;
            assert_eq!(outcome, before.unwrap_or("session_expired"));
            w.sees_problem("session_expired").await?;
            assert!(w.session().await?.is_null());
            w.press("Try again with Acme Corporation").await?;
            // The hosted UI still knows the person.
            w.is_signed_in_to("acme", "Acme Corporation").await?;
            assert_ne!(w.session().await?["id_token"], old["id_token"]);
        }
        Ok(())
    });
}

#[test]
fn sign_ins_that_nobody_comes_back_for_are_cleared_away() {
    ordinary_journey("leftovers", |w| async move {
        let first = w.driver.window().await?;
        w.open("/?tenant=acme").await?;
        is_asked_by(&w, "AcmeSAML").await?;
        // Beside the one that waits: what can no longer be finished; then more than can all be meant, younger every one.
        let over = "keep('old', 601); localStorage[prefix + 'else'] = '{}'; localStorage['somebody-elses'] = 'kept'";
        let many = "for (let i = 0; i < 25; i++) keep('young-' + i, -60 - i)";
        for (script, left, due) in [
            (over, 2, [("old", false), ("else", false), ("somebody-elses", true)]),
            (many, 20, [("young-5", false), ("young-6", true), ("young-24", true)]),
        ] {
            w.opens_a_tab("/").await?;
            w.field().await?;
            w.ask(&format!(
                "const prefix = 'tenant-picker.pending.';
                 const record = JSON.parse(localStorage[Object.keys(localStorage).find((key) => key.startsWith(prefix))]);
                 const keep = (name, age) => {{
                   localStorage[prefix + name] = JSON.stringify({{ ...record, created_at: record.created_at - age }});
                 }};
                 {script}"
            ))
            .await?;
            w.submit("globex").await?;
            is_asked_by(&w, "GlobexOIDC").await?;
            w.opens_a_tab("/").await?;
            w.field().await?;
            let keys = "return Object.keys(localStorage).map((key) => key.replace('tenant-picker.pending.', ''))";
            let keys: Vec<String> = serde_json::from_value(w.ask(keys).await?)?;
            assert_eq!(w.pending().await?, left, "{keys:?}");
            for (name, is_kept) in due {
                assert_eq!(keys.iter().any(|key| key == name), is_kept, "{name} in {keys:?}");
            }
        }

        // Whoever was cleared away hears it, and can begin again.
        w.driver.switch_to_window(first).await?;
        w.press("Ada Lovelace").await?;
        w.sees_problem("callback_state_unknown").await?;
        w.press("Start over").await?;
        w.field().await.map(drop)
    });
}

#[test]
fn an_answer_that_comes_too_late_offers_to_begin_again() {
    ordinary_journey("too-late", |w| async move {
        w.open("/?tenant=acme").await?;
        is_asked_by(&w, "AcmeSAML").await?;
        meanwhile(&w, "localStorage[key] = JSON.stringify({ ...record, created_at: record.created_at - 601 })").await?;
        w.press("Ada Lovelace").await?;
        w.sees_problem("callback_expired").await?;
        assert!(w.session().await?.is_null());
        w.press("Try again with Acme Corporation").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

/// Runs a script at the picker in another tab, where `key` and `record` are the pending sign-in.
async fn meanwhile(w: &World, script: &str) -> Result<()> {
    let here = w.driver.window().await?;
    w.opens_a_tab("/").await?;
    w.field().await?;
    w.ask(&format!(
        "const key = Object.keys(localStorage).find((key) => key.startsWith('tenant-picker.pending.'));
         const record = JSON.parse(localStorage[key]);
         {script}"
    ))
    .await?;
    w.driver.close_window().await?;
    Ok(w.driver.switch_to_window(here).await?)
}

// ── faults of the place ──────────────────────────────────────────────────────────────────────────────────────────────

/// Fills a storage to its last byte.
fn fill(storage: &str) -> String {
    format!(
        "for (let size = 1 << 22, i = 0; size >= 1; i++) {{
           try {{ {storage}.setItem('filling-' + i, 'x'.repeat(size)) }} catch {{ size = Math.floor(size / 2) }}
         }}"
    )
}

#[test]
fn nobody_leaves_when_the_browsers_storage_is_full() {
    ordinary_journey("full", |w| async move {
        w.open("/").await?;
        w.field().await?;
        w.ask(&fill("localStorage")).await?;
        w.submit("ada@acme.example").await?;
        w.sees_problem("storage_blocked").await?;
        assert_eq!(w.driver.current_url().await?.as_str(), format!("{}/", w.picker));
        assert_eq!(w.field().await?.prop("value").await?.as_deref(), Some("ada@acme.example"));
        assert_eq!(w.pending().await?, 0, "nothing is half kept");

        w.ask("localStorage.clear()").await?;
        w.press("Continue").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn nobody_leaves_when_this_tab_has_no_room_for_a_session() {
    const REFUSE: &str = "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException() } })";
    for (name, spoil) in [("full-tab", fill("sessionStorage")), ("refused-tab", REFUSE.to_owned())] {
        ordinary_journey(name, move |w| async move {
            w.open("/").await?;
            w.field().await?;
            w.ask(&spoil).await?;
            w.submit("acme").await?;
            w.sees_problem("storage_blocked").await?;
            assert_eq!(w.pending().await?, 0, "nobody has left");
            w.open("/signed-out").await?;
            w.sees_heading("You have signed out").await?;
            w.ask("sessionStorage.clear()").await?;
            w.open("/?tenant=acme").await?;
            w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
            w.is_signed_in_to("acme", "Acme Corporation").await
        });
    }
}

#[test]
fn what_was_lost_or_changed_while_away_is_said_with_a_way_on() {
    ordinary_journey("lost", |w| async move {
        for script in [
            "localStorage.clear()",
            "localStorage[key] = '{\"version\":0,\"tenant\":\"acme\"}'",
            "localStorage[key] = 'x'",
        ] {
            w.open("/?tenant=acme").await?;
            is_asked_by(&w, "AcmeSAML").await?;
            meanwhile(&w, script).await?;
            w.press("Noor").await?;
            w.sees_problem("callback_state_unknown").await?;
            assert_eq!(w.pending().await?, 0, "{script}");
            w.press("Start over").await?;
            w.field().await?;
        }
        signs_in_to_acme(&w).await
    });
}

#[test]
fn nobody_leaves_without_web_cryptography() {
    ordinary_journey("no-crypto", |w| async move {
        w.before_every_page("Object.defineProperty(crypto, 'subtle', { value: undefined })").await?;
        w.open("/").await?;
        w.submit("acme").await?;
        w.sees_problem("no_web_crypto").await?;
        assert_eq!(w.driver.current_url().await?.as_str(), format!("{}/", w.picker));
        assert_eq!(w.pending().await?, 0);
        Ok(())
    });
}

#[test]
fn a_lookup_goes_on_by_itself_when_the_connection_is_back() {
    ordinary_journey("offline", |w| async move {
        w.open("/").await?;
        w.settles().await?;
        w.set_offline(true).await?;
        w.sees("You are offline.").await?;
        w.submit("ada@acme.example").await?;
        w.sees_problem("lookup_offline").await?;
        assert_eq!(w.field().await?.prop("value").await?.as_deref(), Some("ada@acme.example"));
        w.set_offline(false).await?;
        is_asked_by(&w, "AcmeSAML").await?;
        w.sees("Continue as ada@acme.example").await
    });
}

#[test]
fn so_does_the_lookup_of_an_organization_from_the_list() {
    ordinary_journey("offline-list", |w| async move {
        signs_in_to_acme(&w).await?;
        w.open("/").await?;
        w.settles().await?;
        w.set_offline(true).await?;
        w.sees("You are offline.").await?;
        w.driver.find(By::Css("#recents button.organization")).await?.click().await?;
        w.sees_problem("lookup_offline").await?;
        w.set_offline(false).await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

// ── links and answers that nobody asked for ──────────────────────────────────────────────────────────────────────────

#[test]
fn an_answer_that_nobody_asked_for_names_its_organization_and_begins_anew() {
    journey("unsolicited", watched(), |w| async move {
        let mut asks = true;
        for path in ["/callback?code=abc&tenant=acme", "/callback/acme?code=abc"] {
            w.open(path).await?;
            let words = w.sees_problem("callback_unsolicited").await?;
            assert!(words.contains("Acme Corporation"), "{words}");
            assert_eq!(w.ask("return location.search").await?, "");
            assert!(w.session().await?.is_null());
            assert!(!w.requests().await?.iter().any(|request| request["url"].to_string().contains("/oauth2/")));
            w.press("Continue to Acme Corporation").await?;
            if asks {
                w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
                asks = false;
            }
            w.is_signed_in_to("acme", "Acme Corporation").await?;
            let tokens = w.requests().await?;
            let tokens = tokens.iter().filter(|request| request["url"].to_string().contains("/oauth2/token"));
            assert_eq!(tokens.count(), 1, "{path}: the fresh code, and never the one that came along");
            w.ask("sessionStorage.clear()").await?;
        }
        Ok(())
    });
}

#[test]
fn an_answer_that_nobody_asked_for_shows_nothing_of_what_it_says() {
    journey("unsolicited-hostile", watched(), |w| async move {
        for query in [
            "/callback?code=abc&tenant=%3Cb%3Ex%3C%2Fb%3E",
            "/callback/%3Cb%3Ex%3C%2Fb%3E?code=abc",
            "/callback?code=abc&tenant=nobody-has-this-code",
            "/callback?code=abc&tenant=acme.example",
            "/callback?code=abc&error=%3Cb%3Ex%3C%2Fb%3E&error_description=%3Cb%3Ex%3C%2Fb%3E",
            "/callback?code=abc&state=&id_token=%3Cb%3Ex%3C%2Fb%3E",
        ] {
            w.open(query).await?;
            assert_eq!(w.settles().await?, "callback_unsolicited", "{query}");
            let shown = w.ask("return document.querySelector('#app').innerHTML").await?.to_string();
            for foreign in ["<b>", "&lt;b", "nobody-has-this-code", "acme"] {
                assert!(!shown.contains(foreign), "{query}: {shown}");
            }
            w.press("Start over").await?;
            w.field().await?;
        }
        assert!(!w.requests().await?.iter().any(|request| request["url"].to_string().contains("/oauth2/")));
        Ok(())
    });
}

#[test]
fn a_third_party_can_begin_a_sign_in() {
    ordinary_journey("third-party", |w| async move {
        let target = format!("{}/.well-known/openid-configuration", w.hosted_ui);
        for (target, arrives) in
            [("%2Fsigned-out", format!("{}/signed-out", w.picker)), (target.as_str(), target.clone())]
        {
            w.open(&format!("/?iss={}&login_hint=ada%40acme.example&target_link_uri={target}", w.hosted_ui)).await?;
            assert_eq!(w.settles().await?, "form");
            assert_eq!(w.field().await?.prop("value").await?.as_deref(), Some("ada@acme.example"));
            assert_eq!(w.ask("return document.querySelectorAll('.notice').length").await?, 0);
            w.press("Continue").await?;
            // The second time, the hosted UI remembers.
            if arrives.starts_with(&w.picker) {
                w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
            }
            w.arrives_at(&arrives).await?;
        }
        Ok(())
    });
}

#[test]
fn a_third_party_that_is_not_known_or_asks_too_much_is_told_apart() {
    ordinary_journey("third-party-refused", |w| async move {
        let known = w.hosted_ui.as_str();
        let almost = format!("{known}/");
        for (iss, target, fills, says) in [
            ("https://evil.example", "/signed-out", "", "does not know"),
            (almost.as_str(), "/signed-out", "", "does not know"),
            (known, "https://evil.example", "ada@acme.example", "not on our list"),
            (known, "javascript:alert(1)", "ada@acme.example", "not on our list"),
        ] {
            let query = format!("iss={iss}&login_hint=ada%40acme.example&target_link_uri={target}");
            w.open(&format!("/?{query}")).await?;
            assert_eq!(w.settles().await?, "form");
            assert_eq!(w.field().await?.prop("value").await?.as_deref(), Some(fills), "{query}");
            let notice = w.driver.find(By::Css("[role=status].notice")).await?;
            assert!(notice.is_displayed().await?);
            let words = notice.text().await?;
            assert!(words.contains(says) && !words.contains("evil"), "{query}: {words}");
        }
        // What was dropped is not followed either.
        w.press("Continue").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        assert_eq!(w.driver.current_url().await?.path(), "/callback");
        Ok(())
    });
}

// ── the page itself ──────────────────────────────────────────────────────────────────────────────────────────────────

/// ARCHITECTURE.md: it may be minutes old, unless somebody loads the page again because something is amiss.
#[test]
fn config_json_comes_from_the_cache_until_the_page_is_loaded_again() {
    ordinary_journey("config-cache", |w| async move {
        // What came from the cache has cost nothing on the wire; an answer, if only "not modified", has.
        let transfer = "const [entry] = performance.getEntriesByName(new URL('/config.json', location).href);
            return entry?.responseEnd ? [entry.transferSize] : null";
        let cost = async || anyhow::Ok(w.comes_true(transfer).await?[0].as_u64().unwrap_or_default());
        w.open("/").await?;
        assert!(cost().await? > 0, "the first visit");
        w.reopen("/").await?;
        assert_eq!(cost().await?, 0, "the next visit");
        w.driver.refresh().await?;
        assert!(cost().await? > 0, "the page loaded again");
        Ok(())
    });
}

#[test]
fn every_answer_of_the_site_carries_the_strict_policy() {
    ordinary_journey("headers", |w| async move {
        // Three things stand in the page itself and are named by their hashes; the browser is the judge of these.
        let policy = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
             connect-src 'self' {}; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'; trusted-types default",
            w.hosted_ui
        );
        w.open("/").await?;
        w.settles().await?;
        let loaded = "return performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)";
        let mut paths: Vec<String> = serde_json::from_value(w.ask(loaded).await?)?;
        for kind in [".wasm", ".js", "config.json"] {
            assert!(paths.iter().any(|path| path.ends_with(kind)), "no {kind} among {paths:?}");
        }
        let pages = ["/", "/callback", "/callback/acme", "/signed-out", "/no/such/page", "/no-such-file.js"];
        paths.extend(pages.map(str::to_owned));
        for path in paths {
            let answer = reqwest::get(format!("{}{path}", w.picker)).await?;
            let sent = answer.headers()["content-security-policy"].to_str()?;
            let mut hashed = sent.split(" 'sha256-");
            let before = hashed.next().unwrap_or_default().to_owned();
            let others: Vec<_> = hashed.filter_map(|hash| Some(hash.split_once('\'')?.1)).collect();
            assert_eq!(([before, others.concat()].concat(), others.len()), (policy.clone(), 3), "{path}");
            for (name, due) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                let values: Vec<_> = answer.headers().get_all(name).iter().collect();
                assert_eq!(values, [due], "{name} of {path}");
            }
            assert!(answer.headers().contains_key("strict-transport-security"), "{path}");
            assert!(answer.headers().contains_key("permissions-policy"), "{path}");
        }
        Ok(())
    });
}

#[test]
fn no_page_asks_for_more_than_its_budget() {
    ordinary_journey("budget", |w| async move {
        let budgets: Value = serde_json::from_str(&std::fs::read_to_string(root().join("tools/budgets.json"))?)?;
        // What came from the cache unasked has sent nothing; of another origin the browser does not tell.
        let asked = "return ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type))
            .filter(({ name, transferSize }) => transferSize || !name.startsWith(location.origin)).map(({ name }) => name)";
        let within = async |what: &str| {
            w.settles().await?;
            let asked: Vec<String> = serde_json::from_value(w.ask(asked).await?)?;
            let budget = budgets["requests"][what].as_u64().context("a budget")?;
            ensure!(asked.len() as u64 <= budget && !asked.is_empty(), "{what}: more than {budget}: {asked:?}");
            anyhow::Ok(())
        };
        w.open("/").await?;
        within("the form, first visit").await?;
        w.open("/signed-out").await?;
        w.open("/").await?;
        within("the form again").await?;
        signs_in_to_acme(&w).await?;
        within("the callback").await
    });
}

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
fn a_whole_journey_tells_nobody_anything_that_is_not_theirs() {
    journey("discreet", watched(), |w| async move {
        w.before_every_page(EAVESDROP).await?;
        w.open("/").await?;
        w.submit("countess@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Cancel").await?;
        w.sees_problem("provider_access_denied").await?;
        w.ask("navigator.clipboard.writeText = async (text) => { window.copied = text }").await?;
        w.press("Copy details for support").await?;
        let copied = w.comes_true("return window.copied").await?;
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

        assert_eq!(w.ask(HEARD).await?, json!([]), "the console, errors and what the policy refused");
        let report: Vec<_> = text(&copied)?.lines().filter_map(|line| line.split(": ").next()).collect();
        assert_eq!(report, ["code", "time", "organization", "page"], "{copied}");
        let kept = w.ask("return JSON.stringify([{ ...localStorage }, { ...sessionStorage }])").await?;
        assert!(!text(&kept)?.contains("countess"), "{kept}");
        let history = w.command("Page.getNavigationHistory", json!({})).await?["entries"].take();
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
        let lookups: Vec<_> = requests.iter().filter(|request| is_lookup(request)).map(body_of).collect();
        assert_eq!(lookups, [r#"{"domain":"acme.example"}"#, r#"{"domain":"umbrella.example"}"#]);

        // The net is not torn: it catches what it is meant to catch.
        w.ask("console.log('hello'); document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.2/' }))")
            .await?;
        w.comes_true("return sessionStorage['test.heard']?.includes('violation: img-src http://127.0.0.2/')").await?;
        assert!(w.ask(HEARD).await?.to_string().contains("log: hello"));
        Ok(())
    });
}

/// The address without its query, and the query.
fn address_of(request: &Value) -> (&str, &str) {
    let url = request["url"].as_str().unwrap_or_default();
    url.split_once('?').unwrap_or((url, ""))
}

fn body_of(request: &Value) -> &str {
    request["postData"].as_str().unwrap_or_default()
}

/// The value as it was sent. What is looked for here is base64url, and so the same in any encoding.
fn parameter<'a>(form: &'a str, name: &str) -> Option<&'a str> {
    form.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

#[test]
fn markup_that_could_run_is_refused() {
    ordinary_journey("trusted-types", |w| async move {
        w.before_every_page(EAVESDROP).await?;
        w.open("/").await?;
        w.settles().await?;
        let let_in = "
            window.ran = [];
            const run = (name) => `window.ran.push('${name}')`;
            const script = (name) => document.body.append(
              Object.assign(document.createElement('script'), { [name]: '/boot.js' }));
            const frame = '<iframe srcdoc=\"x\"></iframe>';
            const tries = {
              script: () => { document.body.innerHTML += `<script>${run('script')}</` + 'script>' },
              handler: () => document.body.insertAdjacentHTML('beforeend', `<img src=x onerror=\"${run('handler')}\">`),
              frame: () => { document.getElementById('app').outerHTML = frame },
              fragment: () => document.createRange().createContextualFragment(`<svg onload=\"${run('fragment')}\">`),
              parser: () => new DOMParser().parseFromString(frame, 'text/html'),
              address: () => script('src'),
              text: () => script('text'),
              attribute: () => document.body.setAttribute('onclick', run('attribute')),
              timer: () => setTimeout(run('timer')),
              policy: () => trustedTypes.createPolicy('another', { createHTML: (html) => html }),
              again: () => trustedTypes.createPolicy('default', { createHTML: (html) => html }),
            };
            return Object.keys(tries).filter((name) => {
              try { tries[name](); return true } catch (error) { return !(error instanceof TypeError) }
            })";
        assert_eq!(w.ask(let_in).await?, json!([]));
        // Where something slips through the filter, it meets the policy for scripts.
        let slips = "
            addEventListener('error', ({ target }) => { window.broken = target.tagName }, true);
            document.body.insertAdjacentHTML('beforeend', '<img/src=x/onerror=window.ran.push(1)>')";
        if w.ask(slips).await.is_ok() {
            w.comes_true("return window.broken === 'IMG'").await?;
        }
        assert_eq!(w.ask("return window.ran").await?, json!([]));
        Ok(())
    });
}

#[test]
fn a_page_that_comes_back_to_life_shows_the_session_that_there_is() {
    journey("alive", Conditions { hostile_provider: true, ..whole() }, |w| async move {
        w.open("/?tenant=acme").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        w.press("Switch organization").await?;
        w.submit("globex").await?;
        w.is_signed_in_to("globex", "Globex").await?;
        assert_eq!(w.goes(Back).await?, "form");
        assert_eq!(w.goes(Back).await?, "Signed in to Globex", "the page of the session before");
        Ok(())
    });
}

#[test]
fn an_answer_waits_for_settings_that_come_at_the_second_try() {
    journey("settings-later", watched(), |w| async move {
        w.open("/?tenant=acme").await?;
        is_asked_by(&w, "AcmeSAML").await?;
        w.block(Some("*/config.json")).await?;
        w.press("Ada Lovelace").await?;
        w.sees_problem("config_unreachable").await?;
        w.block(None).await?;
        w.press("Try again").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn a_sign_out_reaches_the_other_tabs_when_the_storage_is_full() {
    ordinary_journey("full-sign-out", |w| async move {
        signs_in_to_acme(&w).await?;
        let first = w.driver.window().await?;
        w.opens_a_tab("/").await?;
        hops_to_acme(&w).await?;
        w.ask(&fill("localStorage")).await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;
        w.driver.switch_to_window(first).await?;
        w.sees_heading("You have signed out").await
    });
}

#[test]
fn no_page_of_the_picker_shows_in_anothers_frame() {
    ordinary_journey("framed", |w| async move {
        for path in ["/", "/callback", "/signed-out"] {
            w.driver.goto(format!("{}/.well-known/jwks.json", w.hosted_ui)).await?;
            let frame = format!(
                "const frame = document.createElement('iframe');
                 frame.src = '{}{path}';
                 frame.onload = () => {{ window.loaded = true }};
                 document.body.append(frame);",
                w.picker
            );
            w.ask(&frame).await?;
            w.comes_true("return window.loaded").await?;
            w.driver.enter_frame(0).await?;
            let shown = w.ask("return [location.protocol, !!document.getElementById('ask')]").await?;
            assert_eq!(shown, json!(["chrome-error:", false]), "{path}");
            w.driver.enter_default_frame().await?;
        }
        Ok(())
    });
}

#[test]
fn a_policy_that_forbids_what_stands_in_the_page_gets_it_as_files() {
    // The service derives the hashes from index.html; browsers get the page itself from index.html.br.
    let conditions = Conditions { files: vec![("index.html", "")], ..Conditions::default() };
    journey("no-hashes", conditions, |w| async move {
        let policy = reqwest::get(&w.picker).await?.headers()["content-security-policy"].to_str()?.to_owned();
        assert!(!policy.contains("sha256-"), "{policy}");
        signs_in_to_acme(&w).await?;
        assert_ne!(w.ask("return getComputedStyle(document.querySelector('main')).borderRadius").await?, "0px");
        let files = "return performance.getEntriesByType('resource').map(({ name }) => name)
            .filter((name) => name.startsWith(location.origin)).map((name) => name.replace(/.*[.]/, '')).sort()";
        assert_eq!(w.ask(files).await?, json!(["css", "js", "js", "js", "json", "wasm"]));
        Ok(())
    });
}
