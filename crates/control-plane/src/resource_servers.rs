//! The resource servers and their scopes.

use serde_json::{Value, json};

use crate::error::ApiError;
use crate::pool::{Fields, Pool, text};

fn missing(identifier: &str) -> ApiError {
    ApiError::not_found(format!("Resource server {identifier} does not exist."))
}

pub(crate) fn list(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let identifiers: Vec<String> = pool.resource_servers.keys().cloned().collect();
    let (identifiers, mut answer) = pool.page("resource servers", &identifiers, body, 50)?;
    let servers = identifiers.iter().map(|identifier| json!(pool.resource_servers.get(identifier)));
    answer.insert("ResourceServers".to_owned(), servers.collect());
    Ok(Value::Object(answer))
}

pub(crate) fn describe_action(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let identifier = text(body, "Identifier");
    let server = pool.resource_servers.get(identifier).ok_or_else(|| missing(identifier))?;
    Ok(json!({ "ResourceServer": server }))
}

pub(crate) fn create(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let identifier = text(body, "Identifier");
    if pool.resource_servers.contains_key(identifier) {
        let message = format!("{identifier} already exists in user pool {}.", pool.options.pool_id);
        return Err(ApiError::invalid(message));
    }
    if pool.resource_servers.len() >= pool.options.max_resource_servers {
        let message = format!("Maximum number of resource servers {} reached.", pool.options.max_resource_servers);
        return Err(ApiError::new("LimitExceededException", message));
    }
    Ok(store(pool, body))
}

/// Replaces the name and the scopes. Without scopes, the server has none.
pub(crate) fn update(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let identifier = text(body, "Identifier");
    if !pool.resource_servers.contains_key(identifier) {
        return Err(missing(identifier));
    }
    Ok(store(pool, body))
}

fn store(pool: &mut Pool, body: &Fields) -> Value {
    let mut server = body.clone();
    server.entry("Scopes").or_insert_with(|| json!([]));
    let answer = json!({ "ResourceServer": server });
    pool.resource_servers.insert(text(body, "Identifier").to_owned(), server);
    answer
}
