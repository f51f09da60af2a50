//! The tenant picker in the browser: asks which organization, leaves for its sign-in, comes back with a session.
//!
//! [`browser`] is the only room that knows the browser, [`api`] the only one that fetches, [`copy`] holds every
//! sentence. What is protocol lives in the `sign-in` crate; the rooms here join it to effects and views.

pub mod api;
pub mod app;
pub mod browser;
pub mod copy;
pub mod depart;
pub mod failure;
pub mod pages;
pub mod problem;

pub use app::start;
