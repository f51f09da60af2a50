//! Organizations that were used before on this device.

use anyhow::Context;
use end_to_end::{ordinary_journey, two_recents};
use serde_json::{Value, json};
use std::time::Duration;
use thirtyfour::prelude::*;
use tokio::time::sleep;

/// A script that records every fetch with its method, address and body. It runs before the scripts of the page.
const RECORD_REQUESTS: &str = "{
      window.requests = [];
      const fetch = window.fetch;
      window.fetch = (...all) => {
        const request = new Request(...all);
        request.clone().text().then((body) => window.requests.push(`${request.method} ${request.url} ${body}`));
        return fetch(request);
      };
    }";

/// The next person at the same device may belong to another organization, so nothing is chosen for them.
#[test]
fn recent_organizations_are_listed_first_and_wait_to_be_chosen() {
    ordinary_journey("recents", |w| async move {
        for (tenant, provider) in [("acme", "AcmeSAML"), ("globex", "GlobexOIDC"), ("acme", "AcmeSAML")] {
            w.reopen(&format!("/signed-out?{tenant}")).await?;
            w.open(&format!("/?tenant={tenant}")).await?;
            w.signs_in_at(provider, "Ada Lovelace").await?;
            w.sees("Signed in to").await?;
        }
        w.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": RECORD_REQUESTS })).await?;
        w.reopen("/signed-out").await?;
        w.reopen("/").await?;
        let list =
            "return [...document.querySelectorAll('ul[aria-label=\"Organizations you used on this device\"] button')]
            .map((button) => [...button.querySelectorAll('.name, .domain')].map((e) => e.textContent).join(' '))";
        let newest_first = json!(["Continue to Acme Corporation acme.example", "Continue to Globex globex.example"]);
        assert_eq!(w.run_script(list).await?, newest_first);

        sleep(Duration::from_secs(1)).await;
        assert_eq!(
            w.driver.current_url().await?.as_str(),
            format!("{}/", w.picker),
            "the page does not redirect by itself"
        );
        let requests = "return window.requests.concat(performance.getEntriesByType('resource').map((r) => r.name))";
        let before = w.run_script(requests).await?.to_string();
        assert!(before.contains("views-"), "{before}");
        for trace in ["acme", "globex", "POST"] {
            assert!(!before.contains(trace), "{trace} before an organization is chosen: {before}");
        }
        w.stays_when_leaving().await?;
        w.chooses("Continue to Globex").await?;
        w.sees_heading("Taking you to Globex").await?;
        let after = w.run_script("return window.requests.filter((r) => r.startsWith('POST'))").await?;
        let address = format!("{}/v1/lookup", w.picker);
        assert_eq!(
            after,
            json!([format!("POST {address} {{\"code\":\"globex\"}}")]),
            "only the chosen organization is looked up"
        );
        Ok(())
    });
}

#[test]
fn one_recent_organization_or_all_can_be_forgotten() {
    ordinary_journey("forget", |w| async move {
        let kept = "return JSON.parse(localStorage.getItem('tenant-picker.recents') ?? '[]').map(({ code }) => code)";
        w.visits_first_time("/", "en", two_recents()).await?;
        w.press("Edit").await?;
        w.driver.find(By::Css("button[aria-label='Forget Acme Corporation']")).await?.click().await?;
        w.sees("Acme Corporation is forgotten.").await?;
        assert_eq!(w.run_script(kept).await?, json!(["globex"]));
        w.press("Forget all").await?;
        w.sees("All organizations are forgotten.").await?;
        assert_eq!(w.run_script(kept).await?, json!([]));
        assert_eq!(w.run_script("return localStorage.getItem('tenant-picker.recents')").await?, Value::Null);
        w.reopen("/").await?;
        assert_eq!(w.run_script("return document.querySelector('#recents').textContent.trim()").await?, "");
        assert!(w.focus().await?.starts_with("input Work email or organization code"));
        Ok(())
    });
}

/// For shared devices.
#[test]
fn asking_not_to_be_remembered_forgets_everything_and_keeps_nothing_new() {
    ordinary_journey("forgetful", |w| async move {
        w.visits_first_time("/", "en", two_recents()).await?;
        w.driver
            .find(By::XPath("//label[contains(., 'remember my organization on this device')]"))
            .await?
            .click()
            .await?;
        w.waits_for("return localStorage.getItem('tenant-picker.recents') === null").await?;
        let none = "return !document.querySelector('#recents .organization')?.checkVisibility()";
        w.waits_for(none).await.context("the forgotten organizations disappear")?;
        w.submit("ada@acme.example").await?;
        w.signs_in_at("AcmeSAML", "Ada Lovelace").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await?;
        assert_eq!(w.run_script("return localStorage.getItem('tenant-picker.recents')").await?, Value::Null);
        w.reopen("/").await?;
        w.waits_for(none).await?;
        let checked = "return document.querySelector('.remember input').checked";
        assert_eq!(w.run_script(checked).await?, true, "only the choice not to be remembered is kept");
        Ok(())
    });
}
