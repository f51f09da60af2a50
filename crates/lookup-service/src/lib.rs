//! The lookup service: the directory of organizations, and its HTTP interface.
//!
//! ```text
//! program ─► router ─► lookup ─► organizations ─► directory ◄─ directory_file ◄─ reload ◄─ watch
//!               └────► site ──► site_config
//! ```
//!
//! `limits` refuses what is too much, by `client_address`, `rate_limit` and `unknown_codes`. `metrics`, `request_id` and
//! `audit` are for those who watch the service, and `stopping` is for who stops it.
//!
//! `directory` finds the organizations of a domain or code. `directory_file` makes a directory from tenants.toml and
//! names every line that is wrong. Neither knows HTTP. `lookup` answers requests, `memberships` those of people with an
//! ID token, `site` serves the picker with its headers, `log` writes one line for each request. `watch` notices that a
//! file has changed, and `reload` reads it again.
//!
//! The service refuses requests with an email address, and logs neither addresses nor what was looked up.

pub mod audit;
pub mod base_path;
pub mod client_address;
mod consumer_domains;
pub mod directory;
pub mod directory_file;
pub mod domain_name;
pub mod finding;
pub mod format_guess;
mod inline;
pub mod limits;
pub mod log;
mod log_queue;
mod lookup;
pub mod machine_clients;
#[cfg(feature = "memberships")]
pub mod memberships;
pub mod metrics;
mod name_index;
mod openapi;
pub mod organizations;
mod page;
mod problem;
pub mod program;
mod rate_limit;
pub mod regular_file;
pub mod reload;
pub mod reload_count;
mod request_body;
pub mod request_id;
mod router;
pub mod site;
pub mod site_config;
pub mod stopping;
pub mod text_encoding;
mod unknown_codes;
pub mod watch;

pub use directory::CurrentDirectory;
pub use router::{Settings, app};
