//! The tenant picker in the browser: it asks for the organization, goes to the organization's sign-in, and comes back
//! with a session.
//!
//! [`app`] chooses the page of [`pages`] by the address. Pages are made of [`elements`] and of the parts in
//! [`organization_list`], [`recents`], [`problem`] and so on. They leave for the [`hosted_ui`], fetch by [`api`], and
//! know the browser by [`browser`]. The protocol is in the crate `sign-in`, config.json in `deployment`, the lookup in
//! `lookup-api`. ARCHITECTURE.md has a table of the modules.

pub mod api;
pub mod app;
pub mod browser;
pub mod context;
pub mod copy;
pub mod early;
pub mod elements;
pub mod failure;
pub mod form;
pub mod generation;
pub mod hosted_ui;
pub mod language_select;
pub mod link;
pub mod messages;
pub mod organization;
pub mod organization_list;
pub mod pages;
pub mod part;
pub mod problem;
pub mod recents;

pub use app::start;
