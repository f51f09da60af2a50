//! The page at `/callback`: it finishes the sign-in that the hosted UI has sent the person back from, then shows the
//! session or the failure.

mod finish;
mod others;
mod signed_in;
mod stage;

use crate::browser::{self, STORE};
use crate::context::{Context, localized};
use crate::elements::{button, effect, element, fragment, link};
use crate::failure::Failure;
use crate::messages::{self as m, text, text_with};
use crate::pages::leaving::leaving;
use crate::pages::signed_out::signed_out_screen;
use crate::problem::{Placement, heading, problem, sentence_with_name};
use finish::finish;
use leptos::prelude::*;
use leptos::task::spawn_local;
use others::Others;
use sign_in::authorize::SignInOptions;
use sign_in::callback::CallbackError;
use signed_in::SignedInScreen;
use stage::{Retry, Stage};
use std::sync::Arc;
#[cfg(feature = "split")]
use wasm_split_macros::wasm_split;

/// The page at `/callback`. Without an authorization response it shows this tab's session, so that the session stays
/// when the page is reloaded.
#[cfg_attr(feature = "split", wasm_split(callback, wasm_split_path = crate::part))]
pub fn callback(context: Context) -> AnyView {
    let query = context.take_page_load().map(|load| load.query).unwrap_or_default();
    let stage = RwSignal::new(if query.is_empty() { Stage::of_session() } else { Stage::Working });
    let others = Others::new();
    if query.is_empty() {
        others.ask(&context, &stage.get_untracked());
    } else {
        spawn_local(finish(context.clone(), query, stage, others));
    }
    follow_session(&context, stage, others);
    let page = context.clone();
    localized(&context, move || screen(&page, stage, others))
}

/// Notices that the session has ended while its screen is shown: its tokens have expired, or the person has signed out
/// in another tab.
fn follow_session(context: &Context, stage: RwSignal<Stage>, others: Others) {
    let check = move || {
        let is_signed_in = stage.try_with_untracked(Stage::is_signed_in) == Some(true);
        match Stage::of_session() {
            Stage::SignedIn(..) => {}
            ended if is_signed_in => stage.set(ended),
            _ => {}
        }
    };
    let stored = browser::on_stored_elsewhere(check);
    let context = context.clone();
    let restored = browser::on_restored(move || restore(&context, stage, others));
    on_cleanup(move || [stored, restored].into_iter().for_each(|handle| handle.remove()));
    effect(move || {
        if let Stage::SignedIn(session, _) = stage.get() {
            browser::after_seconds(session.seconds_left(browser::now()), check);
        }
    });
}

/// Back or Forward has restored the page as it was left. Another session may have begun in this tab since, and a
/// sign-out that was under way has not finished.
fn restore(context: &Context, stage: RwSignal<Stage>, others: Others) {
    if stage.try_with_untracked(Stage::is_signed_in) == Some(true) {
        let restored = Stage::of_session();
        others.ask(context, &restored);
        stage.set(restored);
    }
    if stage.try_with_untracked(|stage| matches!(stage, Stage::SigningOut)) == Some(true) {
        match STORE.cancel_sign_out().and_then(|sign_out| sign_out.continue_at).as_deref() {
            Some(address) if address == browser::own_path("") => browser::replace_location(address),
            _ => stage.set(Stage::SignedOut { elsewhere: false }),
        }
    }
}

fn screen(context: &Context, stage: RwSignal<Stage>, others: Others) -> AnyView {
    match stage.get() {
        Stage::Working => {
            context.set_title(&text(m::SIGNING_IN), false);
            heading(m::SIGNING_IN, None)
        }
        // The link is for people who press the browser's Stop button.
        Stage::SigningOut => fragment(vec![
            heading(m::SIGNING_OUT, None),
            link("button quiet", &context.deployment.path, text(m::START_OVER)),
        ]),
        Stage::SignedOut { elsewhere } => signed_out_screen(context, elsewhere),
        Stage::Leaving(tenant) => {
            let retry = Retry::at(tenant.clone());
            let on_cancel = move || stage.set(Stage::failed(CallbackError::Empty.into(), Some(retry.clone())));
            leaving(context, &tenant, on_cancel)
        }
        Stage::SignedIn(session, other) => {
            Arc::new(SignedInScreen { context: context.clone(), session, stage, others }).view(other)
        }
        Stage::Choosing(session, tenants) => {
            Arc::new(SignedInScreen { context: context.clone(), session, stage, others }).list(&tenants)
        }
        Stage::Failed(failure, retry) => {
            context.set_title(&text(m::SIGN_IN), true);
            failed(context, &failure, retry, stage)
        }
    }
}

fn failed(context: &Context, failure: &Failure, retry: Option<Retry>, stage: RwSignal<Stage>) -> AnyView {
    let tenant = retry.as_ref().map(|retry| retry.tenant.code.clone());
    let start_over = text(if retry.is_some() { m::ANOTHER_ORGANIZATION } else { m::START_OVER });
    let mut next_steps = Vec::new();
    if let Some(retry) = retry {
        let name = &retry.tenant.name;
        let mut label = text_with(m::TRY_AGAIN_AT, name);
        if matches!(failure, Failure::Callback(CallbackError::Unsolicited)) {
            let from = sentence_with_name(m::CALLBACK_UNSOLICITED_FROM, Some(name));
            next_steps.push(element("p", "").children(from));
            label = text_with(m::CONTINUE_TO, name);
        }
        // A second try by the person is a new sign-in, which the picker may repeat once by itself.
        let retry = Retry { options: SignInOptions { retried: false, ..retry.options }, ..retry };
        let context = context.clone();
        next_steps.push(button("", label, move || retry.clone().start(&context, stage)));
    }
    next_steps.push(link("button quiet", &context.deployment.path, start_over));
    next_steps.extend(context.support_link());
    problem(failure, Placement { is_whole_page: true, tenant, field: None }, next_steps)
}
