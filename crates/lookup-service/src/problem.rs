//! What goes wrong over HTTP, and how it is told (RFC 9457, problem details).
//!
//! A type of our own and no crate: every problem here is a status, a code and a sentence, and none of them may carry
//! what the client sent. An enum holds to that better than a builder that takes any text.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// The most bytes that a lookup's body may have. A domain has 253 at most, six times as many as `\u` escapes.
pub(crate) const BODY_MAX: usize = 4096;

/// A refusal. Its text becomes the `detail`, and never holds a submitted value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    /// No such address.
    #[error("there is nothing at this address")]
    NotFound,
    /// The address is there, the method is not; `Allow` names those that are.
    #[error("this address does not take this method")]
    MethodNotAllowed,
    /// Anything but `application/json`: a form or plain text could be sent by a foreign page without a preflight.
    #[error("the Content-Type must be application/json")]
    ContentType,
    /// More than a lookup can need.
    #[error("the body must not be larger than {BODY_MAX} bytes")]
    BodyTooLarge,
    /// The client broke off.
    #[error("the body could not be read to its end")]
    BodyCutShort,
    /// Not JSON; positions are from 1.
    #[error("the body is not JSON (line {line}, column {column})")]
    NotJson {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// JSON, but not an object; names what it is.
    #[error("the body must be an object with the field `domain` or `code`, and is {0}")]
    NotAnObject(&'static str),
    /// A field that the endpoint does not know, by its name where that can be shown.
    #[error("{} is not known, only `domain` and `code` are", .0.as_ref().map_or("a field".to_owned(), |name| format!("the field `{name}`")))]
    UnknownField(Option<String>),
    /// Another JSON type.
    #[error("`{field}` must be a string, and is {found}")]
    NotAString {
        /// The field's name.
        field: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// An empty object.
    #[error("one of `domain` and `code` is required")]
    NoField,
    /// A lookup is by one thing.
    #[error("`domain` and `code` exclude each other")]
    BothFields,
    /// Parsers differ in which of the two they believe.
    #[error("a field must not be given twice")]
    RepeatedField,
    /// An email address, or what is left of one.
    #[error("`domain` contains an @: only the part of an email address after its last @ may be sent")]
    EmailAddress,
    /// More requests from one address than allowed.
    #[error("too many requests from this address")]
    TooManyRequests {
        /// After how many seconds one will be let through.
        retry_after: u64,
    },
    /// More requests at once than can be served, or one that took too long.
    #[error("the service is busy")]
    Overloaded,
    /// Our fault.
    #[error("the service failed")]
    Internal,
}

/// The members of RFC 9457 §3.1, and the stable `code` for programs. `type` is about:blank: status and code say it all.
#[derive(Serialize)]
struct Details<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    code: &'static str,
    detail: String,
}

impl Problem {
    /// The code that stays as it is across versions.
    pub(crate) fn code(&self) -> &'static str {
        self.status_and_code().1
    }

    /// The status, and the code.
    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::ContentType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
            Self::BodyCutShort => (StatusCode::BAD_REQUEST, "body_cut_short"),
            Self::NotJson { .. } => (StatusCode::BAD_REQUEST, "not_json"),
            Self::NotAnObject(_) => (StatusCode::BAD_REQUEST, "not_an_object"),
            Self::UnknownField(_) => (StatusCode::BAD_REQUEST, "unknown_field"),
            Self::NotAString { .. } => (StatusCode::BAD_REQUEST, "not_a_string"),
            Self::NoField => (StatusCode::BAD_REQUEST, "no_field"),
            Self::BothFields => (StatusCode::BAD_REQUEST, "both_fields"),
            Self::RepeatedField => (StatusCode::BAD_REQUEST, "repeated_field"),
            Self::EmailAddress => (StatusCode::BAD_REQUEST, "email_address"),
            Self::TooManyRequests { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
            Self::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "overloaded"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code) = self.status_and_code();
        let title = status.canonical_reason().unwrap_or("Error");
        let details = Details { r#type: "about:blank", title, status: status.as_u16(), code, detail: self.to_string() };
        let mut response = (status, Json(details)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let retry_after = match self {
            Self::TooManyRequests { retry_after } => Some(retry_after),
            Self::Overloaded => Some(1),
            _ => None,
        };
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
