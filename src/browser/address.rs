//! The address bar and the ways to another page.

use super::device::on_window;
use super::page::performance;
use js_sys::{Array, Function, Promise, Reflect};
use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::prelude::window;
use sign_in::web_url::WebUrl;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{PageTransitionEvent, Url};

/// How the person got here.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The raw query of the address, without its `?`, as `boot.js` found it.
    pub query: String,
    /// Whether Back or Forward brought the person here, so that nothing may send them off again by itself.
    pub by_history: bool,
    /// What `boot.js` knows of a lookup that was sent already.
    early: Function,
}

impl Arrival {
    /// The lookup that was sent already, if one was. To be asked once the form's events are the app's.
    pub fn early_lookup(&self) -> Option<EarlyLookup> {
        let parts = self.early.call0(&JsValue::NULL).ok()?.dyn_into::<Array>().ok()?;
        let (body, answer) = (parts.get(0).as_string()?, parts.get(1).dyn_into().ok()?);
        Some(EarlyLookup { body, answer, come: parts.get(2).dyn_into().ok() })
    }
}

/// A lookup that `boot.js` has sent.
#[derive(Debug)]
pub struct EarlyLookup {
    /// What it asks.
    pub body: String,
    /// What becomes of it: status, text and Retry-After; rejected with `undefined` if it was not sent after all.
    pub answer: Promise,
    /// The same where it is here already.
    pub come: Option<Array>,
}

/// How the person got here. `boot.js` has read the query already, and has taken it out of the address bar at the callback.
pub fn arrive(query: String, early: Function) -> Arrival {
    let by_history = performance()
        .and_then(|p| Reflect::get(&p.get_entries_by_type("navigation").get(0), &"type".into()).ok())
        .is_some_and(|kind| kind == "back_forward");
    Arrival { query, by_history, early }
}

/// The address of this page.
pub fn page_url() -> Option<WebUrl> {
    parse_url(&window().location().href().ok()?, None)
}

/// The browser's own URL parser, for the core.
pub fn parse_url(text: &str, base: Option<&str>) -> Option<WebUrl> {
    let url = match base {
        Some(base) => Url::new_with_base(text, base),
        None => Url::new(text),
    }
    .ok()?;
    Some(WebUrl {
        href: url.href(),
        scheme: url.protocol().trim_end_matches(':').to_owned(),
        hostname: url.hostname(),
        origin: url.origin(),
        path: url.pathname(),
        has_credentials: !url.username().is_empty() || !url.password().is_empty(),
        has_query_or_fragment: !url.search().is_empty() || !url.hash().is_empty(),
    })
}

/// Goes to another address; this page stays behind in the history.
pub fn leave_for(address: &str) {
    let _ = window().location().assign(address);
}

/// Goes to another address in this page's stead, so that Back does not come here again.
pub fn move_on_to(address: &str) {
    let _ = window().location().replace(address);
}

/// Gives up a navigation that has begun but not arrived.
pub fn stay() {
    let _ = window().stop();
}

/// Runs `f` when the page comes back to life from the back/forward cache, spinner and all.
pub fn on_restored(f: impl Fn() + 'static) -> WindowListenerHandle {
    on_window("pageshow", move |event| {
        if event.dyn_ref::<PageTransitionEvent>().is_some_and(PageTransitionEvent::persisted) {
            f();
        }
    })
}
