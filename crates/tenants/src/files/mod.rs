//! The files of the operator: pool.toml says what all organizations share, tenants.toml what differs. Both are checked
//! in full before anything is asked of AWS.

mod fields;
pub mod pool_file;
pub mod provisioning;
pub mod record;

pub use fields::Finding;

use platform::WebUrl;

/// Reads a file that another one names, or says in words why it cannot.
pub type ReadFile<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

/// An https address, or http on this machine.
fn web_address(text: &str) -> Result<WebUrl, String> {
    let url = WebUrl::parse(text).filter(|url| url.is_secure() && !url.has_credentials);
    url.ok_or_else(|| "is not an https address (http for localhost only)".to_owned())
}

fn isolation(text: &str) -> Result<(), String> {
    match lookup_api::Isolation::parse(text) {
        Some(_) => Ok(()),
        None => Err("must be shared or strict".to_owned()),
    }
}
