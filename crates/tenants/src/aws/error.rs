//! Why a call has failed, in words for the operator. No message has anything of the request in it.

use super::Operation;
use crate::foreign_text::shown;

/// Why a call has failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The service has refused the call.
    #[error("{} was refused: {} ({code})", .operation.name, shown(.message))]
    Refused {
        /// What was called.
        operation: Operation,
        /// The service's code, such as `ResourceNotFoundException`.
        code: String,
        /// The service's words.
        message: String,
    },
    /// The credentials lack a right.
    #[error("{} was refused: the credentials lack the right {}", .operation.name, .operation.right())]
    Denied {
        /// What was called.
        operation: Operation,
    },
    /// The call may or may not have had an effect.
    #[error("{} has no response: {reason}", .operation.name)]
    NoResponse {
        /// What was called.
        operation: Operation,
        /// Why, in words.
        reason: String,
    },
}

impl ApiError {
    /// Reads a refusal, as the protocol JSON 1.1 writes it.
    pub(super) fn refused(operation: Operation, body: &serde_json::Value) -> Self {
        let text = |name: &str| body.get(name).and_then(serde_json::Value::as_str);
        // Some services write the code with a namespace, as `com.amazonaws.…#Code`, or with an address behind a colon.
        let code = text("__type").or_else(|| text("code")).unwrap_or("UnknownError");
        let code = code.rsplit('#').next().unwrap_or(code).split(':').next().unwrap_or(code);
        match code {
            "AccessDeniedException" | "AccessDenied" => Self::Denied { operation },
            _ => {
                let message = text("message").or_else(|| text("Message")).unwrap_or_default();
                Self::Refused { operation, code: code.to_owned(), message: message.to_owned() }
            }
        }
    }

    /// The code, for machines.
    pub fn code(&self) -> &str {
        match self {
            Self::Refused { code, .. } => code,
            Self::Denied { .. } => "AccessDeniedException",
            Self::NoResponse { .. } => "no_response",
        }
    }

    /// Whether the service says that what the call is about does not exist.
    pub fn is_not_found(&self) -> bool {
        self.code() == "ResourceNotFoundException"
    }

    /// Whether the call had no effect and may be made again in a moment.
    pub(super) fn is_temporary(&self) -> bool {
        matches!(self.code(), "TooManyRequestsException" | "ThrottlingException" | "ConcurrentModificationException")
    }

    /// What the operator can do.
    pub fn what_to_do(&self) -> String {
        match self {
            Self::Denied { operation } => format!("Add {} to the policy of the credentials.", operation.right()),
            Self::NoResponse { .. } => {
                "Check the connection, and run the command again: it goes on from there.".to_owned()
            }
            Self::Refused { code, .. } => match code.as_str() {
                "UnrecognizedClientException" | "InvalidSignatureException" | "IncompleteSignatureException" => {
                    "Check the credentials, and the clock of this machine."
                }
                "ExpiredTokenException" => "Sign in to AWS again: the credentials have expired.",
                "TooManyRequestsException" | "ThrottlingException" => "Wait some minutes, and run the command again.",
                "ConcurrentModificationException" => {
                    "Somebody else changes the pool. Run the command again afterwards."
                }
                "LimitExceededException" => "Ask AWS for a higher quota, or remove what is not used.",
                "FeatureUnavailableInTierException" => {
                    "Raise the pool to the Essentials tier, or remove [sessions] from pool.toml."
                }
                "ResourceNotFoundException" => "Check region and user_pool_id in pool.toml, and run `tenants plan`.",
                _ => "Correct pool.toml or tenants.toml, and run the command again.",
            }
            .to_owned(),
        }
    }
}
