//! Which sentence says what. The sentences themselves are in `locales/`, in every language.
//!
//! The matches have no catch-all arm, so a new failure does not compile until somebody has written its sentence.

use crate::api::{ConfigFailure, KeysFailure, LookupFailure, Silence, TokenFailure};
use crate::failure::Failure;
use crate::messages::{self as m, Message, about, count, text};
use lookup_api::IdentifierError;
use sign_in::callback::CallbackError;
use sign_in::refusal::{Refusal, SetUp};
use sign_in::tokens::TokenError;

/// The words for one failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What happened, in one sentence.
    pub what: String,
    /// What to do next.
    pub next: String,
    /// Somebody else's words or a technical detail, shown as text after ours.
    pub detail: Option<String>,
}

/// The page's title; failures say so first.
pub fn title(page: &str, product: Option<&str>, failed: bool) -> String {
    let page = if failed { about(m::TITLE_PROBLEM, page) } else { page.to_owned() };
    match product {
        Some(product) => [&page, " – ", product].concat(),
        None => page,
    }
}

/// The words for a failure.
pub fn words(failure: &Failure) -> Words {
    match failure {
        Failure::Config(failure) => config(failure),
        Failure::Identifier(IdentifierError::Empty) => says(m::IDENTIFIER_EMPTY, m::FIELD_HINT),
        Failure::Identifier(IdentifierError::EmailIncomplete) => {
            says(m::IDENTIFIER_EMAIL_INCOMPLETE, m::IDENTIFIER_EMAIL_INCOMPLETE_NEXT)
        }
        Failure::Identifier(IdentifierError::Several) => says(m::IDENTIFIER_SEVERAL, m::IDENTIFIER_SEVERAL_NEXT),
        Failure::Identifier(IdentifierError::WindowsName) => says(m::IDENTIFIER_WINDOWS_NAME, m::IDENTIFIER_EMPTY),
        Failure::Identifier(IdentifierError::Malformed) => says(m::IDENTIFIER_MALFORMED, m::IDENTIFIER_MALFORMED_NEXT),
        Failure::Identifier(IdentifierError::TooLong) => says(m::IDENTIFIER_TOO_LONG, m::IDENTIFIER_TOO_LONG_NEXT),
        Failure::NoMatch { subject } => {
            Words { what: about(m::NO_MATCH, subject), next: text(m::NO_MATCH_NEXT), detail: None }
        }
        Failure::Lookup(failure) => lookup(failure),
        Failure::UnknownIssuer => says(m::UNKNOWN_ISSUER, m::UNKNOWN_ISSUER_NEXT),
        Failure::StorageBlocked => says(m::STORAGE_BLOCKED, m::STORAGE_BLOCKED_NEXT),
        Failure::NoWebCrypto => says(m::NO_WEB_CRYPTO, m::NO_WEB_CRYPTO_NEXT),
        Failure::InProgress => says(m::CALLBACK_IN_PROGRESS, m::CALLBACK_IN_PROGRESS_NEXT),
        Failure::Callback(error) => callback(error),
        Failure::Token(failure) => token(failure),
        Failure::Keys(failure) => match failure {
            KeysFailure::Silent(silence) => silent(*silence, m::KEYS_UNREACHABLE, m::KEYS_TIMEOUT, m::KEYS_OFFLINE),
            KeysFailure::Malformed => says(m::KEYS_MALFORMED, m::TRY_IN_A_MOMENT),
        },
        Failure::SessionExpired => says(m::SESSION_EXPIRED, m::SESSION_EXPIRED_NEXT),
        Failure::NotFound => says(m::NOT_FOUND, m::NOT_FOUND_NEXT),
    }
}

fn says(what: Message, next: Message) -> Words {
    Words { what: text(what), next: text(next), detail: None }
}

fn quotes(what: Message, next: Message, detail: &str) -> Words {
    Words { detail: Some(detail.to_owned()), ..says(what, next) }
}

fn silent(silence: Silence, unreachable: Message, timeout: Message, offline: Message) -> Words {
    match silence {
        Silence::Unreachable => says(unreachable, m::CHECK_CONNECTION),
        Silence::TimedOut => says(timeout, m::TRY_LATER),
        Silence::Offline => says(offline, m::CHECK_CONNECTION),
    }
}

/// These are read by an operator who is setting the page up, and by people who should tell one. What is wrong with a field
/// is said in English: it is a program's message to the operator.
fn config(failure: &ConfigFailure) -> Words {
    match failure {
        ConfigFailure::Silent(silence) => silent(*silence, m::CONFIG_UNREACHABLE, m::CONFIG_TIMEOUT, m::CONFIG_OFFLINE),
        ConfigFailure::Missing => quotes(m::CONFIG_WRONG, m::CONFIG_MISSING_NEXT, "config.json: is missing"),
        ConfigFailure::Wrong(error) => {
            let detail = error.to_string();
            let named = if error.field == "config.json" { detail } else { ["config.json: ", &detail].concat() };
            quotes(m::CONFIG_WRONG, m::CONFIG_MALFORMED_NEXT, &named)
        }
    }
}

fn lookup(failure: &LookupFailure) -> Words {
    match failure {
        LookupFailure::Silent(silence) => silent(*silence, m::LOOKUP_UNREACHABLE, m::LOOKUP_TIMEOUT, m::LOOKUP_OFFLINE),
        LookupFailure::RateLimited { seconds: Some(seconds) } => Words {
            what: count(m::LOOKUP_RATE_LIMITED, (*seconds).into()),
            next: text(m::TRY_IN_A_MOMENT),
            detail: None,
        },
        LookupFailure::RateLimited { seconds: None } => says(m::LOOKUP_RATE_LIMITED_UNKNOWN, m::TRY_IN_A_MOMENT),
        LookupFailure::Unavailable => says(m::LOOKUP_UNAVAILABLE, m::TRY_IN_MINUTES),
        LookupFailure::Refused => says(m::LOOKUP_REFUSED, m::LOOKUP_REFUSED_NEXT),
        LookupFailure::Misconfigured => quotes(
            m::CONFIG_WRONG,
            m::CONFIG_MALFORMED_NEXT,
            "config.json: lookup_url: no lookup answers at this address",
        ),
        LookupFailure::Malformed => says(m::LOOKUP_MALFORMED, m::TRY_LATER),
    }
}

fn callback(error: &CallbackError) -> Words {
    match error {
        CallbackError::Empty => says(m::CALLBACK_EMPTY, m::CALLBACK_EMPTY_NEXT),
        CallbackError::RepeatedParameter | CallbackError::TooLong | CallbackError::StateUnknown => {
            says(m::CALLBACK_FOREIGN, m::CALLBACK_FOREIGN_NEXT)
        }
        CallbackError::Unsolicited => says(m::CALLBACK_UNSOLICITED, m::CALLBACK_UNSOLICITED_NEXT),
        CallbackError::Expired => says(m::CALLBACK_EXPIRED, m::TRY_SIMPLY),
        CallbackError::IssMismatch => says(m::CALLBACK_ISS_MISMATCH, m::CALLBACK_ISS_MISMATCH_NEXT),
        CallbackError::NoCode => says(m::CALLBACK_NO_CODE, m::TRY_SIMPLY),
        CallbackError::Refused(refusal) => refused(refusal),
    }
}

fn refused(refusal: &Refusal) -> Words {
    match refusal {
        Refusal::AccessDenied => says(m::PROVIDER_ACCESS_DENIED, m::PROVIDER_ACCESS_DENIED_NEXT),
        Refusal::NotAssigned => says(m::PROVIDER_NOT_ASSIGNED, m::PROVIDER_NOT_ASSIGNED_NEXT),
        Refusal::AccountLinked => says(m::PROVIDER_ACCOUNT_LINKED, m::PROVIDER_ACCOUNT_LINKED_NEXT),
        Refusal::OperatorCheck { message } => {
            quotes(m::PROVIDER_OPERATOR_CHECK, m::PROVIDER_OPERATOR_CHECK_NEXT, message)
        }
        Refusal::SetUp { part: SetUp::Attributes, detail } => {
            quotes(m::PROVIDER_ATTRIBUTES, m::PROVIDER_ATTRIBUTES_NEXT, detail)
        }
        Refusal::SetUp { part: SetUp::SamlResponse, detail } => {
            quotes(m::PROVIDER_SAML_RESPONSE, m::PROVIDER_SAML_RESPONSE_NEXT, detail)
        }
        Refusal::SetUp { part: SetUp::Certificate, detail } => {
            quotes(m::PROVIDER_CERTIFICATE, m::PROVIDER_CERTIFICATE_NEXT, detail)
        }
        Refusal::SetUp { part: SetUp::TokenExchange, detail } => {
            quotes(m::PROVIDER_TOKEN_EXCHANGE, m::PROVIDER_TOKEN_EXCHANGE_NEXT, detail)
        }
        Refusal::SetUp { part: SetUp::Linking, detail } => {
            quotes(m::PROVIDER_LINKING, m::PROVIDER_SAML_RESPONSE_NEXT, detail)
        }
        Refusal::ProviderUnreachable => says(m::PROVIDER_UNREACHABLE, m::TRY_IN_A_MOMENT),
        Refusal::AppClient { detail } => quotes(m::PROVIDER_APP_CLIENT, m::PROVIDER_APP_CLIENT_NEXT, detail),
        Refusal::LoginRequired => says(m::PROVIDER_LOGIN_REQUIRED, m::PROVIDER_LOGIN_REQUIRED_NEXT),
        Refusal::Unknown { detail } => quotes(m::PROVIDER_REFUSED, m::PROVIDER_REFUSED_NEXT, detail),
    }
}

fn token(failure: &TokenFailure) -> Words {
    let error = match failure {
        TokenFailure::Silent(silence) => {
            return silent(*silence, m::TOKEN_UNREACHABLE, m::TOKEN_TIMEOUT, m::TOKEN_OFFLINE);
        }
        TokenFailure::Refused(error) => error,
    };
    match error {
        TokenError::Explained(refusal) => refused(refusal),
        TokenError::InvalidGrant => says(m::TOKEN_INVALID_GRANT, m::TRY_SIMPLY),
        TokenError::ClientRefused | TokenError::Refused => says(m::TOKEN_REFUSED, m::TOKEN_REFUSED_NEXT),
        TokenError::Unavailable => says(m::TOKEN_UNAVAILABLE, m::TRY_IN_MINUTES),
        TokenError::ExpiredOrClockAhead { seconds } => {
            let units = [m::CLOCK_AHEAD_MINUTES, m::CLOCK_AHEAD_HOURS, m::CLOCK_AHEAD_DAYS];
            Words { what: off_by(units, *seconds), next: text(m::CLOCK_NEXT), detail: None }
        }
        TokenError::ClockBehind { seconds } => {
            let units = [m::CLOCK_BEHIND_MINUTES, m::CLOCK_BEHIND_HOURS, m::CLOCK_BEHIND_DAYS];
            Words { what: off_by(units, *seconds), next: text(m::CLOCK_NEXT), detail: None }
        }
        TokenError::ResponseMalformed
        | TokenError::IdTokenMalformed
        | TokenError::IdTokenAlgorithm
        | TokenError::IdTokenKeyUnknown
        | TokenError::IdTokenSignature
        | TokenError::IdTokenIssuer
        | TokenError::IdTokenNonce
        | TokenError::IdTokenUse
        | TokenError::IdTokenAtHash => says(m::CHECKS_FAILED, m::CHECKS_FAILED_NEXT),
        TokenError::IdTokenIdentitiesMissing => says(m::IDENTITIES_MISSING, m::CHECKS_FAILED_NEXT),
        TokenError::IdTokenAudience | TokenError::IdTokenProvider | TokenError::AccessTokenForeign => {
            says(m::OTHER_ORGANIZATION, m::OTHER_ORGANIZATION_NEXT)
        }
    }
}

fn off_by([minutes, hours, days]: [Message; 3], seconds: i64) -> String {
    match seconds / 60 {
        n @ ..120 => count(minutes, n),
        n @ ..2880 => count(hours, n / 60),
        n => count(days, n / 1440),
    }
}
