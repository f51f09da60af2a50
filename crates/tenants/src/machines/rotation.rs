//! Replaces the secret of a machine client without a pause: Cognito accepts two secrets at a time
//! (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html>).
//!
//! Which of the two is kept is written beside the secret, so that the other one is retired, and never the kept one.

use super::secrets::{Kept, Secrets, SecretsError};
use crate::aws::{Api, ApiError, Operation};
use crate::cognito::describe_client;
use crate::secret::Secret;
use serde_json::{Value, json};

/// Why a secret was not replaced or retired.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// Cognito or Secrets Manager refuses.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The new secret could not be kept. Cognito was told to forget it.
    #[error("the new secret could not be kept, and the old one stays: {0}")]
    NotKept(SecretsError),
    /// The new secret could not be kept, and Cognito could not be told to forget it.
    #[error("the new secret could not be kept, and Cognito still accepts it: {0}")]
    NotForgotten(SecretsError),
    /// There are two secrets, and the kept one is the new one.
    #[error("two secrets are in use already")]
    TwoAlready,
    /// There are two secrets, and none or another one is kept.
    #[error("two secrets are in use, and it cannot be told which one your back end has")]
    Unknown,
    /// There is only one secret.
    #[error("only one secret is in use: there is none to retire")]
    OnlyOne,
}

impl RotationError {
    /// What the operator can do.
    pub fn what_to_do(&self) -> String {
        match self {
            Self::Api(error) => error.what_to_do(),
            Self::NotKept(_) => "Mend that, and run the command again.".to_owned(),
            Self::NotForgotten(_) => "Mend that, and run the command again: it deletes that secret first.".to_owned(),
            Self::TwoAlready => "When the back end uses the new one, retire the old one with --retire.".to_owned(),
            Self::Unknown => "Ask the back end's developers, and delete the other one in the console.".to_owned(),
            Self::OnlyOne => "Nothing.".to_owned(),
        }
    }
}

/// The app client of a machine, whose secret is replaced.
#[derive(Debug, Clone, Copy)]
pub struct MachineClient<'a> {
    /// The user pool's id.
    pub pool_id: &'a str,
    /// The name by which its secret is kept.
    pub name: &'a str,
    /// Its id.
    pub id: &'a str,
}

/// A secret of an app client.
struct Listed {
    id: String,
    /// In seconds since 1970.
    created: f64,
}

/// Creates a second secret and keeps it in place of the first one, which Cognito goes on accepting. A second one that an
/// earlier run has left, and that nobody has, is deleted first.
///
/// # Errors
/// [`RotationError`]
pub fn rotate<A: Api>(api: &A, secrets: &Secrets<'_, A>, client: MachineClient<'_>) -> Result<(), RotationError> {
    let MachineClient { pool_id, name, id: client_id } = client;
    let listed = list(api, pool_id, client_id)?;
    if let [old, new] = listed.as_slice() {
        match kept_one(secrets.kept(name)?.as_ref(), client_id, old, new) {
            Some(kept) if kept.id == old.id => delete(api, pool_id, client_id, &new.id)?,
            Some(_) => return Err(RotationError::TwoAlready),
            None => return Err(RotationError::Unknown),
        }
    }
    let request = json!({ "UserPoolId": pool_id, "ClientId": client_id });
    let response = api.call(Operation::cognito("AddUserPoolClientSecret"), &request)?;
    let descriptor = &response["ClientSecretDescriptor"];
    let secret = Secret::new(descriptor["ClientSecretValue"].as_str().unwrap_or_default().to_owned());
    let id = descriptor["ClientSecretId"].as_str().unwrap_or_default();
    secrets.keep(name, client_id, &secret, Some(id)).map_err(|error| match delete(api, pool_id, client_id, id) {
        Ok(()) => RotationError::NotKept(error),
        Err(_) => RotationError::NotForgotten(error),
    })
}

/// Deletes the one of two secrets that is not kept.
///
/// # Errors
/// [`RotationError`]
pub fn retire<A: Api>(api: &A, secrets: &Secrets<'_, A>, client: MachineClient<'_>) -> Result<(), RotationError> {
    let MachineClient { pool_id, name, id: client_id } = client;
    let listed = list(api, pool_id, client_id)?;
    let [old, new] = listed.as_slice() else { return Err(RotationError::OnlyOne) };
    match kept_one(secrets.kept(name)?.as_ref(), client_id, old, new) {
        Some(kept) if kept.id == new.id => Ok(delete(api, pool_id, client_id, &old.id)?),
        // The new one was never kept, so the old one is in use.
        Some(_) => Ok(delete(api, pool_id, client_id, &new.id)?),
        None => Err(RotationError::Unknown),
    }
}

/// The secret of an app client that has one.
///
/// # Errors
/// If it has two: it cannot be told which one is in use.
pub fn only_secret(api: &impl Api, pool_id: &str, client_id: &str) -> Result<Secret, RotationError> {
    if list(api, pool_id, client_id)?.len() > 1 {
        return Err(RotationError::Unknown);
    }
    let described = describe_client(api, pool_id, client_id)?;
    let secret = described.get("ClientSecret").and_then(Value::as_str).unwrap_or_default();
    Ok(Secret::new(secret.to_owned()))
}

/// Which of two secrets is kept. Without an id it is the one that the app client was created with, the older one.
fn kept_one<'a>(kept: Option<&Kept>, client_id: &str, old: &'a Listed, new: &'a Listed) -> Option<&'a Listed> {
    let kept = kept.filter(|kept| kept.client_id == client_id)?;
    match &kept.secret_id {
        None => Some(old),
        Some(id) => [old, new].into_iter().find(|listed| listed.id == *id),
    }
}

/// The secrets of an app client, the oldest one first.
fn list(api: &impl Api, pool_id: &str, client_id: &str) -> Result<Vec<Listed>, ApiError> {
    let request = json!({ "UserPoolId": pool_id, "ClientId": client_id });
    let response = api.call(Operation::cognito("ListUserPoolClientSecrets"), &request)?;
    let secret = |secret: &Value| {
        let created = secret["ClientSecretCreateDate"].as_f64().unwrap_or_default();
        Some(Listed { id: secret["ClientSecretId"].as_str()?.to_owned(), created })
    };
    let mut secrets: Vec<Listed> =
        response["ClientSecrets"].as_array().into_iter().flatten().filter_map(secret).collect();
    secrets.sort_by(|one, other| one.created.total_cmp(&other.created));
    Ok(secrets)
}

fn delete(api: &impl Api, pool_id: &str, client_id: &str, secret_id: &str) -> Result<(), ApiError> {
    let request = json!({ "UserPoolId": pool_id, "ClientId": client_id, "ClientSecretId": secret_id });
    api.call(Operation::cognito("DeleteUserPoolClientSecret"), &request).map(drop)
}
