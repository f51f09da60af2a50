//! The select with the languages that index.html offers, each by its own name.

use crate::api;
use crate::browser::{self, STORE};
use crate::elements::{effect, element};
use crate::form::Form;
use crate::messages::{self as m, text};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The id of the select.
const SELECT: &str = "language";

/// The select below every page. Choosing a language keeps what was typed, and the screen that the person is at.
pub fn language_select(language: RwSignal<String>) -> AnyView {
    let current = language.get_untracked();
    let options = browser::offered_languages().into_iter().map(|(tag, name, _)| {
        let option = element("option", "").attr("value", &tag).attr("lang", &tag);
        if tag == current { option.attr("selected", "") } else { option }.text(name)
    });
    // Only the label changes with the language. If the select were rendered again, people who go through it with the
    // arrow keys would lose the focus with every press.
    effect(move || {
        language.track();
        if let Some(select) = browser::element(SELECT) {
            let _ = select.set_attribute("aria-label", &text(m::LANGUAGE));
        }
    });
    element("select", "")
        .attr("id", SELECT)
        .attr("aria-label", &text(m::LANGUAGE))
        .on("change", move |event| choose(language, browser::value_of(event)))
        .children(options.collect())
}

fn choose(language: RwSignal<String>, tag: String) {
    spawn_local(async move {
        let offered = browser::offered_languages().into_iter().find(|(offered, ..)| *offered == tag);
        let Some((.., address)) = offered else { return };
        // If the messages cannot be fetched, the page stays in its language.
        let Some(texts) = api::messages(&tag, &address).await else { return };
        m::set_language(&tag, texts);
        browser::set_language(&tag);
        STORE.keep_language(&tag);
        browser::remove_lang_from_address();
        if let Some(form) = Form::of_page() {
            form.translate();
        }
        language.set(tag);
    });
}
