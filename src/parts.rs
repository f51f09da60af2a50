//! What pages are made of, and the three ways in which something on them changes.
//!
//! Leptos compiles its machinery anew for every type of element, attribute, closure and effect that it meets, and `view!`
//! makes a new type of each. Here all elements are of one type, and all closures boxed: a quarter less to load
//! (docs/performance.md). So pages are written as calls of these functions.

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
pub fn el(tag: &'static str, class: &str) -> El {
    let el = El { tag, attributes: Vec::new() };
    if class.is_empty() { el } else { el.attr("class", class) }
}

impl El {
    /// Sets an attribute.
    pub fn attr(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push(custom_attribute(name, value.to_owned()).into_any_attr());
        self
    }

    /// Does something on every event of this kind.
    pub fn on(mut self, event: &'static str, deed: impl Fn(&Event) + 'static) -> Self {
        let deed: Box<dyn FnMut(Event)> = Box::new(move |event| deed(&event));
        self.attributes.push(ev::on(ev::Custom::<Event>::new(event), deed).into_any_attr());
        self
    }

    /// Lets the element take the focus as soon as it is there, so that the focus moves with the page.
    pub fn taking_focus(self) -> Self {
        watch(browser::focus_on_newcomer);
        self.attr("tabindex", "-1").attr(browser::NEWCOMER, "")
    }

    /// Ends the element with these children.
    pub fn with(self, children: Vec<AnyView>) -> AnyView {
        html::custom(self.tag).child(children).add_any_attr(self.attributes).into_any()
    }

    /// Ends the element with these words.
    pub fn saying(self, words: String) -> AnyView {
        self.with(vec![words.into_any()])
    }
}

/// Words by themselves.
pub fn words(words: &str) -> AnyView {
    words.to_owned().into_any()
}

/// A paragraph.
pub fn line(class: &str, words: String) -> AnyView {
    el("p", class).saying(words)
}

/// A paragraph that is read out when it changes; it must be there before it does.
pub fn announcement(class: &str, words: impl Fn() -> String + Send + 'static) -> AnyView {
    el("p", class).attr("role", "status").with(vec![live(move || words().into_any())])
}

/// A button. Without a class it is the one main thing to do here; `quiet` and `link` are lesser ones.
pub fn button(class: &str, words: String, press: impl Fn() + 'static) -> AnyView {
    el("button", class).attr("type", "button").on("click", move |_| press()).saying(words)
}

/// A link within the picker, or to wherever the deployment says. `button` makes it look like one.
pub fn link(class: &str, address: &str, words: String) -> AnyView {
    el("a", class).attr("href", address).saying(words)
}

/// The ways on from here, one below the other.
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
    let part: Box<dyn FnMut() -> AnyView + Send> = Box::new(part);
    part.into_any()
}

/// Does something once the page is there, and again whenever what it reads has changed.
pub fn watch(deed: impl FnMut() + 'static) {
    let mut deed: Box<dyn FnMut()> = Box::new(deed);
    Effect::new(move |_| deed());
}

/// A part that is drawn into a place of index.html instead of where it stands, and is gone from there with what it stands in.
pub fn at(place: &str, part: impl FnOnce() -> AnyView + 'static) -> AnyView {
    let part = StoredValue::new_local(Some(mounted(browser::place(place), part)));
    on_cleanup(move || drop(part.try_update_value(Option::take)));
    nothing()
}

/// Draws a part into an element, until the handle is dropped.
pub fn mounted(place: HtmlElement, part: impl FnOnce() -> AnyView + 'static) -> UnmountHandle<AnyViewState> {
    let part: Box<dyn FnOnce() -> AnyView> = Box::new(part);
    mount_to(place, part)
}
