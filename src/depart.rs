//! Leaving for the hosted UI: draw the secrets, keep the pending sign-in, go. In this order, or not at all. Where two
//! organizations are to be kept apart, or another account is wanted, a sign-out comes before the sign-in.

use crate::browser::{self, NoWebCrypto};
use crate::failure::Failure;
use lookup_api::{Identifier, LookupResponse, Tenant};
use sign_in::authorize::{Luggage, begin};
use sign_in::deployment::Deployment;
use sign_in::secrets::Attempt;
use std::cell::Cell;

thread_local! {
    /// The secrets of the next sign-in, drawn while nobody waited.
    static DRAWN: Cell<Option<Attempt>> = const { Cell::new(None) };
}

/// Draws the secrets of the next sign-in, so that nothing but the lookup stands between "Continue" and the hosted UI. And since
/// browsers compile a function when it is first called, it leads nobody to nowhere: what an answer of the lookup is good for is
/// done with one that is made up, and kept nowhere.
pub fn rehearse(deployment: &Deployment) {
    DRAWN.set(draw().ok());
    let issuer = deployment.user_pools.first().map(|pool| pool.issuer.as_str()).unwrap_or_default();
    let found =
        [r#"{"tenants":[{"code":"-","name":"-","client_id":"-","identity_provider":"-","issuer":""#, issuer, r#""}]}"#];
    let nobody = Identifier::parse("nobody@invalid.invalid").is_ok_and(|nobody| nobody.login_hint().is_some());
    let found = LookupResponse::parse(&found.concat()).ok().and_then(|found| found.tenants.into_iter().next());
    let (Some(tenant), Ok(attempt), true) = (found, draw(), nobody) else { return };
    let _ = deployment.sign_out_before(&browser::visit(), &tenant);
    if let Ok(departure) = begin(deployment, tenant, Luggage::default(), attempt, browser::now()) {
        let _ = departure.keep(|_, _| Err(()));
    }
}

fn draw() -> Result<Attempt, NoWebCrypto> {
    Ok(Attempt::new(&browser::entropy()?))
}

/// Begins a sign-in at `tenant` and leaves for it. On `Ok` the browser is on its way; until it arrives,
/// [`browser::stay`] can still call it off.
pub fn depart(deployment: &Deployment, tenant: &Tenant, luggage: Luggage) -> Result<(), Failure> {
    browser::has_room_for_session()?;
    let now = browser::now();
    let visit = deployment.visit(tenant)?;
    let sign_out = if luggage.another_account {
        Some(deployment.logout_url(tenant)?)
    } else {
        deployment.sign_out_before(&browser::visit(), tenant)
    };
    let attempt = DRAWN.take().map_or_else(draw, Ok)?;
    let departure = begin(deployment, tenant.clone(), luggage, attempt, now)?;
    let address = departure.keep(|key, record| browser::keep_pending(key, record, now))?;
    match sign_out {
        // The page at /signed-out goes on from there.
        Some(sign_out) if browser::begin_sign_out(&visit, address.as_str()) => browser::leave_for(&sign_out),
        Some(_) => return Err(Failure::StorageBlocked),
        None => {
            browser::keep_visit(&visit);
            browser::leave_for(address.as_str());
        }
    }
    Ok(())
}
