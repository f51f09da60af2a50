//! The end: the hosted UI has ended its session and sent the person here.

use crate::app::Frame;
use crate::browser;
use crate::copy;
use crate::problem::Heading;
use leptos::prelude::*;

/// The page at `/signed-out`.
#[component]
pub fn SignedOut() -> impl IntoView {
    // Whoever opens this address wants to be signed out, whether or not they came from the hosted UI.
    browser::forget_session();
    Frame::of_page().title(copy::SIGNED_OUT, false);
    view! {
        <Heading text=copy::SIGNED_OUT.to_owned() />
        <p>{copy::SIGNED_OUT_LEAD}</p>
        <a class="button" href="/">{copy::SIGN_IN_AGAIN}</a>
    }
}
