//! Goes to the hosted UI: to sign in at an organization, and to sign out. Or to an application that signs people in
//! itself.
//!
//! The pending sign-in is stored before the browser leaves the page. Where two organizations are kept apart, or
//! another account is wanted, a sign-out comes before the sign-in.

use crate::api;
use crate::browser::{self, NoWebCrypto, STORE};
use crate::failure::Failure;
use deployment::{Deployment, ReturnTo};
use lookup_api::{Identifier, LookupResponse, Tenant};
use sign_in::authorize::{SignInOptions, begin};
use sign_in::hand_back::{HandBack, login_url};
use sign_in::secrets::SignInSecrets;
use sign_in::session::Session;
use sign_in::sign_out::{PendingSignOut, Visit, logout_url, revocation};
use sign_in::storage::StorageBlocked;
use std::cell::Cell;

thread_local! {
    /// The secrets of the next sign-in, if they were drawn ahead of time.
    static NEXT_SECRETS: Cell<Option<SignInSecrets>> = const { Cell::new(None) };
}

/// Begins a sign-in at `tenant` and leaves for it. If the person wants to go to an application that signs people in
/// itself, it leaves for that application's sign-in. On `Ok` the browser is loading the next page; until that has
/// arrived, [`browser::stop_loading`] stops it.
///
/// # Errors
/// If storage or WebCrypto is missing, or config.json does not name the tenant's user pool. The browser stays on the
/// page.
pub fn sign_in(deployment: &Deployment, tenant: &Tenant, options: SignInOptions) -> Result<(), Failure> {
    if let Some(target) = target_elsewhere(deployment, &options)
        && let Some(address) = login_url(deployment, tenant, &target, options.login_hint.as_deref())?
    {
        STORE.keep_hand_back(Some(&HandBack::new(&target, browser::now())));
        remember(tenant);
        let sign_out = sign_out_before(deployment, tenant);
        return leave(Visit::to(deployment, tenant)?, sign_out, &address, browser::replace_location);
    }
    sign_in_here(deployment, tenant, options)
}

/// Where the person wants to go, if an application signs people in itself who go there.
pub fn target_elsewhere(deployment: &Deployment, options: &SignInOptions) -> Option<ReturnTo> {
    let target = options.return_to.clone().or_else(|| deployment.return_to.default_target());
    target.filter(|target| !options.another_account && deployment.return_to.login_uri_for(target).is_some())
}

/// The same for a person whom no application signs in.
///
/// # Errors
/// Those of [`sign_in`].
pub fn sign_in_here(deployment: &Deployment, tenant: &Tenant, options: SignInOptions) -> Result<(), Failure> {
    STORE.has_room_for_session()?;
    let now = browser::now();
    let visit = Visit::to(deployment, tenant)?;
    let sign_out = if options.another_account {
        Some(logout_url(deployment, tenant)?)
    } else {
        sign_out_before(deployment, tenant)
    };
    let secrets = NEXT_SECRETS.take().map_or_else(draw_secrets, Ok)?;
    let new = begin(deployment, tenant.clone(), options, secrets, now)?;
    let address = new.keep(|key, record| STORE.keep_pending(key, record, now))?;
    leave(visit, sign_out, address.as_str(), browser::navigate)
}

/// The sign-out that has to come before a sign-in at this tenant, if one has to.
fn sign_out_before(deployment: &Deployment, tenant: &Tenant) -> Option<String> {
    STORE.visit()?.sign_out_before(deployment, tenant).map(str::to_owned)
}

/// Leaves for an address, or for a sign-out after which the page at /signed-out continues there.
fn leave(visit: Visit, sign_out: Option<String>, address: &str, go: fn(&str)) -> Result<(), Failure> {
    let Some(sign_out) = sign_out else {
        STORE.keep_visit(Some(&visit));
        go(address);
        return Ok(());
    };
    let pending = PendingSignOut { next_visit: Some(visit), continue_at: Some(address.to_owned()) };
    if !STORE.begin_sign_out(&pending) {
        return Err(StorageBlocked.into());
    }
    browser::navigate(&sign_out);
    Ok(())
}

/// Puts an organization first in the list of recent ones. If the browser does not keep the list, the form says so.
pub fn remember(tenant: &Tenant) {
    if let Ok(recents) = STORE.recents() {
        let _ = STORE.keep_recents(&recents.with(tenant.clone()));
    }
}

fn draw_secrets() -> Result<SignInSecrets, NoWebCrypto> {
    Ok(SignInSecrets::new(&browser::entropy()?))
}

/// Draws the secrets of the next sign-in, and does what comes between the response of a lookup and the hosted UI with a
/// made-up tenant, without leaving and without a trace. Browsers compile a wasm function when it is first called, and
/// that would otherwise happen while the person waits.
pub fn warm_up(deployment: &Deployment) {
    NEXT_SECRETS.set(draw_secrets().ok());
    let issuer = deployment.user_pools.first().map(|pool| pool.issuer.as_str()).unwrap_or_default();
    let response =
        [r#"{"tenants":[{"code":"-","name":"-","client_id":"-","identity_provider":"-","issuer":""#, issuer, r#""}]}"#];
    let Ok(email) = Identifier::parse("nobody@invalid.invalid") else { return };
    let options = SignInOptions { login_hint: email.login_hint().map(str::to_owned), ..SignInOptions::default() };
    let tenant =
        LookupResponse::parse(&response.concat()).ok().and_then(|response| response.tenants.into_iter().next());
    let (Some(tenant), Ok(secrets)) = (tenant, draw_secrets()) else { return };
    let _ = STORE.has_room_for_session();
    let _ = Visit::to(deployment, &tenant);
    let _ = sign_out_before(deployment, &tenant);
    if let Ok(new) = begin(deployment, tenant, options, secrets, browser::now()) {
        let _ = new.keep(|key, record| STORE.rehearse_pending(key, record));
    }
}

/// Ends the session of this tab, and revokes its refresh token.
pub fn end_session(deployment: &Deployment, session: &Session) {
    STORE.forget_session();
    if let Some(request) = revocation(deployment, session) {
        api::revoke(&request);
    }
}

/// Leaves for the hosted UI's sign-out, which sends the person to `/signed-out`. `continue_at` is the address to
/// continue at from there. If storage is blocked, the page at `/signed-out` does not know it, and shows its link to the
/// form.
pub fn sign_out(deployment: &Deployment, tenant: &Tenant, continue_at: Option<&str>) {
    STORE.begin_sign_out(&PendingSignOut { next_visit: None, continue_at: continue_at.map(str::to_owned) });
    // If config.json no longer names the user pool, there is no sign-out page. The session of the tab is over in any
    // case.
    let address = logout_url(deployment, tenant).unwrap_or_else(|_| browser::own_path("signed-out"));
    browser::navigate(&address);
}
