//! The end: the hosted UI has ended its session and sent the person here.

use crate::app::Frame;
use crate::browser;
use crate::languages::spoken;
use crate::messages::{self as m, text};
use crate::pages::callback::end_session;
use crate::parts::{all, line, link, nothing};
use crate::problem::heading;
use leptos::prelude::*;

/// The page at `/signed-out`.
pub fn signed_out(frame: &Frame) -> AnyView {
    // Whoever opens this address wants to be signed out, whether or not they came from the hosted UI.
    if let Some(session) = browser::session() {
        end_session(&frame.deployment, &session);
    }
    // With strict isolation, signing out was only the first half of going on to another organization.
    if let Some(next) = browser::end_sign_out().filter(|next| frame.deployment.may_go_on_to(next)) {
        browser::move_on_to(&next);
        return nothing();
    }
    let page = frame.clone();
    spoken(frame, move || signed_out_words(&page, false))
}

/// What somebody reads who has signed out, here or in another tab.
pub fn signed_out_words(frame: &Frame, elsewhere: bool) -> AnyView {
    frame.title(&text(m::SIGNED_OUT), false);
    let elsewhere = if elsewhere { line("", text(m::SIGNED_OUT_ELSEWHERE)) } else { nothing() };
    all(vec![
        heading(m::SIGNED_OUT, None),
        elsewhere,
        line("", text(m::SIGNED_OUT_LEAD)),
        link("button", "/", text(m::SIGN_IN_AGAIN)),
    ])
}
