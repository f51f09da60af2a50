//! A picker below a path of an origin that it shares with an application.

use anyhow::Result;
use end_to_end::{Conditions, World, journey};
use serde_json::json;

fn below_login() -> Conditions {
    Conditions { base_path: Some("/login/"), ..Conditions::default() }
}

async fn path(w: &World) -> Result<String> {
    Ok(w.driver.current_url().await?.path().to_owned())
}

#[test]
fn a_picker_below_a_path_signs_in_and_out_there() {
    journey("below", below_login(), |w| async move {
        w.open("/").await?;
        w.submit("ada@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        assert_eq!(path(&w).await?, "/login/callback");
        w.driver.refresh().await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        w.press("Switch organization").await?;
        w.sees_heading("Sign in").await?;
        assert_eq!(path(&w).await?, "/login/");
        // The organization that was used is offered, in another language, too.
        w.open("/?lang=de").await?;
        w.chooses("Acme Corporation").await?;
        w.sees_heading("Angemeldet bei Acme Corporation").await?;
        w.press("Abmelden").await?;
        w.sees_heading("Sie haben sich abgemeldet").await?;
        assert_eq!(path(&w).await?, "/login/signed-out");
        Ok(())
    });
}

#[test]
fn below_a_path_a_strict_organization_is_signed_out_before_the_form() {
    journey("below-strict", below_login(), |w| async move {
        w.signs_in("/?tenant=hooli", "COGNITO", "hooli", "Hooli").await?;
        w.press("Switch organization").await?;
        w.sees_heading("Sign in").await?;
        assert_eq!(path(&w).await?, "/login/");
        Ok(())
    });
}

#[test]
fn below_a_path_a_return_may_go_to_the_application_of_the_same_origin() {
    let application = ("app.html", "<!doctype html><title>Application</title><h1>The application</h1>");
    journey("below-return", Conditions { files: vec![application], ..below_login() }, |w| async move {
        w.open("/?tenant=acme&return_to=/login/app.html").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.sees_heading("The application").await?;
        assert_eq!(w.session().await?["tenant"]["code"], "acme", "the application can read the session");
        Ok(())
    });
}

#[test]
fn below_a_path_unknown_pages_and_unsolicited_responses_are_told() {
    journey("below-errors", below_login(), |w| async move {
        w.open("/callback/acme?code=unsolicited").await?;
        w.sees_problem("callback_unsolicited").await?;
        w.press("Continue to Acme Corporation").await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        w.open("/nowhere").await?;
        w.sees_problem("page_not_found").await?;
        w.press("Start over").await?;
        w.sees_heading("Sign in").await?;
        w.configure(Some(json!({ "redirect_uri": w.picker.replace("/login", "/callback") }))).await?;
        w.open("/").await?;
        let text = w.sees_problem("config_malformed").await?;
        assert!(text.contains("/login/callback"), "{text}");
        w.configure(Some(json!({ "redirect_uri": "https://elsewhere.example/login/callback" }))).await?;
        w.open("/").await?;
        let text = w.sees_problem("config_malformed").await?;
        assert!(text.contains("must be of the page's own origin"), "{text}");
        Ok(())
    });
}
