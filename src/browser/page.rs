//! The page: title, attributes, elements, events, focus.

use js_sys::{Array, Function, Reflect};
use leptos::prelude::{document, window};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement};

/// Makes the browser connect to a host that will be needed soon.
pub fn preconnect(origin: &str) {
    let (Ok(link), Some(head)) = (document().create_element("link"), document().head()) else { return };
    for (name, value) in [("rel", "preconnect"), ("href", origin)] {
        let _ = link.set_attribute(name, value);
    }
    let _ = head.append_child(&link);
}

/// Sets the title of the page.
pub fn set_title(title: &str) {
    document().set_title(title);
}

fn root() -> Option<HtmlElement> {
    document().document_element().and_then(|e| e.dyn_into().ok())
}

/// A `data-` attribute of the root element. `first.js`, `boot.js`, the style and the app tell each other their state
/// with these.
pub fn data(name: &str) -> Option<String> {
    root()?.dataset().get(name)
}

/// Makes `first.js` leave the form's events to the app. Returns whether the form was submitted before.
pub fn take_form_over() -> bool {
    set_data("app", "");
    data("submitted").is_some()
}

/// Sets a `data-` attribute of the root element.
pub fn set_data(name: &str, value: &str) {
    if let Some(root) = root() {
        let _ = root.dataset().set(name, value);
    }
}

/// Sets a custom property of the root element. Through the CSS object model, since the content security policy forbids
/// inline styles.
pub fn set_property(name: &str, value: &str) {
    if let Some(root) = root() {
        let _ = root.style().set_property(name, value);
    }
}

/// Sets the language and the direction of the page, by the function of `first.js` that has set them before the first
/// paint.
pub fn set_language(language: &str) {
    if let Ok(set_language) = Reflect::get(&window(), &"setPageLanguage".into())
        && let Some(set_language) = set_language.dyn_ref::<Function>()
    {
        let _ = set_language.call1(&JsValue::NULL, &language.into());
    }
}

/// The language of the page, as `first.js` chose it.
pub fn page_language() -> String {
    root().map(|root| root.lang()).unwrap_or_default()
}

/// The languages that index.html offers: tag, name in the language itself, address of its messages.
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

/// The element of index.html that a portal renders into. The body, if there is no such element.
pub fn portal_target(id: &str) -> HtmlElement {
    element(id).unwrap_or_else(leptos::tachys::dom::body)
}

/// Removes a `data-` attribute of the root element.
pub fn remove_data(name: &str) {
    if let Some(root) = root() {
        root.dataset().delete(name);
    }
}

/// Whether no element has the focus.
pub fn nothing_has_focus() -> bool {
    document().active_element().is_none_or(|element| Some(&element) == document().body().as_deref())
}

/// Runs `f` on every event of this type at an element that stays for the page's whole life.
pub fn listen(element: &Element, event: &str, f: impl Fn(Event) + 'static) {
    listen_boxed(element, event, Box::new(f));
}

#[inline(never)]
fn listen_boxed(element: &Element, event: &str, f: Box<dyn Fn(Event)>) {
    let listener = Closure::wrap(f).into_js_value();
    let _ = element.add_event_listener_with_callback(event, listener.unchecked_ref());
}

/// The value of the field or select that the event is at.
pub fn value_of(event: &Event) -> String {
    let value = event.target().and_then(|target| Reflect::get(&target, &"value".into()).ok());
    value.and_then(|value| value.as_string()).unwrap_or_default()
}

/// Whether the checkbox that the event is at is checked.
pub fn is_checked(event: &Event) -> bool {
    let checked = event.target().and_then(|target| Reflect::get(&target, &"checked".into()).ok());
    checked.is_some_and(|checked| checked.is_truthy())
}

/// Whether the event is at a button that submits a form. The site's build removes `type="submit"`, which is the
/// default.
pub fn is_on_submit_button(event: &Event) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| element.closest("button:not([type=button])").is_ok_and(|button| button.is_some()))
}

/// The `data-index` of the button that the event is at, if it is at one.
pub fn data_index(event: &Event) -> Option<usize> {
    let button = event.target()?.dyn_into::<Element>().ok()?.closest("button[data-index]").ok()??;
    button.get_attribute("data-index")?.parse().ok()
}

/// The child elements of an element.
pub fn children(parent: &Element) -> Array {
    Array::from(&parent.children())
}

/// Replaces a list by an empty copy of it, and returns the copy.
pub fn replace_with_empty_copy(list: &HtmlElement) -> Option<HtmlElement> {
    let new: HtmlElement = list.clone_node().ok()?.dyn_into().ok()?;
    list.replace_with_with_node_1(&new).ok()?;
    Some(new)
}

/// Appends copies of some of these elements to a parent. `which` has their indices.
pub fn append_copies(parent: &Element, elements: &Array, which: &[usize]) {
    let copy = |&i: &usize| elements.get(i as u32).unchecked_ref::<Element>().clone_node_with_deep(true).ok();
    let _ = parent.append_with_node(&which.iter().filter_map(copy).collect::<Array>());
}

/// All elements of index.html whose text is a message, with the message's index in the list of messages.
/// tools/finish.mjs has replaced the message's name by it.
pub fn elements_with_message() -> Vec<(Element, String)> {
    let Ok(found) = document().query_selector_all("[data-message]") else { return Vec::new() };
    let elements = (0..found.length()).filter_map(|i| found.get(i)?.dyn_into::<Element>().ok());
    elements.filter_map(|element| element.get_attribute("data-message").map(|place| (element, place))).collect()
}

/// The attribute of an element that takes the focus when it appears.
pub const AUTOFOCUS: &str = "data-autofocus";

/// Puts the focus on the last element that has the attribute [`AUTOFOCUS`].
pub fn focus_new_element() {
    let Ok(elements) = document().query_selector_all(&["[", AUTOFOCUS, "]"].concat()) else { return };
    let last = elements.get(elements.length().saturating_sub(1));
    if let Some(element) = last.and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        focus(&element);
    }
}

/// Puts the focus on an element.
pub fn focus(element: &HtmlElement) {
    let _ = element.focus();
}

pub(super) fn performance() -> Option<web_sys::Performance> {
    window().performance()
}

/// Sets a mark on the performance timeline. docs/contract.md lists the marks.
pub fn mark(name: &str) {
    if let Some(performance) = performance() {
        let _ = performance.mark(name);
    }
}
