//! The form in the whole app, with a lookup that responds as each test says. No test goes on to a sign-in.

use crate::page::started;
use crate::sign_in::CONFIG;
use crate::support::{Replaced, Stage, js, js_text, pause, until};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const TWO: &str = r#"{"tenants":[
    {"code":"acme","name":"Acme","domain":"acme.example","client_id":"a","identity_provider":"AcmeSAML"},
    {"code":"alef","name":"<b>אלף</b>","client_id":"b","identity_provider":"COGNITO"}]}"#;

/// The form, and a lookup that responds with this body once `window.respond()` is called.
async fn form(body: &str) -> (Stage, Replaced) {
    let (config, body) = (serde_json::Value::from(CONFIG), serde_json::Value::from(body));
    let network = Replaced::with(
        "fetch",
        &format!(
            "{{value: async (...request) => {{
                if (new URL(new Request(...request).url).pathname === '/config.json') return new Response({config});
                await new Promise(done => window.respond = done);
                return new Response({body});
            }}}}"
        ),
    );
    js("delete window.respond", &JsValue::UNDEFINED);
    let stage = started();
    until("the app", || stage.find("#ask-foot [role=status]").is_some()).await;
    (stage, network)
}

fn submit(text: &str) {
    js("identifier.value = arg; identifier.form.requestSubmit()", &text.into());
}

async fn is_looking_up(stage: &Stage) {
    until("the lookup", || js("return !!window.respond", &JsValue::UNDEFINED).is_truthy()).await;
    until("the form", || stage.find("form[aria-busy=true]").is_some()).await;
    assert_eq!(stage.text_of(".progress p"), "Looking up your organization…");
}

fn respond() {
    js("window.respond()", &JsValue::UNDEFINED);
}

#[wasm_bindgen_test]
async fn an_input_that_cannot_be_looked_up_is_an_error_at_the_field() {
    let (stage, _network) = form(TWO).await;
    submit("ada@acme");
    until("the alert", || stage.has_focus(".problem:has(> [data-error=identifier_email_incomplete])")).await;
    assert_eq!(stage.find("[role=alert] a").unwrap().get_attribute("href").as_deref(), Some("#identifier"));
    let field = stage.find("input#identifier").unwrap();
    assert_eq!(field.get_attribute("aria-invalid").as_deref(), Some("true"));
    let described_by = field.get_attribute("aria-describedby").unwrap();
    for id in described_by.split(' ') {
        assert!(stage.find(&format!("#{id}")).is_some(), "{id} describes the field, but is not there");
    }
    assert_eq!(stage.text_of("#identifier-error"), stage.text_of("[role=alert] a"));
    until("the title", || js_text("return document.title") == "Error: Sign in \u{2013} Tulip").await;
    assert!(js("return window.respond", &JsValue::UNDEFINED).is_undefined(), "nothing was looked up");
}

#[wasm_bindgen_test]
async fn several_organizations_are_a_list_of_buttons_with_the_name_first() {
    let (stage, _network) = form(TWO).await;
    submit("ada@acme.example");
    is_looking_up(&stage).await;
    respond();
    until("the list", || stage.has_focus("#app h1")).await;
    assert_eq!(stage.text_of("#app h1"), "Choose your organization");
    assert!(stage.find("ul[aria-label='Your organizations']").is_some());
    assert_eq!(stage.text_of("#app li:nth-child(1) button"), "Acme acme.example");
    assert_eq!(stage.text_of("#app li:nth-child(2) button"), "<b>אלף</b>");
    assert!(stage.find("#app li:nth-child(3)").is_none());
}

#[wasm_bindgen_test]
async fn no_match_keeps_what_was_typed_and_shows_the_domain_alone() {
    let (stage, _network) = form(r#"{"tenants":[]}"#).await;
    submit("ada@acme.exmaple");
    is_looking_up(&stage).await;
    respond();
    until("the alert", || stage.has_focus(".problem:has(> [data-error=no_match])")).await;
    let text = stage.text_of("[role=alert]");
    assert!(text.contains("acme.exmaple") && !text.contains("ada@"), "{text}");
    assert_eq!(js_text("return identifier.value"), "ada@acme.exmaple");
}

#[wasm_bindgen_test]
async fn the_response_to_a_cancelled_lookup_changes_nothing() {
    let (stage, _network) = form(TWO).await;
    submit("ada@acme.example");
    is_looking_up(&stage).await;
    js("arg.querySelector('.progress button').click()", &stage.0);
    until("the end of the wait", || stage.find(".progress p").is_none()).await;
    respond();
    // Enough time for a response to arrive and be shown.
    pause(100).await;
    assert!(stage.find("form").is_some() && stage.find("[role=alert]").is_none(), "{}", stage.0.inner_html());
    assert_eq!(js_text("return identifier.value"), "ada@acme.example");
}
