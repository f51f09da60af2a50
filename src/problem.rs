//! How a failure looks: an alert that takes the focus, says what happened, and offers the ways on.

use crate::browser;
use crate::copy;
use crate::failure::Failure;
use crate::form::ERROR_ID;
use crate::messages::{self as m, Message, text};
use crate::parts::{all, announcement, button, el, line, nothing, ways_on, words};
use leptos::prelude::*;
use leptos::task::spawn_local;
use lookup_api::TenantCode;

/// Where a failure is shown, and whom it is about.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// The id of the field that the failure is about, to link to.
    pub field: Option<&'static str>,
    /// Whether the page has nothing else to say, so that this is its main heading.
    pub alone: bool,
    /// The organization that it happened with.
    pub tenant: Option<TenantCode>,
}

/// Shows `failure` and the ways on. Its code is there to be read out to support, and for tests.
///
/// The focus goes to the box around the alert and not to the alert itself: some screen readers read one that takes the focus
/// twice, or not at all (as GOV.UK's error summary has it).
pub fn problem(failure: &Failure, setting: Setting, ways: Vec<AnyView>) -> AnyView {
    let code = failure.code();
    let copy::Words { what, next, detail } = copy::words(failure);
    let what = match setting.field {
        Some(id) => {
            let link = el("a", "").attr("href", &["#", id].concat()).saying(what);
            el("p", "").attr("id", ERROR_ID).with(vec![link])
        }
        None => line("", what),
    };
    let said = detail.as_deref().map_or_else(nothing, |detail| {
        el("p", "detail").with(vec![
            words(&[&text(m::DETAILS), ": "].concat()),
            el("q", "").attr("dir", "auto").saying(detail.to_owned()),
        ])
    });
    let heading = el(if setting.alone { "h1" } else { "h2" }, "").saying(text(m::PROBLEM));
    // The hint stands at the field already.
    let is_hint = setting.field.is_some() && next == text(m::FIELD_HINT);
    let next = if is_hint { nothing() } else { line("", next) };
    let mut parts = vec![heading, what, next, said, ways_on(ways)];
    // What a person typed needs neither a report nor a code to read out.
    if setting.field.is_none() {
        let code = el("code", "").saying(code.to_owned());
        parts.push(el("p", "code").with(vec![words(&[&text(m::CODE), ": "].concat()), code]));
        parts.push(report(failure.code(), setting.tenant, detail));
    }
    let alert = el("div", "").attr("role", "alert").attr("data-error", code).with(parts);
    el("div", "problem").taking_focus().with(vec![alert])
}

/// What support needs to know, to be copied: when, what and where, and no secret.
fn report(code: &'static str, tenant: Option<TenantCode>, detail: Option<String>) -> AnyView {
    let mut report = ["code: ", code, "\ntime: ", &browser::timestamp()].concat();
    let page = browser::page_url().map(|url| url.origin + &url.path);
    let lines = [("organization", tenant.map(String::from)), ("details", detail), ("page", page)];
    for (name, value) in lines {
        if let Some(value) = value {
            report = [&report, "\n", name, ": ", &value].concat();
        }
    }
    let copied = RwSignal::new(false);
    let copy = move || {
        let report = report.clone();
        spawn_local(async move { copied.set(browser::copy_to_clipboard(&report).await) });
    };
    let said = move || if copied.get() { text(m::COPIED) } else { String::new() };
    all(vec![button("link", text(m::COPY_DETAILS), copy), announcement("announced", said)])
}

/// A heading that takes the focus when it appears, so that the focus moves with the page. `name` is the name in it.
pub fn heading(message: Message, name: Option<&str>) -> AnyView {
    el("h1", "").taking_focus().with(naming(message, name))
}

/// The sentence about a name, the name set apart: it may run in another direction than the words around it.
pub fn naming(message: Message, name: Option<&str>) -> Vec<AnyView> {
    let (before, after) = m::around(message);
    let name = name.map_or_else(nothing, |name| el("bdi", "").saying(name.to_owned()));
    vec![words(&before), name, words(&after)]
}
