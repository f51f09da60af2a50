//! Which messages a failure is shown with. The messages are in `locales/`, in every language.
//!
//! The matches have no catch-all arm, so a new failure does not compile until its messages are chosen.

use crate::failure::{ConfigFailure, Failure, KeysFailure, LookupFailure, NoResponse, TokenFailure};
use crate::messages::{self as m, Message, text, text_with, text_with_count};
use lookup_api::IdentifierError;
use sign_in::callback::CallbackError;
use sign_in::refusal::{Refusal, SetUp};
use sign_in::tokens::TokenError;

/// The text of one failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureText {
    /// What happened, in one sentence.
    pub what: String,
    /// What to do next.
    pub next: String,
    /// A text of the provider or a technical detail, shown after the text of the picker.
    pub detail: Option<String>,
}

/// The title of the page. `failed` puts "Error" in front.
pub fn title(page: &str, product: Option<&str>, failed: bool) -> String {
    let page = if failed { text_with(m::TITLE_PROBLEM, page) } else { page.to_owned() };
    match product {
        Some(product) => [&page, " – ", product].concat(),
        None => page,
    }
}

/// The text of a failure.
pub fn failure_text(failure: &Failure) -> FailureText {
    match failure {
        Failure::Config(failure) => config(failure),
        Failure::Identifier(IdentifierError::Empty) => messages(m::IDENTIFIER_EMPTY, m::FIELD_HINT),
        Failure::Identifier(IdentifierError::EmailIncomplete) => {
            messages(m::IDENTIFIER_EMAIL_INCOMPLETE, m::IDENTIFIER_EMAIL_INCOMPLETE_NEXT)
        }
        Failure::Identifier(IdentifierError::Several) => messages(m::IDENTIFIER_SEVERAL, m::IDENTIFIER_SEVERAL_NEXT),
        Failure::Identifier(IdentifierError::WindowsName) => messages(m::IDENTIFIER_WINDOWS_NAME, m::IDENTIFIER_EMPTY),
        Failure::Identifier(IdentifierError::Malformed) => {
            messages(m::IDENTIFIER_MALFORMED, m::IDENTIFIER_MALFORMED_NEXT)
        }
        Failure::Identifier(IdentifierError::TooLong) => messages(m::IDENTIFIER_TOO_LONG, m::IDENTIFIER_TOO_LONG_NEXT),
        Failure::NoMatch { subject } => {
            FailureText { what: text_with(m::NO_MATCH, subject), next: text(m::NO_MATCH_NEXT), detail: None }
        }
        Failure::Lookup(failure) => lookup(failure),
        Failure::UnknownIssuer(_) => messages(m::UNKNOWN_ISSUER, m::UNKNOWN_ISSUER_NEXT),
        Failure::StorageBlocked(_) => messages(m::STORAGE_BLOCKED, m::STORAGE_BLOCKED_NEXT),
        Failure::NoWebCrypto(_) => messages(m::NO_WEB_CRYPTO, m::NO_WEB_CRYPTO_NEXT),
        Failure::InProgress => messages(m::CALLBACK_IN_PROGRESS, m::CALLBACK_IN_PROGRESS_NEXT),
        Failure::Callback(error) => callback(error),
        Failure::Token(failure) => token(failure),
        Failure::Keys(failure) => match failure {
            KeysFailure::NoResponse(reason) => {
                no_response(*reason, m::KEYS_UNREACHABLE, m::KEYS_TIMEOUT, m::KEYS_OFFLINE)
            }
            KeysFailure::Malformed => messages(m::KEYS_MALFORMED, m::TRY_IN_A_MOMENT),
        },
        Failure::SessionExpired => messages(m::SESSION_EXPIRED, m::SESSION_EXPIRED_NEXT),
        Failure::NotFound => messages(m::NOT_FOUND, m::NOT_FOUND_NEXT),
    }
}

fn messages(what: Message, next: Message) -> FailureText {
    FailureText { what: text(what), next: text(next), detail: None }
}

fn messages_with_detail(what: Message, next: Message, detail: &str) -> FailureText {
    FailureText { detail: Some(detail.to_owned()), ..messages(what, next) }
}

fn no_response(reason: NoResponse, unreachable: Message, timed_out: Message, offline: Message) -> FailureText {
    let what = reason.select(unreachable, timed_out, offline);
    messages(what, reason.select(m::CHECK_CONNECTION, m::TRY_LATER, m::CHECK_CONNECTION))
}

/// An operator who sets the page up reads these, or a person who should tell the operator. What is wrong with a field
/// is said in English, as the program's message to the operator.
fn config(failure: &ConfigFailure) -> FailureText {
    match failure {
        ConfigFailure::NoResponse(reason) => {
            no_response(*reason, m::CONFIG_UNREACHABLE, m::CONFIG_TIMEOUT, m::CONFIG_OFFLINE)
        }
        ConfigFailure::Missing => {
            messages_with_detail(m::CONFIG_WRONG, m::CONFIG_MISSING_NEXT, "config.json: is missing")
        }
        ConfigFailure::Wrong(error) => {
            let detail = error.to_string();
            let named = if error.field == "config.json" { detail } else { ["config.json: ", &detail].concat() };
            messages_with_detail(m::CONFIG_WRONG, m::CONFIG_MALFORMED_NEXT, &named)
        }
    }
}

fn lookup(failure: &LookupFailure) -> FailureText {
    match failure {
        LookupFailure::NoResponse(reason) => {
            no_response(*reason, m::LOOKUP_UNREACHABLE, m::LOOKUP_TIMEOUT, m::LOOKUP_OFFLINE)
        }
        LookupFailure::RateLimited { seconds: Some(seconds) } => FailureText {
            what: text_with_count(m::LOOKUP_RATE_LIMITED, (*seconds).into()),
            next: text(m::TRY_IN_A_MOMENT),
            detail: None,
        },
        LookupFailure::RateLimited { seconds: None } => messages(m::LOOKUP_RATE_LIMITED_UNKNOWN, m::TRY_IN_A_MOMENT),
        LookupFailure::Unavailable => messages(m::LOOKUP_UNAVAILABLE, m::TRY_IN_MINUTES),
        LookupFailure::Refused => messages(m::LOOKUP_REFUSED, m::LOOKUP_REFUSED_NEXT),
        LookupFailure::Misconfigured => messages_with_detail(
            m::CONFIG_WRONG,
            m::CONFIG_MALFORMED_NEXT,
            "config.json: lookup_url: no lookup answers at this address",
        ),
        LookupFailure::Malformed => messages(m::LOOKUP_MALFORMED, m::TRY_LATER),
    }
}

fn callback(error: &CallbackError) -> FailureText {
    match error {
        CallbackError::Empty => messages(m::CALLBACK_EMPTY, m::CALLBACK_EMPTY_NEXT),
        CallbackError::RepeatedParameter | CallbackError::TooLong | CallbackError::StateUnknown => {
            messages(m::CALLBACK_FOREIGN, m::CALLBACK_FOREIGN_NEXT)
        }
        CallbackError::Unsolicited => messages(m::CALLBACK_UNSOLICITED, m::CALLBACK_UNSOLICITED_NEXT),
        CallbackError::Expired => messages(m::CALLBACK_EXPIRED, m::TRY_SIMPLY),
        CallbackError::IssMismatch => messages(m::CALLBACK_ISS_MISMATCH, m::CALLBACK_ISS_MISMATCH_NEXT),
        CallbackError::NoCode => messages(m::CALLBACK_NO_CODE, m::TRY_SIMPLY),
        CallbackError::Refused(refusal) => refused(refusal),
    }
}

fn refused(refusal: &Refusal) -> FailureText {
    match refusal {
        Refusal::AccessDenied => messages(m::PROVIDER_ACCESS_DENIED, m::PROVIDER_ACCESS_DENIED_NEXT),
        Refusal::NotAssigned => messages(m::PROVIDER_NOT_ASSIGNED, m::PROVIDER_NOT_ASSIGNED_NEXT),
        Refusal::AccountLinked => messages(m::PROVIDER_ACCOUNT_LINKED, m::PROVIDER_ACCOUNT_LINKED_NEXT),
        Refusal::OperatorCheck { message } => {
            messages_with_detail(m::PROVIDER_OPERATOR_CHECK, m::PROVIDER_OPERATOR_CHECK_NEXT, message)
        }
        Refusal::SetUp { part: SetUp::Attributes, detail } => {
            messages_with_detail(m::PROVIDER_ATTRIBUTES, m::PROVIDER_ATTRIBUTES_NEXT, detail)
        }
        Refusal::SetUp { part: SetUp::SamlResponse, detail } => {
            messages_with_detail(m::PROVIDER_SAML_RESPONSE, m::PROVIDER_SAML_RESPONSE_NEXT, detail)
        }
        Refusal::SetUp { part: SetUp::Certificate, detail } => {
            messages_with_detail(m::PROVIDER_CERTIFICATE, m::PROVIDER_CERTIFICATE_NEXT, detail)
        }
        Refusal::SetUp { part: SetUp::TokenExchange, detail } => {
            messages_with_detail(m::PROVIDER_TOKEN_EXCHANGE, m::PROVIDER_TOKEN_EXCHANGE_NEXT, detail)
        }
        Refusal::SetUp { part: SetUp::Linking, detail } => {
            messages_with_detail(m::PROVIDER_LINKING, m::PROVIDER_SAML_RESPONSE_NEXT, detail)
        }
        Refusal::ProviderUnreachable => messages(m::PROVIDER_UNREACHABLE, m::TRY_IN_A_MOMENT),
        Refusal::AppClient { detail } => {
            messages_with_detail(m::PROVIDER_APP_CLIENT, m::PROVIDER_APP_CLIENT_NEXT, detail)
        }
        Refusal::LoginRequired => messages(m::PROVIDER_LOGIN_REQUIRED, m::PROVIDER_LOGIN_REQUIRED_NEXT),
        Refusal::Unknown { detail } => messages_with_detail(m::PROVIDER_REFUSED, m::PROVIDER_REFUSED_NEXT, detail),
    }
}

fn token(failure: &TokenFailure) -> FailureText {
    let error = match failure {
        TokenFailure::NoResponse(reason) => {
            return no_response(*reason, m::TOKEN_UNREACHABLE, m::TOKEN_TIMEOUT, m::TOKEN_OFFLINE);
        }
        TokenFailure::Refused(error) => error,
    };
    match error {
        TokenError::Explained(refusal) => refused(refusal),
        TokenError::InvalidGrant => messages(m::TOKEN_INVALID_GRANT, m::TRY_SIMPLY),
        TokenError::ClientRefused | TokenError::Refused => messages(m::TOKEN_REFUSED, m::TOKEN_REFUSED_NEXT),
        TokenError::Unavailable => messages(m::TOKEN_UNAVAILABLE, m::TRY_IN_MINUTES),
        TokenError::ExpiredOrClockAhead { seconds } => {
            let units = [m::CLOCK_AHEAD_MINUTES, m::CLOCK_AHEAD_HOURS, m::CLOCK_AHEAD_DAYS];
            FailureText { what: off_by(units, *seconds), next: text(m::CLOCK_NEXT), detail: None }
        }
        TokenError::ClockBehind { seconds } => {
            let units = [m::CLOCK_BEHIND_MINUTES, m::CLOCK_BEHIND_HOURS, m::CLOCK_BEHIND_DAYS];
            FailureText { what: off_by(units, *seconds), next: text(m::CLOCK_NEXT), detail: None }
        }
        TokenError::ResponseMalformed
        | TokenError::IdTokenMalformed
        | TokenError::IdTokenAlgorithm
        | TokenError::IdTokenKeyUnknown
        | TokenError::IdTokenSignature
        | TokenError::IdTokenIssuer
        | TokenError::IdTokenNonce
        | TokenError::IdTokenUse
        | TokenError::IdTokenAtHash => messages(m::CHECKS_FAILED, m::CHECKS_FAILED_NEXT),
        TokenError::IdTokenIdentitiesMissing => messages(m::IDENTITIES_MISSING, m::CHECKS_FAILED_NEXT),
        TokenError::IdTokenAudience | TokenError::IdTokenProvider | TokenError::AccessTokenForeign => {
            messages(m::OTHER_ORGANIZATION, m::OTHER_ORGANIZATION_NEXT)
        }
    }
}

fn off_by([minutes, hours, days]: [Message; 3], seconds: i64) -> String {
    match seconds / 60 {
        n @ ..120 => text_with_count(minutes, n),
        n @ ..2880 => text_with_count(hours, n / 60),
        n => text_with_count(days, n / 1440),
    }
}
