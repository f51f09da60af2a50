//! Takes an organization out of service, and later out of the user pool.

use super::desired::{client_name, switched_off};
use super::observed::{Found, Observed};
use super::overlay;
use crate::aws::{Api, ApiError, Operation};
use crate::cognito::{Fields, describe_client};
use crate::files::pool_file::Pool;
use crate::files::provisioning::{NATIVE, Organization};
use serde_json::{Value, json};

/// How often an app client is switched off that somebody else changes at the same time.
const ATTEMPTS: usize = 5;

/// What there is of an organization in the user pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Belongings {
    /// The ids of its app client and of those of its machines.
    pub clients: Vec<String>,
    /// Its identity provider, if `tenants` looks after it and no other organization of tenants.toml has it.
    pub provider: Option<String>,
}

/// Several app clients of the pool have this name, and tenants.toml does not say which one it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{count} app clients of the pool are named {name}")]
pub struct Several {
    /// How many.
    count: usize,
    /// The name.
    name: String,
}

/// What there is of an organization in the user pool.
///
/// # Errors
/// If it cannot be told.
pub fn belongings(
    organization: &Organization,
    all: &[Organization],
    observed: &Observed,
) -> Result<Belongings, Several> {
    let own = (organization.client_id.as_deref(), client_name(organization, None));
    let machines = organization.machines.iter();
    let machines = machines.map(|machine| (machine.client_id.as_deref(), client_name(organization, Some(machine))));
    let mut clients = Vec::new();
    for (recorded, name) in std::iter::once(own).chain(machines) {
        match observed.find(recorded, &name) {
            Found::Several(count) => return Err(Several { count, name }),
            found => clients.extend(found.id().map(str::to_owned)),
        }
    }
    let provider = &organization.identity_provider;
    let is_shared = all.iter().any(|other| other.code != organization.code && other.identity_provider == *provider);
    let is_ours = organization.provider.is_some() && provider != NATIVE && !is_shared;
    let provider = (is_ours && observed.provider_names.contains(provider)).then(|| provider.clone());
    Ok(Belongings { clients, provider })
}

/// The ids of app clients that would be left without their provider: those of the pool that are not the organization's.
pub fn users_of<'a>(provider: &str, belongings: &Belongings, clients: &'a [Fields]) -> Vec<&'a str> {
    let has_provider = |client: &&Fields| {
        let providers = client.get("SupportedIdentityProviders").and_then(Value::as_array);
        providers.is_some_and(|providers| providers.iter().any(|name| name == provider))
    };
    let ids = clients.iter().filter(has_provider).filter_map(|client| client.get("ClientId")?.as_str());
    ids.filter(|id| !belongings.clients.iter().any(|own| own == id)).collect()
}

/// Makes the organization's app clients refuse everybody. They and their ids stay, so this can be undone by
/// `tenants apply`.
///
/// # Errors
/// If a call is refused, or there is no response.
pub fn disable(api: &impl Api, pool: &Pool, belongings: &Belongings) -> Result<(), ApiError> {
    belongings.clients.iter().try_for_each(|id| switch_off(api, pool, id))
}

fn switch_off(api: &impl Api, pool: &Pool, id: &str) -> Result<(), ApiError> {
    let mut attempt = 1;
    loop {
        let (changes, mut request) = overlay::client(&describe_client(api, &pool.id, id)?, &switched_off());
        if changes.is_empty() {
            return Ok(());
        }
        request.insert("UserPoolId".to_owned(), pool.id.clone().into());
        match api.call(Operation::cognito("UpdateUserPoolClient"), &Value::Object(request)) {
            Err(error) if error.is_conflict() && attempt < ATTEMPTS => attempt += 1,
            done => return done.map(drop),
        }
    }
}

/// Deletes what there is of the organization. What is gone already is no error.
///
/// # Errors
/// If a call is refused, or there is no response.
pub fn delete(api: &impl Api, pool: &Pool, belongings: &Belongings) -> Result<(), ApiError> {
    let clients = belongings.clients.iter().map(|id| ("DeleteUserPoolClient", "ClientId", id));
    let provider = belongings.provider.iter().map(|name| ("DeleteIdentityProvider", "ProviderName", name));
    for (operation, field, value) in clients.chain(provider) {
        let request = json!({ "UserPoolId": pool.id, field: value });
        match api.call(Operation::cognito(operation), &request) {
            Err(error) if error.is_not_found() => {}
            done => drop(done?),
        }
    }
    Ok(())
}
