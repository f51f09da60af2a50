//! The secrets of an app client: at most two, so that one can be replaced while it is in use.

use serde_json::{Value, json};

use crate::clients;
use crate::error::ApiError;
use crate::pool::{Fields, Pool, now, random, text};

/// A secret of a client.
#[derive(Debug)]
pub(crate) struct ClientSecret {
    id: String,
    pub(crate) value: String,
    created: u64,
}

impl ClientSecret {
    pub(crate) fn new(client_id: &str, value: String, created: u64) -> Self {
        Self { id: format!("{client_id}--{created}"), value, created }
    }

    fn describe(&self) -> Value {
        json!({ "ClientSecretId": self.id, "ClientSecretCreateDate": self.created as f64 })
    }
}

pub(crate) fn add(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let client = clients::find(pool, body)?;
    let newest = match &client.secrets[..] {
        [] => return Err(ApiError::invalid("The client has no secret, so none can be added.")),
        [only] => only.created,
        _ => return Err(ApiError::new("LimitExceededException", "A client has at most 2 secrets.")),
    };
    let given = text(body, "ClientSecret");
    let value = if given.is_empty() { random(51)? } else { given.to_owned() };
    let secret = ClientSecret::new(text(body, "ClientId"), value, (now() as u64).max(newest + 1));
    let mut description = secret.describe();
    if given.is_empty() {
        description["ClientSecretValue"] = secret.value.clone().into();
    }
    client.secrets.push(secret);
    Ok(json!({ "ClientSecretDescriptor": description }))
}

pub(crate) fn list(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let secrets = &clients::find(pool, body)?.secrets;
    Ok(json!({ "ClientSecrets": secrets.iter().map(ClientSecret::describe).collect::<Vec<_>>() }))
}

pub(crate) fn delete(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let (client, id) = (clients::find(pool, body)?, text(body, "ClientSecretId"));
    if !client.secrets.iter().any(|secret| secret.id == id) {
        return Err(ApiError::not_found(format!("Client secret {id} does not exist.")));
    }
    if client.secrets.len() == 1 {
        return Err(ApiError::invalid("The last secret of a client cannot be deleted."));
    }
    client.secrets.retain(|secret| secret.id != id);
    Ok(json!({}))
}
