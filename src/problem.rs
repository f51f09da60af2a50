//! How a failure looks: an alert that takes the focus, says what happened, and offers the ways on.

use crate::browser;
use crate::copy;
use crate::failure::Failure;
use leptos::html;
use leptos::prelude::*;

/// Shows `failure`; `children` are the ways on. Its code is there to be read out to support, and for tests.
#[component]
pub fn Problem(
    /// What went wrong.
    failure: Failure,
    /// The id of the field that the failure is about, to link to.
    #[prop(optional_no_strip)]
    field: Option<&'static str>,
    /// Whether the page has nothing else to say, so that this is its main heading.
    #[prop(optional)]
    alone: bool,
    /// Buttons and links that lead on.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let alert = NodeRef::<html::Div>::new();
    alert.on_load(|element| browser::focus(&element));
    let code = failure.code();
    let words = copy::words(&failure);
    let what = match field {
        Some(id) => view! { <a href=["#", id].concat() rel="external">{words.what}</a> }.into_any(),
        None => words.what.into_any(),
    };
    view! {
        <div class="problem" role="alert" data-error=code tabindex="-1" node_ref=alert>
            {if alone { view! { <h1>{copy::PROBLEM}</h1> }.into_any() } else { view! { <h2>{copy::PROBLEM}</h2> }.into_any() }}
            <p>{what}</p>
            <p>{words.next}</p>
            {words.detail.map(|detail| view! { <p class="detail">{copy::THEY_SAID}": "<q>{detail}</q></p> })}
            {children.map(|children| view! { <div class="ways-on">{children()}</div> })}
            <p class="code">"Code: " <code>{code}</code></p>
        </div>
    }
}

/// A heading that takes the focus when it appears, so that the focus moves with the page.
#[component]
pub fn Heading(
    /// Its words.
    text: String,
) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    heading.on_load(|element| browser::focus(&element));
    view! { <h1 tabindex="-1" node_ref=heading>{text}</h1> }
}
