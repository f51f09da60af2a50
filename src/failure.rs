//! Everything that can go wrong, in one type, each with a stable code. The texts are in [`crate::copy`].

use crate::browser::NoWebCrypto;
use deployment::{ConfigError, UnknownIssuer};
use lookup_api::IdentifierError;
use sign_in::callback::CallbackError;
use sign_in::refusal::Refusal;
use sign_in::storage::StorageBlocked;
use sign_in::tokens::TokenError;

/// Why a step could not be done.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.code())]
pub enum Failure {
    /// config.json cannot be used. The operator has to mend it.
    Config(#[from] ConfigFailure),
    /// What was typed is no identifier.
    Identifier(#[from] IdentifierError),
    /// No organization matches.
    NoMatch {
        /// The domain or code that was looked up.
        subject: String,
    },
    /// The lookup failed.
    Lookup(#[from] LookupFailure),
    /// The lookup returned a user pool that config.json does not name.
    UnknownIssuer(#[from] UnknownIssuer),
    /// The browser's storage is blocked or full.
    StorageBlocked(#[from] StorageBlocked),
    /// The browser has no WebCrypto.
    NoWebCrypto(#[from] NoWebCrypto),
    /// Another tab is finishing the same sign-in.
    InProgress,
    /// The authorization response is refused, or is itself a refusal.
    Callback(#[from] CallbackError),
    /// The code did not become tokens.
    Token(#[from] TokenFailure),
    /// The issuer's keys could not be fetched.
    Keys(#[from] KeysFailure),
    /// The session's tokens have expired.
    SessionExpired,
    /// The app has no page at this address.
    NotFound,
}

/// Why a request has no response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoResponse {
    /// The server was not reached, or the browser withholds its response (CORS, a redirect).
    Unreachable,
    /// The time limit passed.
    TimedOut,
    /// The browser is offline.
    Offline,
}

/// Why config.json cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.code())]
pub enum ConfigFailure {
    /// There is no response.
    NoResponse(NoResponse),
    /// The status is not 200, or the body is a web page.
    Missing,
    /// A field is wrong.
    Wrong(ConfigError),
}

/// Why a lookup returned no list of organizations.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.code())]
pub enum LookupFailure {
    /// There is no response.
    NoResponse(NoResponse),
    /// 429: too many requests.
    RateLimited {
        /// In how many seconds to try again, if Retry-After says so.
        seconds: Option<u32>,
    },
    /// 5xx.
    Unavailable,
    /// Another 4xx: the endpoint does not accept what was typed.
    Refused,
    /// 404 or 405: there is no lookup at this address.
    Misconfigured,
    /// The body is not as docs/contract.md has it.
    Malformed,
}

/// Why a code did not become tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.code())]
pub enum TokenFailure {
    /// There is no response. The code may have been redeemed all the same.
    NoResponse(NoResponse),
    /// The token endpoint has refused, or its tokens have failed a check.
    Refused(#[from] TokenError),
}

/// Why the issuer's keys could not be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.code())]
pub enum KeysFailure {
    /// There is no response.
    NoResponse(NoResponse),
    /// The response is no key set.
    Malformed,
}

impl NoResponse {
    /// The one of three values that is for this reason.
    pub fn select<T>(self, unreachable: T, timed_out: T, offline: T) -> T {
        match self {
            Self::Unreachable => unreachable,
            Self::TimedOut => timed_out,
            Self::Offline => offline,
        }
    }
}

impl ConfigFailure {
    /// The stable code, for `data-error` and for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoResponse(reason) => reason.select("config_unreachable", "config_timeout", "config_offline"),
            Self::Missing => "config_missing",
            Self::Wrong(_) => "config_malformed",
        }
    }
}

impl LookupFailure {
    /// The stable code, for `data-error` and for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoResponse(reason) => reason.select("lookup_unreachable", "lookup_timeout", "lookup_offline"),
            Self::RateLimited { .. } => "lookup_rate_limited",
            Self::Unavailable => "lookup_unavailable",
            Self::Refused => "lookup_refused",
            Self::Misconfigured => "lookup_misconfigured",
            Self::Malformed => "lookup_malformed",
        }
    }
}

impl TokenFailure {
    /// The stable code, for `data-error` and for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoResponse(reason) => reason.select("token_unreachable", "token_timeout", "token_offline"),
            Self::Refused(error) => error.code(),
        }
    }
}

impl KeysFailure {
    /// The stable code, for `data-error` and for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoResponse(reason) => reason.select("jwks_unreachable", "jwks_timeout", "jwks_offline"),
            Self::Malformed => "jwks_malformed",
        }
    }
}

impl Failure {
    /// The stable code, for `data-error`, logs and support.
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
            Self::UnknownIssuer(_) => "unknown_issuer",
            Self::StorageBlocked(_) => "storage_blocked",
            Self::NoWebCrypto(_) => "no_web_crypto",
            Self::InProgress => "callback_in_progress",
            Self::Callback(error) => error.code(),
            Self::Token(failure) => failure.code(),
            Self::Keys(failure) => failure.code(),
            Self::SessionExpired => "session_expired",
            Self::NotFound => "page_not_found",
        }
    }

    /// Whether the picker tries again by itself: Cognito has just linked an account, so the second sign-in is likely to
    /// succeed.
    pub fn passes_on_second_try(&self) -> bool {
        let refusal = match self {
            Self::Callback(CallbackError::Refused(refusal)) => refusal,
            Self::Token(TokenFailure::Refused(TokenError::Explained(refusal))) => refusal,
            _ => return false,
        };
        *refusal == Refusal::AccountLinked
    }

    /// Whether what was typed is the reason, so that the error is shown at the field.
    pub fn is_about_the_field(&self) -> bool {
        matches!(self, Self::Identifier(_) | Self::NoMatch { .. })
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self::Token(error.into())
    }
}
