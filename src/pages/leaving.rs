//! On the way to the hosted UI: says where to, and lets the person call it off until the browser has left.

use crate::app::Frame;
use crate::browser;
use crate::copy;
use crate::problem::Heading;
use leptos::prelude::*;
use lookup_api::Tenant;
use std::sync::Arc;

/// Shown while the browser leaves for `tenant`. `called_off` runs on Cancel, and when Back brings the page to life again.
#[component]
pub fn Leaving(
    /// The organization.
    tenant: Arc<Tenant>,
    /// Where to go on from here.
    #[prop(into)]
    called_off: Callback<()>,
) -> impl IntoView {
    let frame = Frame::of_page();
    let heading = copy::taking_you_to(&tenant);
    frame.title(&heading, false);
    let host = frame.deployment.user_pool(&tenant).map(|pool| pool.hosted_ui.host().to_owned()).ok();
    let restored = browser::on_restored(move || called_off.run(()));
    on_cleanup(move || restored.remove());
    view! {
        <Heading text=heading />
        {tenant.domain.clone().map(|domain| view! { <p class="domain">{domain}</p> })}
        {host.map(|host| view! { <p>{copy::sign_in_happens_at(&host)}</p> })}
        <button
            type="button"
            class="quiet"
            on:click=move |_| {
                browser::stay();
                called_off.run(());
            }
        >
            {copy::CANCEL}
        </button>
        <p class="hint">{copy::STUCK}</p>
    }
}
