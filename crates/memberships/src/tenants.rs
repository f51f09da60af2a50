//! The organizations that follow from a proof.

use crate::token::{Proof, Subject};
use deployment::Deployment;
use lookup_api::{Issuer, LookupRequest, Tenant, TenantCode};

/// What the names of groups begin with that make somebody a member: `tenant-acme`. The gate has the same rule.
const GROUP_PREFIX: &str = "tenant-";

/// The most explicit memberships that are looked up for one request. Cognito allows 100 groups a person.
const EXPLICIT_MAX: usize = 100;

/// Something that is asked does not answer now. Nothing follows from that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no answer")]
pub struct Unavailable;

/// The directory of organizations.
pub trait Directory {
    /// The organizations that match, in order, as a lookup finds them.
    fn find(&self, request: &LookupRequest) -> impl Future<Output = Result<Vec<Tenant>, Unavailable>> + Send;
}

/// Memberships that an operator has written down, beside the groups of the user pool.
pub trait ExplicitMemberships {
    /// The codes of the organizations that this person of this user pool belongs to.
    fn codes(
        &self,
        issuer: &Issuer,
        subject: &Subject,
    ) -> impl Future<Output = Result<Vec<TenantCode>, Unavailable>> + Send;
}

/// No memberships are written down.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoExplicitMemberships;

impl ExplicitMemberships for NoExplicitMemberships {
    async fn codes(&self, _: &Issuer, _: &Subject) -> Result<Vec<TenantCode>, Unavailable> {
        Ok(Vec::new())
    }
}

/// The organizations that the person belongs to: first the one whose token it is, then those with an explicit
/// membership, then those that list the domain of the verified email address.
///
/// A domain counts only where the organization of the token lists it too. Any organization's provider can assert any
/// address, and would open other organizations' doors with it.
///
/// # Errors
/// If directory or memberships do not answer.
pub async fn tenants_of(
    proof: &Proof,
    directory: &impl Directory,
    explicit: &impl ExplicitMemberships,
    deployment: &Deployment,
) -> Result<Vec<Tenant>, Unavailable> {
    let mut tenants = vec![proof.tenant.clone()];
    let mut add = |tenant: Tenant| {
        if tenants.iter().all(|known| known.code != tenant.code) {
            tenants.push(tenant);
        }
    };
    for code in explicit.codes(&proof.issuer, &proof.subject).await?.into_iter().take(EXPLICIT_MAX) {
        with_code(directory, code.as_str()).await?.into_iter().for_each(&mut add);
    }
    let codes = proof.groups.iter().filter_map(|group| group.strip_prefix(GROUP_PREFIX));
    for code in codes.take(EXPLICIT_MAX) {
        // A group is one of its user pool, and means nothing in another.
        let is_of_pool = |t: &Tenant| deployment.user_pool(t).is_ok_and(|pool| pool.issuer == proof.issuer);
        let is_meant = |t: &Tenant| t.code.as_str() == code && is_of_pool(t);
        with_code(directory, code).await?.into_iter().filter(is_meant).for_each(&mut add);
    }
    if let Some(domain) = &proof.domain {
        let listed = directory.find(&LookupRequest::Domain(domain.clone())).await?;
        if listed.iter().any(|tenant| tenant.code == proof.tenant.code) {
            listed.into_iter().for_each(&mut add);
        }
    }
    Ok(tenants)
}

/// The organization with exactly this code, in any case. A lookup reads codes as people type them, with other letters and
/// dashes.
async fn with_code(directory: &impl Directory, code: &str) -> Result<Option<Tenant>, Unavailable> {
    let found = directory.find(&LookupRequest::Code(code.to_owned())).await?;
    Ok(found.into_iter().find(|tenant| tenant.code.as_str().eq_ignore_ascii_case(code)))
}

#[cfg(test)]
#[path = "tenants_tests.rs"]
mod tests;
