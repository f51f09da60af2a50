//! Asks Cognito what a user pool has. Descriptions are JSON as it came.

use crate::aws::{Api, ApiError, Operation};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Fields of a request or of a description.
pub type Fields = Map<String, Value>;

/// Reads all app clients and identity providers of a pool, the latter by name. `progress` is called with how many app
/// clients have been read, of how many.
///
/// # Errors
/// If a call is refused, or there is no response.
pub fn all(
    reader: &PoolReader<'_, impl Api>,
    progress: &dyn Fn(usize, usize),
) -> Result<(Vec<Fields>, BTreeMap<String, Fields>), ApiError> {
    let ids = reader.clients()?;
    let mut clients = Vec::with_capacity(ids.len());
    for (done, (id, _)) in ids.iter().enumerate() {
        progress(done, ids.len());
        clients.push(describe_client(reader.api, reader.pool_id, id)?);
    }
    progress(ids.len(), ids.len());
    let names = reader.provider_names()?.into_iter();
    let providers = names.map(|name| {
        let described = describe_provider(reader.api, reader.pool_id, &name)?;
        Ok((name, described))
    });
    Ok((clients, providers.collect::<Result<_, ApiError>>()?))
}

/// The description of an app client.
///
/// # Errors
/// If the call is refused, or there is no response.
pub fn describe_client(api: &impl Api, pool_id: &str, client_id: &str) -> Result<Fields, ApiError> {
    let request = json!({ "UserPoolId": pool_id, "ClientId": client_id });
    let response = api.call(Operation::cognito("DescribeUserPoolClient"), &request)?;
    Ok(object(response, "UserPoolClient"))
}

/// The description of a resource server.
///
/// # Errors
/// If the call is refused, or there is no response.
pub fn describe_resource_server(api: &impl Api, pool_id: &str, identifier: &str) -> Result<Fields, ApiError> {
    let request = json!({ "UserPoolId": pool_id, "Identifier": identifier });
    let response = api.call(Operation::cognito("DescribeResourceServer"), &request)?;
    Ok(object(response, "ResourceServer"))
}

/// The description of an identity provider.
///
/// # Errors
/// If the call is refused, or there is no response.
pub fn describe_provider(api: &impl Api, pool_id: &str, name: &str) -> Result<Fields, ApiError> {
    let request = json!({ "UserPoolId": pool_id, "ProviderName": name });
    let response = api.call(Operation::cognito("DescribeIdentityProvider"), &request)?;
    Ok(object(response, "IdentityProvider"))
}

/// The object with this name in a response.
pub(crate) fn object(mut response: Value, name: &str) -> Fields {
    match response.get_mut(name).map(Value::take) {
        Some(Value::Object(fields)) => fields,
        _ => Fields::new(),
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}

/// Lists what a user pool has.
#[derive(Debug)]
pub struct PoolReader<'a, A> {
    /// AWS.
    pub api: &'a A,
    /// The user pool's id.
    pub pool_id: &'a str,
}

impl<A> Clone for PoolReader<'_, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for PoolReader<'_, A> {}

impl<A: Api> PoolReader<'_, A> {
    /// Calls an operation that lists something, page by page, and returns the entries of all pages.
    fn list(&self, operation: &'static str, page: u32, name: &str) -> Result<Vec<Value>, ApiError> {
        let mut entries = Vec::new();
        let mut request = json!({ "UserPoolId": self.pool_id, "MaxResults": page });
        loop {
            let mut response = self.api.call(Operation::cognito(operation), &request)?;
            // Without the list, an empty response would look like an empty pool.
            let Some(Value::Array(list)) = response.get_mut(name).map(Value::take) else {
                let reason = format!("there is no {name} in the response: is this AWS?");
                return Err(ApiError::NoResponse { operation: Operation::cognito(operation), reason });
            };
            entries.extend(list);
            match text(&response, "NextToken") {
                Some(token) => request["NextToken"] = token.into(),
                None => return Ok(entries),
            }
        }
    }

    /// `sub` is required as well, but Cognito writes it.
    pub(crate) fn required_attributes(&self) -> Result<BTreeSet<String>, ApiError> {
        let request = json!({ "UserPoolId": self.pool_id });
        let pool = object(self.api.call(Operation::cognito("DescribeUserPool"), &request)?, "UserPool");
        let attributes = pool.get("SchemaAttributes").and_then(Value::as_array).into_iter().flatten();
        let required = attributes.filter(|attribute| attribute["Required"] == true && attribute["Name"] != "sub");
        Ok(required.filter_map(|attribute| text(attribute, "Name")).collect())
    }

    pub(crate) fn clients(&self) -> Result<Vec<(String, String)>, ApiError> {
        let list = self.list("ListUserPoolClients", 60, "UserPoolClients")?;
        Ok(list.iter().filter_map(|client| Some((text(client, "ClientId")?, text(client, "ClientName")?))).collect())
    }

    pub(crate) fn provider_names(&self) -> Result<BTreeSet<String>, ApiError> {
        let list = self.list("ListIdentityProviders", 60, "Providers")?;
        Ok(list.iter().filter_map(|provider| text(provider, "ProviderName")).collect())
    }

    pub(crate) fn resource_servers(&self) -> Result<BTreeMap<String, Fields>, ApiError> {
        let list = self.list("ListResourceServers", 50, "ResourceServers")?;
        let server = |server: Value| Some((text(&server, "Identifier")?, server.as_object()?.clone()));
        Ok(list.into_iter().filter_map(server).collect())
    }
}
