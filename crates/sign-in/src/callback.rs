//! Reads the authorization response, the query that the hosted UI sends people back with
//! ([RFC 6749 §4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2)).
//!
//! It is checked in this order: repeated parameters, `state`, `iss`, `error`, `code` (docs/contract.md). The types keep
//! the order: only [`PendingSignIn::finish`] reads the code, and the pending sign-in is found by the response's state.

use crate::authorize::PendingSignIn;
use crate::refusal::Refusal;
use crate::secrets::{Code, State};
use crate::time::UnixTime;
use std::borrow::Cow;

/// The longest query that is read, in bytes. Cognito's codes and states take a few hundred.
const QUERY_MAX: usize = 16 * 1024;

/// A response without repeated parameters, whose state has the form of ours. Nothing but the state can be read from
/// outside.
#[derive(Debug)]
pub struct AuthorizationResponse {
    state: State,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
    code: Option<Code>,
}

/// An authorization code together with the sign-in that it belongs to: good for one token request.
#[derive(Debug)]
pub struct CodeGrant {
    pub(crate) pending: PendingSignIn,
    pub(crate) code: Code,
}

/// Why an authorization response does not lead to a session. [`CallbackError::Refused`] is the provider's or Cognito's
/// own refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.code())]
pub enum CallbackError {
    /// There is no response: the address was opened by hand or from a bookmark.
    Empty,
    /// A parameter is repeated, which [RFC 6749 §3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1) forbids: two
    /// readers could take different values.
    RepeatedParameter,
    /// The query is longer than any that Cognito sends.
    TooLong,
    /// There is a code but no state: an IdP-initiated sign-in or a forgery. The code is never redeemed, since it could
    /// sign the person in to somebody else's account ([RFC 9700
    /// §4.7](https://www.rfc-editor.org/rfc/rfc9700#section-4.7)).
    Unsolicited,
    /// There is no state, or this browser has no pending sign-in for it: it never had one, or has finished it already.
    StateUnknown,
    /// The sign-in began more than ten minutes ago.
    Expired,
    /// `iss` names another authorization server ([RFC 9207 §2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4)).
    IssMismatch,
    /// The provider or Cognito has refused the sign-in.
    Refused(Refusal),
    /// There is neither an error nor a code.
    NoCode,
}

impl CallbackError {
    /// The stable code, for `data-error` and for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "callback_empty",
            Self::RepeatedParameter => "callback_repeated_parameter",
            Self::TooLong => "callback_too_long",
            Self::Unsolicited => "callback_unsolicited",
            Self::StateUnknown => "callback_state_unknown",
            Self::Expired => "callback_expired",
            Self::IssMismatch => "callback_iss_mismatch",
            Self::Refused(refusal) => refusal.code(),
            Self::NoCode => "callback_no_code",
        }
    }
}

impl AuthorizationResponse {
    /// Reads the raw query, with or without its `?`.
    ///
    /// # Errors
    /// If it is empty, too long, has a repeated parameter, or no state of ours.
    pub fn parse(query: &str) -> Result<Self, CallbackError> {
        let query = query.strip_prefix('?').unwrap_or(query);
        if query.is_empty() {
            return Err(CallbackError::Empty);
        }
        if query.len() > QUERY_MAX {
            return Err(CallbackError::TooLong);
        }
        let params: Vec<(Cow<'_, str>, Cow<'_, str>)> = form_urlencoded::parse(query.as_bytes()).collect();
        let repeated = |i: usize| params[..i].iter().any(|(name, _)| *name == params[i].0);
        if (0..params.len()).any(repeated) {
            return Err(CallbackError::RepeatedParameter);
        }
        // An empty value counts as missing (RFC 6749 §3.1, https://www.rfc-editor.org/rfc/rfc6749#section-3.1).
        let get = |name: &str| {
            params.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, value)| value.clone().into_owned())
        };
        let Some(state) = get("state") else {
            return Err(if get("code").is_some() { CallbackError::Unsolicited } else { CallbackError::StateUnknown });
        };
        Ok(Self {
            state: State::from_response(&state).ok_or(CallbackError::StateUnknown)?,
            iss: get("iss"),
            error: get("error"),
            error_description: get("error_description"),
            code: get("code").map(Code::new),
        })
    }

    /// The state, by which the pending sign-in is found.
    pub fn state(&self) -> &State {
        &self.state
    }
}

impl PendingSignIn {
    /// Checks that the response is one to this sign-in, and returns its code. Consumes both, so that no response is
    /// used twice.
    ///
    /// The caller must have read and deleted this record under the response's own state. With any other record,
    /// somebody else's response would be accepted (CSRF).
    ///
    /// # Errors
    /// If the sign-in has expired, another issuer has answered, the provider has refused, or there is no code.
    pub fn finish(self, response: AuthorizationResponse, now: UnixTime) -> Result<CodeGrant, CallbackError> {
        if self.is_expired(now) {
            return Err(CallbackError::Expired);
        }
        if response.iss.is_some_and(|iss| iss != self.issuer.as_str()) {
            return Err(CallbackError::IssMismatch);
        }
        if let Some(error) = response.error {
            return Err(CallbackError::Refused(Refusal::read(&error, response.error_description.as_deref())));
        }
        match response.code {
            Some(code) => Ok(CodeGrant { pending: self, code }),
            None => Err(CallbackError::NoCode),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{NOW, STATE, pending};
    use proptest::prelude::*;

    fn finish(query: &str) -> Result<CodeGrant, CallbackError> {
        pending().finish(AuthorizationResponse::parse(&query.replace("STATE", STATE))?, NOW)
    }

    #[track_caller]
    fn check(query: &str, expected: CallbackError) {
        assert_eq!(finish(query).unwrap_err(), expected, "{query}");
    }

    #[test]
    fn every_error_has_its_code_and_the_longest_allowed_query_is_read() {
        for (query, code) in [
            ("?", "callback_empty"),
            ("?code=a&code=b&state=STATE", "callback_repeated_parameter"),
            ("?state=STATE", "callback_no_code"),
            ("?error=access_denied&state=STATE", "provider_access_denied"),
        ] {
            assert_eq!(finish(query).unwrap_err().code(), code, "{query}");
        }
        let padded = |length: usize| {
            let query = format!("code=abc&state={STATE}&x=");
            query.clone() + &"y".repeat(length - query.len())
        };
        assert!(AuthorizationResponse::parse(&padded(16_384)).is_ok());
        assert_eq!(AuthorizationResponse::parse(&padded(16_385)).unwrap_err(), CallbackError::TooLong);
    }

    #[test]
    fn a_code_with_our_state_is_taken_in_any_order() {
        for query in [
            "?code=abc&state=STATE",
            "state=STATE&code=abc",
            "?code=abc&state=STATE&iss=https%3A%2F%2Fidp.example%2Fpool&extra=1",
        ] {
            assert_eq!(finish(query).unwrap().code.secret(), "abc", "{query}");
        }
    }

    #[test]
    fn a_response_with_a_foreign_state_is_refused() {
        check("?code=abc&state=AAAA", CallbackError::StateUnknown);
        check("?code=abc&state=__proto__", CallbackError::StateUnknown);
        check("?error=access_denied&state=%3Cimg%3E", CallbackError::StateUnknown);
        check("?error=access_denied", CallbackError::StateUnknown);
    }

    #[test]
    fn a_code_without_a_state_is_refused() {
        check("?code=abc", CallbackError::Unsolicited);
        check("?code=abc&state=", CallbackError::Unsolicited);
    }

    #[test]
    fn a_repeated_parameter_is_refused_before_any_is_read() {
        check("?state=STATE&state=STATE&code=abc", CallbackError::RepeatedParameter);
        check("?state=STATE&code=abc&code=abc", CallbackError::RepeatedParameter);
        check("?x=1&x=2", CallbackError::RepeatedParameter);
        check("?state=STATE&%63ode=a&code=b", CallbackError::RepeatedParameter);
    }

    #[test]
    fn an_empty_or_too_long_query_is_refused() {
        check("", CallbackError::Empty);
        check("?", CallbackError::Empty);
        check("?state=STATE", CallbackError::NoCode);
        check("?state=STATE&code=", CallbackError::NoCode);
        check(&format!("?state=STATE&code={}", "a".repeat(20_000)), CallbackError::TooLong);
    }

    #[test]
    fn another_issuer_is_refused_before_error_and_code_are_read() {
        check("?state=STATE&code=abc&iss=https%3A%2F%2Fevil.example", CallbackError::IssMismatch);
        check("?state=STATE&error=access_denied&iss=https%3A%2F%2Fidp.example%2Fpool%2F", CallbackError::IssMismatch);
    }

    #[test]
    fn an_error_is_read_before_a_code() {
        check("?state=STATE&code=abc&error=access_denied", CallbackError::Refused(Refusal::AccessDenied));
        check(
            "?error_description=invalid_scope&state=STATE&error=invalid_request",
            CallbackError::Refused(Refusal::AppClient { detail: "invalid_scope".into() }),
        );
    }

    #[test]
    fn a_response_after_ten_minutes_is_refused() {
        let response = AuthorizationResponse::parse(&format!("?code=abc&state={STATE}")).unwrap();
        assert_eq!(pending().finish(response, UnixTime(NOW.0 + 601)).unwrap_err(), CallbackError::Expired);
    }

    #[test]
    fn a_response_shows_no_code_when_printed() {
        let response = AuthorizationResponse::parse(&format!("?code=hush&state={STATE}")).unwrap();
        assert!(!format!("{response:?}").contains("hush"));
    }

    proptest! {
        #[test]
        fn any_query_is_taken_or_refused_without_a_panic(query in "\\PC{0,300}") {
            let _ = AuthorizationResponse::parse(&query);
        }

        #[test]
        fn no_query_without_our_state_is_taken(query in "(state|code|iss|error|[a-z&=%]){0,40}") {
            prop_assert!(finish(&query).is_err());
        }
    }
}
