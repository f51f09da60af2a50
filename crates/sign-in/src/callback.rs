//! Coming back: from the raw query to a code that may be redeemed, or the reason why not (RFC 6749 §4.1.2).
//!
//! The order is the contract's (§6): repeated parameters, `state`, `iss`, `error`, `code`. Each step needs what the
//! one before it gave, so the compiler keeps the order: an [`Answer`] has no readable code, only [`PendingSignIn`]
//! can read it, and finding the pending sign-in takes the state.

use crate::authorize::PendingSignIn;
use crate::refusal::Refusal;
use crate::secrets::{Code, State};
use crate::time::UnixTime;
use std::borrow::Cow;

/// The longest query we look at, in bytes. Cognito's codes and states take a few hundred.
const QUERY_MAX: usize = 16 * 1024;

/// An answer whose form is sound and whose state could be ours. Nothing else of it can be read yet.
#[derive(Debug)]
pub struct Answer {
    state: State,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
    code: Option<Code>,
}

/// The right to one token request.
#[derive(Debug)]
pub struct CodeGrant {
    pub(crate) pending: PendingSignIn,
    pub(crate) code: Code,
}

/// Why an answer is not taken. For [`CallbackError::Refused`] it is the provider that says no; all others are ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// Nothing came along: the address was opened by hand or from a bookmark.
    #[error("callback_empty")]
    Empty,
    /// A parameter stands there twice, so that two readers could disagree (RFC 6749 §3.1).
    #[error("callback_repeated_parameter")]
    RepeatedParameter,
    /// Longer than any genuine answer.
    #[error("callback_too_long")]
    TooLong,
    /// A code without a state: an IdP-initiated sign-in or a forgery. Never redeemed (login CSRF, RFC 9700 §4.7).
    #[error("callback_unsolicited")]
    Unsolicited,
    /// No state, or one that this browser did not make, or one that was used already.
    #[error("callback_state_unknown")]
    StateUnknown,
    /// The person was away for too long.
    #[error("callback_expired")]
    Expired,
    /// Another authorization server answered (RFC 9207 §2.4).
    #[error("callback_iss_mismatch")]
    IssMismatch,
    /// The provider or Cognito refused.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// Neither an error nor a code.
    #[error("callback_no_code")]
    NoCode,
}

impl CallbackError {
    /// Stable, for `data-error` and for logs.
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

impl Answer {
    /// Reads the raw query, with or without its `?`.
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
        // An empty value counts as left out (RFC 6749 §3.1).
        let get = |name: &str| {
            params.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, value)| value.clone().into_owned())
        };
        let Some(state) = get("state") else {
            return Err(if get("code").is_some() { CallbackError::Unsolicited } else { CallbackError::StateUnknown });
        };
        Ok(Self {
            state: State::from_answer(&state).ok_or(CallbackError::StateUnknown)?,
            iss: get("iss"),
            error: get("error"),
            error_description: get("error_description"),
            code: get("code").map(Code::new),
        })
    }

    /// Finds the pending sign-in that this answer is for.
    pub fn state(&self) -> &State {
        &self.state
    }
}

impl PendingSignIn {
    /// Holds the answer against this sign-in and consumes both.
    ///
    /// The caller must have taken (read and deleted) this record under the answer's own state; a record that comes
    /// from anywhere else would undo the CSRF defence.
    pub fn finish(self, answer: Answer, now: UnixTime) -> Result<CodeGrant, CallbackError> {
        if self.is_expired(now) {
            return Err(CallbackError::Expired);
        }
        if answer.iss.is_some_and(|iss| iss != self.issuer.as_str()) {
            return Err(CallbackError::IssMismatch);
        }
        if let Some(error) = answer.error {
            return Err(CallbackError::Refused(Refusal::read(&error, answer.error_description.as_deref())));
        }
        match answer.code {
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
        pending().finish(Answer::parse(&query.replace("STATE", STATE))?, NOW)
    }

    #[track_caller]
    fn check(query: &str, expected: CallbackError) {
        assert_eq!(finish(query).unwrap_err(), expected, "{query}");
    }

    #[test]
    fn a_refusal_has_a_code_of_its_own_and_the_longest_query_is_still_read() {
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
        assert!(Answer::parse(&padded(16_384)).is_ok());
        assert_eq!(Answer::parse(&padded(16_385)).unwrap_err(), CallbackError::TooLong);
    }

    #[test]
    fn takes_a_code_with_our_state_in_any_order() {
        for query in [
            "?code=abc&state=STATE",
            "state=STATE&code=abc",
            "?code=abc&state=STATE&iss=https%3A%2F%2Fidp.example%2Fpool&extra=1",
        ] {
            assert_eq!(finish(query).unwrap().code.secret(), "abc", "{query}");
        }
    }

    #[test]
    fn refuses_an_answer_with_someone_elses_state() {
        check("?code=abc&state=AAAA", CallbackError::StateUnknown);
        check("?code=abc&state=__proto__", CallbackError::StateUnknown);
        check("?error=access_denied&state=%3Cimg%3E", CallbackError::StateUnknown);
        check("?error=access_denied", CallbackError::StateUnknown);
    }

    #[test]
    fn refuses_an_unsolicited_code() {
        check("?code=abc", CallbackError::Unsolicited);
        check("?code=abc&state=", CallbackError::Unsolicited);
    }

    #[test]
    fn refuses_repeated_parameters_before_it_looks_at_them() {
        check("?state=STATE&state=STATE&code=abc", CallbackError::RepeatedParameter);
        check("?state=STATE&code=abc&code=abc", CallbackError::RepeatedParameter);
        check("?x=1&x=2", CallbackError::RepeatedParameter);
        check("?state=STATE&%63ode=a&code=b", CallbackError::RepeatedParameter);
    }

    #[test]
    fn refuses_what_carries_nothing_or_too_much() {
        check("", CallbackError::Empty);
        check("?", CallbackError::Empty);
        check("?state=STATE", CallbackError::NoCode);
        check("?state=STATE&code=", CallbackError::NoCode);
        check(&format!("?state=STATE&code={}", "a".repeat(20_000)), CallbackError::TooLong);
    }

    #[test]
    fn refuses_another_issuers_answer_before_its_error_and_its_code() {
        check("?state=STATE&code=abc&iss=https%3A%2F%2Fevil.example", CallbackError::IssMismatch);
        check("?state=STATE&error=access_denied&iss=https%3A%2F%2Fidp.example%2Fpool%2F", CallbackError::IssMismatch);
    }

    #[test]
    fn reads_the_error_before_the_code() {
        check("?state=STATE&code=abc&error=access_denied", CallbackError::Refused(Refusal::AccessDenied));
        check(
            "?error_description=invalid_scope&state=STATE&error=invalid_request",
            CallbackError::Refused(Refusal::AppClient { detail: "invalid_scope".into() }),
        );
    }

    #[test]
    fn refuses_an_answer_that_comes_after_ten_minutes() {
        let answer = Answer::parse(&format!("?code=abc&state={STATE}")).unwrap();
        assert_eq!(pending().finish(answer, UnixTime(NOW.0 + 601)).unwrap_err(), CallbackError::Expired);
    }

    #[test]
    fn an_answer_shows_no_code_when_printed() {
        let answer = Answer::parse(&format!("?code=hush&state={STATE}")).unwrap();
        assert!(!format!("{answer:?}").contains("hush"));
    }

    proptest! {
        #[test]
        fn any_query_is_taken_or_refused_without_a_panic(query in "\\PC{0,300}") {
            let _ = Answer::parse(&query);
        }

        #[test]
        fn no_query_without_our_state_is_ever_taken(query in "(state|code|iss|error|[a-z&=%]){0,40}") {
            prop_assert!(finish(&query).is_err());
        }
    }
}
