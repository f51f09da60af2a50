//! The elements that pages are made of, and reactive parts, effects and portals.
//!
//! `view!` gives every element a type of its own, and Leptos compiles its code anew for each type of element,
//! attribute, closure and effect. Here all elements have one type and all closures are boxed, which makes the wasm a
//! quarter smaller (docs/performance.md). So pages call these functions. Those that take a closure box it and pass it
//! to a function that is not generic, so that the rest is compiled once.

use crate::browser;
use leptos::attr::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::attr::custom::custom_attribute;
use leptos::ev;
use leptos::html;
use leptos::mount::UnmountHandle;
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use web_sys::{Event, HtmlElement};

/// An element without its children.
pub struct ElementBuilder {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
}

/// Begins an element with this tag and class. An empty class is left out.
#[inline(never)]
pub fn element(tag: &'static str, class: &str) -> ElementBuilder {
    let element = ElementBuilder { tag, attributes: Vec::new() };
    if class.is_empty() { element } else { element.attr("class", class) }
}

impl ElementBuilder {
    /// Sets an attribute.
    #[inline(never)]
    pub fn attr(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push(custom_attribute(name, value.to_owned()).into_any_attr());
        self
    }

    /// Calls `handler` with every event of this type.
    pub fn on(self, event: &'static str, handler: impl Fn(&Event) + 'static) -> Self {
        self.on_boxed(event, Box::new(move |event| handler(&event)))
    }

    #[inline(never)]
    fn on_boxed(mut self, event: &'static str, handler: Box<dyn FnMut(Event)>) -> Self {
        self.attributes.push(ev::on(ev::Custom::<Event>::new(event), handler).into_any_attr());
        self
    }

    /// Puts the focus on the element once it is in the page, so that the focus follows a change of screen.
    pub fn autofocus(self) -> Self {
        effect(browser::focus_new_element);
        self.attr("tabindex", "-1").attr(browser::AUTOFOCUS, "")
    }

    /// Completes the element with these children.
    #[inline(never)]
    pub fn children(self, children: Vec<AnyView>) -> AnyView {
        html::custom(self.tag).child(children).add_any_attr(self.attributes).into_any()
    }

    /// Completes the element with this text.
    #[inline(never)]
    pub fn text(self, text: String) -> AnyView {
        self.children(vec![text.into_any()])
    }
}

/// A text node.
pub fn text_node(text: &str) -> AnyView {
    text.to_owned().into_any()
}

/// A paragraph.
#[inline(never)]
pub fn paragraph(class: &str, text: String) -> AnyView {
    element("p", class).text(text)
}

/// A paragraph that screen readers read out when its text changes. It has to be in the page before that.
pub fn live_region(class: &str, text: impl Fn() -> String + Send + 'static) -> AnyView {
    element("p", class).attr("role", "status").children(vec![reactive(move || text().into_any())])
}

/// A button. Without a class it is the main action of the screen; `quiet` and `link` are the others.
pub fn button(class: &str, text: String, on_press: impl Fn() + 'static) -> AnyView {
    boxed_button(class, text, Box::new(move |_| on_press()))
}

#[inline(never)]
fn boxed_button(class: &str, text: String, on_press: Box<dyn FnMut(Event)>) -> AnyView {
    element("button", class).attr("type", "button").on_boxed("click", on_press).text(text)
}

/// A link. The class `button` makes it look like one.
#[inline(never)]
pub fn link(class: &str, address: &str, text: String) -> AnyView {
    element("a", class).attr("href", address).text(text)
}

/// What the person can do next: buttons and links, one below the other.
#[inline(never)]
pub fn actions(actions: Vec<AnyView>) -> AnyView {
    element("div", "actions").children(actions)
}

/// Several views, one after the other.
pub fn fragment(views: Vec<AnyView>) -> AnyView {
    views.into_any()
}

/// A view without content.
pub fn empty() -> AnyView {
    fragment(Vec::new())
}

/// A view that is rendered again whenever a signal that it has read changes.
pub fn reactive(view: impl FnMut() -> AnyView + Send + 'static) -> AnyView {
    reactive_boxed(Box::new(view))
}

#[inline(never)]
fn reactive_boxed(view: Box<dyn FnMut() -> AnyView + Send>) -> AnyView {
    view.into_any()
}

/// Runs `f` after rendering, and again whenever a signal that it has read changes.
pub fn effect(f: impl FnMut() + 'static) {
    effect_boxed(Box::new(f));
}

#[inline(never)]
fn effect_boxed(mut f: Box<dyn FnMut()>) {
    Effect::new(move |_| f());
}

/// Renders a view into the element of index.html with this id, until the owner of the call is cleaned up.
pub fn portal(id: &str, view: impl FnOnce() -> AnyView + 'static) -> AnyView {
    portal_boxed(id, Box::new(view))
}

#[inline(never)]
fn portal_boxed(id: &str, view: Box<dyn FnOnce() -> AnyView>) -> AnyView {
    let handle = StoredValue::new_local(Some(mount_boxed(browser::portal_target(id), view)));
    on_cleanup(move || drop(handle.try_update_value(Option::take)));
    empty()
}

/// Renders a view into an element, until the handle is dropped.
pub fn mount(parent: HtmlElement, view: impl FnOnce() -> AnyView + 'static) -> UnmountHandle<AnyViewState> {
    mount_boxed(parent, Box::new(view))
}

#[inline(never)]
fn mount_boxed(parent: HtmlElement, view: Box<dyn FnOnce() -> AnyView>) -> UnmountHandle<AnyViewState> {
    mount_to(parent, view)
}
