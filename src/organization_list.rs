//! Several organizations to choose from: a button for each, and a search field above a long list.

use crate::browser;
use crate::elements::{button, element, empty, fragment, live_region};
use crate::generation::Generation;
use crate::messages::{self as m, text, text_with_count};
use crate::organization::domain_of;
use crate::problem::heading;
use js_sys::Array;
use leptos::prelude::*;
use lookup_api::Tenant;
use lookup_api::filter::filter;
use std::sync::Arc;
use std::time::Duration;
use web_sys::{Event, HtmlElement};

/// From how many organizations on there is a search field.
const SEARCH_FROM: usize = 9;

/// How many matches are shown at once: about as many as fit on a screen.
const FIRST_BATCH: usize = 12;

/// How many more matches are added in each animation frame.
const FRAME_BATCH: usize = 100;

/// How long after the last letter more matches are added.
const TYPING_PAUSE: Duration = Duration::from_millis(400);

/// The id of the list.
const LIST: &str = "organizations";

/// The list. `choose` gets the organization that was chosen, `start_over` returns to the form. `searched` holds the
/// text of the search field, so that it stays when the language changes.
pub fn organization_list(
    tenants: &Arc<[Tenant]>,
    searched: StoredValue<String>,
    choose: Callback<Tenant>,
    start_over: Callback<()>,
) -> AnyView {
    let search = if tenants.len() < SEARCH_FROM { empty() } else { search(tenants.clone(), searched) };
    // One listener for all buttons, however many there are.
    let chosen = tenants.clone();
    let on_click = move |event: &Event| {
        let index = browser::data_index(event);
        if let Some(tenant) = index.and_then(|i| chosen.get(i)) {
            choose.run(tenant.clone());
        }
    };
    let list = element("ul", "organizations")
        .attr("id", LIST)
        .attr("role", "list")
        .attr("aria-label", &text(m::YOUR_ORGANIZATIONS))
        .children(tenants.iter().enumerate().map(entry).collect());
    // The search replaces the list, so the listener is at its parent.
    let list = element("div", "").on("click", on_click).children(vec![list]);
    let use_another = button("quiet", text(m::USE_ANOTHER), move || start_over.run(()));
    fragment(vec![heading(m::CHOOSE, None), search, list, use_another])
}

fn entry((i, tenant): (usize, &Tenant)) -> AnyView {
    let mut label = vec![element("bdi", "name").text(tenant.name.clone())];
    label.extend(domain_of(tenant));
    let button = element("button", "organization").attr("type", "button").attr("data-index", &i.to_string());
    element("li", "").children(vec![button.children(label)])
}

/// What the search goes through: the entries of the list, and a line of text for each in which case and accents are
/// folded.
struct Entries {
    elements: Array,
    lines: String,
}

impl Entries {
    fn of_page(tenants: &[Tenant]) -> Option<Self> {
        let line = |t: &Tenant| {
            let line = [&t.name, " ", t.domain.as_deref().unwrap_or_default(), " ", t.code.as_str()].concat();
            line.replace('\n', " ")
        };
        // All lines are folded in one call: a call into the browser takes longer than the folding.
        let lines = browser::fold(&tenants.iter().map(line).collect::<Vec<_>>().join("\n"));
        let list = browser::element(LIST)?;
        Some(Self { elements: browser::children(&list), lines })
    }

    /// Replaces the list by a list of the matches, and returns how many there are. Beyond the first batch, matches are
    /// added later, as long as `is_current` holds.
    fn show_matches(&self, typed: &str, is_current: impl Fn() -> bool + 'static) -> Option<usize> {
        let before = browser::element(LIST)?;
        let mut matches = filter(&self.lines, typed);
        let count = matches.len();
        let rest = matches.split_off(count.min(FIRST_BATCH));
        let list = browser::replace_with_empty_copy(&before)?;
        browser::append_copies(&list, &self.elements, &matches);
        let elements = self.elements.clone();
        browser::after(TYPING_PAUSE, move || add_rest(list, elements, rest, is_current));
        Some(count)
    }
}

/// The search field. The matches are shown in a list of their own. No entry is hidden, since assistive technology and
/// the browser's own search treat hidden entries differently.
fn search(tenants: Arc<[Tenant]>, searched: StoredValue<String>) -> AnyView {
    let announced = RwSignal::new(String::new());
    let generation = Generation::new();
    let entries: StoredValue<Option<Entries>, LocalStorage> = StoredValue::new_local(None);
    let show_matches = move || {
        let is_current = generation.start();
        let typed = browser::fold(&searched.get_value());
        let count = entries.try_with_value(|entries| entries.as_ref()?.show_matches(&typed, is_current)).flatten();
        let Some(count) = count else { return };
        let result = if count == 0 { text(m::FOUND_NONE) } else { text_with_count(m::FOUND, count as i64) };
        // Screen readers do not read the same text twice. A space that cannot be seen makes it another text.
        announced.update(|before| *before = if *before == result { result + "\u{a0}" } else { result });
    };
    // Once the list is in the page.
    browser::after(Duration::ZERO, move || {
        let _ = entries.try_set_value(Entries::of_page(&tenants));
        if searched.try_get_value().is_some_and(|searched| !searched.is_empty()) {
            show_matches();
        }
    });
    let field = element("input", "")
        .attr("id", "filter")
        .attr("type", "search")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "none")
        .attr("spellcheck", "false")
        .attr("dir", "auto")
        .attr("value", &searched.get_value())
        .on("input", move |event| {
            searched.set_value(browser::value_of(event));
            show_matches();
        })
        .children(Vec::new());
    fragment(vec![
        element("label", "").attr("for", "filter").text(text(m::FILTER)),
        field,
        live_region("hint", move || announced.get()),
    ])
}

/// Adds the other matches to the list, a batch in each frame, as long as nothing else was typed. Thousands at once
/// would delay the next letter.
fn add_rest(list: HtmlElement, elements: Array, mut matches: Vec<usize>, is_current: impl Fn() -> bool + 'static) {
    if !matches.is_empty() && is_current() {
        let rest = matches.split_off(matches.len().min(FRAME_BATCH));
        browser::append_copies(&list, &elements, &matches);
        request_animation_frame(move || add_rest(list, elements, rest, is_current));
    }
}
