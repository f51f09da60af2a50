//! How an organization is shown: its logo or initials, and its domain beside its name.

use crate::browser;
use crate::elements::{element, text_node};
use leptos::prelude::*;
use lookup_api::Tenant;

/// The organization's logo, if it is an image of the picker's own origin or a `data:` image; else its initials. No
/// other host may learn who signs in where.
pub fn emblem(tenant: &Tenant) -> AnyView {
    match tenant.logo.as_deref().and_then(own_image) {
        Some(address) => element("img", "emblem").attr("src", &address).attr("alt", "").children(Vec::new()),
        None => element("span", "emblem").attr("aria-hidden", "true").text(initials(&tenant.name)),
    }
}

fn own_image(address: &str) -> Option<String> {
    let page = browser::page_url()?;
    let url = page.join(address)?;
    (url.origin == page.origin || url.href.starts_with("data:image/")).then_some(url.href)
}

/// The first letters of the first two words.
fn initials(name: &str) -> String {
    let firsts: String = name.split(' ').filter_map(|word| word.chars().next()).take(2).collect();
    browser::upper_case(&firsts)
}

/// The domain, to be shown after the name. Empty if the organization has none.
pub fn domain_of(tenant: &Tenant) -> Vec<AnyView> {
    let views = |domain: &String| vec![text_node(" "), element("bdi", "domain").text(domain.clone())];
    tenant.domain.as_ref().map_or_else(Vec::new, views)
}
