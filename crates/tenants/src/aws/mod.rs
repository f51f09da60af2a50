//! Calls AWS's APIs. Requests and responses are JSON as it is, because Cognito resets on update what is not sent, and a
//! typed struct drops the fields that it does not know.

mod credentials;
mod error;
mod network;

pub use credentials::{Credentials, CredentialsError};
pub use error::ApiError;
pub use network::Aws;

use serde_json::Value;

/// An AWS API with the protocol JSON 1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Cognito user pools.
    Cognito,
    /// AWS Secrets Manager.
    SecretsManager,
}

impl Service {
    /// Its name in host names, signatures and rights.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cognito => "cognito-idp",
            Self::SecretsManager => "secretsmanager",
        }
    }

    /// What the name of an operation begins with in `X-Amz-Target`.
    fn target(self) -> &'static str {
        match self {
            Self::Cognito => "AWSCognitoIdentityProviderService",
            Self::SecretsManager => "secretsmanager",
        }
    }
}

/// An operation of an API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// The API.
    pub service: Service,
    /// Its name, such as `CreateUserPoolClient`.
    pub name: &'static str,
}

impl Operation {
    /// An operation of Cognito user pools.
    pub const fn cognito(name: &'static str) -> Self {
        Self { service: Service::Cognito, name }
    }

    /// An operation of Secrets Manager.
    pub const fn secrets_manager(name: &'static str) -> Self {
        Self { service: Service::SecretsManager, name }
    }

    /// The right that a caller needs for it, as a policy names it.
    pub fn right(self) -> String {
        format!("{}:{}", self.service.name(), self.name)
    }
}

/// Calls operations.
pub trait Api {
    /// Calls an operation. Waits and calls again while the service says that there are too many calls.
    ///
    /// # Errors
    /// [`ApiError`] if the service refuses, or there is no response.
    fn call(&self, operation: Operation, request: &Value) -> Result<Value, ApiError>;
}
