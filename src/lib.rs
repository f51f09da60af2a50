//! The tenant picker in the browser: asks which organization, leaves for its sign-in, comes back with a session.
//!
//! [`browser`] is the room that knows the browser (and [`form`] the form that index.html brings), [`api`] the only one that
//! fetches, [`copy`] says which sentence of `locales/` says what. What is protocol lives in the `sign-in` crate; the rooms here join it to effects and views.

pub mod api;
pub mod app;
pub mod browser;
pub mod choice;
pub mod copy;
pub mod depart;
pub mod emblem;
pub mod failure;
pub mod form;
pub mod languages;
pub mod messages;
pub mod pages;
pub mod parts;
pub mod problem;
pub mod recents;

pub use app::start;
