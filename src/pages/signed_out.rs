//! The page at `/signed-out`, which the hosted UI sends people to after a sign-out.

use crate::browser::{self, STORE};
use crate::context::{Context, localized};
use crate::elements::{empty, fragment, link, paragraph};
use crate::hosted_ui::end_session;
use crate::messages::{self as m, text};
use crate::problem::heading;
use leptos::prelude::*;
use sign_in::sign_out::may_continue_at;

/// The page at `/signed-out`.
pub fn signed_out(context: &Context) -> AnyView {
    // People who open this address want to be signed out, even if they do not come from the hosted UI.
    if let Some(session) = STORE.session() {
        end_session(&context.deployment, &session);
    }
    // A sign-out may be followed by a sign-in at another organization.
    if let Some(address) = STORE.finish_sign_out().filter(|address| may_continue_at(&context.deployment, address)) {
        browser::replace_location(&address);
        return empty();
    }
    let page = context.clone();
    localized(context, move || signed_out_screen(&page, false))
}

/// The screen of a person who has signed out, in this tab or elsewhere.
pub fn signed_out_screen(context: &Context, elsewhere: bool) -> AnyView {
    context.set_title(&text(m::SIGNED_OUT), false);
    let elsewhere = if elsewhere { paragraph("", text(m::SIGNED_OUT_ELSEWHERE)) } else { empty() };
    fragment(vec![
        heading(m::SIGNED_OUT, None),
        elsewhere,
        paragraph("", text(m::SIGNED_OUT_LEAD)),
        link("button", &context.deployment.path, text(m::SIGN_IN_AGAIN)),
    ])
}
