//! Which organizations a person belongs to, told by the person's ID token.
//!
//! ```text
//! text ─UnverifiedToken::parse→ UnverifiedToken ─issuer(deployment)→ its user pool, whose keys `Keys` has
//!   ─check_signature(keys)→ SignedToken ─prove(directory, deployment, now)→ Proof ─tenants_of→ the organizations
//! ```
//!
//! Each step consumes the one before. [`token`] and [`tenants`] have no I/O and no clock; only [`keys`] sends requests.

pub mod keys;
pub mod refusal;
pub mod tenants;
pub mod token;

pub use keys::Keys;
pub use refusal::Refusal;
pub use tenants::{Directory, ExplicitMemberships, NoExplicitMemberships, Unavailable, tenants_of};
pub use token::{Proof, SignedToken, Subject, UnverifiedToken};

#[cfg(test)]
mod samples;
#[cfg(test)]
mod test_tokens;
