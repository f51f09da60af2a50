//! Takes an organization out of service, and later out of the user pool.

use super::desired::client_name;
use super::observed::{Observed, describe_client};
use super::overlay;
use crate::aws::{Api, ApiError, Operation};
use crate::files::pool_file::Pool;
use crate::files::provisioning::{NATIVE, Organization};
use serde_json::{Value, json};

/// What there is of an organization in the user pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Belongings {
    /// The ids of its app client and of those of its machines.
    pub clients: Vec<String>,
    /// Its identity provider, if `tenants` looks after it and no other organization has it.
    pub provider: Option<String>,
}

/// What there is of an organization in the user pool.
pub fn belongings(organization: &Organization, all: &[Organization], observed: &Observed) -> Belongings {
    let own = observed.find(organization.client_id.as_deref(), &client_name(organization, None));
    let machines = organization
        .machines
        .iter()
        .map(|machine| observed.find(machine.client_id.as_deref(), &client_name(organization, Some(machine))));
    let clients = std::iter::once(own).chain(machines).filter_map(|found| found.id().map(str::to_owned)).collect();
    let provider = &organization.identity_provider;
    let is_shared = all.iter().any(|other| other.code != organization.code && other.identity_provider == *provider);
    let is_ours = organization.provider.is_some() && provider != NATIVE && !is_shared;
    let provider = (is_ours && observed.provider_names.contains(provider)).then(|| provider.clone());
    Belongings { clients, provider }
}

/// Makes the organization's app clients refuse everybody. They and their ids stay, so this can be undone by
/// `tenants apply`.
///
/// # Errors
/// If a call is refused, or there is no response.
pub fn disable(api: &impl Api, pool: &Pool, belongings: &Belongings) -> Result<(), ApiError> {
    let off = json!({ "AllowedOAuthFlows": [], "AllowedOAuthScopes": [], "AllowedOAuthFlowsUserPoolClient": false });
    for id in &belongings.clients {
        let described = describe_client(api, &pool.id, id)?;
        let (changes, request) = overlay::client(&described, &off.as_object().cloned().unwrap_or_default());
        if !changes.is_empty() {
            api.call(Operation::cognito("UpdateUserPoolClient"), &Value::Object(request))?;
        }
    }
    Ok(())
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
