//! Leaving for the hosted UI: draw the secrets, keep the pending sign-in, go. In this order, or not at all.

use crate::browser;
use crate::failure::Failure;
use lookup_api::Tenant;
use sign_in::authorize::{Luggage, begin};
use sign_in::deployment::Deployment;

/// Begins a sign-in at `tenant` and leaves for it. On `Ok` the browser is on its way; until it arrives,
/// [`browser::stay`] can still call it off.
pub fn depart(deployment: &Deployment, tenant: &Tenant, luggage: Luggage) -> Result<(), Failure> {
    let now = browser::now();
    let departure = begin(deployment, tenant.clone(), luggage, browser::entropy()?, now)?;
    let address = departure.keep(|key, record| browser::keep_pending(key, record, now))?;
    browser::leave_for(address.as_str());
    Ok(())
}
