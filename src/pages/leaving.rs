//! The screen that is shown while the browser loads the hosted UI. It says where the person is going, and has a button
//! to cancel.

use crate::browser;
use crate::context::Context;
use crate::elements::{button, element, empty, fragment, paragraph};
use crate::messages::{self as m, text, text_with};
use crate::organization::{domain_of, emblem};
use crate::problem::heading;
use leptos::prelude::*;
use lookup_api::Tenant;
use std::rc::Rc;

/// The screen for a sign-in at `tenant`. `on_cancel` is called when the person presses Cancel, and when Back restores
/// the page.
pub fn leaving(context: &Context, tenant: &Tenant, on_cancel: impl Fn() + 'static) -> AnyView {
    context.set_title(&text_with(m::TAKING_YOU_TO, &tenant.name), false);
    let on_cancel = Rc::new(on_cancel);
    let on_restored = on_cancel.clone();
    let restored = browser::on_restored(move || on_restored());
    on_cleanup(move || restored.remove());
    let cancel = move || {
        browser::stop_loading();
        on_cancel();
    };
    let host = context.deployment.user_pool(tenant).map(|pool| text_with(m::SIGN_IN_AT, pool.hosted_ui.host()));
    fragment(vec![
        emblem(tenant),
        heading(m::TAKING_YOU_TO, Some(&tenant.name)),
        element("p", "domain").children(domain_of(tenant)),
        host.map_or_else(|_| empty(), |host| paragraph("", host)),
        button("quiet", text(m::CANCEL), cancel.clone()),
        button("link", text(m::NOT_YOURS), cancel),
        paragraph("hint", text(m::STUCK)),
    ])
}
