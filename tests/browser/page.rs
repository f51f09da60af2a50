//! The whole app, started as the page starts it.

use crate::attempt::CONFIG;
use crate::support::{Stage, answering, document, failing, js_text, until};
use wasm_bindgen_test::wasm_bindgen_test;

pub(crate) fn started() -> Stage {
    // One that failed before may have left its own.
    if let Some(earlier) = document().get_element_by_id("app") {
        earlier.remove();
    }
    let stage = Stage::new();
    stage.0.set_id("app");
    stage.0.set_text_content(Some("from index.html"));
    tenant_picker::start();
    stage
}

#[wasm_bindgen_test]
async fn a_page_without_its_config_says_so_to_the_operator() {
    // The page that these tests run on has none.
    let stage = started();
    until("the alert", || stage.has_focus("[role=alert]")).await;
    assert!(stage.find("[data-error=config_missing]").is_some(), "{}", stage.0.inner_html());
    let text = stage.0.text_content().unwrap();
    assert!(text.contains("config.json") && !text.contains("from index.html"), "{text}");
    assert_eq!(js_text("return document.title"), "Error: Sign in");
}

#[wasm_bindgen_test]
async fn a_page_that_cannot_reach_its_config_says_so() {
    let _network = failing("NetworkError");
    let stage = started();
    until("the alert", || stage.has_focus("[role=alert][data-error=config_unreachable]")).await;
}

#[wasm_bindgen_test]
async fn a_page_with_its_config_shows_the_form_ready_to_type_in() {
    let _host = answering(200, "{}", CONFIG);
    let stage = started();
    until("the field", || stage.has_focus("input#identifier")).await;
    assert_eq!(stage.text_of("h1"), "Sign in to Tulip");
    assert_eq!(stage.text_of("label[for=identifier]"), "Work email or organization code");
    assert_eq!(stage.text_of("button[type=submit]"), "Continue");
    assert!(stage.find("[role=alert]").is_none());
    until("the title", || js_text("return document.title") == "Sign in \u{2013} Tulip").await;
    assert_eq!(js_text("return String(performance.getEntriesByName('usable', 'mark').length)"), "1");
    assert_eq!(js_text("return getComputedStyle(document.body).getPropertyValue('--accent').trim()"), "#0b57d0");
}
