//! Goes to the hosted UI: to sign in at an organization, and to sign out.
//!
//! A sign-in is kept in the browser before the browser leaves for it. Where two organizations are kept apart, or another account is wanted,
//! a sign-out comes before the sign-in.

use crate::api;
use crate::browser::{self, STORE};
use crate::context::Context;
use crate::failure::Failure;
use deployment::Deployment;
use lookup_api::{Identifier, LookupResponse, Tenant};
use sign_in::authorize::{SignInOptions, begin};
use sign_in::session::Session;
use sign_in::sign_out::{PendingSignOut, Visit, logout_url, revocation};
use sign_in::storage::StorageBlocked;

/// Begins a sign-in at `tenant` and leaves for it. On `Ok` the browser is loading the hosted UI; until that has arrived,
/// [`browser::stop_loading`] stops it.
///
/// # Errors
/// If storage or WebCrypto is missing, or config.json does not name the tenant's user pool. The browser stays on the page.
pub fn sign_in(context: &Context, tenant: &Tenant, options: SignInOptions) -> Result<(), Failure> {
    let deployment = &context.deployment;
    STORE.has_room_for_session()?;
    let now = browser::now();
    let visit = Visit::to(deployment, tenant)?;
    let last_visit = STORE.visit();
    let sign_out_first = if options.another_account {
        Some(logout_url(deployment, tenant)?)
    } else {
        last_visit.as_ref().and_then(|last| last.sign_out_before(deployment, tenant)).map(str::to_owned)
    };
    let new = begin(deployment, tenant.clone(), options, context.take_secrets()?, now)?;
    let address = new.keep(|key, record| STORE.keep_pending(key, record, now))?;
    let Some(sign_out) = sign_out_first else {
        STORE.keep_visit(Some(&visit));
        browser::navigate(address.as_str());
        return Ok(());
    };
    // The page at /signed-out continues with the sign-in.
    let pending = PendingSignOut { next_visit: Some(visit), continue_at: Some(address.as_str().to_owned()) };
    if !STORE.begin_sign_out(&pending) {
        return Err(StorageBlocked.into());
    }
    browser::navigate(&sign_out);
    Ok(())
}

/// Draws the secrets of the next sign-in, and runs the code between the response of a lookup and the hosted UI with a made-up tenant,
/// without keeping anything or going anywhere. Browsers compile a wasm function when it is first called, and that would otherwise happen
/// while the person waits.
pub fn warm_up(context: &Context) {
    context.prepare_secrets();
    let deployment = &context.deployment;
    let issuer = deployment.user_pools.first().map(|pool| pool.issuer.as_str()).unwrap_or_default();
    let response =
        [r#"{"tenants":[{"code":"-","name":"-","client_id":"-","identity_provider":"-","issuer":""#, issuer, r#""}]}"#];
    let has_hint = Identifier::parse("nobody@invalid.invalid").is_ok_and(|email| email.login_hint().is_some());
    let tenant =
        LookupResponse::parse(&response.concat()).ok().and_then(|response| response.tenants.into_iter().next());
    let (Some(tenant), Ok(secrets), true) = (tenant, context.draw_secrets(), has_hint) else { return };
    let _ = STORE.visit().map(|last| last.sign_out_before(deployment, &tenant).is_some());
    if let Ok(new) = begin(deployment, tenant, SignInOptions::default(), secrets, browser::now()) {
        let _ = new.keep(|_, _| Err(()));
    }
}

/// Ends the session of this tab, and revokes its refresh token.
pub fn end_session(deployment: &Deployment, session: &Session) {
    STORE.forget_session();
    if let Some(request) = revocation(deployment, session) {
        api::revoke(&request);
    }
}

/// Leaves for the hosted UI's sign-out, which sends the person to `/signed-out`. `continue_at` is the address to continue at from there.
pub fn sign_out(deployment: &Deployment, tenant: &Tenant, continue_at: Option<&str>) {
    STORE.begin_sign_out(&PendingSignOut { next_visit: None, continue_at: continue_at.map(str::to_owned) });
    // If config.json no longer names the user pool, there is no sign-out page. The session of the tab is over in any case.
    let address = logout_url(deployment, tenant).unwrap_or_else(|_| "/signed-out".to_owned());
    browser::navigate(&address);
}
