//! ID tokens of a user pool and the keys they are signed with, as the page and the memberships endpoint read them.
//!
//! There is no I/O, no clock and no cryptography here: callers pass the time, and check the signature with what their
//! platform has.

pub mod claims;
pub mod jwks;
pub mod jwt;
pub mod time;
