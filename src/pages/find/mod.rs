//! The page at `/`: it asks for the organization, looks it up, and leaves for its sign-in.

mod search;
mod view;

use crate::api::Lookup;
use crate::browser::{self, PageLoad, STORE};
use crate::context::{Context, localized};
use crate::early;
use crate::elements::{element, empty, fragment};
use crate::form::Form;
use crate::link::{Dropped, Link};
use crate::messages::{self as m, text};
use leptos::prelude::*;
use lookup_api::Identifier;
use search::{Search, Stage};
use std::sync::Arc;

/// Whether the person was handed over to the link's application a moment ago.
fn is_back_from_application(context: &Context, link: &Link) -> bool {
    let target = link.return_to.clone().or_else(|| context.deployment.return_to.default_target());
    let last = STORE.hand_back();
    STORE.keep_hand_back(None);
    last.zip(target).is_some_and(|(last, target)| last.is_repeated_by(&target, browser::now()))
}

/// The page at `/`.
pub fn find(context: &Context) -> AnyView {
    let Some(form) = Form::of_page() else { return empty() };
    let page_load = context.take_page_load();
    let by_history = page_load.as_ref().is_some_and(|load| load.by_history);
    let was_submitted = browser::take_form_over();
    let early = page_load.as_ref().and_then(PageLoad::early_lookup).map(Lookup::from_boot);
    let link = Arc::new(Link::read(&context.deployment, &page_load.map(|load| load.query).unwrap_or_default()));
    if let Some(text) = link.typed.as_ref().filter(|_| !form.has_text()) {
        form.fill(text);
    }
    let search = Search::new(context, form, link.clone(), early);
    if let Some(tenant) = early::departed() {
        search.stage.set(Stage::Leaving(Arc::new(tenant)));
    } else if was_submitted {
        search.submit();
    } else if let Some(code) = &link.tenant {
        match Identifier::parse_code(code) {
            // Back from the hosted UI has to lead to the form, and not to the hosted UI again. And an application whose
            // sign-in has failed may send the person here at once: they decide whether to try again.
            Ok(_) if by_history || is_back_from_application(context, &link) => {}
            Ok(identifier) => search.look_up(identifier),
            Err(error) => search.fail(error.into()),
        }
    }
    search.listen();
    let page = search.view();
    // The notice is above every screen, since the link may lead to the hosted UI without showing the form.
    let notice = localized(context, move || link.dropped.map_or_else(empty, dropped_notice));
    fragment(vec![notice, page])
}

/// What a link asked for and did not get.
fn dropped_notice(dropped: Dropped) -> AnyView {
    let notice = text(match dropped {
        Dropped::ReturnTo => m::RETURN_TO_DROPPED,
        Dropped::ThirdParty => m::THIRD_PARTY_UNKNOWN,
    });
    element("p", "notice").attr("role", "status").text(notice)
}
