//! Which account signs in: one profile in several organizations, another account than the one that was typed, and the
//! operator's pre-token trigger, which can refuse an account.

use anyhow::{Context, Result};
use end_to_end::{Conditions, Way, World, journey, ordinary_journey};
use serde_json::{Value, json};

/// The value of one parameter of the latest authorization request.
async fn last_authorization_parameter(w: &World, name: &str) -> Result<Value> {
    let address = w.requests().await?.into_iter().rev().find_map(|request| {
        let url = request["url"].as_str()?.to_owned();
        url.contains("/oauth2/authorize?").then_some(url)
    });
    let query = address.context("no authorization request")?;
    let value = query.split(['?', '&']).find_map(|part| part.strip_prefix(name)?.strip_prefix('=').map(str::to_owned));
    Ok(value.into())
}

async fn sub(w: &World) -> Result<Value> {
    w.run_script("return JSON.parse(atob(JSON.parse(sessionStorage['tenant-picker.session']).id_token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).sub")
        .await
}

#[test]
fn one_profile_signs_in_to_several_organizations_federated_and_native() {
    ordinary_journey("one-profile", |w| async move {
        let mut subs = Vec::new();
        for (code, provider, name) in [
            ("acme", "AcmeSAML", "Acme Corporation"),
            ("globex", "GlobexOIDC", "Globex"),
            ("initech", "COGNITO", "Initech"),
        ] {
            w.open(&format!("/?tenant={code}")).await?;
            w.signs_in_at(provider, "Iris (one profile, several organizations)").await?;
            w.is_signed_in_to(code, name).await?;
            w.sees("You are signed in as iris@consultant.example").await?;
            subs.push(sub(&w).await?);
        }
        subs.dedup();
        assert_eq!(subs.len(), 1, "one profile: {subs:?}");
        Ok(())
    });
}

#[test]
fn a_federated_token_without_a_provider_has_its_own_error() {
    ordinary_journey("no-identities", |w| async move {
        w.open("/?tenant=acme").await?;
        w.signs_in_at("AcmeSAML", "Nemo (no provider claim)").await?;
        w.sees_problem("id_token_identities_missing").await?;
        assert!(w.session().await?.is_null());
        Ok(())
    });
}

#[test]
fn a_pre_token_triggers_message_is_shown_without_what_aws_adds() {
    ordinary_journey("pre-token-trigger", |w| async move {
        w.open("/?tenant=acme").await?;
        w.signs_in_at("AcmeSAML", "Gus (refused by the trigger)").await?;
        let words = w.sees_problem("provider_operator_check").await?;
        assert!(words.contains("You are not a member of this organization"), "{words}");
        assert!(!words.contains("AWSCognito") && !words.contains("PreTokenGeneration"), "{words}");
        Ok(())
    });
}

#[test]
fn another_account_than_the_typed_one_has_to_be_confirmed_first() {
    ordinary_journey("other-account", |w| async move {
        let target = format!("{}/.well-known/openid-configuration", w.hosted_ui);
        w.open(&format!("/?return_to={target}")).await?;
        w.submit("ada@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Alan Turing").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        let asked = "You entered ada@acme.example, but your organization’s sign-in chose another account.";
        w.sees(asked).await?;
        w.sees("You are signed in as alan@acme.example").await?;
        assert!(w.driver.current_url().await?.path().starts_with("/callback"), "the page does not go to return_to yet");
        w.goes(Way::Reload).await?;
        w.sees(asked).await.context("reloading the page does not answer the question")?;
        w.press("Continue as alan@acme.example").await?;
        w.arrives_at(&target).await.map(drop)
    });
}

#[test]
fn the_typed_account_goes_on_unasked_whatever_its_case() {
    ordinary_journey("same-account", |w| async move {
        let target = format!("{}/.well-known/openid-configuration", w.hosted_ui);
        w.open(&format!("/?return_to={target}")).await?;
        w.submit("ADA@Acme.example").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.arrives_at(&target).await.map(drop)
    });
}

#[test]
fn another_account_can_be_used_at_the_same_organization() {
    ordinary_journey("use-another", |w| async move {
        w.open("/").await?;
        w.submit("ada@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Alan Turing").await?;
        w.press("Use another account").await?;
        // The picker has ended Alan's session at the hosted UI; otherwise this page would not be shown.
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        w.sees("You are signed in as ada@acme.example").await?;
        assert!(!w.text().await?.contains("You entered"), "this is the account that was typed");
        Ok(())
    });
}

#[test]
fn managed_login_gets_the_prompt_and_the_language() {
    for (name, code, provider, prompt) in
        [("managed", "acme", "AcmeSAML", "select_account"), ("managed-native", "initech", "COGNITO", "login")]
    {
        let settings = Some(json!({ "managed_login": true }));
        journey(name, Conditions { settings, watched: true, ..Conditions::default() }, move |w| async move {
            w.open(&format!("/?tenant={code}&lang=de-AT")).await?;
            w.signs_in_at(provider, "Ada Lovelace").await?;
            w.sees("Angemeldet").await?;
            assert_eq!(last_authorization_parameter(&w, "lang").await?, "de");
            w.press("Anderes Konto verwenden").await?;
            w.signs_in_at(provider, "Ada Lovelace").await?;
            w.sees("Angemeldet").await?;
            assert_eq!(last_authorization_parameter(&w, "prompt").await?, prompt);
            Ok(())
        });
    }
}

#[test]
fn signing_out_revokes_the_refresh_token() {
    let watched = Conditions { watched: true, ..Conditions::default() };
    journey("revoke", watched, |w| async move {
        for way in ["Sign out", "Switch organization", "Use another account"] {
            w.open("/?tenant=acme").await?;
            w.arrives_at(&w.hosted_ui).await?;
            w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
            w.is_signed_in_to("acme", "Acme Corporation").await?;
            let session = w.session().await?;
            let token = session["refresh_token"].as_str().context("a refresh token")?;
            w.requests().await?;
            w.press(way).await?;
            w.waits_for("return !location.pathname.startsWith('/callback')").await?;
            let asked = w.requests().await?;
            let revoked = asked.iter().filter(|request| request["url"] == format!("{}/oauth2/revoke", w.hosted_ui));
            let bodies: Vec<_> = revoked.filter_map(|request| request["postData"].as_str()).collect();
            let client = session["tenant"]["client_id"].as_str().context("a client")?;
            assert_eq!(bodies, [format!("token={token}&client_id={client}")], "{way}");
            w.open("/signed-out").await?;
            w.sees_heading("You have signed out").await?;
            w.driver
                .goto(format!("{}/logout?client_id={client}&logout_uri={}/signed-out", w.hosted_ui, w.picker))
                .await?;
            w.sees_heading("You have signed out").await?;
        }
        Ok(())
    });
}

#[test]
fn back_after_a_sign_out_says_that_the_person_has_signed_out() {
    ordinary_journey("back-signed-out", |w| async move {
        w.open("/?tenant=acme").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;
        // The same as Back in a browser without a back/forward cache, which loads the page again.
        w.open("/callback").await?;
        w.sees_heading("You have signed out").await?;
        assert!(!w.text().await?.contains("There is a problem"));
        w.press("Sign in again").await?;
        w.field().await.map(drop)
    });
}

#[test]
fn back_to_the_form_offers_another_organization_below_the_one_just_used() {
    let whole = Conditions { whole_browser: true, ..Conditions::default() };
    journey("back-twice", whole, |w| async move {
        w.open("/").await?;
        w.submit("acme").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        // How many history entries the hosted UI's pages take differs, so go back until the form is reached.
        for _ in 0..4 {
            if w.driver.current_url().await?.as_str() == format!("{}/", w.picker) {
                break;
            }
            w.driver.back().await?;
            w.waits_for("return document.readyState === 'complete'").await?;
        }
        w.sees("Acme Corporation").await?;
        w.sees_heading("Use another organization").await?;
        let link =
            "return [...document.querySelectorAll('a')].find((a) => a.textContent.startsWith('You are signed in to'))";
        let height = w.waits_for_value(&format!("{link}?.getBoundingClientRect().height")).await?;
        assert!(height.as_f64() >= Some(24.0), "too small for a finger: {height}");
        Ok(())
    });
}
