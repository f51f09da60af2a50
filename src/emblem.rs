//! What an organization is recognised by beside its name: its logo, or the first letters of its name.

use crate::browser;
use crate::parts::el;
use leptos::prelude::*;
use lookup_api::Tenant;

/// The logo where it is the picker's own file or in the answer itself: no other host is to learn who signs in where.
pub fn emblem(tenant: &Tenant) -> AnyView {
    match tenant.logo.as_deref().and_then(own_image) {
        Some(address) => el("img", "emblem").attr("src", &address).attr("alt", "").with(Vec::new()),
        None => el("span", "emblem").attr("aria-hidden", "true").saying(initials(&tenant.name)),
    }
}

fn own_image(address: &str) -> Option<String> {
    let page = browser::page_url()?;
    let url = browser::parse_url(address, Some(&page.href))?;
    (url.origin == page.origin || url.href.starts_with("data:image/")).then_some(url.href)
}

/// The first letters of the first two words.
fn initials(name: &str) -> String {
    let firsts: String = name.split(' ').filter_map(|word| word.chars().next()).take(2).collect();
    browser::upper_case(&firsts)
}
