//! The view of a failure: an alert that takes the focus and says what happened and what can be done next. Also
//! headings.

use crate::browser;
use crate::copy::{FailureText, failure_text};
use crate::elements::{actions, button, element, empty, fragment, live_region, paragraph, text_node};
use crate::failure::Failure;
use crate::form::ERROR_ID;
use crate::messages::{self as m, Message, text};
use leptos::prelude::*;
use leptos::task::spawn_local;
use lookup_api::TenantCode;

/// Where a failure is shown, and which organization it is about.
#[derive(Debug, Clone, Default)]
pub struct Placement {
    /// The id of the field that the failure is about. The alert links to it.
    pub field: Option<&'static str>,
    /// Whether nothing else is on the page, so that its heading is the page's main heading.
    pub is_whole_page: bool,
    /// The organization that the person was signing in to.
    pub tenant: Option<TenantCode>,
}

/// The view of a failure, with its code for support and what can be done next.
///
/// The focus goes to the element around the alert: some screen readers read an alert that takes the focus twice, or not
/// at all. The error summary of the GOV.UK Design System does the same.
pub fn problem(failure: &Failure, placement: Placement, next_steps: Vec<AnyView>) -> AnyView {
    let code = failure.code();
    let FailureText { what, next, detail } = failure_text(failure);
    let what = match placement.field {
        Some(id) => {
            let link = element("a", "").attr("href", &["#", id].concat()).text(what);
            element("p", "").attr("id", ERROR_ID).children(vec![link])
        }
        None => paragraph("", what),
    };
    let quoted = detail.as_deref().map_or_else(empty, |detail| {
        element("p", "detail").children(vec![
            text_node(&[&text(m::DETAILS), ": "].concat()),
            element("q", "").attr("dir", "auto").text(detail.to_owned()),
        ])
    });
    let heading = element(if placement.is_whole_page { "h1" } else { "h2" }, "").text(text(m::PROBLEM));
    // The hint is shown at the field already.
    let is_hint = placement.field.is_some() && next == text(m::FIELD_HINT);
    let next = if is_hint { empty() } else { paragraph("", next) };
    let mut parts = vec![heading, what, next, quoted, actions(next_steps)];
    // An error about what was typed needs neither a code nor a report.
    if placement.field.is_none() {
        let code = element("code", "").text(code.to_owned());
        parts.push(element("p", "code").children(vec![text_node(&[&text(m::CODE), ": "].concat()), code]));
        parts.push(report(failure.code(), placement.tenant, detail));
    }
    let alert = element("div", "").attr("role", "alert").attr("data-error", code).children(parts);
    element("div", "problem").autofocus().children(vec![alert])
}

/// A button that copies what support needs to know: code, time, organization and page, and no secret.
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
    let announcement = move || if copied.get() { text(m::COPIED) } else { String::new() };
    fragment(vec![button("link", text(m::COPY_DETAILS), copy), live_region("announced", announcement)])
}

/// The main heading of a screen. It takes the focus when it appears. `name` replaces the variable of the message.
pub fn heading(message: Message, name: Option<&str>) -> AnyView {
    element("h1", "").autofocus().children(sentence_with_name(message, name))
}

/// A message with a name in an element of its own, since a name may have another direction than the text around it.
pub fn sentence_with_name(message: Message, name: Option<&str>) -> Vec<AnyView> {
    let (before, after) = m::text_around(message);
    let name = name.map_or_else(empty, |name| element("bdi", "").text(name.to_owned()));
    vec![text_node(&before), name, text_node(&after)]
}
