//! The Lambda function. It reads the directory once, when it starts, and decides in memory.
//!
//! - `DIRECTORY`: the file with the organizations. `tenants.toml` beside the program if it is not set.
//! - `PROVIDER_ATTRIBUTE`: the attribute that each provider sets to its own name, such as `custom:provider`.

use gate::Gate;
use gate::event::{Request, add_tenant};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use std::env;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let file = env::var("DIRECTORY").unwrap_or_else(|_| "tenants.toml".to_owned());
    let text = std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
    let gate = Gate::new(&text).map_err(|lines| format!("{file}: {}", lines.join("; ")))?;
    let attribute = env::var("PROVIDER_ATTRIBUTE").ok().filter(|name| !name.is_empty());
    let decide = |event: LambdaEvent<Value>| {
        let decided = admit(&gate, event.payload, attribute.as_deref());
        async move { decided }
    };
    lambda_runtime::run(service_fn(decide)).await
}

/// The event with the claim `tenant`. Every error refuses the tokens.
fn admit(gate: &Gate, event: Value, attribute: Option<&str>) -> Result<Value, Error> {
    let request = Request::read(&event, attribute)?;
    let code = gate.admit(&request)?;
    Ok(add_tenant(event, &code)?)
}
