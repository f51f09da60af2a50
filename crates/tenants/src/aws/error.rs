//! Why a call has failed, in words for the operator. AWS quotes values of the request in its messages, and among them may
//! be secrets, so they are left out.

use super::Operation;
use crate::words::shown;

/// Why a call has failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The service has refused the call.
    #[error("{} was refused: {} ({})", .operation.name, shown(.message), shown(.code))]
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
                Self::Refused { operation, code: code.to_owned(), message: without_values(message) }
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

    /// Whether the call had no effect and may be made again in a moment, as it is.
    pub(super) fn is_temporary(&self) -> bool {
        matches!(self.code(), "TooManyRequestsException" | "ThrottlingException")
    }

    /// Whether another call has changed the same thing at the same time. The call had no effect.
    pub fn is_conflict(&self) -> bool {
        self.code() == "ConcurrentModificationException"
    }

    /// What the operator can do.
    pub fn what_to_do(&self) -> String {
        match self {
            Self::Denied { operation } => format!("Add {} to the policy of the credentials.", operation.right()),
            Self::NoResponse { .. } => {
                "Check the connection, and run the command again: what is done stays done.".to_owned()
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
                _ => "Look at these words of AWS, and at `tenants plan`.",
            }
            .to_owned(),
        }
    }
}

/// The message without the values that it quotes: AWS writes them as `Value '…' at '…' failed to satisfy constraint`.
fn without_values(message: &str) -> String {
    let mut rest = message;
    let mut text = String::new();
    while let Some((before, after)) = rest.split_once("Value '") {
        text.push_str(before);
        text.push_str("Value … at '");
        // A value may have quotes in it, but not the name of the field behind it.
        rest = after.split_once("' at '").map_or("", |(_, after)| after);
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_quoted_value_is_in_no_message_and_the_reason_stays() {
        let body = json!({
            "__type": "com.amazonaws#InvalidParameterException",
            "message": "2 validation errors detected: Value 's3cret' at 'clientSecret' failed to satisfy constraint: too long; Value 'it's' at 'name' failed",
        });
        let error = ApiError::refused(Operation::cognito("CreateIdentityProvider"), &body);
        assert_eq!(error.code(), "InvalidParameterException");
        assert_eq!(
            error.to_string(),
            "CreateIdentityProvider was refused: 2 validation errors detected: Value … at 'clientSecret' failed to satisfy constraint: too long; Value … at 'name' failed (InvalidParameterException)"
        );
        let cut = json!({ "__type": "X", "message": "Value 's3cret" });
        assert!(!ApiError::refused(Operation::cognito("A"), &cut).to_string().contains("s3cret"));
    }
}
