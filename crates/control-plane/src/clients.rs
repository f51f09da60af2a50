//! The app clients.

use serde_json::{Value, json};

use crate::client_rules;
use crate::client_secrets::ClientSecret;
use crate::error::ApiError;
use crate::faults::take_one;
use crate::pool::{Fields, Pool, now, random, text};

/// What a request has beside the settings of the client.
const NO_SETTINGS: [&str; 4] = ["UserPoolId", "ClientId", "GenerateSecret", "ClientSecret"];

/// An app client.
#[derive(Debug)]
pub(crate) struct Client {
    /// The settings that are not left to their defaults.
    pub(crate) settings: Fields,
    pub(crate) secrets: Vec<ClientSecret>,
    pub(crate) branding: Option<Fields>,
    /// The longest silent sign-in, if it was set.
    pub(crate) session_minutes: Option<u64>,
    created: f64,
    modified: f64,
    /// For how many more looks it is not found yet.
    unseen: u32,
}

/// Finds a client.
///
/// # Errors
/// `ResourceNotFoundException` if there is none.
pub(crate) fn find<'a>(pool: &'a mut Pool, body: &Fields) -> Result<&'a mut Client, ApiError> {
    let id = text(body, "ClientId");
    pool.clients.get_mut(id).ok_or_else(|| missing(id))
}

fn missing(id: &str) -> ApiError {
    ApiError::not_found(format!("User pool client {id} does not exist."))
}

pub(crate) fn list(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let ids: Vec<String> = pool.clients.keys().cloned().collect();
    let (ids, mut answer) = pool.page("clients", &ids, body, 60)?;
    let describe = |id: &String| {
        let name = pool.clients.get(id).map(|client| text(&client.settings, "ClientName"));
        json!({ "ClientId": id, "UserPoolId": pool.options.pool_id, "ClientName": name })
    };
    answer.insert("UserPoolClients".to_owned(), ids.iter().map(describe).collect());
    Ok(Value::Object(answer))
}

pub(crate) fn describe_action(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    if take_one(&mut find(pool, body)?.unseen) {
        return Err(missing(text(body, "ClientId")));
    }
    describe(pool, text(body, "ClientId"))
}

fn describe(pool: &Pool, id: &str) -> Result<Value, ApiError> {
    let client = pool.clients.get(id).ok_or_else(|| missing(id))?;
    let mut fields = json!({
        "RefreshTokenValidity": 30,
        "TokenValidityUnits": {},
        "AllowedOAuthFlowsUserPoolClient": false,
        "EnableTokenRevocation": true,
        "EnablePropagateAdditionalUserContextData": false,
        "AuthSessionValidity": 3,
        "UserPoolId": pool.options.pool_id,
        "ClientId": id,
        "CreationDate": client.created,
        "LastModifiedDate": client.modified,
    });
    for (name, value) in &client.settings {
        fields[name] = value.clone();
    }
    if fields["RefreshTokenValidity"] == 0 {
        fields["RefreshTokenValidity"] = 30.into();
    }
    if let Some(secret) = client.secrets.first() {
        fields["ClientSecret"] = secret.value.clone().into();
    }
    Ok(json!({ "UserPoolClient": fields }))
}

pub(crate) fn create(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let (generate, given) = (body.get("GenerateSecret") == Some(&true.into()), text(body, "ClientSecret"));
    if generate && !given.is_empty() {
        return Err(ApiError::invalid("ClientSecret cannot be given when GenerateSecret is true."));
    }
    let settings = settings(body);
    client_rules::check(pool, &settings, generate || !given.is_empty())?;
    if pool.clients.len() >= pool.options.max_clients {
        let message = format!("Maximum number of clients {} reached.", pool.options.max_clients);
        return Err(ApiError::new("LimitExceededException", message));
    }
    let (id, at) = (random(26)?, now());
    let value = if generate { random(51)? } else { given.to_owned() };
    let secrets = if value.is_empty() { Vec::new() } else { vec![ClientSecret::new(&id, value, at as u64)] };
    let client = Client {
        settings,
        secrets,
        branding: None,
        session_minutes: None,
        created: at,
        modified: at,
        unseen: pool.lag,
    };
    pool.clients.insert(id.clone(), client);
    describe(pool, &id)
}

/// Replaces all settings. What is left out gets its default, except for the name: a client always has one.
pub(crate) fn update(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let client = find(pool, body)?;
    let (name, has_secret) = (client.settings.get("ClientName").cloned(), !client.secrets.is_empty());
    let mut settings = settings(body);
    if let (None, Some(name)) = (settings.get("ClientName"), name) {
        settings.insert("ClientName".to_owned(), name);
    }
    client_rules::check(pool, &settings, has_secret)?;
    let client = find(pool, body)?;
    client.settings = settings;
    client.modified = now();
    describe(pool, text(body, "ClientId"))
}

/// Deletes a client, and what belongs to it.
pub(crate) fn delete(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let id = text(body, "ClientId");
    pool.clients.remove(id).map(|_| json!({})).ok_or_else(|| missing(id))
}

fn settings(body: &Fields) -> Fields {
    body.iter().filter(|(name, _)| !NO_SETTINGS.contains(&name.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect()
}
