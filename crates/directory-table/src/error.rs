//! What can go wrong with the table, in words for an operator and with a stable code for a log.

use crate::item::{ForeignItem, SCHEMA};
use crate::key::{LOADING, POINTER};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Why the table could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// No credentials were found, or none that could be used.
    #[error("no AWS credentials were found: {0}")]
    NoCredentials(String),
    /// The credentials have expired.
    #[error("the AWS credentials have expired")]
    ExpiredCredentials,
    /// The credentials are not those of an account, or the signature is wrong.
    #[error("AWS does not accept the credentials: {0}")]
    WrongCredentials(String),
    /// The clock of this machine is wrong, so its signatures are.
    #[error("the clock of this machine differs from that of AWS")]
    ClockSkew,
    /// An IAM policy does not allow it.
    #[error("not allowed: {0}")]
    AccessDenied(String),
    /// There is no such table in the region.
    #[error("there is no such table in this region")]
    NoTable,
    /// The table has another key.
    #[error("the table's key must be `k`, a string, alone: {0}")]
    OtherKey(String),
    /// DynamoDB has put the request off, and repeating it did not help.
    #[error("DynamoDB is throttling requests")]
    Throttled,
    /// DynamoDB has not responded in time, or cannot be reached.
    #[error("DynamoDB does not respond: {0}")]
    Unreachable(String),
    /// DynamoDB has refused the request.
    #[error("DynamoDB has refused the request: {0}")]
    Refused(String),
    /// Somebody else has changed the table in the meantime.
    #[error("somebody else has changed the table in the meantime")]
    Stale,
    /// There is no directory in the table.
    #[error("the table has no directory: nothing was loaded so far")]
    Empty,
    /// The table was written by another version of this program.
    #[error("the table has layout {0}, and this program knows layout {SCHEMA}")]
    OtherSchema(u64),
    /// An item is not what this program writes.
    #[error("{0}")]
    Foreign(#[from] ForeignItem),
    /// The pointer does not fit what is in the table.
    #[error("the table is not whole: generation {generation} has {found}, and should have {expected}")]
    NotWhole {
        /// The generation that the pointer names.
        generation: u64,
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
    },
}

impl TableError {
    /// The stable code, for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCredentials(_) => "no_credentials",
            Self::ExpiredCredentials => "expired_credentials",
            Self::WrongCredentials(_) => "wrong_credentials",
            Self::ClockSkew => "clock_skew",
            Self::AccessDenied(_) => "access_denied",
            Self::NoTable => "no_table",
            Self::OtherKey(_) => "other_key",
            Self::Throttled => "throttled",
            Self::Unreachable(_) => "unreachable",
            Self::Refused(_) => "refused",
            Self::Stale => "stale",
            Self::Empty => "empty",
            Self::OtherSchema(_) => "other_schema",
            Self::Foreign(_) => "foreign_item",
            Self::NotWhole { .. } => "not_whole",
        }
    }

    /// What the operator can do.
    pub fn what_to_do(&self) -> &'static str {
        match self {
            Self::NoCredentials(_) => "Set AWS_PROFILE, or log in with `aws sso login`.",
            Self::ExpiredCredentials => "Log in again, for instance with `aws sso login`.",
            Self::WrongCredentials(_) => "Check AWS_PROFILE, AWS_REGION and the access key.",
            Self::ClockSkew => "Set the clock: AWS takes five minutes of difference.",
            Self::AccessDenied(_) => "docs/directory-table.md has the policy that is needed.",
            Self::NoTable => "Check the name and AWS_REGION, or make it: `directory-table create dynamodb://TABLE`.",
            Self::OtherKey(_) => "Use another table: `directory-table create dynamodb://TABLE` makes one.",
            Self::Throttled => {
                "Wait a minute and repeat it: what is written is kept. On-demand tables grow by themselves."
            }
            Self::Unreachable(_) => "Check the network, AWS_REGION and AWS_ENDPOINT_URL_DYNAMODB, and repeat it.",
            Self::Stale => "Dump the table, look at what has changed, and repeat it.",
            Self::Empty => "Load a file: `directory-table load tenants.toml --to dynamodb://TABLE`.",
            Self::OtherSchema(_) => {
                "Use the program of the version that wrote it, or load the file into another table."
            }
            Self::Refused(_) => "These are the words of DynamoDB. docs/directory-table.md says what the table must be.",
            Self::Foreign(item) if matches!(item.key.as_str(), POINTER | LOADING) => {
                "Is it the right table? If it is, delete that item, and load the file with --anew."
            }
            Self::Foreign(_) | Self::NotWhole { .. } => {
                "Load the file with --anew: that writes a new generation beside this one."
            }
        }
    }
}

impl<E, R> From<SdkError<E, R>> for TableError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        let words = root_cause(&error);
        let Some(service) = error.as_service_error() else { return without_response(&error, words) };
        let message = service.message().unwrap_or_default().to_owned();
        match service.code().unwrap_or_default() {
            "ResourceNotFoundException" => Self::NoTable,
            "ExpiredTokenException" | "ExpiredToken" => Self::ExpiredCredentials,
            "RequestExpired" | "RequestTimeTooSkewed" => Self::ClockSkew,
            "InvalidSignatureException" if message.contains("Signature expired") || message.contains("not yet") => {
                Self::ClockSkew
            }
            "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "MissingAuthenticationTokenException"
            | "IncompleteSignatureException" => Self::WrongCredentials(message),
            "AccessDeniedException" => Self::AccessDenied(message),
            "ProvisionedThroughputExceededException"
            | "ThrottlingException"
            | "RequestLimitExceeded"
            | "LimitExceededException"
            | "TransactionInProgressException" => Self::Throttled,
            "InternalServerError" | "ServiceUnavailable" | "ServiceUnavailableException" => Self::Unreachable(message),
            // A proxy or a load balancer has answered.
            "" => Self::Unreachable("the server has failed".to_owned()),
            "ConditionalCheckFailedException" | "TransactionConflictException" => Self::Stale,
            "TransactionCanceledException" => cancelled(message),
            "ValidationException" if message.contains("does not match the schema") => Self::OtherKey(message),
            code => Self::Refused(format!("{code}: {message}")),
        }
    }
}

/// A transaction that was cancelled. Its message has a reason for each action.
fn cancelled(message: String) -> TableError {
    if message.contains("ConditionalCheckFailed") || message.contains("TransactionConflict") {
        TableError::Stale
    } else if message.contains("ThrottlingError") || message.contains("ProvisionedThroughputExceeded") {
        TableError::Throttled
    } else {
        TableError::Refused(message)
    }
}

fn without_response<E, R>(error: &SdkError<E, R>, words: String) -> TableError
where
    E: std::error::Error + 'static,
    R: std::fmt::Debug,
{
    // The SDK has no type for this: the cause is that of the provider of credentials.
    let is_about_credentials = words.contains("credential") || words.contains("identity");
    match error {
        SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) if is_about_credentials => {
            TableError::NoCredentials(words)
        }
        SdkError::TimeoutError(_) => TableError::Unreachable("it took too long".to_owned()),
        _ => TableError::Unreachable(words),
    }
}

/// The innermost cause, which says what happened. The outer ones say only that something did.
fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |&error| error.source());
    causes.last().map_or_else(|| error.to_string(), ToString::to_string)
}
