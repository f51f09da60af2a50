//! Lookups that are slow, refused or offline, and one with thousands of results.

use anyhow::{Context, Result};
use end_to_end::{Conditions, StubResponse, World, journey, ordinary_journey};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

#[test]
fn an_offline_lookup_is_repeated_when_the_connection_is_back() {
    ordinary_journey("offline", |w| async move {
        w.open("/").await?;
        w.settles().await?;
        w.set_offline(true).await?;
        w.sees("You are offline.").await?;
        w.submit("ada@acme.example").await?;
        w.sees_problem("lookup_offline").await?;
        assert_eq!(w.field().await?.prop("value").await?.as_deref(), Some("ada@acme.example"));
        w.set_offline(false).await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        w.sees("Continue as ada@acme.example").await
    });
}

#[test]
fn an_offline_lookup_from_the_list_is_repeated_too() {
    ordinary_journey("offline-list", |w| async move {
        w.signs_in_to_acme().await?;
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

#[test]
fn an_offline_page_says_so_and_goes_on_when_the_connection_is_back() {
    ordinary_journey("offline", |w| async move {
        w.visits_first_time("/", "en", json!([])).await?;
        w.stays_when_leaving().await?;
        w.set_offline(true).await?;
        w.sees("You are offline.").await?;
        w.sends("ada@acme.example", "[data-error=lookup_offline]").await?;
        w.set_offline(false).await?;
        w.sees_heading("Taking you to Acme Corporation").await
    });
}

#[test]
fn a_slow_lookup_says_so_and_can_be_cancelled() {
    let lookups = Conditions::with_lookups(|asked| match asked {
        "slow.example" => StubResponse::NoResponse,
        "busy.example" => StubResponse::TooMany(7),
        _ => StubResponse::Tenants(json!([])),
    });
    journey("slow", lookups, |w| async move {
        w.visits_first_time("/", "en", json!([])).await?;
        w.sends("ada@slow.example", ".progress button").await?;
        let hears = "return document.querySelector('.progress[role=status]').textContent";
        let at_first = w.run_script(hears).await?;
        assert!(at_first.as_str().is_some_and(|words| words.starts_with("Looking up")), "{at_first}");
        w.sees("Still looking…").await?;
        let after = w.run_script("return performance.now() - window.sentAt").await?.as_f64().context("a number")?;
        assert!((2400.0..6000.0).contains(&after), "after {after} ms");
        w.press("Cancel").await?;
        w.waits_for("return document.querySelector('.progress').textContent === ''").await?;
        assert_eq!(w.typed_text().await?, "ada@slow.example");
        assert_eq!(
            w.run_script("return document.getElementById('ask-form').getAttribute('aria-busy')").await?,
            "false"
        );
        assert!(w.focus().await?.starts_with("input Work email or organization code"), "{}", w.focus().await?);

        w.visits_first_time("/", "en", json!([])).await?;
        w.sends("ada@busy.example", "[data-error=lookup_rate_limited]").await?;
        let words = w.sees_problem("lookup_rate_limited").await?;
        assert!(words.contains("You can try again in 7 seconds."), "{words}");
        assert_eq!(w.typed_text().await?, "ada@busy.example");
        Ok(())
    });
}

/// How many organizations the long list has.
const COUNT: usize = 5000;
/// A script that counts the buttons in the list.
const BUTTONS: &str = "return document.querySelectorAll('ul[aria-label=\"Your organizations\"] > li > button').length";
/// A script that returns the text of the live region below the filter.
const ANNOUNCED: &str = "return document.querySelector('#filter ~ [role=status]').textContent";

#[test]
fn a_list_of_five_thousand_organizations_is_complete_and_searchable() {
    let tenants = Value::from_iter(five_thousand_tenants());
    let many = Conditions::with_lookups(move |_| StubResponse::Tenants(tenants.clone()));
    journey("long-list", many, |w| async move {
        w.visits_first_time("/", "en", json!([])).await?;
        w.sends("ada@many.example", "#filter").await?;
        w.waits_until_drawn().await?;
        assert_eq!(w.run_script(BUTTONS).await?, COUNT);
        let filter = w.driver.find(By::Id("filter")).await?;
        filter.click().await?;
        is_complete_for_assistive_technology(&w).await?;
        assert_eq!(w.run_script("return window.find('The Very Last Kerlund')").await?, true, "find-in-page");
        // find-in-page has moved the focus away from the filter.
        filter.click().await?;
        finds_matches_and_announces_them(&w).await?;
        filters_after_every_kind_of_change(&w, &filter).await
    });
}

fn five_thousand_tenants() -> impl Iterator<Item = Value> {
    const KINDS: [&str; 8] =
        ["Werke", "Logistics", "Énergie", "Ångström Labs", "Hospital", "Universität", "Holding", "大学"];
    (0..COUNT).map(|i| {
        let name = match i {
            17 => "Åkerlund & Söner".to_owned(),
            4321 => "Grand Bakerlund".to_owned(),
            4999 => "The Very Last Kerlund".to_owned(),
            _ => format!("Number {i} {}", KINDS[i % KINDS.len()]),
        };
        let code = format!("org-{i}");
        json!({ "code": code, "name": name, "domain": "many.example", "client_id": "c", "identity_provider": "P" })
    })
}

/// A list that renders only the visible entries would lack the others in the accessibility tree.
async fn is_complete_for_assistive_technology(w: &World) -> Result<()> {
    let list = w.devtools("DOM.getDocument", json!({ "depth": 0 })).await?["root"]["nodeId"].clone();
    for name in ["Number 0 Werke", "Number 2500 Hospital", "The Very Last Kerlund"] {
        let query = json!({ "nodeId": list, "role": "button", "accessibleName": format!("{name} many.example") });
        let found = w.devtools("Accessibility.queryAXTree", query).await?;
        let shown = found["nodes"].as_array().context("nodes")?.iter().filter(|node| node["ignored"] == false);
        assert_eq!(shown.count(), 1, "{name} is in the accessibility tree");
    }
    Ok(())
}

async fn finds_matches_and_announces_them(w: &World) -> Result<()> {
    let names = "return [...document.querySelectorAll('#organizations .name')].slice(0, 9).map((n) => n.textContent)";
    w.types("KERLUND").await?;
    w.waits_for(&format!("{ANNOUNCED} === '3 organizations'")).await?;
    let found = json!(["The Very Last Kerlund", "Åkerlund & Söner", "Grand Bakerlund"]);
    assert_eq!(
        w.run_script(names).await?,
        found,
        "matches at the start of a word come first, each group in the order of the response"
    );
    // The number of matches is announced again even if it is the same.
    w.types(Key::Backspace).await?;
    let again = w.run_script(ANNOUNCED).await?;
    assert_eq!(again.as_str().map(str::trim), Some("3 organizations"));
    assert_ne!(again, "3 organizations", "a screen reader announces the text only if it differs");
    Ok(())
}

async fn filters_after_every_kind_of_change(w: &World, filter: &WebElement) -> Result<()> {
    let all = format!("length === {COUNT}");
    // Cut and paste change the text without a key that types a character.
    filter.send_keys(Key::Control + "a").await?;
    filter.send_keys(Key::Control + "x").await?;
    w.waits_for(&BUTTONS.replace("length", &all)).await.context("cut")?;
    filter.send_keys(Key::Control + "v").await?;
    w.waits_for(&BUTTONS.replace("length", "length === 3")).await.context("pasted")?;
    filter.send_keys(Key::Control + "a").await?;
    w.types("soner").await?;
    w.waits_for(&BUTTONS.replace("length", "length === 1")).await.context("accents")?;
    w.types("xyz").await?;
    w.waits_for(&format!("{ANNOUNCED} === 'No organization in the list matches.'")).await?;
    filter.send_keys(Key::Control + "a").await?;
    w.types(Key::Delete).await?;
    w.waits_for(&BUTTONS.replace("length", &all)).await.context("cleared")?;
    Ok(())
}
