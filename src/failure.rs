//! Everything that can go wrong, in one type with one stable code each. The words for it are in [`crate::copy`].

use crate::api::{ConfigFailure, KeysFailure, LookupFailure, TokenFailure};
use crate::browser::{NoWebCrypto, StorageBlocked};
use lookup_api::IdentifierError;
use sign_in::callback::CallbackError;
use sign_in::deployment::UnknownIssuer;
use sign_in::refusal::Refusal;
use sign_in::tokens::TokenError;

/// A failure that ends a step.
#[derive(Debug, Clone)]
pub enum Failure {
    /// config.json cannot be used: a matter for the operator.
    Config(ConfigFailure),
    /// What was typed is no identifier.
    Identifier(IdentifierError),
    /// Nothing matches `subject`, a domain or a code.
    NoMatch {
        /// What was looked for.
        subject: String,
    },
    /// The lookup did not answer as it should.
    Lookup(LookupFailure),
    /// The lookup named a user pool that config.json does not.
    UnknownIssuer,
    /// The browser keeps nothing for us.
    StorageBlocked,
    /// The browser has no cryptography for us.
    NoWebCrypto,
    /// Another tab is finishing this very sign-in.
    InProgress,
    /// The answer of the hosted UI is not taken.
    Callback(CallbackError),
    /// The token endpoint was not reached, or its answer is not taken.
    Token(TokenFailure),
    /// The issuer's keys could not be had.
    Keys(KeysFailure),
    /// The session's tokens are of no more use.
    SessionExpired,
    /// An address that this app does not have.
    NotFound,
}

impl Failure {
    /// Stable: `data-error`, logs and support talk in these.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Config(failure) => failure.code(),
            Self::Identifier(IdentifierError::Empty) => "identifier_empty",
            Self::Identifier(IdentifierError::EmailIncomplete) => "identifier_email_incomplete",
            Self::Identifier(IdentifierError::Several) => "identifier_several",
            Self::Identifier(IdentifierError::WindowsName) => "identifier_windows_name",
            Self::Identifier(IdentifierError::Malformed) => "identifier_malformed",
            Self::Identifier(IdentifierError::TooLong) => "identifier_too_long",
            Self::NoMatch { .. } => "no_match",
            Self::Lookup(failure) => failure.code(),
            Self::UnknownIssuer => "unknown_issuer",
            Self::StorageBlocked => "storage_blocked",
            Self::NoWebCrypto => "no_web_crypto",
            Self::InProgress => "callback_in_progress",
            Self::Callback(error) => error.code(),
            Self::Token(failure) => failure.code(),
            Self::Keys(failure) => failure.code(),
            Self::SessionExpired => "session_expired",
            Self::NotFound => "page_not_found",
        }
    }

    /// Whether a second attempt by itself is likely to work: Cognito has just linked an account.
    pub fn passes_on_second_try(&self) -> bool {
        let refusal = match self {
            Self::Callback(CallbackError::Refused(refusal)) => refusal,
            Self::Token(TokenFailure::Refused(TokenError::Explained(refusal))) => refusal,
            _ => return false,
        };
        *refusal == Refusal::AccountLinked
    }

    /// Whether the person's own input is at fault, so that the error belongs to the field.
    pub fn is_about_the_field(&self) -> bool {
        matches!(self, Self::Identifier(_) | Self::NoMatch { .. })
    }
}

impl From<IdentifierError> for Failure {
    fn from(error: IdentifierError) -> Self {
        Self::Identifier(error)
    }
}

impl From<LookupFailure> for Failure {
    fn from(failure: LookupFailure) -> Self {
        Self::Lookup(failure)
    }
}

impl From<UnknownIssuer> for Failure {
    fn from(_: UnknownIssuer) -> Self {
        Self::UnknownIssuer
    }
}

impl From<StorageBlocked> for Failure {
    fn from(_: StorageBlocked) -> Self {
        Self::StorageBlocked
    }
}

impl From<NoWebCrypto> for Failure {
    fn from(_: NoWebCrypto) -> Self {
        Self::NoWebCrypto
    }
}

impl From<CallbackError> for Failure {
    fn from(error: CallbackError) -> Self {
        Self::Callback(error)
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self::Token(TokenFailure::Refused(error))
    }
}

impl From<TokenFailure> for Failure {
    fn from(failure: TokenFailure) -> Self {
        Self::Token(failure)
    }
}

impl From<KeysFailure> for Failure {
    fn from(failure: KeysFailure) -> Self {
        Self::Keys(failure)
    }
}
