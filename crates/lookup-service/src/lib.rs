//! The lookup service: the directory of organizations, and its HTTP interface.
//!
//! ```text
//! main ─► router ─► lookup ─► directory ◄─ directory_file ◄─ reload ◄─ watch
//!            └────► site ──► site_config
//! ```
//!
//! `directory` finds the organizations of a domain or code. `directory_file` makes a directory from tenants.toml and
//! names every line that is wrong. Neither knows HTTP. `lookup` answers requests, `memberships` those of people with an
//! ID token, `site` serves the picker with its headers, `log` writes one line for each request. `watch` notices that a
//! file has changed, and `reload` reads it again.
//!
//! The service refuses requests with an email address, and logs neither addresses nor what was looked up.

pub mod base_path;
mod consumer_domains;
pub mod directory;
pub mod directory_file;
pub mod domain_name;
pub mod finding;
pub mod format_guess;
mod inline;
pub mod log;
mod log_queue;
mod lookup;
#[cfg(feature = "memberships")]
pub mod memberships;
mod name_index;
mod page;
mod problem;
pub mod rate_limit;
pub mod regular_file;
pub mod reload;
mod router;
pub mod site;
pub mod site_config;
pub mod text_encoding;
pub mod watch;

pub use directory::CurrentDirectory;
pub use router::{Settings, app};
