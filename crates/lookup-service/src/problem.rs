//! The errors of the HTTP interface, as problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).
//!
//! An enum, and no crate for problem details: each problem is a status, a code and a sentence, and must not repeat a
//! value that the client has sent. A builder would take any text; here only the name of an unknown field can be
//! repeated.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// The most bytes of a lookup's body. A domain has at most 253, or six times as many as `\u` escapes.
pub(crate) const BODY_MAX: usize = 4096;

/// An error response. The `Display` text is its `detail`, and never has a value that was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    /// There is no such address.
    #[error("there is nothing at this address")]
    NotFound,
    /// The address does not have this method. `Allow` names those that it has.
    #[error("this address does not take this method")]
    MethodNotAllowed,
    /// The Content-Type is not `application/json`. Any page could send a form or plain text without a preflight.
    #[error("the Content-Type must be application/json")]
    ContentType,
    /// The body is larger than a lookup can be.
    #[error("the body must not be larger than {BODY_MAX} bytes")]
    BodyTooLarge,
    /// The client has closed the connection.
    #[error("the body could not be read to its end")]
    BodyCutShort,
    /// The body is not JSON. Positions are counted from 1.
    #[error("the body is not JSON (line {line}, column {column})")]
    NotJson {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// The body is JSON, but no object. Names its type.
    #[error("the body must be an object with the field `domain`, `code` or `client_id`, and is {0}")]
    NotAnObject(&'static str),
    /// There is an unknown field. Its name is given if it may be repeated.
    #[error("{} is not known, only `domain`, `code` and `client_id` are", .0.as_ref().map_or("a field".to_owned(), |name| format!("the field `{name}`")))]
    UnknownField(Option<String>),
    /// A field has another JSON type.
    #[error("`{field}` must be a string, and is {found}")]
    NotAString {
        /// The field's name.
        field: &'static str,
        /// The type that it has.
        found: &'static str,
    },
    /// The object is empty.
    #[error("one of `domain`, `code` and `client_id` is required")]
    NoField,
    /// There are two fields. A lookup is by one.
    #[error("`domain`, `code` and `client_id` exclude each other")]
    BothFields,
    /// A field is there twice. Parsers differ in which of the two they take.
    #[error("a field must not be given twice")]
    RepeatedField,
    /// There is an `@` in the domain: it may be an email address.
    #[error("`domain` contains an @: only the part of an email address after its last @ may be sent")]
    EmailAddress,
    /// The client's address is over a limit.
    #[error("too many requests from this address")]
    TooManyRequests {
        /// In how many seconds the next request is allowed.
        retry_after: u64,
    },
    /// Too many lookups are under way, or this one took too long.
    #[error("the service is busy")]
    Overloaded,
    /// The directory is elsewhere, and cannot be asked.
    #[error("the directory cannot be asked at the moment")]
    Unavailable,
    /// The service was told to stop.
    #[error("the service is stopping")]
    Stopping,
    /// The service has a bug.
    #[error("the service failed")]
    Internal,
}

/// The body of the response: the members of [RFC 9457 §3.1](https://www.rfc-editor.org/rfc/rfc9457#section-3.1), and
/// `code` for programs. `type` is about:blank, because status and code say everything.
#[derive(Serialize)]
struct Details<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    code: &'static str,
    detail: String,
}

impl Problem {
    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        self.status_and_code().1
    }

    /// The status and the code.
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
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "directory_unavailable"),
            Self::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code) = self.status_and_code();
        let mut response = respond(status, code, self.to_string());
        let retry_after = match self {
            Self::TooManyRequests { retry_after } => Some(retry_after),
            Self::Overloaded | Self::Unavailable | Self::Stopping => Some(1),
            _ => None,
        };
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A problem of this status, code and sentence. `detail` must not repeat what was sent.
pub(crate) fn respond(status: StatusCode, code: &'static str, detail: String) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    let details = Details { r#type: "about:blank", title, status: status.as_u16(), code, detail };
    let mut response = (status, Json(details)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
