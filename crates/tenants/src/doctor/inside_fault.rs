//! What can be wrong with a user pool that only somebody with credentials can see. The words of the report.

use super::certificate::Unreadable;
use crate::aws::ApiError;
use crate::words::shown;
use std::borrow::Cow;

/// What is wrong inside a user pool. `Display` says what was found. It never contains a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InsideFault {
    /// Cognito did not answer a question, often because the credentials lack the right to ask.
    #[error(transparent)]
    NoAnswer(#[from] ApiError),
    /// The pool has no app client with the id of the directory.
    #[error("the user pool has no app client {0}")]
    NoAppClient(String),
    /// Nothing refuses people who do not belong to an app client.
    #[error("there is no pre-token-generation trigger, and {0}")]
    NoGate(NoWall),
    /// The pool has no provider of this name.
    #[error("the user pool has no identity provider {0}")]
    NoProvider(String),
    /// There is nothing at the address of a provider's metadata.
    #[error("the metadata at {} cannot be read: {reason}", shown(.url))]
    NoMetadata {
        /// The address.
        url: String,
        /// Why, in words.
        reason: String,
    },
    /// No signing certificate of the provider is valid in a month. Has the last day.
    #[error("the provider's signing certificate expires on {0}")]
    CertificateExpires(String),
    /// No signing certificate of the provider is valid any more. Has the last day.
    #[error("the provider's signing certificate expired on {0}")]
    CertificateExpired(String),
    /// The provider's signing certificates cannot be read.
    #[error(transparent)]
    CertificateUnreadable(#[from] Unreadable),
    /// The app client cannot write attributes that the provider's values go into.
    #[error("it cannot write the mapped attributes: {}", shown(&.0.join(", ")))]
    WriteAttributes(Vec<String>),
    /// The app client has no branding style, and config.json says that managed login is on.
    #[error("it has no branding style")]
    NoBrandingStyle,
    /// The app client of a strict organization takes people in whom the hosted UI has signed in for another one.
    #[error("it reuses sessions for {0} minutes")]
    SessionReuse(i64),
}

/// Why a trigger has to refuse people: what Cognito lets through by itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoWall {
    /// An organization has the pool's own accounts. Has its code.
    #[error("{0} has the user pool's own accounts")]
    Native(String),
    /// Two organizations have the same provider. Has their codes.
    #[error("{0} and {1} share an identity provider")]
    SharedProvider(String, String),
    /// An organization has strict isolation. Has its code.
    #[error("{0} has strict isolation")]
    Strict(String),
}

impl InsideFault {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoAnswer(ApiError::Denied { .. }) => "no_right",
            Self::NoAnswer(_) => "no_answer",
            Self::NoAppClient(_) => "no_app_client",
            Self::NoGate(_) => "no_gate",
            Self::NoProvider(_) => "no_provider",
            Self::NoMetadata { .. } => "no_metadata",
            Self::CertificateExpires(_) => "certificate_expires",
            Self::CertificateExpired(_) => "certificate_expired",
            Self::CertificateUnreadable(_) => "certificate_unreadable",
            Self::WriteAttributes(_) => "write_attributes",
            Self::NoBrandingStyle => "no_branding_style",
            Self::SessionReuse(_) => "session_reuse",
        }
    }

    /// What people would see.
    pub fn people_see(&self) -> &'static str {
        match self {
            Self::NoAnswer(_) => "Unknown: this was not checked.",
            Self::NoAppClient(_) => "An error page of Cognito, from which nobody comes back.",
            Self::NoGate(NoWall::Native(_)) => {
                "Nothing. But everybody who has an account of the user pool can get tokens of each organization that has such accounts."
            }
            Self::NoGate(NoWall::SharedProvider(..)) => {
                "Nothing. But everybody who has an account at this provider can get tokens of both organizations."
            }
            Self::NoGate(NoWall::Strict(_)) => {
                "Nothing. But one mistake, such as a second provider on an app client, lets other people in, and nothing refuses them."
            }
            Self::NoProvider(_) => "Cognito's own page: \"Login option is not available. Please try another one\".",
            Self::NoMetadata { .. } => {
                "Nothing yet. After the provider has changed its certificate, an error after they have signed in there."
            }
            Self::CertificateExpires(_) => "Nothing yet. After that day, an error after they have signed in there.",
            Self::CertificateExpired(_) => {
                "Perhaps an error after they have signed in there: AWS does not say whether Cognito checks the date."
            }
            Self::CertificateUnreadable(_) => "An error after they have signed in there, or nothing yet.",
            Self::WriteAttributes(_) => "An error at their second sign-in. The first one works.",
            Self::NoBrandingStyle => "\"Login pages unavailable\", wherever Cognito shows a page of its own.",
            Self::SessionReuse(_) => {
                "Nothing. But whoever the hosted UI has signed in for another organization may be taken in here without a question."
            }
        }
    }

    /// What to do.
    pub fn what_to_do(&self) -> Cow<'static, str> {
        match self {
            Self::NoAnswer(ApiError::NoResponse { .. }) => "Check the connection, and run the doctor again.",
            Self::NoAnswer(error) => return error.what_to_do().into(),
            Self::NoAppClient(_) => "Compare client_id in tenants.toml with the user pool, or run `tenants plan`.",
            Self::NoGate(_) => {
                "Add a pre-token-generation trigger that refuses people who do not belong to the app client (docs/isolation.md)."
            }
            Self::NoProvider(_) => {
                "Compare identity_provider in tenants.toml with the user pool, to the letter, or run `tenants plan`."
            }
            Self::NoMetadata { .. } => "Ask the organization for its metadata address, and set it at the provider.",
            Self::CertificateExpires(_) | Self::CertificateExpired(_) => {
                "Ask the organization for metadata with its new certificate. If the provider has a metadata file and no address, replace the file."
            }
            Self::CertificateUnreadable(_) => {
                "Ask the organization for its SAML metadata, and set them at the provider anew."
            }
            Self::WriteAttributes(_) => "Add them to the app client's WriteAttributes, or take them out of the mapping.",
            Self::NoBrandingStyle => "Give the app client a branding style (20 for each user pool at most).",
            Self::SessionReuse(_) => {
                "Set MaxValidityMinutes of the app client to 0. The user pool must track sessions for it (docs/isolation.md)."
            }
        }
        .into()
    }
}
