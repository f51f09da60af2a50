//! Applications that sign people in themselves: the picker tells them which organization, and does not sign in.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use anyhow::Result;
use end_to_end::{ApplicationStub, Conditions, Engine, World, journey, journeys};
use serde_json::json;
use std::collections::BTreeMap;

/// An application below `/app/`, and a world whose config.json names it.
fn with_application() -> (String, Conditions) {
    let url = ApplicationStub::start().unwrap().url + "app/";
    let settings = Some(json!({ "applications": [{ "url": url, "login_uri": format!("{url}login") }] }));
    (url, Conditions { settings, ..Conditions::default() })
}

/// Waits for the application's sign-in, and returns the parameters that it has got.
async fn is_handed_over(w: &World, app: &str) -> Result<BTreeMap<String, String>> {
    w.arrives_at(&format!("{app}login?")).await?;
    Ok(w.driver.current_url().await?.query_pairs().into_owned().collect())
}

#[test]
fn an_application_that_signs_in_itself_is_told_issuer_tenant_target_and_hint() {
    let (app, conditions) = with_application();
    journey("hand-back", conditions, |w| async move {
        w.open(&format!("/?return_to={app}deep")).await?;
        w.submit("ada@acme.example").await?;
        let expected = [
            ("iss", w.hosted_ui.clone()),
            ("login_hint", "ada@acme.example".to_owned()),
            ("target_link_uri", format!("{app}deep")),
            ("tenant", "acme".to_owned()),
        ];
        assert_eq!(is_handed_over(&w, &app).await?, expected.map(|(name, value)| (name.to_owned(), value)).into());
        // The picker has begun no sign-in of its own, and remembers the organization.
        w.open("/").await?;
        w.sees("Acme Corporation").await?;
        assert_eq!(w.pending_count().await?, 0);
        // Where the person wants to go to the picker's own origin, the picker signs in.
        w.open("/?tenant=acme&return_to=/signed-out").await?;
        w.sees_sign_in_page("AcmeSAML").await
    });
}

journeys! {
    back_from_an_application_leads_past_the_picker: Chromium, Firefox, WebKit;
}

fn back_from_an_application_leads_past_the_picker(engine: Engine) {
    let (app, conditions) = with_application();
    journey("hand-back-history", Conditions { engine, whole_browser: true, ..conditions }, |w| async move {
        w.open("/signed-out").await?;
        w.sees_heading("You have signed out").await?;
        w.open(&format!("/?tenant=acme&return_to={app}")).await?;
        is_handed_over(&w, &app).await?;
        w.driver.back().await?;
        w.sees_heading("You have signed out").await
    });
}

#[test]
fn an_application_that_sends_the_person_back_at_once_does_not_start_a_loop() {
    let (app, conditions) = with_application();
    journey("hand-back-loop", conditions, |w| async move {
        let link = format!("/?tenant=acme&return_to={app}");
        w.open(&link).await?;
        is_handed_over(&w, &app).await?;
        w.open(&link).await?;
        assert_eq!(w.settles().await?, "form");
        assert_eq!(w.typed_text().await?, "acme");
        w.press("Continue").await?;
        is_handed_over(&w, &app).await.map(drop)
    });
}

#[test]
fn a_strict_organization_is_signed_out_of_the_last_one_before_the_hand_back() {
    let (app, conditions) = with_application();
    journey("hand-back-strict", conditions, |w| async move {
        w.signs_in("/?tenant=initech", "COGNITO", "initech", "Initech").await?;
        w.open(&format!("/?tenant=hooli&return_to={app}")).await?;
        assert_eq!(is_handed_over(&w, &app).await?["tenant"], "hooli");
        // The hosted UI has no session any more, so the next sign-in asks.
        w.open("/?tenant=initech").await?;
        w.sees_sign_in_page("COGNITO").await
    });
}
