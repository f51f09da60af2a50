//! Replaces the secret of a machine client without a pause: Cognito accepts two secrets at a time
//! (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html>).

use super::secrets::{Secrets, SecretsError};
use crate::aws::{Api, ApiError, Operation};
use crate::files::provisioning::Secret;
use serde_json::{Value, json};

/// Why a secret was not replaced.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// Cognito refuses.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The new secret could not be kept. Cognito has been told to forget it.
    #[error("the new secret could not be kept, and the old one stays: {0}")]
    NotKept(SecretsError),
    /// There are two secrets already.
    #[error("two secrets are in use already: retire the old one first")]
    TwoAlready,
    /// There is only one secret.
    #[error("only one secret is in use: there is none to retire")]
    OnlyOne,
}

/// Creates a second secret and keeps it in place of the first one, which Cognito goes on accepting.
///
/// # Errors
/// [`RotationError`]
pub fn rotate<A: Api>(
    api: &A,
    secrets: &Secrets<'_, A>,
    pool_id: &str,
    client: &str,
    client_id: &str,
) -> Result<(), RotationError> {
    if list(api, pool_id, client_id)?.len() > 1 {
        return Err(RotationError::TwoAlready);
    }
    let request = json!({ "UserPoolId": pool_id, "ClientId": client_id });
    let response = api.call(Operation::cognito("AddUserPoolClientSecret"), &request)?;
    let descriptor = &response["ClientSecretDescriptor"];
    let secret = Secret::new(descriptor["ClientSecretValue"].as_str().unwrap_or_default().to_owned());
    secrets.keep(client, client_id, &secret).map_err(|error| {
        let id = descriptor["ClientSecretId"].as_str().unwrap_or_default();
        // What matters is said already: the new secret is not in use.
        let _ = delete(api, pool_id, client_id, id);
        RotationError::NotKept(error)
    })
}

/// Deletes the older one of two secrets.
///
/// # Errors
/// [`RotationError`]
pub fn retire(api: &impl Api, pool_id: &str, client_id: &str) -> Result<(), RotationError> {
    let mut secrets = list(api, pool_id, client_id)?;
    if secrets.len() < 2 {
        return Err(RotationError::OnlyOne);
    }
    secrets.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    let oldest = secrets.swap_remove(0).0;
    Ok(delete(api, pool_id, client_id, &oldest)?)
}

/// The ids of the secrets, and when they were created, in seconds since 1970.
fn list(api: &impl Api, pool_id: &str, client_id: &str) -> Result<Vec<(String, f64)>, ApiError> {
    let request = json!({ "UserPoolId": pool_id, "ClientId": client_id });
    let response = api.call(Operation::cognito("ListUserPoolClientSecrets"), &request)?;
    let secrets = response["ClientSecrets"].as_array().cloned().unwrap_or_default();
    let secret = |secret: &Value| {
        Some((
            secret["ClientSecretId"].as_str()?.to_owned(),
            secret["ClientSecretCreateDate"].as_f64().unwrap_or_default(),
        ))
    };
    Ok(secrets.iter().filter_map(secret).collect())
}

fn delete(api: &impl Api, pool_id: &str, client_id: &str, secret_id: &str) -> Result<(), ApiError> {
    let request = json!({ "UserPoolId": pool_id, "ClientId": client_id, "ClientSecretId": secret_id });
    api.call(Operation::cognito("DeleteUserPoolClientSecret"), &request).map(drop)
}
