//! What these tests share: running JavaScript, and replacing properties of the window.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, HtmlElement};

/// Runs JavaScript with `arg` as its argument.
#[track_caller]
pub(crate) fn js(body: &str, arg: &JsValue) -> JsValue {
    Function::new_with_args("arg", body).call1(&JsValue::NULL, arg).unwrap()
}

/// The same for JavaScript that may `await`.
pub(crate) async fn js_async(body: &str, arg: &JsValue) -> JsValue {
    let promise = js(&format!("return (async () => {{ {body} }})()"), arg);
    JsFuture::from(Promise::from(promise)).await.unwrap()
}

/// The string that JavaScript returns.
#[track_caller]
pub(crate) fn js_text(body: &str) -> String {
    js(body, &JsValue::UNDEFINED).as_string().unwrap()
}

pub(crate) async fn pause(milliseconds: u32) {
    js_async("await new Promise(done => setTimeout(done, arg))", &milliseconds.into()).await;
}

/// Waits until `holds`, at most five seconds.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        pause(10).await;
    }
    let stage = document().body().unwrap().last_element_child().unwrap();
    assert!(holds(), "waited for {what} in vain: {}", stage.outer_html());
}

pub(crate) fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

/// An element in the page, which is removed when this is dropped.
pub(crate) struct Stage(pub(crate) HtmlElement);

impl Stage {
    pub(crate) fn new() -> Self {
        let element = js("return document.body.appendChild(document.createElement('div'))", &JsValue::UNDEFINED);
        Self(element.into())
    }

    pub(crate) fn find(&self, selector: &str) -> Option<Element> {
        self.0.query_selector(selector).unwrap()
    }

    #[track_caller]
    pub(crate) fn text_of(&self, selector: &str) -> String {
        let found = self.find(selector);
        found.unwrap_or_else(|| wasm_bindgen::throw_str(&self.0.inner_html())).text_content().unwrap()
    }

    /// Whether this element has the focus.
    pub(crate) fn has_focus(&self, selector: &str) -> bool {
        self.find(selector).is_some_and(|element| document().active_element() == Some(element))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.0.remove();
    }
}

/// Replaces a property of the window until it is dropped.
pub(crate) struct Replaced(Array);

impl Replaced {
    /// `descriptor` is a property descriptor in JavaScript, for example `{value: 7}`.
    pub(crate) fn with(property: &str, descriptor: &str) -> Self {
        let body = format!(
            "const was = Object.getOwnPropertyDescriptor(window, arg);
             Object.defineProperty(window, arg, {{configurable: true, ...{descriptor}}});
             return [arg, was]"
        );
        Self(js(&body, &property.into()).into())
    }
}

impl Drop for Replaced {
    fn drop(&mut self) {
        js("Object.defineProperty(window, arg[0], arg[1])", &self.0);
    }
}

/// Replaces `fetch` by a function that always responds with this. `headers` is a JavaScript object. The last request is
/// `window.asked`.
pub(crate) fn responding(status: u16, headers: &str, body: &str) -> Replaced {
    let body = serde_json::Value::from(body);
    Replaced::with(
        "fetch",
        &format!(
            "{{value: async (...request) => {{
                window.asked = new Request(...request);
                return new Response({body}, {{status: {status}, headers: {headers}}});
            }}}}"
        ),
    )
}

/// Replaces `fetch` by a function that fails with an error of this name.
pub(crate) fn failing(name: &str) -> Replaced {
    Replaced::with("fetch", &format!("{{value: async () => {{ throw new DOMException('', '{name}') }}}}"))
}
