//! Several organizations to choose from: every one a button, and a search field above a long list.

use crate::browser;
use crate::messages::{self as m, count, text};
use crate::parts::{all, announcement, button, el, nothing};
use crate::problem::heading;
use crate::recents::domain_of;
use leptos::prelude::*;
use lookup_api::Tenant;
use lookup_api::filter::filter;
use std::sync::Arc;
use std::time::Duration;
use web_sys::{Element, Event, HtmlElement};

/// From how many entries on a search field is worth its place.
const LONG: usize = 9;

/// How many entries are put into the page at a time: as many as a slow phone lays out within a few frames.
const AT_ONCE: usize = 150;

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
        .on("click", on_click)
        .with(tenants.iter().enumerate().map(entry).collect());
    all(vec![heading(m::CHOOSE, None), search, list, button("quiet", text(m::USE_ANOTHER), move || start_over.run(()))])
}

fn entry((i, tenant): (usize, &Tenant)) -> AnyView {
    let mut label = vec![el("bdi", "name").saying(tenant.name.clone())];
    label.extend(domain_of(tenant));
    el("li", "")
        .with(vec![el("button", "organization").attr("type", "button").attr("data-index", &i.to_string()).with(label)])
}

/// The search field. The entries are in the page once and for good: filtering puts those that fit into the list, in their
/// order, and takes the others out. None is hidden from assistive technology or from the browser's own search.
fn search(tenants: Arc<[Tenant]>, searched: StoredValue<String>) -> AnyView {
    let announced = RwSignal::new(String::new());
    let round = StoredValue::new(0_u32);
    let entries: StoredValue<Vec<(String, Element)>, LocalStorage> = StoredValue::new_local(Vec::new());
    let narrow = move || {
        let Some(list) = browser::element(LIST) else { return };
        if entries.with_value(Vec::is_empty) {
            let fold = |t: &Tenant| {
                let domain = t.domain.as_deref().unwrap_or_default();
                browser::fold(&[&t.name, " ", domain, " ", t.code.as_str()].concat())
            };
            entries.set_value(tenants.iter().map(fold).zip(browser::children(&list)).collect());
        }
        let typed = browser::fold(&searched.get_value());
        let found = entries.with_value(|entries| {
            let fits = filter(entries.iter().map(|(words, _)| words.as_str()), &typed);
            let found: Vec<Element> = fits.iter().map(|&i| entries[i].1.clone()).collect();
            let this_round = round.try_update_value(|n| {
                *n += 1;
                *n
            });
            browser::show_only(&list, &found[..found.len().min(AT_ONCE)]);
            add_rest(list, found, AT_ONCE, move || round.try_get_value() == this_round);
            fits.len()
        });
        let words = if found == 0 { text(m::FOUND_NONE) } else { count(m::FOUND, found as i64) };
        // The same words twice in a row are announced only if something about them is new.
        announced.update(|before| *before = if *before == words { words + "\u{a0}" } else { words });
    };
    if !searched.get_value().is_empty() {
        set_timeout(narrow.clone(), Duration::ZERO);
    }
    let typed = narrow;
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
            typed();
        })
        .with(Vec::new());
    all(vec![
        el("label", "").attr("for", "filter").saying(text(m::FILTER)),
        field,
        announcement("hint", move || announced.get()),
    ])
}

/// Puts the entries from the `shown`th on into the list, a few a frame, for as long as nothing else was typed: thousands at
/// once would keep the next letter waiting.
fn add_rest(list: HtmlElement, found: Vec<Element>, shown: usize, goes_on: impl Fn() -> bool + 'static) {
    if shown >= found.len() {
        return;
    }
    request_animation_frame(move || {
        if goes_on() {
            let until = found.len().min(shown + AT_ONCE);
            browser::add(&list, &found[shown..until]);
            add_rest(list, found, until, goes_on);
        }
    });
}
