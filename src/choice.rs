//! Several organizations to choose from: every one a button, and a search field above a long list.

use crate::browser;
use crate::messages::{self as m, count, text};
use crate::parts::{all, announcement, button, el, nothing};
use crate::problem::heading;
use crate::recents::domain_of;
use js_sys::Array;
use leptos::prelude::*;
use lookup_api::Tenant;
use lookup_api::filter::filter;
use std::sync::Arc;
use std::time::Duration;
use web_sys::{Event, HtmlElement};

/// From how many entries on a search field is worth its place.
const LONG: usize = 9;

/// How many of those that fit are shown at once: about as many as a screen has room for.
const AT_FIRST: usize = 12;

/// How many more are added in one frame.
const A_FRAME: usize = 100;

/// For how long nobody must have typed before the rest is added.
const PAUSE: Duration = Duration::from_millis(400);

/// The list's id, by which the search finds it.
const LIST: &str = "organizations";

/// The list. `choose` gets the organization that was chosen; `start_over` leads back to the form.
/// `searched` is what was typed into the search field, which another language must not take away.
pub fn choice(
    tenants: &Arc<[Tenant]>,
    searched: StoredValue<String>,
    choose: Callback<Tenant>,
    start_over: Callback<()>,
) -> AnyView {
    let search = if tenants.len() < LONG { nothing() } else { search(tenants.clone(), searched) };
    // One listener for all of them, however many there are.
    let chosen = tenants.clone();
    let on_click = move |event: &Event| {
        let index = browser::data_index(event);
        if let Some(tenant) = index.and_then(|i| chosen.get(i)) {
            choose.run(tenant.clone());
        }
    };
    let list = el("ul", "organizations")
        .attr("id", LIST)
        .attr("role", "list")
        .attr("aria-label", &text(m::YOUR_ORGANIZATIONS))
        .with(tenants.iter().enumerate().map(entry).collect());
    // The search puts other lists in its place, so what holds it listens.
    let list = el("div", "").on("click", on_click).with(vec![list]);
    all(vec![heading(m::CHOOSE, None), search, list, button("quiet", text(m::USE_ANOTHER), move || start_over.run(()))])
}

fn entry((i, tenant): (usize, &Tenant)) -> AnyView {
    let mut label = vec![el("bdi", "name").saying(tenant.name.clone())];
    label.extend(domain_of(tenant));
    el("li", "")
        .with(vec![el("button", "organization").attr("type", "button").attr("data-index", &i.to_string()).with(label)])
}

/// What a search goes through: the entries, and what is searched in, folded, a line each.
struct Entries {
    elements: Array,
    words: String,
}

impl Entries {
    fn of_page(tenants: &[Tenant]) -> Option<Self> {
        let words = |t: &Tenant| {
            let words = [&t.name, " ", t.domain.as_deref().unwrap_or_default(), " ", t.code.as_str()].concat();
            words.replace('\n', " ")
        };
        // Folded in one go: calls into the browser cost more than letters.
        let words = browser::fold(&tenants.iter().map(words).collect::<Vec<_>>().join("\n"));
        let list = browser::element(LIST)?;
        Some(Self { elements: browser::children(&list), words })
    }

    /// Shows those that fit instead of those that fitted before; how many there are. The rest of many comes once `goes_on`
    /// has held for a while.
    fn narrow(&self, typed: &str, goes_on: impl Fn() -> bool + 'static) -> Option<usize> {
        let before = browser::element(LIST)?;
        let mut found = filter(&self.words, typed);
        let count = found.len();
        let rest = found.split_off(count.min(AT_FIRST));
        let list = browser::list_in_place_of(&before)?;
        browser::add_copies(&list, &self.elements, &found);
        let elements = self.elements.clone();
        browser::later(PAUSE, move || add_rest(list, elements, rest, goes_on));
        Some(count)
    }
}

/// The search field. Those that fit are shown in a list of their own, in their order. None is hidden from assistive technology
/// or from the browser's own search.
fn search(tenants: Arc<[Tenant]>, searched: StoredValue<String>) -> AnyView {
    let announced = RwSignal::new(String::new());
    let round = StoredValue::new(0_u32);
    let entries: StoredValue<Option<Entries>, LocalStorage> = StoredValue::new_local(None);
    let narrow = move || {
        let this_round = round.try_update_value(|n| {
            *n += 1;
            *n
        });
        let goes_on = move || round.try_get_value() == this_round;
        let typed = browser::fold(&searched.get_value());
        let found = entries.try_with_value(|entries| entries.as_ref()?.narrow(&typed, goes_on)).flatten();
        let Some(found) = found else { return };
        let words = if found == 0 { text(m::FOUND_NONE) } else { count(m::FOUND, found as i64) };
        // The same words twice in a row are announced only if something about them is new.
        announced.update(|before| *before = if *before == words { words + "\u{a0}" } else { words });
    };
    // As soon as the list is there.
    browser::later(Duration::ZERO, move || {
        let _ = entries.try_set_value(Entries::of_page(&tenants));
        if searched.try_get_value().is_some_and(|searched| !searched.is_empty()) {
            narrow();
        }
    });
    let field = el("input", "")
        .attr("id", "filter")
        .attr("type", "search")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "none")
        .attr("spellcheck", "false")
        .attr("dir", "auto")
        .attr("value", &searched.get_value())
        .on("input", move |event| {
            searched.set_value(browser::value_of(event));
            narrow();
        })
        .with(Vec::new());
    all(vec![
        el("label", "").attr("for", "filter").saying(text(m::FILTER)),
        field,
        announcement("hint", move || announced.get()),
    ])
}

/// Puts the rest of what fits into the list, a few a frame, for as long as nothing else was typed: thousands at once would keep
/// the next letter waiting.
fn add_rest(list: HtmlElement, elements: Array, mut found: Vec<usize>, goes_on: impl Fn() -> bool + 'static) {
    if !found.is_empty() && goes_on() {
        let rest = found.split_off(found.len().min(A_FRAME));
        browser::add_copies(&list, &elements, &found);
        request_animation_frame(move || add_rest(list, elements, rest, goes_on));
    }
}
