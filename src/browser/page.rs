//! The page itself: title, attributes, elements, focus.

use js_sys::{Array, Function, Reflect};
use leptos::prelude::{document, window};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement};

/// Lets the browser connect to a host that will be needed, with all that a request takes but the request.
pub fn preconnect(origin: &str) {
    let (Ok(link), Some(head)) = (document().create_element("link"), document().head()) else { return };
    for (name, value) in [("rel", "preconnect"), ("href", origin)] {
        let _ = link.set_attribute(name, value);
    }
    let _ = head.append_child(&link);
}

/// The page's title.
pub fn set_title(title: &str) {
    document().set_title(title);
}

fn root() -> Option<HtmlElement> {
    document().document_element().and_then(|e| e.dyn_into().ok())
}

/// A `data-` attribute of the whole page: how `boot.js`, the style and the app tell each other things.
pub fn data(name: &str) -> Option<String> {
    root()?.dataset().get(name)
}

/// Takes the form's events over from `boot.js`; whether it was sent before the app was there to hear it.
pub fn take_form_over() -> bool {
    set_data("app", "");
    data("submitted").is_some()
}

/// Sets such an attribute.
pub fn set_data(name: &str, value: &str) {
    if let Some(root) = root() {
        let _ = root.dataset().set(name, value);
    }
}

/// A custom property of the whole page, through the CSS object model, which the content security policy lets pass.
pub fn set_property(name: &str, value: &str) {
    if let Some(root) = root() {
        let _ = root.style().set_property(name, value);
    }
}

/// The language and the direction of the page. `first.js` knows how, since it does the same before the first paint.
pub fn set_language(language: &str) {
    if let Ok(speak) = Reflect::get(&window(), &"speak".into())
        && let Some(speak) = speak.dyn_ref::<Function>()
    {
        let _ = speak.call1(&JsValue::NULL, &language.into());
    }
}

/// The language of the page, as `first.js` chose it.
pub fn page_language() -> String {
    root().map(|root| root.lang()).unwrap_or_default()
}

/// The languages that index.html offers: tag, name in the language itself, address of its sentences.
pub fn offered_languages() -> Vec<(String, String, String)> {
    let Ok(links) = document().query_selector_all("link[hreflang][title]") else { return Vec::new() };
    let offered = (0..links.length()).filter_map(|i| links.get(i)?.dyn_into::<Element>().ok());
    offered
        .filter_map(|link| {
            Some((link.get_attribute("hreflang")?, link.get_attribute("title")?, link.get_attribute("href")?))
        })
        .collect()
}

/// An element of index.html by its id.
pub fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// The place in index.html that a part of the app is drawn into; the page's body if index.html has no such place.
pub fn place(id: &str) -> HtmlElement {
    element(id).unwrap_or_else(leptos::tachys::dom::body)
}

/// Takes such an attribute away.
pub fn remove_data(name: &str) {
    if let Some(root) = root() {
        root.dataset().delete(name);
    }
}

/// Whether the focus is on nothing in particular.
pub fn nothing_has_focus() -> bool {
    document().active_element().is_none_or(|element| Some(&element) == document().body().as_deref())
}

/// Runs `f` on every event of this kind at an element that stays for the page's whole life.
pub fn listen(element: &Element, event: &str, f: impl Fn(Event) + 'static) {
    listen_boxed(element, event, Box::new(f));
}

#[inline(never)]
fn listen_boxed(element: &Element, event: &str, f: Box<dyn Fn(Event)>) {
    let listener = Closure::wrap(f).into_js_value();
    let _ = element.add_event_listener_with_callback(event, listener.unchecked_ref());
}

/// What stands in the field, or is chosen in the list, that the event happened to.
pub fn value_of(event: &Event) -> String {
    let value = event.target().and_then(|target| Reflect::get(&target, &"value".into()).ok());
    value.and_then(|value| value.as_string()).unwrap_or_default()
}

/// Whether the box that the event happened to is checked.
pub fn is_checked(event: &Event) -> bool {
    let checked = event.target().and_then(|target| Reflect::get(&target, &"checked".into()).ok());
    checked.is_some_and(|checked| checked.is_truthy())
}

/// Whether the event happened to a button.
pub fn is_on_button(event: &Event) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| element.closest("button").is_ok_and(|button| button.is_some()))
}

/// The `data-index` of the button that was pressed, if one was.
pub fn data_index(event: &Event) -> Option<usize> {
    let button = event.target()?.dyn_into::<Element>().ok()?.closest("button[data-index]").ok()??;
    button.get_attribute("data-index")?.parse().ok()
}

/// The elements within an element.
pub fn children(parent: &Element) -> Array {
    Array::from(&parent.children())
}

/// Puts an empty list of the same kind where a list is.
pub fn list_in_place_of(list: &HtmlElement) -> Option<HtmlElement> {
    let new: HtmlElement = list.clone_node().ok()?.dyn_into().ok()?;
    list.replace_with_with_node_1(&new).ok()?;
    Some(new)
}

/// Puts copies of some of these elements behind what is in another.
pub fn add_copies(parent: &Element, elements: &Array, which: &[usize]) {
    let copy = |&i: &usize| elements.get(i as u32).unchecked_ref::<Element>().clone_node_with_deep(true).ok();
    let _ = parent.append_with_node(&which.iter().filter_map(copy).collect::<Array>());
}

/// All elements of index.html that say a sentence, with the sentence's place (tools/finish.mjs puts it there for its name).
pub fn sayings() -> Vec<(Element, String)> {
    let Ok(found) = document().query_selector_all("[data-message]") else { return Vec::new() };
    let elements = (0..found.length()).filter_map(|i| found.get(i)?.dyn_into::<Element>().ok());
    elements.filter_map(|element| element.get_attribute("data-message").map(|place| (element, place))).collect()
}

/// What marks an element that takes the focus when it appears.
pub const NEWCOMER: &str = "data-newcomer";

/// Puts the focus on the element that has just appeared and wants it.
pub fn focus_on_newcomer() {
    let Ok(newcomers) = document().query_selector_all(&["[", NEWCOMER, "]"].concat()) else { return };
    let last = newcomers.get(newcomers.length().saturating_sub(1));
    if let Some(element) = last.and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        focus(&element);
    }
}

/// Puts the focus on an element, unless that is where it already is.
pub fn focus(element: &HtmlElement) {
    let _ = element.focus();
}

pub(super) fn performance() -> Option<web_sys::Performance> {
    window().performance()
}

/// A mark on the performance timeline, such as `usable` (contract §7).
pub fn mark(name: &str) {
    if let Some(performance) = performance() {
        let _ = performance.mark(name);
    }
}
