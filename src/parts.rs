//! What pages are made of, and the three ways in which something on them changes.
//!
//! Leptos compiles its machinery anew for every type of element, attribute, closure and effect that it meets, and `view!`
//! makes a new type of each. Here all elements are of one type, and all closures boxed: a quarter less to load
//! (docs/performance.md). So pages are written as calls of these functions. Those that take a closure box it and hand it to one
//! that is not generic: what they do with it is compiled once, and not for every button of the app.

use crate::browser;
use leptos::attr::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::attr::custom::custom_attribute;
use leptos::ev;
use leptos::html;
use leptos::mount::UnmountHandle;
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use web_sys::{Event, HtmlElement};

/// An element that still lacks its children.
pub struct El {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
}

/// Begins an element of this tag and class; an empty class is none.
#[inline(never)]
pub fn el(tag: &'static str, class: &str) -> El {
    let el = El { tag, attributes: Vec::new() };
    if class.is_empty() { el } else { el.attr("class", class) }
}

impl El {
    /// Sets an attribute.
    #[inline(never)]
    pub fn attr(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push(custom_attribute(name, value.to_owned()).into_any_attr());
        self
    }

    /// Does something on every event of this kind.
    pub fn on(self, event: &'static str, deed: impl Fn(&Event) + 'static) -> Self {
        self.on_boxed(event, Box::new(move |event| deed(&event)))
    }

    #[inline(never)]
    fn on_boxed(mut self, event: &'static str, deed: Box<dyn FnMut(Event)>) -> Self {
        self.attributes.push(ev::on(ev::Custom::<Event>::new(event), deed).into_any_attr());
        self
    }

    /// Lets the element take the focus as soon as it is there, so that the focus moves with the page.
    pub fn taking_focus(self) -> Self {
        watch(browser::focus_on_newcomer);
        self.attr("tabindex", "-1").attr(browser::NEWCOMER, "")
    }

    /// Ends the element with these children.
    #[inline(never)]
    pub fn with(self, children: Vec<AnyView>) -> AnyView {
        html::custom(self.tag).child(children).add_any_attr(self.attributes).into_any()
    }

    /// Ends the element with these words.
    #[inline(never)]
    pub fn saying(self, words: String) -> AnyView {
        self.with(vec![words.into_any()])
    }
}

/// Words by themselves.
pub fn words(words: &str) -> AnyView {
    words.to_owned().into_any()
}

/// A paragraph.
#[inline(never)]
pub fn line(class: &str, words: String) -> AnyView {
    el("p", class).saying(words)
}

/// A paragraph that is read out when it changes; it must be there before it does.
pub fn announcement(class: &str, words: impl Fn() -> String + Send + 'static) -> AnyView {
    el("p", class).attr("role", "status").with(vec![live(move || words().into_any())])
}

/// A button. Without a class it is the one main thing to do here; `quiet` and `link` are lesser ones.
pub fn button(class: &str, words: String, press: impl Fn() + 'static) -> AnyView {
    boxed_button(class, words, Box::new(move |_| press()))
}

#[inline(never)]
fn boxed_button(class: &str, words: String, press: Box<dyn FnMut(Event)>) -> AnyView {
    el("button", class).attr("type", "button").on_boxed("click", press).saying(words)
}

/// A link within the picker, or to wherever the deployment says. `button` makes it look like one.
#[inline(never)]
pub fn link(class: &str, address: &str, words: String) -> AnyView {
    el("a", class).attr("href", address).saying(words)
}

/// The ways on from here, one below the other.
#[inline(never)]
pub fn ways_on(ways: Vec<AnyView>) -> AnyView {
    el("div", "ways-on").with(ways)
}

/// Several parts, one after the other.
pub fn all(parts: Vec<AnyView>) -> AnyView {
    parts.into_any()
}

/// Nothing to see.
pub fn nothing() -> AnyView {
    all(Vec::new())
}

/// A part of a page that is drawn anew whenever what it reads has changed.
pub fn live(part: impl FnMut() -> AnyView + Send + 'static) -> AnyView {
    live_boxed(Box::new(part))
}

#[inline(never)]
fn live_boxed(part: Box<dyn FnMut() -> AnyView + Send>) -> AnyView {
    part.into_any()
}

/// Does something once the page is there, and again whenever what it reads has changed.
pub fn watch(deed: impl FnMut() + 'static) {
    watch_boxed(Box::new(deed));
}

#[inline(never)]
fn watch_boxed(mut deed: Box<dyn FnMut()>) {
    Effect::new(move |_| deed());
}

/// A part that is drawn into a place of index.html instead of where it stands, and is gone from there with what it stands in.
pub fn at(place: &str, part: impl FnOnce() -> AnyView + 'static) -> AnyView {
    at_boxed(place, Box::new(part))
}

#[inline(never)]
fn at_boxed(place: &str, part: Box<dyn FnOnce() -> AnyView>) -> AnyView {
    let part = StoredValue::new_local(Some(mounted_boxed(browser::place(place), part)));
    on_cleanup(move || drop(part.try_update_value(Option::take)));
    nothing()
}

/// Draws a part into an element, until the handle is dropped.
pub fn mounted(place: HtmlElement, part: impl FnOnce() -> AnyView + 'static) -> UnmountHandle<AnyViewState> {
    mounted_boxed(place, Box::new(part))
}

#[inline(never)]
fn mounted_boxed(place: HtmlElement, part: Box<dyn FnOnce() -> AnyView>) -> UnmountHandle<AnyViewState> {
    mount_to(place, part)
}
