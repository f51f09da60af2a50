//! The organizations that were used in this browser, above the form. Choosing one is always the person's own doing: nothing
//! here goes on by itself.

use crate::browser;
use crate::emblem::emblem;
use crate::form::FIELD_ID;
use crate::messages::{self as m, about, text};
use crate::parts::{all, announcement, button, el, live, nothing, words};
use crate::problem::naming;
use leptos::prelude::*;
use lookup_api::{Tenant, TenantCode};
use sign_in::recents::Recents;
use std::time::Duration;
use web_sys::Event;

/// The ids of what takes the focus when the list is drawn anew, since what had it is gone then.
const LIST: &str = "recents-list";
const EDIT: &str = "recents-edit";

/// The list as it is shown.
#[derive(Debug, Clone, Copy)]
struct Shown {
    changed: Trigger,
    editing: RwSignal<bool>,
    announced: RwSignal<String>,
}

impl Shown {
    /// A browser that refuses to keep the list keeps the old one; the page shows what is really kept.
    fn keep(self, list: &Recents, words: String) {
        let _ = browser::keep_recents(list);
        let kept = browser::recents().unwrap_or_default();
        self.editing.update(|editing| *editing &= !kept.tenants().is_empty());
        self.announced.set(words);
        focus_on_next(if kept.tenants().is_empty() { FIELD_ID } else { LIST });
        self.changed.notify();
    }
}

/// Puts the focus on what stands there once the list is drawn anew, unless the person has moved on by then.
fn focus_on_next(id: &'static str) {
    let focus = move || {
        if let Some(element) = browser::element(id).filter(|_| browser::nothing_has_focus()) {
            browser::focus(&element);
        }
    };
    browser::later(Duration::ZERO, focus);
}

/// The list, newest first, drawn anew when it has changed. `choose` gets the code of the organization that was chosen.
pub fn recents_list(changed: Trigger, choose: Callback<TenantCode>) -> AnyView {
    let shown = Shown { changed, editing: RwSignal::new(false), announced: RwSignal::new(String::new()) };
    let list = live(move || {
        shown.changed.track();
        let (recents, editing) = (browser::recents().unwrap_or_default(), shown.editing.get());
        // Since the page was first painted, another page of this tab may have added one.
        show_count(&recents);
        if recents.tenants().is_empty() {
            return nothing();
        }
        let entries: Vec<_> = recents.tenants().iter().map(|tenant| entry(tenant, shown, choose, editing)).collect();
        let forget_all = if editing {
            button("link", text(m::FORGET_ALL), move || shown.keep(&Recents::default(), text(m::FORGOTTEN_ALL)))
        } else {
            nothing()
        };
        let edit = text(if editing { m::DONE } else { m::EDIT });
        let toggle = move |_: &Event| {
            focus_on_next(EDIT);
            shown.editing.update(|editing| *editing = !*editing);
        };
        let edit = el("button", "link").attr("type", "button").attr("id", EDIT).on("click", toggle).saying(edit);
        all(vec![
            el("ul", "organizations")
                .attr("id", LIST)
                .attr("role", "list")
                .attr("tabindex", "-1")
                .attr("aria-label", &text(m::RECENTS))
                .with(entries),
            el("p", "recents-foot").with(vec![forget_all, edit]),
        ])
    });
    all(vec![list, announcement("announced", move || shown.announced.get())])
}

fn entry(tenant: &Tenant, shown: Shown, choose: Callback<TenantCode>, editing: bool) -> AnyView {
    let (name, code) = (tenant.name.clone(), tenant.code.clone());
    let forget = if editing {
        let (words, code) = (about(m::FORGET, &name), code.clone());
        let forget = move |_: &Event| {
            let list = browser::recents().unwrap_or_default().without(&code);
            shown.keep(&list, about(m::FORGOTTEN, &name));
        };
        el("button", "forget")
            .attr("type", "button")
            .attr("aria-label", &words)
            .on("click", forget)
            .saying("×".to_owned())
    } else {
        nothing()
    };
    let mut label = vec![emblem(tenant), el("span", "name").with(naming(m::CONTINUE_TO, Some(&tenant.name)))];
    label.extend(domain_of(tenant));
    let go =
        el("button", "organization").attr("type", "button").on("click", move |_| choose.run(code.clone())).with(label);
    el("li", "").with(vec![go, forget])
}

/// The domain beside a name, if there is one.
pub fn domain_of(tenant: &Tenant) -> Vec<AnyView> {
    tenant.domain.as_ref().map_or_else(Vec::new, |domain| vec![words(" "), el("bdi", "domain").saying(domain.clone())])
}

/// Tells the style how many there are, as `first.js` did before the first paint.
fn show_count(recents: &Recents) {
    match recents.tenants().len() {
        0 => browser::remove_data("recents"),
        n => {
            browser::set_data("recents", &n.to_string());
            browser::set_property("--recents", &n.to_string());
        }
    }
}
