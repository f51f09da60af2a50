//! TODO

use end_to_end::{Conditions, is_lookup, journey, lookup_bodies, ordinary_journey};
use serde_json::json;
use thirtyfour::prelude::*;

#[test]
fn the_address_is_clean_though_the_app_never_comes() {
    ordinary_journey("never-comes", |w| async move {
        w.block(Some("*.wasm")).await?;
        w.open("/callback?code=x&state=y#frag").await?;
        w.sees_problem("app_crashed").await?;
        assert_eq!(w.ask("return location.href").await?, format!("{}/callback", w.picker));
        w.block(None).await?;
        w.press("Start over").await?;
        w.field().await.map(drop)
    });
}

#[test]
fn what_is_sent_before_the_app_has_come_is_kept_and_carried_out_once() {
    journey("too-early", Conditions::watched(), |w| async move {
        w.hold("*.wasm").await?;
        w.open("/").await?;
        w.field().await?;
        w.comes_true("return document.activeElement.id === 'identifier'").await?;
        // Whoever sees nothing happen presses once more.
        w.types("ada@acme.example".to_owned() + Key::Enter + Key::Enter).await?;
        assert_eq!(
            w.ask("return [document.getElementById('identifier').value, document.documentElement.dataset.app]").await?,
            json!(["ada@acme.example", null])
        );
        // It is looked up while the app is on its way, and the app takes that answer.
        w.comes_true("return performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/v1/lookup'))")
            .await?;
        w.release().await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        w.sees("Continue as ada@acme.example").await?;
        let requests = w.requests().await?;
        assert_eq!(lookup_bodies(&requests), [r#"{"domain":"acme.example"}"#]);
        Ok(())
    });
}

#[test]
fn what_is_sent_while_the_settings_are_awaited_is_carried_out_once() {
    journey("slow-settings", Conditions::watched(), |w| async move {
        // The app runs as soon as its wasm is there, and then waits for its settings.
        w.before_every_page(
            "const { instantiateStreaming } = WebAssembly;
             WebAssembly.instantiateStreaming = (...wasm) => {
               const ready = instantiateStreaming(...wasm);
               ready.then(() => setTimeout(() => { window.runs = true }));
               return ready;
             }",
        )
        .await?;
        w.hold("*/config.json").await?;
        w.open("/").await?;
        w.field().await?;
        w.comes_true("return document.activeElement.id === 'identifier'").await?;
        w.types("ada@acme.").await?;
        w.comes_true("return window.runs").await?;
        w.types("example".to_owned() + Key::Enter).await?;
        w.release().await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        w.sees("Continue as ada@acme.example").await?;
        assert_eq!(lookup_bodies(&w.requests().await?).len(), 1);
        Ok(())
    });
}

#[test]
fn a_press_asks_before_it_is_let_go_and_nobody_asks_again() {
    journey("press", Conditions::watched(), |w| async move {
        w.open("/").await?;
        w.type_in("ada@acme.example").await?;
        w.comes_true("return 'app' in document.documentElement.dataset").await?;
        assert!(!w.requests().await?.iter().any(is_lookup), "nobody has asked for anything yet");
        let button = w.driver.find(By::Css("#ask-form button")).await?;
        w.driver.action_chain().click_and_hold_element(&button).perform().await?;
        let mut requests = Vec::new();
        while !requests.iter().any(is_lookup) {
            requests.extend(w.requests().await?);
        }
        assert_eq!(w.ask("return document.getElementById('ask-form').ariaBusy").await?, "false", "it is not sent yet");
        w.driver.action_chain().release().perform().await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        requests.extend(w.requests().await?);
        assert_eq!(lookup_bodies(&requests), [r#"{"domain":"acme.example"}"#]);
        Ok(())
    });
}

/// Ask 1: keep what was typed before the code had loaded.
#[test]
fn what_is_typed_and_sent_before_the_code_has_loaded_is_carried_out() {
    ordinary_journey("early", |w| async move {
        w.arrive("/signed-out", "en", json!([])).await?;
        w.limit_bandwidth(Some(25)).await?;
        w.ask("window.isOfBefore = true").await?;
        w.open("/").await?;
        w.waits_for("return !window.isOfBefore && document.activeElement?.id === 'identifier'").await?;
        w.types("ada@ame.example").await?;
        w.types(Key::Left + Key::Left + Key::Left + Key::Left + Key::Left + Key::Left + Key::Left + Key::Left).await?;
        w.types(Key::Left + Key::Left + "c").await?;
        assert!(
            w.ask("return document.documentElement.dataset.app").await?.is_null(),
            "typed too late to mean anything"
        );
        w.limit_bandwidth(None).await?;
        w.holds_still().await?;
        let caret = "const f = document.getElementById('identifier');
            return [f.value, document.activeElement === f, f.selectionStart, f.selectionEnd]";
        assert_eq!(w.ask(caret).await?, json!(["ada@acme.example", true, 6, 6]), "text, focus and caret stay");

        w.limit_bandwidth(Some(25)).await?;
        w.ask("window.isOfBefore = true").await?;
        w.open("/").await?;
        w.waits_for("return !window.isOfBefore && document.activeElement?.id === 'identifier'").await?;
        w.types("ada@acme.example" + Key::Enter).await?;
        assert!(
            w.ask("return document.documentElement.dataset.app").await?.is_null(),
            "sent too late to mean anything"
        );
        let busy = w.ask("return document.getElementById('ask-form').getAttribute('aria-busy')").await?;
        assert_eq!(busy, "true", "a form that was sent says so");
        w.limit_bandwidth(None).await?;
        w.signs_in_at("AcmeSAML", "Continue as ada@acme.example").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}

#[test]
fn an_answer_waits_for_settings_that_come_at_the_second_try() {
    journey("settings-later", Conditions::watched(), |w| async move {
        w.open("/?tenant=acme").await?;
        w.sees_sign_in_page("AcmeSAML").await?;
        w.block(Some("*/config.json")).await?;
        w.press("Ada Lovelace").await?;
        w.sees_problem("config_unreachable").await?;
        w.block(None).await?;
        w.press("Try again").await?;
        w.is_signed_in_to("acme", "Acme Corporation").await
    });
}
