//! The address bar, and the ways to another page.

use super::device::on_window;
use super::page::{data, performance};
use js_sys::{Array, Function, Promise, Reflect};
use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::prelude::window;
use platform::WebUrl;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{PageTransitionEvent, Url};

/// How the page was loaded. It has no `Debug`: the query may have an authorization code in it.
#[derive(Clone)]
pub struct PageLoad {
    /// The raw query of the address, without its `?`, as `boot.js` found it.
    pub query: String,
    /// Whether it was Back or Forward, so that the page must not send the person off again by itself.
    pub by_history: bool,
    /// A function of `boot.js` that returns the lookup which it has sent.
    early_lookup: Function,
}

impl PageLoad {
    /// How the page was loaded. `boot.js` has read the query, and at the callback has removed it from the address bar.
    pub fn new(query: String, early_lookup: Function) -> Self {
        let by_history = performance()
            .and_then(|p| Reflect::get(&p.get_entries_by_type("navigation").get(0), &"type".into()).ok())
            .is_some_and(|kind| kind == "back_forward");
        Self { query, by_history, early_lookup }
    }

    /// The lookup that `boot.js` has sent, if it has. To be called once the app handles the form's events.
    pub fn early_lookup(&self) -> Option<EarlyLookup> {
        let parts = self.early_lookup.call0(&JsValue::NULL).ok()?.dyn_into::<Array>().ok()?;
        let (body, response) = (parts.get(0).as_string()?, parts.get(1).dyn_into().ok()?);
        Some(EarlyLookup { body, response, arrived: parts.get(2).dyn_into().ok() })
    }
}

/// A lookup that `boot.js` has sent.
#[derive(Debug)]
pub struct EarlyLookup {
    /// The body of the request.
    pub body: String,
    /// The response: status, text and Retry-After. Rejected with `undefined` if the request was not sent after all.
    pub response: Promise,
    /// The response, if it has arrived already.
    pub arrived: Option<Array>,
}

/// The address of this page.
pub fn page_url() -> Option<WebUrl> {
    WebUrl::parse(&window().location().href().ok()?)
}

/// The path of the picker's page with this name, such as `/callback`. The form's is `/`, or the path that the picker
/// was deployed below. `first.js` has read it from the page's links.
pub fn own_path(page: &str) -> String {
    data("path").unwrap_or_else(|| "/".to_owned()) + page
}

/// The name of the picker's page at this address, such as `callback`. It is empty for the form.
pub fn own_page() -> Option<String> {
    page_url()?.path.strip_prefix(&own_path("")).map(str::to_owned)
}

/// The address of the picker's form.
pub fn picker_url() -> Option<WebUrl> {
    page_url()?.join(&own_path(""))
}

/// Goes to another address. Back returns to this page.
pub fn navigate(address: &str) {
    let _ = window().location().assign(address);
}

/// Goes to another address in the place of this page. Back does not return to it.
pub fn replace_location(address: &str) {
    let _ = window().location().replace(address);
}

/// Removes `lang` from the address bar.
pub fn remove_lang_from_address() {
    let url = Url::new(&window().location().href().unwrap_or_default());
    if let (Ok(url), Ok(history)) = (url, window().history()) {
        url.search_params().delete("lang");
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url.href()));
    }
}

/// Stops a navigation that has begun and not arrived.
pub fn stop_loading() {
    let _ = window().stop();
}

/// Runs `f` when Back or Forward restores the page from the back/forward cache, in the state in which it was left.
pub fn on_restored(f: impl Fn() + 'static) -> WindowListenerHandle {
    on_window("pageshow", move |event| {
        if event.dyn_ref::<PageTransitionEvent>().is_some_and(PageTransitionEvent::persisted) {
            f();
        }
    })
}
