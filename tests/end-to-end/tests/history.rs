//! Back, Forward and Reload at every step of a sign-in.

use anyhow::{Result, ensure};
use end_to_end::Way::{Back, Forward, Reload};
use end_to_end::{Conditions, World, journey};
use serde_json::json;
use std::time::Duration;
use thirtyfour::prelude::*;
use tokio::time::{Instant, sleep};

#[test]
fn a_sign_in_given_up_with_back_does_not_disturb_the_next() {
    journey("given-up", Conditions::whole_browser(), |w| async move {
        w.open("/").await?;
        w.submit("acme").await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        w.driver.back().await?;
        w.field().await?.clear().await?;
        w.submit("globex").await?;
        w.signs_in_at("GlobexOIDC", "Ada Lovelace").await?;
        w.is_signed_in_to("globex", "Globex").await?;
        assert_eq!(w.pending_count().await?, 1, "the abandoned sign-in is still pending");
        Ok(())
    });
}

#[test]
fn back_leads_to_the_form_with_what_was_typed() {
    journey("back-typed", Conditions::whole_browser(), |w| async move {
        w.visits_first_time("/", "en", json!([])).await?;
        w.submit("ada@acme.example").await?;
        w.arrives_at(&w.hosted_ui).await?;
        w.sees("AcmeSAML").await?;
        w.driver.back().await?;
        w.field_has("ada@acme.example").await?;
        w.waits_until_drawn().await?;
        assert_eq!(
            w.run_script("return document.getElementById('ask-form').getAttribute('aria-busy')").await?,
            "false"
        );
        w.press("Continue").await?;
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn reload_back_and_forward_redeem_nothing_a_second_time() {
    journey("history", Conditions { whole_browser: true, ..Conditions::hostile() }, |w| async move {
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

        // The same with a sign-in that fails.
        w.steer(&json!({ "id_token": { "claims": { "nonce": "wrong" } } })).await?;
        w.open("/").await?;
        w.submit("acme").await?;
        w.sees_problem("id_token_nonce").await?;
        assert_eq!(w.goes(Back).await?, "form");
        // The tab keeps the session that it had before; reloading does not repeat the failure.
        assert_eq!(w.goes(Forward).await?, "id_token_nonce");
        assert_eq!(w.goes(Reload).await?, "Signed in to Acme Corporation");
        assert_eq!(w.counts().await?["token_requests"], 1);
        Ok(())
    });
}

#[test]
fn leaving_the_page_while_it_waits_for_tokens_never_ends_on_a_spinner() {
    journey("in-the-middle", Conditions { whole_browser: true, ..Conditions::hostile() }, |w| async move {
        let slow = json!({ "token": { "delay": 1500 } });
        w.steer(&slow).await?;
        w.open("/?tenant=acme").await?;
        waits_for_token_request(&w).await?;
        assert_eq!(w.goes(Reload).await?, "callback_empty");
        assert_eq!(w.goes(Back).await?, "form");
        assert_eq!(w.goes(Forward).await?, "callback_empty");
        assert_eq!(w.counts().await?["token_requests"], 1);

        w.steer(&slow).await?;
        w.open("/?tenant=acme").await?;
        waits_for_token_request(&w).await?;
        w.open("/no/such/page").await?;
        w.sees_problem("page_not_found").await?;
        // Whether the page was kept in the back/forward cache differs; in either case it must reach an end.
        let outcome = w.goes(Back).await?;
        let ends = ["callback_empty", "token_unreachable", "Signed in to Acme Corporation"];
        assert!(ends.contains(&outcome.as_str()), "{outcome}");
        assert_eq!(w.counts().await?["token_requests"], 1);
        Ok(())
    });
}

/// Waits until the hosted UI has received the token request.
async fn waits_for_token_request(w: &World) -> Result<()> {
    w.sees_heading("Signing you in…").await?;
    let until = Instant::now() + Duration::from_secs(10);
    while w.counts().await?["token_requests"] != 1 {
        ensure!(Instant::now() < until, "no token request arrived");
        sleep(Duration::from_millis(25)).await;
    }
    Ok(())
}

#[test]
fn back_after_a_switch_or_sign_out_shows_neither_a_session_nor_a_spinner() {
    journey("bfcache", Conditions::whole_browser(), |w| async move {
        w.runs_in_every_page("addEventListener('pageshow', (event) => { window.restored = event.persisted })").await?;
        w.signs_in_to_acme().await?;
        w.press("Switch organization").await?;
        w.field().await?;
        assert_eq!(w.goes(Back).await?, "callback_empty");
        assert_eq!(w.run_script("return window.restored").await?, true, "the page comes from the back/forward cache");

        w.signs_in_to_acme_unasked().await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;
        assert_eq!(w.goes(Back).await?, "You have signed out");
        assert_eq!(w.run_script("return window.restored").await?, true);
        let text = w.text().await?;
        assert!(!text.contains("Signing you out") && !text.contains("Signed in to"), "{text}");
        Ok(())
    });
}

#[test]
fn a_page_restored_by_back_shows_the_current_session() {
    journey("alive", Conditions { hostile_provider: true, ..Conditions::whole_browser() }, |w| async move {
        w.open("/?tenant=acme").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        w.press("Switch organization").await?;
        w.submit("globex").await?;
        w.is_signed_in_to("globex", "Globex").await?;
        assert_eq!(w.goes(Back).await?, "form");
        assert_eq!(w.goes(Back).await?, "Signed in to Globex", "the page that showed the session at Acme");
        Ok(())
    });
}

#[test]
fn back_from_a_hosted_ui_error_page_leads_to_the_form_and_its_help() {
    journey("stuck", Conditions::whole_browser(), |w| async move {
        w.open("/").await?;
        w.submit("acme").await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        // Like Cognito's sign-in page, this page ends with an error when it is reloaded.
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
