//! People of several organizations switch by a list, which the memberships endpoint answers with once they are signed
//! in.

use anyhow::{Context, Result};
use end_to_end::{Conditions, Way, World, journey};
use serde_json::{Value, json};
use std::net::TcpListener;
use thirtyfour::prelude::*;

/// Umbrella has two organizations with one domain. Ada is known at both by her email.
async fn signs_in_at_umbrella(w: &World) -> Result<()> {
    w.open("/?tenant=umbrella-eu").await?;
    w.signs_in_at("UmbrellaEU", "Ada Lovelace").await?;
    w.is_signed_in_to("umbrella-eu", "Umbrella Europe").await
}

/// The requests to the memberships endpoint.
fn to_memberships(requests: &[Value]) -> Vec<&Value> {
    let is_one = |request: &&Value| request["url"].as_str().is_some_and(|url| url.contains("memberships"));
    requests.iter().filter(is_one).collect()
}

/// How much has moved by itself, not after a press.
const MOVED: &str = "let moved = 0;
    const observer = new PerformanceObserver(() => {});
    observer.observe({ type: 'layout-shift', buffered: true });
    for (const { value, hadRecentInput } of observer.takeRecords()) if (!hadRecentInput) moved += value;
    return moved";

#[test]
fn a_person_of_two_organizations_switches_from_the_signed_in_page_by_keyboard() {
    let conditions = Conditions { watched: true, ..Conditions::with_memberships() };
    journey("memberships", conditions, |w| async move {
        signs_in_at_umbrella(&w).await?;
        let session = w.session().await?;
        w.waits_for_memberships().await?;
        w.tabs_to("button Switch organization").await?;
        w.types(Key::Enter).await?;
        w.sees_heading("Choose your organization").await?;
        assert_eq!(w.focus().await?, "h1 Choose your organization");
        let listed = "return [...document.querySelectorAll('ul[aria-label=\"Your organizations\"] button')].map(b => b.innerText)";
        assert_eq!(w.run_script(listed).await?, json!(["Umbrella United States\numbrella.example"]));
        assert_eq!(w.session().await?, session, "the session lasts until another organization is chosen");
        assert_eq!(w.run_script(MOVED).await?, 0);
        w.tabs_to("button Umbrella United States").await?;
        w.types(Key::Enter).await?;
        w.signs_in_at("UmbrellaUS", "Ada Lovelace").await?;
        w.is_signed_in_to("umbrella-us", "Umbrella United States").await?;
        w.waits_for_memberships().await?;

        let requests = w.requests().await?;
        let is_revocation =
            |request: &Value| request["url"].as_str().is_some_and(|url| url.ends_with("/oauth2/revoke"));
        assert_eq!(requests.iter().filter(|request| is_revocation(request)).count(), 1, "the first session has ended");
        let asked = to_memberships(&requests);
        let tokens = [&session, &w.session().await?].map(|session| session["id_token"].as_str().map(str::to_owned));
        assert_eq!(asked.len(), 2, "one for each session: {asked:?}");
        for (request, token) in asked.iter().zip(tokens) {
            let token = token.context("a token")?;
            assert_eq!(request["method"], "GET");
            assert_eq!(request["url"], format!("{}/v1/memberships", w.picker));
            let headers = request["headers"].as_object().context("headers")?;
            let header = |wanted: &str| {
                headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, v)| v.clone())
            };
            assert_eq!(header("authorization"), Some(format!("Bearer {token}").into()));
            assert_eq!(header("cookie"), None);
            assert!(header("referer").is_none_or(|referer| referer == ""));
            assert!(!requests.iter().any(|request| request["url"].as_str().is_some_and(|url| url.contains(&token))));
        }
        Ok(())
    });
}

#[test]
fn the_list_leads_back_to_the_session_and_on_to_the_form() {
    journey("memberships-back", Conditions::with_memberships(), |w| async move {
        signs_in_at_umbrella(&w).await?;
        w.waits_for_memberships().await?;
        w.press("Switch organization").await?;
        w.press("Cancel").await?;
        w.is_signed_in_to("umbrella-eu", "Umbrella Europe").await?;
        w.press("Switch organization").await?;
        w.sees_heading("Choose your organization").await?;
        w.goes(Way::Reload).await?;
        w.is_signed_in_to("umbrella-eu", "Umbrella Europe").await?;
        w.waits_for_memberships().await?;
        w.press("Switch organization").await?;
        w.press("Use another email or code").await?;
        w.field().await?;
        assert!(w.session().await?.is_null());
        w.submit("acme").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn a_session_that_ends_in_another_tab_ends_the_list_too() {
    journey("memberships-ended", Conditions::with_memberships(), |w| async move {
        signs_in_at_umbrella(&w).await?;
        w.waits_for_memberships().await?;
        w.press("Switch organization").await?;
        w.sees_heading("Choose your organization").await?;
        let session = w.session().await?;
        let here = w.driver.window().await?;
        w.opens_a_tab("/callback").await?;
        w.run_script(&format!("sessionStorage.setItem('tenant-picker.session', {})", Value::from(session.to_string())))
            .await?;
        w.goes(Way::Reload).await?;
        w.press("Sign out").await?;
        w.sees_heading("You have signed out").await?;
        w.driver.switch_to_window(here).await?;
        w.sees("You signed out in another tab").await
    });
}

#[test]
fn between_strict_organizations_the_hosted_ui_signs_out_first() {
    let settings = json!({ "memberships_url": "v1/memberships", "isolation": "strict" });
    let conditions = Conditions { watched: true, settings: Some(settings), ..Conditions::default() };
    journey("memberships-strict", conditions, |w| async move {
        signs_in_at_umbrella(&w).await?;
        w.waits_for_memberships().await?;
        w.press("Switch organization").await?;
        w.press("Umbrella United States").await?;
        w.signs_in_at("UmbrellaUS", "Ada Lovelace").await?;
        w.is_signed_in_to("umbrella-us", "Umbrella United States").await?;
        let requests = w.requests().await?;
        assert!(requests.iter().any(|request| request["url"].as_str().is_some_and(|url| url.contains("/logout?"))));
        Ok(())
    });
}

/// Switching leads to the form at once, and nothing is said.
async fn switches_as_ever(w: &World) -> Result<()> {
    w.press("Switch organization").await?;
    w.field().await?;
    assert_eq!(w.run_script("return document.querySelector('[role=alert]')").await?, Value::Null);
    assert!(w.session().await?.is_null());
    w.submit("acme").await?;
    w.arrives_at(&w.hosted_ui).await.map(drop)
}

#[test]
fn without_an_answer_people_switch_as_ever() {
    // It accepts connections and does not respond.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}/memberships", silent.local_addr().unwrap());
    // The others do not respond as the endpoint does: no such address, no JSON, another origin that allows nothing.
    for (url, responds) in [
        (silent.as_str(), false),
        ("v1/no-memberships", true),
        ("config.json?memberships", true),
        ("http://127.0.0.1:9/memberships", true),
    ] {
        let conditions = Conditions { settings: Some(json!({ "memberships_url": url })), ..Conditions::default() };
        journey("memberships-silent", conditions, move |w| async move {
            signs_in_at_umbrella(&w).await?;
            if responds {
                w.waits_for_memberships().await?;
            }
            switches_as_ever(&w).await
        });
    }
}

#[test]
fn a_person_of_one_organization_switches_as_ever() {
    journey("memberships-one", Conditions::with_memberships(), |w| async move {
        w.open("/?tenant=initech").await?;
        w.signs_in_at("COGNITO", "Ada Lovelace").await?;
        w.is_signed_in_to("initech", "Initech").await?;
        w.waits_for_memberships().await?;
        switches_as_ever(&w).await
    });
}

#[test]
fn nobody_is_asked_where_the_page_is_left_at_once_or_config_json_names_no_endpoint() {
    let watched = |settings: Value| Conditions { settings: Some(settings), ..Conditions::watched() };
    journey("memberships-unnamed", watched(json!({})), |w| async move {
        signs_in_at_umbrella(&w).await?;
        assert_eq!(to_memberships(&w.requests().await?), [&Value::Null; 0]);
        switches_as_ever(&w).await
    });
    journey("memberships-left", watched(json!({ "memberships_url": "v1/memberships" })), |w| async move {
        let target = format!("{}/.well-known/openid-configuration", w.hosted_ui);
        w.open(&format!("/?tenant=umbrella-eu&return_to={target}")).await?;
        w.signs_in_at("UmbrellaEU", "Ada Lovelace").await?;
        w.arrives_at(&target).await?;
        assert_eq!(to_memberships(&w.requests().await?), [&Value::Null; 0]);
        Ok(())
    });
}
