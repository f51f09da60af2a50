//! Leaves for the hosted UI before the views are there, if the person was quick.
//!
//! `boot.js` calls this as soon as the main part of the wasm is loaded (docs/performance.md): [`prepare`] when config.json
//! is there, and [`leave`] when the lookup that it has sent is answered. The views then only show that the person is
//! leaving ([`departed`]). In all other cases nothing happens here, and the views do what is to be done.

use crate::browser;
use crate::hosted_ui::{sign_in_here, target_elsewhere, warm_up};
use crate::link::Link;
use deployment::{ConfigError, Deployment};
use lookup_api::{Identifier, LookupResponse, Tenant};
use platform::WebUrl;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    static DEPLOYMENT: RefCell<Option<Arc<Deployment>>> = const { RefCell::new(None) };
    static DEPARTED: Cell<Option<Tenant>> = const { Cell::new(None) };
}

/// Reads config.json, unless the views have done so, and does once what [`leave`] does, so that nobody waits for it later.
/// A file with an error in it is left to the views, which say what is wrong.
#[wasm_bindgen]
pub fn prepare(config: &str) {
    let read = || read(config, &browser::picker_url()?).ok();
    if let Some(deployment) = prepared().or_else(read) {
        warm_up(&deployment);
    }
}

/// Reads the config.json that `boot.js` has fetched, and makes the browser connect to the hosted UIs, so that the sign-in
/// or the token request need not wait for that.
///
/// # Errors
/// The first thing that is wrong.
pub fn read(config: &str, picker: &WebUrl) -> Result<Arc<Deployment>, ConfigError> {
    let deployment = Arc::new(Deployment::parse(config, picker)?);
    for pool in &deployment.user_pools {
        browser::preconnect(&pool.hosted_ui.origin);
    }
    DEPLOYMENT.set(Some(deployment.clone()));
    Ok(deployment)
}

/// What was read.
pub fn prepared() -> Option<Arc<Deployment>> {
    DEPLOYMENT.with_borrow(Clone::clone)
}

/// Leaves for the only organization that the lookup has found. `typed` is the text that was submitted, `asked` the body
/// of the lookup, and `found` that of its response. Returns whether the browser is leaving.
#[wasm_bindgen]
pub fn leave(query: &str, typed: &str, asked: &str, found: &str) -> bool {
    let tenant = prepared().and_then(|deployment| depart(&deployment, query, typed, asked, found));
    let leaves = tenant.is_some();
    DEPARTED.set(tenant);
    leaves
}

fn depart(deployment: &Deployment, query: &str, typed: &str, asked: &str, found: &str) -> Option<Tenant> {
    // `boot.js` does not hash what it sends. Where the hash is wanted, the views ask once more.
    if deployment.lookup_content_sha256 {
        return None;
    }
    let link = Link::read(deployment, query);
    // The views say what a link may not have. And Back must not lead to a link that leads here again.
    if link.dropped.is_some() || link.tenant.is_some() {
        return None;
    }
    let identifier = Identifier::parse(typed).ok()?;
    if identifier.request_body() != asked {
        return None;
    }
    let [tenant] = <[Tenant; 1]>::try_from(LookupResponse::parse(found).ok()?.tenants).ok()?;
    let options = link.options(&identifier, typed, browser::page_language(), false);
    // The views hand people over to applications.
    if target_elsewhere(deployment, &options).is_some() {
        return None;
    }
    sign_in_here(deployment, &tenant, options).ok()?;
    Some(tenant)
}

/// The organization that the browser is leaving for already. The second call returns `None`.
pub fn departed() -> Option<Tenant> {
    DEPARTED.take()
}
