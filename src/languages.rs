//! The choice of languages: what index.html offers, each by its own name.

use crate::api;
use crate::app::Frame;
use crate::browser;
use crate::form::Form;
use crate::messages::{self as m, text};
use crate::parts::{el, live, watch};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The id of the switch.
const SWITCH: &str = "language";

/// The switch at the foot of every page. Choosing keeps what was typed and where the person is.
pub fn languages(language: RwSignal<String>) -> AnyView {
    let spoken = language.get_untracked();
    let options = browser::offered_languages().into_iter().map(|(tag, name, _)| {
        let option = el("option", "").attr("value", &tag).attr("lang", &tag);
        if tag == spoken { option.attr("selected", "") } else { option }.saying(name)
    });
    // Drawn once: whoever goes through it with the arrow keys changes the language with every press, and must not lose it.
    watch(move || {
        language.track();
        if let Some(select) = browser::element(SWITCH) {
            let _ = select.set_attribute("aria-label", &text(m::LANGUAGE));
        }
    });
    el("select", "")
        .attr("id", SWITCH)
        .attr("aria-label", &text(m::LANGUAGE))
        .on("change", move |event| choose(language, browser::value_of(event)))
        .with(options.collect())
}

fn choose(language: RwSignal<String>, tag: String) {
    spawn_local(async move {
        let offered = browser::offered_languages().into_iter().find(|(offered, ..)| *offered == tag);
        let Some((.., address)) = offered else { return };
        // A language that cannot be loaded leaves the page in the one that it has.
        let Some(texts) = api::sentences(&tag, &address).await else { return };
        m::speak(&tag, texts);
        browser::set_language(&tag);
        browser::keep_language(&tag);
        if let Some(form) = Form::of_page() {
            form.speak();
        }
        language.set(tag);
    });
}

/// A page that is drawn anew when the language changes.
pub fn spoken(frame: &Frame, mut page: impl FnMut() -> AnyView + Send + 'static) -> AnyView {
    let language = frame.language;
    live(move || {
        language.track();
        page()
    })
}
