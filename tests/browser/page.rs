//! The whole app, started as the page starts it.

use crate::sign_in::CONFIG;
use crate::support::{Stage, document, failing, js, js_text, responding, until};
use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

/// The body that every page of the picker begins with.
fn body() -> &'static str {
    let page = include_str!("../../index.html");
    page.split_once("<body>").unwrap().1.split_once("</body>").unwrap().0
}

pub(crate) fn started() -> Stage {
    // A test that failed may have left its own.
    while let Some(earlier) = document().get_element_by_id("stage") {
        earlier.remove();
    }
    js("sessionStorage.clear(); localStorage.clear()", &JsValue::UNDEFINED);
    let stage = Stage::new();
    stage.0.set_id("stage");
    stage.0.set_inner_html(body());
    // As boot.js does.
    let config = js(
        "return fetch(new Request('/config.json')).then(async answer => [answer.status, await answer.text()])",
        &JsValue::UNDEFINED,
    );
    tenant_picker::start(String::new(), JsValue::NULL, config.into(), Function::new_no_args(""));
    stage
}

#[wasm_bindgen_test]
async fn a_page_without_its_config_says_so_to_the_operator() {
    // The page that these tests run on has none.
    let stage = started();
    until("the alert", || stage.has_focus(".problem:has(> [role=alert])")).await;
    assert!(stage.find("[data-error=config_missing]").is_some(), "{}", stage.0.inner_html());
    let text = stage.text_of("#app");
    assert!(text.contains("config.json"), "{text}");
    assert_eq!(js_text("return document.documentElement.dataset.screen"), "other", "the form is hidden");
    assert_eq!(js_text("return document.title"), "Error: Sign in");
}

#[wasm_bindgen_test]
async fn a_page_that_cannot_reach_its_config_says_so() {
    let _network = failing("NetworkError");
    let stage = started();
    until("the alert", || stage.has_focus(".problem:has(> [role=alert][data-error=config_unreachable])")).await;
}

#[wasm_bindgen_test]
async fn a_page_with_its_config_shows_the_form_ready_to_type_in() {
    let _host = responding(200, "{}", CONFIG);
    let stage = started();
    until("the brand", || stage.text_of("#brand") == "Tulip").await;
    assert_eq!(js_text("return document.documentElement.dataset.screen"), "form");
    assert_eq!(stage.text_of("h1"), "Sign in");
    assert_eq!(stage.text_of("label[for=identifier]:not([hidden])"), "Work email or organization code");
    assert_eq!(stage.text_of("#ask-form button[type=submit]"), "Continue");
    assert!(stage.find("[role=alert]").is_none());
    until("the focus", || stage.has_focus("input#identifier")).await;
    until("the title", || js_text("return document.title") == "Sign in \u{2013} Tulip").await;
    assert_eq!(js_text("return document.documentElement.style.getPropertyValue('--brand')"), "#0b57d0");
}
