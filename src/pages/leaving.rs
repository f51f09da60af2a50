//! On the way to the hosted UI: says where to, and lets the person call it off until the browser has left.

use crate::app::Frame;
use crate::browser;
use crate::emblem::emblem;
use crate::messages::{self as m, about, text};
use crate::parts::{all, button, el, line, nothing};
use crate::problem::heading;
use crate::recents::domain_of;
use leptos::prelude::*;
use lookup_api::Tenant;
use std::rc::Rc;

/// Shown while the browser leaves for `tenant`. `called_off` runs on Cancel, and when Back brings the page to life again.
pub fn leaving(frame: &Frame, tenant: &Tenant, called_off: impl Fn() + 'static) -> AnyView {
    frame.title(&about(m::TAKING_YOU_TO, &tenant.name), false);
    let called_off = Rc::new(called_off);
    let restored = called_off.clone();
    let restored = browser::on_restored(move || restored());
    on_cleanup(move || restored.remove());
    let stay = move || {
        browser::stay();
        called_off();
    };
    let host = frame.deployment.user_pool(tenant).map(|pool| about(m::SIGN_IN_AT, pool.hosted_ui.host()));
    all(vec![
        emblem(tenant),
        heading(m::TAKING_YOU_TO, Some(&tenant.name)),
        el("p", "domain").with(domain_of(tenant)),
        host.map_or_else(|_| nothing(), |words| line("", words)),
        button("quiet", text(m::CANCEL), stay.clone()),
        button("link", text(m::NOT_YOURS), stay),
        line("hint", text(m::STUCK)),
    ])
}
