//! The organizations that were used in this browser, above the form. They are only offered: nothing here signs anybody
//! in by itself.

use crate::browser::{self, STORE};
use crate::elements::{button, element, empty, fragment, live_region, reactive};
use crate::form::FIELD_ID;
use crate::messages::{self as m, text, text_with};
use crate::organization::{domain_of, emblem};
use crate::problem::sentence_with_name;
use leptos::prelude::*;
use lookup_api::{Tenant, TenantCode};
use sign_in::recents::Recents;
use std::time::Duration;
use web_sys::Event;

/// The ids of the list and its edit button. One of them takes the focus when the list is rendered again.
const LIST: &str = "recents-list";
const EDIT: &str = "recents-edit";

/// The state of the list.
#[derive(Debug, Clone, Copy)]
struct RecentsList {
    changed: Trigger,
    editing: RwSignal<bool>,
    announced: RwSignal<String>,
}

impl RecentsList {
    /// Keeps a changed list and announces the change. The page shows what the browser has really kept.
    fn keep(self, list: &Recents, announcement: String) {
        let _ = STORE.keep_recents(list);
        let kept = STORE.recents().unwrap_or_default();
        self.editing.update(|editing| *editing &= !kept.tenants().is_empty());
        self.announced.set(announcement);
        focus_once_rendered(if kept.tenants().is_empty() { FIELD_ID } else { LIST });
        self.changed.notify();
    }
}

/// Puts the focus on an element once the list is rendered again, unless the person has put it somewhere else by then.
fn focus_once_rendered(id: &'static str) {
    let focus = move || {
        if let Some(element) = browser::element(id).filter(|_| browser::nothing_has_focus()) {
            browser::focus(&element);
        }
    };
    browser::after(Duration::ZERO, focus);
}

/// The list, newest first. It is rendered again when `changed` is notified. `choose` gets the code of the organization
/// that was chosen.
pub fn recents_list(changed: Trigger, choose: Callback<TenantCode>) -> AnyView {
    let state = RecentsList { changed, editing: RwSignal::new(false), announced: RwSignal::new(String::new()) };
    let list = reactive(move || {
        state.changed.track();
        list(state, choose)
    });
    fragment(vec![list, live_region("announced", move || state.announced.get())])
}

fn list(state: RecentsList, choose: Callback<TenantCode>) -> AnyView {
    let (recents, editing) = (STORE.recents().unwrap_or_default(), state.editing.get());
    // The list may have changed since the first paint: another page of this tab may have added one.
    show_count(&recents);
    if recents.tenants().is_empty() {
        return empty();
    }
    let entries: Vec<_> = recents.tenants().iter().map(|tenant| entry(tenant, state, choose, editing)).collect();
    let forget_all = if editing {
        button("link", text(m::FORGET_ALL), move || state.keep(&Recents::default(), text(m::FORGOTTEN_ALL)))
    } else {
        empty()
    };
    let toggle = move |_: &Event| {
        focus_once_rendered(EDIT);
        state.editing.update(|editing| *editing = !*editing);
    };
    let edit = element("button", "link").attr("type", "button").attr("id", EDIT).on("click", toggle);
    let edit = edit.text(text(if editing { m::DONE } else { m::EDIT }));
    fragment(vec![
        element("ul", "organizations")
            .attr("id", LIST)
            .attr("role", "list")
            .attr("tabindex", "-1")
            .attr("aria-label", &text(m::RECENTS))
            .children(entries),
        element("p", "recents-foot").children(vec![forget_all, edit]),
    ])
}

fn entry(tenant: &Tenant, state: RecentsList, choose: Callback<TenantCode>, editing: bool) -> AnyView {
    let (name, code) = (tenant.name.clone(), tenant.code.clone());
    let forget = if editing {
        let (label, code) = (text_with(m::FORGET, &name), code.clone());
        let forget = move |_: &Event| {
            let list = STORE.recents().unwrap_or_default().without(&code);
            state.keep(&list, text_with(m::FORGOTTEN, &name));
        };
        let button = element("button", "forget").attr("type", "button").attr("aria-label", &label);
        button.on("click", forget).text("×".to_owned())
    } else {
        empty()
    };
    let name = element("span", "name").children(sentence_with_name(m::CONTINUE_TO, Some(&tenant.name)));
    let mut label = vec![emblem(tenant), name];
    label.extend(domain_of(tenant));
    let button = element("button", "organization").attr("type", "button");
    let go = button.on("click", move |_| choose.run(code.clone())).children(label);
    element("li", "").children(vec![go, forget])
}

/// Tells the style how many organizations are in the list, as `first.js` did before the first paint.
fn show_count(recents: &Recents) {
    match recents.tenants().len() {
        0 => browser::remove_data("recents"),
        n => {
            browser::set_data("recents", &n.to_string());
            browser::set_property("--recents", &n.to_string());
        }
    }
}
