//! The Lambda function. It decides in memory: a file is read once, when the function starts, and of a table it keeps what
//! it was asked for.
//!
//! - `DIRECTORY`: the file with the organizations, or `dynamodb://TABLE`. `tenants.toml` beside the program if it is not
//!   set.
//! - `PROVIDER_ATTRIBUTE`: the attribute that each provider sets to its own name, such as `custom:provider`.

use directory_table::address::{Address, Patience};
use directory_table::by_name::ByName;
use directory_table::pace::Pace;
use gate::directory::Organizations;
use gate::event::{Request, add_tenant};
use gate::membership::admit;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use std::env;

/// The size of the cache, in bytes.
const CACHE: u64 = 16 * 1024 * 1024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let organizations = organizations().await?;
    let attribute = env::var("PROVIDER_ATTRIBUTE").ok().filter(|name| !name.is_empty());
    let (organizations, attribute) = (&organizations, attribute.as_deref());
    let decide = |event: LambdaEvent<Value>| decide(organizations, event.payload, attribute);
    lambda_runtime::run(service_fn(decide)).await
}

async fn organizations() -> Result<Organizations, Error> {
    let place = env::var("DIRECTORY").unwrap_or_else(|_| "tenants.toml".to_owned());
    if let Ok(address) = place.parse::<Address>() {
        let table = address.open(Patience::Lookup).await;
        let opened = ByName::open(table, Pace::default(), CACHE).await.map_err(|error| format!("{place}: {error}"))?;
        return Ok(Organizations::Table(opened));
    }
    let text = std::fs::read_to_string(&place).map_err(|error| format!("{place}: {error}"))?;
    Ok(Organizations::read(&text).map_err(|lines| format!("{place}: {}", lines.join("; ")))?)
}

/// The event with the claim `tenant`. Every error refuses the tokens.
async fn decide(organizations: &Organizations, event: Value, attribute: Option<&str>) -> Result<Value, Error> {
    let request = Request::read(&event, attribute)?;
    let code = admit(&request, &organizations.facts(&request).await?)?;
    Ok(add_tenant(event, &code)?)
}
