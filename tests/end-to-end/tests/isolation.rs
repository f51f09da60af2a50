//! Isolation between organizations that share a user pool: the hosted UI's session must not sign anybody in to a strict
//! organization, or to another one after it.

use end_to_end::{Conditions, journey, ordinary_journey};
use serde_json::json;

#[test]
fn a_native_account_is_signed_in_unasked_unless_the_organization_is_strict() {
    ordinary_journey("isolation", |w| async move {
        w.signs_in("/?tenant=initech", "COGNITO", "initech", "Initech").await?;
        w.press("Switch organization").await?;
        w.submit("miskatonic-hospital").await?;
        // No page asks: both are app clients of one user pool, so the session cookie is valid for both.
        w.is_signed_in_to("miskatonic-hospital", "Miskatonic University Hospital").await?;
        // A strict organization asks even though there is a session, also from a deep link.
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
fn after_a_strict_organization_the_next_one_asks_who_signs_in() {
    ordinary_journey("ways-around", |w| async move {
        // The person does not press "Switch organization" but opens the form in another tab.
        w.signs_in("/?tenant=hooli", "COGNITO", "hooli", "Hooli").await?;
        w.opens_a_tab("/").await?;
        w.submit("cara@initech.example").await?;
        w.signs_in_at("COGNITO", "Alan Turing").await?;
        w.is_signed_in_to("initech", "Initech").await?;
        // After a refusal the hosted UI's session cookie remains as well.
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
fn a_deployment_can_make_every_organization_strict() {
    let settings = Some(json!({ "isolation": "strict" }));
    journey("isolated", Conditions { settings, ..Conditions::default() }, |w| async move {
        w.signs_in("/?tenant=initech", "COGNITO", "initech", "Initech").await?;
        w.press("Switch organization").await?;
        assert_eq!(w.waits_for_value("return location.pathname === '/'").await?, true);
        w.submit("hooli").await?;
        w.signs_in_at("COGNITO", "Ada Lovelace").await?;
        w.is_signed_in_to("hooli", "Hooli").await
    });
}

#[test]
fn a_stopped_sign_out_offers_to_start_over() {
    ordinary_journey("stopped", |w| async move {
        w.signs_in_to_acme().await?;
        // The request is held, so that the hosted UI's response cannot arrive before Stop is pressed.
        w.hold_requests("*/logout*").await?;
        w.run_script("document.querySelector('#app .actions button.quiet').click(); stop()").await?;
        w.sees_heading("Signing you out…").await?;
        w.release_requests().await?;
        w.press("Start over").await?;
        w.field().await.map(drop)
    });
}

#[test]
fn a_stopped_switch_does_not_turn_a_later_sign_out_into_a_switch() {
    ordinary_journey("stuck-switch", |w| async move {
        w.signs_in("/?tenant=hooli", "COGNITO", "hooli", "Hooli").await?;
        // The browser's Stop button is pressed before the hosted UI has responded.
        w.hold_requests("*/logout*").await?;
        w.run_script("document.querySelector('#app .actions button').click(); stop()").await?;
        w.sees_heading("Signing you out…").await?;
        w.release_requests().await?;
        w.signs_in_to_acme().await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await
    });
}
