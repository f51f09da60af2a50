//! Asks Cognito how a user pool is set up. Only this module of the doctor calls AWS, and only to describe and to get.

use super::Subject;
use super::app_client::AppClient;
use crate::aws::{Api, ApiError, Operation};
use crate::provision::observed::{describe_client, describe_provider};
use crate::web::{Request, Web};
use deployment::{Deployment, UserPool};
use lookup_api::Tenant;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What Cognito has answered to a question. The error is a finding, too: the other questions are asked all the same.
pub type Answer<T> = Result<T, ApiError>;

/// How a user pool is set up, as far as the examined organizations are concerned. It has no secret in it.
#[derive(Debug)]
pub struct Inside {
    /// The user pool's id.
    pub pool_id: String,
    /// Whether a trigger runs before tokens are made.
    pub has_gate: Answer<bool>,
    /// By the id of the app client.
    clients: BTreeMap<String, ClientAnswers>,
    /// By the provider's name. `None`: the pool has no provider of this name.
    providers: BTreeMap<String, Answer<Option<Provider>>>,
}

/// What Cognito says about an organization's app client.
#[derive(Debug)]
pub struct ClientAnswers {
    /// Its description. `None`: the pool has no app client with this id.
    pub described: Answer<Option<AppClient>>,
    /// Whether it has a branding style. `None`: it was not asked, because it does not matter.
    pub has_branding: Option<Answer<bool>>,
    /// How long it reuses sessions. `None`: it was not asked, because it does not matter.
    pub reuse: Option<Answer<Reuse>>,
}

/// How long an app client reuses a session of the hosted UI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reuse {
    /// In minutes.
    Minutes(i64),
    /// The pool's tier, or its region, has no such setting.
    NotAvailable,
}

/// An identity provider, without the secrets that its description may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Such as `SAML`.
    pub kind: String,
    /// The attributes of Cognito that its values go into.
    pub mapped: Vec<String>,
    /// Of SAML: the metadata, or their address and why there is nothing. `None`: Cognito describes neither.
    pub metadata: Option<Result<String, NoMetadata>>,
}

/// Why there are no metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoMetadata {
    /// Their address.
    pub url: String,
    /// Why, in words.
    pub reason: String,
}

/// Whether this pool of config.json has this id, which its issuer ends in.
pub fn has_id(pool: &UserPool, id: &str) -> bool {
    pool.issuer.as_str().rsplit('/').next() == Some(id)
}

impl Inside {
    /// The answers about a tenant's app client. `None` if it is in another pool.
    pub fn client(&self, tenant: &Tenant, deployment: &Deployment) -> Option<&ClientAnswers> {
        self.has(tenant, deployment).then(|| self.clients.get(tenant.client_id.as_str()))?
    }

    /// The answer about a tenant's provider. `None` if it has none, or is in another pool.
    pub fn provider(&self, tenant: &Tenant, deployment: &Deployment) -> Option<&Answer<Option<Provider>>> {
        self.has(tenant, deployment).then(|| self.providers.get(tenant.identity_provider.as_str()))?
    }

    /// Whether this is the tenant's pool.
    pub fn has(&self, tenant: &Tenant, deployment: &Deployment) -> bool {
        deployment.user_pool(tenant).is_ok_and(|pool| has_id(pool, &self.pool_id))
    }
}

/// Asks about the user pool with this id, and about the examined organizations in it. `progress` is called with how many
/// organizations were asked about, of how many.
///
/// # Errors
/// If the first call fails for another reason than a missing right, such as credentials that are not valid.
pub fn ask(
    api: &impl Api,
    web: &impl Web,
    pool_id: &str,
    subject: &Subject,
    progress: &dyn Fn(usize, usize),
) -> Result<Inside, ApiError> {
    let has_gate = match api.call(Operation::cognito("DescribeUserPool"), &json!({ "UserPoolId": pool_id })) {
        Err(error @ ApiError::Denied { .. }) => Err(error),
        answer => Ok(has_gate(&answer?)),
    };
    let (clients, providers) = (BTreeMap::new(), BTreeMap::new());
    let mut inside = Inside { pool_id: pool_id.to_owned(), has_gate, clients, providers };
    let asking = Asking { api, web, pool_id, subject };
    let examined = |tenant: &&Tenant| subject.is_examined(tenant) && inside.has(tenant, &subject.deployment);
    let tenants: Vec<&Tenant> = subject.tenants.iter().filter(examined).collect();
    for (done, tenant) in tenants.iter().enumerate() {
        progress(done, tenants.len());
        inside.clients.insert(tenant.client_id.as_str().to_owned(), asking.client(tenant));
        let provider = &tenant.identity_provider;
        if !provider.is_native() && !inside.providers.contains_key(provider.as_str()) {
            inside.providers.insert(provider.as_str().to_owned(), asking.provider(provider.as_str()));
        }
    }
    progress(tenants.len(), tenants.len());
    Ok(inside)
}

/// The trigger has two fields: an old one, and one with a version
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_LambdaConfigType.html>).
fn has_gate(response: &Value) -> bool {
    let triggers = &response["UserPool"]["LambdaConfig"];
    let arns = [&triggers["PreTokenGeneration"], &triggers["PreTokenGenerationConfig"]["LambdaArn"]];
    arns.into_iter().any(|arn| arn.as_str().is_some_and(|arn| !arn.is_empty()))
}

struct Asking<'a, A, W> {
    api: &'a A,
    web: &'a W,
    pool_id: &'a str,
    subject: &'a Subject,
}

impl<A: Api, W: Web> Asking<'_, A, W> {
    fn client(&self, tenant: &Tenant) -> ClientAnswers {
        let id = tenant.client_id.as_str();
        let described = found(describe_client(self.api, self.pool_id, id));
        let described = described.map(|client| client.map(|fields| AppClient::new(fields.into())));
        let is_there = !matches!(described, Ok(None));
        let deployment = &self.subject.deployment;
        let request = json!({ "UserPoolId": self.pool_id, "ClientId": id });
        let has_branding = (is_there && deployment.managed_login).then(|| self.has_branding(&request));
        let is_strict = deployment.isolation_of(tenant) == lookup_api::Isolation::Strict;
        let reuse = (is_there && is_strict).then(|| self.reuse(&request));
        ClientAnswers { described, has_branding, reuse }
    }

    fn has_branding(&self, request: &Value) -> Answer<bool> {
        let answer = self.api.call(Operation::cognito("DescribeManagedLoginBrandingByClient"), request);
        Ok(found(answer)?.is_some())
    }

    fn reuse(&self, request: &Value) -> Answer<Reuse> {
        let answer = self.api.call(Operation::cognito("GetUserPoolClientSessionConfiguration"), request);
        match answer {
            // Without the number, an app client has the default
            // (https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUserPoolClientSessionConfiguration.html).
            Ok(response) => {
                let minutes = response["SSOSession"]["MaxValidityMinutes"].as_i64();
                Ok(Reuse::Minutes(minutes.unwrap_or(DEFAULT_REUSE)))
            }
            Err(error) if is_not_available(&error) => Ok(Reuse::NotAvailable),
            Err(error) => Err(error),
        }
    }

    fn provider(&self, name: &str) -> Answer<Option<Provider>> {
        let Some(described) = found(describe_provider(self.api, self.pool_id, name))? else { return Ok(None) };
        let described = Value::from(described);
        let mapping = described["AttributeMapping"].as_object();
        // Cognito maps `username` by itself, and it is no attribute that an app client could write.
        let mapped = mapping.into_iter().flatten().map(|(name, _)| name.clone()).filter(|name| name != "username");
        Ok(Some(Provider {
            kind: described["ProviderType"].as_str().unwrap_or_default().to_owned(),
            mapped: mapped.collect(),
            metadata: self.metadata(&described["ProviderDetails"]),
        }))
    }

    /// The metadata that Cognito has, or else those at the address that it reads them from.
    fn metadata(&self, details: &Value) -> Option<Result<String, NoMetadata>> {
        if let Some(file) = details["MetadataFile"].as_str() {
            return Some(Ok(file.to_owned()));
        }
        let url = details["MetadataURL"].as_str()?.to_owned();
        let origin = self.subject.picker.origin.clone();
        Some(match self.web.send(&Request { url: url.clone(), form: None, origin }) {
            Ok(response) if response.status == 200 => Ok(response.body),
            Ok(response) => Err(NoMetadata { url, reason: format!("status {}", response.status) }),
            Err(error) => Err(NoMetadata { url, reason: format!("no response: {error}") }),
        })
    }
}

/// For how many minutes an app client reuses sessions that was never told.
const DEFAULT_REUSE: i64 = 60;

fn is_not_available(error: &ApiError) -> bool {
    error.code() == "FeatureUnavailableInTierException" || error.code().starts_with("UnknownOperation")
}

/// `None` if what was asked about does not exist.
fn found<T>(answer: Answer<T>) -> Answer<Option<T>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}
