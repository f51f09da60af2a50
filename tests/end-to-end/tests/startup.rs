//! Input before the app has loaded, and responses before config.json has.

use anyhow::Context;
use end_to_end::{Conditions, body_of, is_lookup, journey, lookup_bodies, ordinary_journey};
use serde_json::json;
use thirtyfour::prelude::*;

#[test]
fn the_callback_address_is_cleaned_even_if_the_app_never_loads() {
    ordinary_journey("never-comes", |w| async move {
        w.block_requests(Some("*.wasm")).await?;
        w.open("/callback?code=x&state=y#frag").await?;
        w.sees_problem("app_crashed").await?;
        assert_eq!(w.run_script("return location.href").await?, format!("{}/callback", w.picker));
        w.block_requests(None).await?;
        w.press("Start over").await?;
        w.field().await.map(drop)
    });
}

#[test]
fn a_form_sent_before_the_app_has_loaded_is_looked_up_once() {
    journey("too-early", Conditions::watched(), |w| async move {
        w.hold_requests("*/tenant-picker-*.js").await?;
        w.open("/").await?;
        w.field().await?;
        w.waits_for_value("return document.activeElement.id === 'identifier'").await?;
        // People press Enter again if nothing seems to happen.
        w.types("ada@acme.example".to_owned() + Key::Enter + Key::Enter).await?;
        assert_eq!(
            w.run_script("return [document.getElementById('identifier').value, document.documentElement.dataset.app]")
                .await?,
            json!(["ada@acme.example", null])
        );
        // boot.js sends the lookup while the app loads, and the app uses its response.
        w.waits_for_value(
            "return performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/v1/lookup'))",
        )
        .await?;
        w.release_requests().await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        w.sees("Continue as ada@acme.example").await?;
        let requests = w.requests().await?;
        assert_eq!(lookup_bodies(&requests), [r#"{"domain":"acme.example"}"#]);
        Ok(())
    });
}

#[test]
fn a_form_sent_while_config_json_loads_is_looked_up_once() {
    let conditions = Conditions { config_apart: true, ..Conditions::watched() };
    journey("slow-settings", conditions, |w| async move {
        // window.runs is set when the app has started and waits for config.json.
        w.runs_in_every_page(
            "const { instantiate } = WebAssembly;
             WebAssembly.instantiate = (...wasm) => {
               const ready = instantiate(...wasm);
               ready.then(() => setTimeout(() => { window.runs = true }));
               return ready;
             }",
        )
        .await?;
        w.hold_requests("*/config.json").await?;
        w.open("/").await?;
        w.field().await?;
        w.waits_for_value("return document.activeElement.id === 'identifier'").await?;
        w.types("ada@acme.").await?;
        w.waits_for_value("return window.runs").await?;
        w.types("example".to_owned() + Key::Enter).await?;
        w.release_requests().await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        w.sees("Continue as ada@acme.example").await?;
        assert_eq!(lookup_bodies(&w.requests().await?).len(), 1);
        Ok(())
    });
}

#[test]
fn where_cloudfront_signs_requests_the_lookup_has_the_hash_of_its_body() {
    let settings = Some(json!({ "lookup_content_sha256": true }));
    let conditions = Conditions { settings, watched: true, ..Conditions::default() };
    journey("hashed", conditions, |w| async move {
        w.hold_requests("*.wasm").await?;
        w.open("/").await?;
        w.field().await?;
        w.waits_for_value("return document.activeElement.id === 'identifier'").await?;
        // boot.js cannot hash it, and CloudFront would refuse what it sends. The app sends it once more.
        w.types("ada@acme.example".to_owned() + Key::Enter).await?;
        w.release_requests().await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        let requests = w.requests().await?;
        let last = requests.iter().rfind(|request| is_lookup(request)).context("a lookup")?;
        assert_eq!(body_of(last), r#"{"domain":"acme.example"}"#);
        let hash = "92326ea875e55d9ead16099c269a07733aaa6fafeb0e7c1f4a820dee5d25fe6f";
        assert_eq!(last["headers"]["x-amz-content-sha256"], hash);
        assert_eq!(last["headers"]["content-type"], "application/json");
        Ok(())
    });
}

#[test]
fn pressing_the_button_starts_the_only_lookup_before_it_is_released() {
    journey("press", Conditions::watched(), |w| async move {
        w.open("/").await?;
        w.type_in("ada@acme.example").await?;
        w.waits_for_value("return 'app' in document.documentElement.dataset").await?;
        assert!(!w.requests().await?.iter().any(is_lookup), "no lookup before the press");
        let button = w.driver.find(By::Css("#ask-form button")).await?;
        w.driver.action_chain().click_and_hold_element(&button).perform().await?;
        let mut requests = Vec::new();
        while !requests.iter().any(is_lookup) {
            requests.extend(w.requests().await?);
        }
        assert_eq!(
            w.run_script("return document.getElementById('ask-form').ariaBusy").await?,
            "false",
            "it is not sent yet"
        );
        w.driver.action_chain().release().perform().await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        requests.extend(w.requests().await?);
        assert_eq!(lookup_bodies(&requests), [r#"{"domain":"acme.example"}"#]);
        Ok(())
    });
}

#[test]
fn without_javascript_the_page_says_so_and_shows_no_form() {
    ordinary_journey("no-script", |w| async move {
        w.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
        w.open("/").await?;
        // WebDriver's own scripts run all the same.
        w.sees_heading("This page needs JavaScript").await?;
        w.sees("Switch it on and load the page again.").await?;
        let card = "return document.querySelector('main').getBoundingClientRect().top
            <= document.querySelector('noscript').getBoundingClientRect().top";
        assert_eq!(w.run_script(card).await?, true, "the words are within the card");
        assert!(!w.text().await?.contains("Work email"), "a form that could not work");
        w.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await.map(drop)
    });
}

#[test]
fn text_browsers_do_not_print_what_is_not_for_now() {
    let page = std::fs::read_to_string(end_to_end::root().join("dist/index.html")).unwrap();
    let start = page.find("<template id=crashed>").unwrap();
    let template = &page[start..start + page[start..].find("</template>").unwrap()];
    // Text browsers print the text of a template, and of hidden elements.
    let text: String =
        template.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim()).collect();
    assert_eq!(text, "");
    let sent = page.split("<p ").find(|part| part.contains("id=sent")).unwrap();
    assert!(
        sent.split_once('>').unwrap().1.starts_with("</p>") || sent.split_once('>').unwrap().1.starts_with("</div>"),
        "{}",
        &sent[..200]
    );
}

#[test]
fn text_typed_or_sent_before_the_app_has_loaded_is_kept() {
    ordinary_journey("early", |w| async move {
        w.visits_first_time("/signed-out", "en", json!([])).await?;
        w.limit_bandwidth(Some(25)).await?;
        w.run_script("window.isOldPage = true").await?;
        w.open("/").await?;
        w.waits_for("return !window.isOldPage && document.activeElement?.id === 'identifier'").await?;
        w.types("ada@ame.example").await?;
        w.types(Key::Left + Key::Left + Key::Left + Key::Left + Key::Left + Key::Left + Key::Left + Key::Left).await?;
        w.types(Key::Left + Key::Left + "c").await?;
        assert!(
            w.run_script("return document.documentElement.dataset.app").await?.is_null(),
            "the app was already there: the test proves nothing"
        );
        w.limit_bandwidth(None).await?;
        w.waits_until_drawn().await?;
        let caret = "const f = document.getElementById('identifier');
            return [f.value, document.activeElement === f, f.selectionStart, f.selectionEnd]";
        assert_eq!(w.run_script(caret).await?, json!(["ada@acme.example", true, 6, 6]), "text, focus and caret stay");

        w.limit_bandwidth(Some(25)).await?;
        w.run_script("window.isOldPage = true").await?;
        w.open("/").await?;
        w.waits_for("return !window.isOldPage && document.activeElement?.id === 'identifier'").await?;
        w.types("ada@acme.example" + Key::Enter).await?;
        assert!(
            w.run_script("return document.documentElement.dataset.app").await?.is_null(),
            "the app was already there: the test proves nothing"
        );
        let busy = w.run_script("return document.getElementById('ask-form').getAttribute('aria-busy')").await?;
        assert_eq!(busy, "true", "a sent form is marked as busy");
        w.limit_bandwidth(None).await?;
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn a_response_waits_until_config_json_loads_at_the_second_try() {
    let conditions = Conditions { config_apart: true, ..Conditions::watched() };
    journey("settings-later", conditions, |w| async move {
        w.open("/?tenant=acme").await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        w.block_requests(Some("*/config.json")).await?;
        w.press("Ada Lovelace").await?;
        w.sees_problem("config_unreachable").await?;
        w.block_requests(None).await?;
        w.press("Try again").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}
