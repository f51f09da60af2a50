//! What operators do with many organizations at once.
//!
//! - [`files`] reads pool.toml and tenants.toml.
//! - [`provision`] makes a user pool as they say.
//! - [`machines`] keeps and replaces the secrets of back ends.
//! - [`doctor`] looks at a deployment from outside, and with credentials from inside.
//!
//! [`cognito`] asks what a pool has. [`aws`] and [`web`] send requests, and nothing else does.

pub mod aws;
pub mod cognito;
pub mod doctor;
pub mod files;
pub mod machines;
pub mod provision;
pub mod secret;
pub mod web;
mod words;

pub use words::count;
