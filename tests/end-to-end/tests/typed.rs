//! Typed and pasted text, and what the lookup API and the hosted UI receive of it. How each kind of text is read is
//! tested with `crates/lookup-api/identifiers.json`.

use anyhow::{Context, Result};
use end_to_end::{Conditions, World, journey, ordinary_journey};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

/// The bodies of the lookups since the last call.
async fn looked_up(w: &World) -> Result<Vec<Value>> {
    let lookups = w.requests().await?.into_iter().filter(|request| request["url"] == format!("{}/v1/lookup", w.picker));
    lookups.map(|request| Ok(serde_json::from_str(request["postData"].as_str().context("a body")?)?)).collect()
}

#[test]
fn pasted_text_is_cleaned_before_the_lookup_and_the_hosted_ui_get_it() {
    let watched = Conditions { watched: true, ..Conditions::default() };
    journey("pasted", watched, |w| async move {
        for (pasted, body, hint) in [
            ("Ada <ada@acme.example>;", json!({ "domain": "acme.example" }), Some("ada@acme.example")),
            ("ada\u{ff20}ac\u{200b}me\u{3002}example", json!({ "domain": "acme.example" }), Some("ada@acme.example")),
            ("mailto:ada@acme.example?subject=x", json!({ "domain": "acme.example" }), Some("ada@acme.example")),
            ("https://acme.example/login", json!({ "domain": "acme.example" }), None),
            ("pied\u{ad}piper", json!({ "code": "piedpiper" }), None),
        ] {
            w.open("/").await?;
            w.field().await?;
            w.requests().await?;
            w.run_script(&format!("identifier.value = {}", Value::from(pasted))).await?;
            w.press("Continue").await?;
            let address = w.arrives_at(&w.hosted_ui).await?;
            let asked = w.requests().await?;
            let lookup = asked.iter().find(|request| request["method"] == "POST").context("a lookup")?;
            let sent: Value = serde_json::from_str(lookup["postData"].as_str().context("a body")?)?;
            assert_eq!(sent, body, "{pasted:?}");
            let left = asked
                .iter()
                .filter_map(|request| request["url"].as_str())
                .find(|url| url.contains("/oauth2/authorize?"));
            let left = left.with_context(|| format!("no authorization request; the page is at {address}"))?;
            let query = reqwest::Url::parse(left)?;
            let told = query.query_pairs().find(|(name, _)| name == "login_hint").map(|(_, hint)| hint.into_owned());
            assert_eq!(told.as_deref(), hint, "{pasted:?}");
        }
        Ok(())
    });
}

#[test]
fn likely_corrections_are_suggested() {
    let watched = Conditions { watched: true, ..Conditions::default() };
    journey("suggested", watched, |w| async move {
        for (typed, meant, now) in [
            ("ada@mail.acme.example", "acme.example", "ada@acme.example"),
            ("ada@amce.example", "acme.example", "ada@acme.example"),
            ("www.acme.example", "acme.example", "acme.example"),
            ("ACME\\ada", "ACME", "ACME"),
        ] {
            w.open("/").await?;
            w.submit(typed).await?;
            w.sees_heading("There is a problem").await?;
            w.press(&format!("Did you mean {meant}?")).await.with_context(|| typed.to_owned())?;
            w.sees("AcmeSAML").await?;
            let is_told = w.text().await?.contains(&format!("Continue as {now}"));
            assert_eq!(is_told, now.contains('@'), "{typed}: the hosted UI gets the corrected address");
        }
        w.open("/?tenant=acme.example").await?;
        w.sees_problem("no_match").await?;
        w.press("Did you mean acme.example?").await?;
        w.sees("AcmeSAML").await
    });
}

#[test]
fn suggestions_take_at_most_eight_lookups_and_never_the_local_part() {
    let watched = Conditions { watched: true, ..Conditions::default() };
    journey("asked", watched, |w| async move {
        w.open("/").await?;
        w.submit("ada@a-name-nobody-has.example").await?;
        w.sees_problem("no_match").await?;
        // The suggestions are looked up one after another.
        let mut asked = Vec::new();
        while asked.len() < 9 {
            asked.extend(looked_up(&w).await?);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert_eq!(asked[0], json!({ "domain": "a-name-nobody-has.example" }));
        assert!(!format!("{asked:?}").contains("ada"), "the local part never leaves the browser: {asked:?}");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        assert_eq!(looked_up(&w).await?.len(), 0, "no more than eight lookups for suggestions");
        Ok(())
    });
}

#[test]
fn a_press_on_a_suggestion_looks_up_the_suggestion_alone() {
    let watched = Conditions { watched: true, ..Conditions::default() };
    journey("meant", watched, |w| async move {
        w.open("/").await?;
        w.submit("www.acme.example").await?;
        w.sees("Did you mean acme.example?").await?;
        looked_up(&w).await?;
        w.press("Did you mean acme.example?").await?;
        w.arrives_at(&w.hosted_ui).await?;
        assert_eq!(looked_up(&w).await?, [json!({ "domain": "acme.example" })]);
        Ok(())
    });
}

#[test]
fn each_kind_of_invalid_input_has_its_own_error() {
    ordinary_journey("slips", |w| async move {
        for (typed, code) in [
            ("ada@acme.example, bob@globex.example", "identifier_several"),
            ("ACME\\ada", "identifier_windows_name"),
            ("ada@acme", "identifier_email_incomplete"),
        ] {
            w.open("/").await?;
            w.submit(typed).await?;
            w.sees_problem(code).await?;
            let kept = w.field().await?.prop("value").await?;
            assert_eq!(kept.as_deref(), Some(typed), "nothing typed is lost");
        }
        w.open("/").await?;
        w.submit("\"ada lovelace\"@acme.example").await?;
        w.arrives_at(&w.hosted_ui).await.map(drop)
    });
}

#[test]
fn an_error_is_shown_once_and_leaves_the_form_in_view_on_a_phone() {
    let phone = Conditions { width: Some(320), ..Conditions::default() };
    journey("phone-error", phone, |w| async move {
        w.in_window(320, 568, 2, true).await?;
        for (typed, code, sentence) in [
            ("ada@acme.exmaple", "no_match", "We found no organization for “acme.exmaple”."),
            ("ada@acme", "identifier_email_incomplete", "The email address is not complete."),
        ] {
            w.open("/").await?;
            w.submit(typed).await?;
            let words = w.sees_problem(code).await?;
            assert!(words.contains(sentence), "{words}");
            assert_eq!(w.text().await?.matches(sentence).count(), 1, "one message, not two");
            let seen = "const box = (selector) => document.querySelector(selector).getBoundingClientRect();
                const [alert, field, button] = ['form [role=alert]', '#identifier', '#ask-form > button'].map(box);
                return alert.top >= 0 && field.bottom <= innerHeight && button.bottom <= innerHeight
                    || [alert.top, field.bottom, button.bottom, innerHeight]";
            assert_eq!(w.run_script(seen).await?, true, "{code}: error, field and button are to be seen");
        }
        let link = w.driver.find(By::Css("[role=alert] a")).await?;
        link.click().await?;
        w.waits_for("return document.activeElement.id === 'identifier'").await?;
        let label = "return document.getElementById('identifier-label').getBoundingClientRect().top >= 0";
        assert_eq!(w.run_script(label).await?, true, "the link scrolls to the label");
        Ok(())
    });
}

#[test]
fn a_form_sent_before_the_app_has_loaded_shows_progress_in_the_pages_language() {
    for (lang, words) in [("en", "Looking up your organization…"), ("de", "Ihre Organisation wird gesucht…")] {
        ordinary_journey("sent-early", move |w| async move {
            w.hold_requests("*/tenant-picker-*.js").await?;
            w.open(&format!("/?lang={lang}")).await?;
            let is_drawn = "const { lang, dataset } = document.documentElement;
                return 'boot' in dataset && !('words' in dataset) && lang";
            assert_eq!(w.waits_for_value(is_drawn).await?, lang);
            w.run_script("identifier.value = 'acme'; identifier.form.requestSubmit()").await?;
            w.sees(words).await?;
            w.release_requests().await?;
            w.sees("AcmeSAML").await
        });
    }
}
