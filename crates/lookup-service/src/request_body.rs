//! Reads the body of a lookup, strictly, and says what is wrong with one without repeating it.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use lookup_api::LookupRequest;
use serde_json::Value;

use crate::problem::{BODY_MAX, Problem};

/// How many bytes of a body that is too large are read and discarded before the connection is closed.
const DISCARDED_MAX: usize = 16 * 1024 * 1024;

/// What a body asks for.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse(body: &[u8]) -> Result<LookupRequest, Problem> {
    let request = serde_json::from_slice(body).map_err(|_| fault_of(body))?;
    match &request {
        // U+FF20 and U+FE6B are the at signs of East Asian keyboards, which IDNA reads as `@`.
        LookupRequest::Domain(text) if text.contains(['@', '\u{ff20}', '\u{fe6b}']) => Err(Problem::EmailAddress),
        _ => Ok(request),
    }
}

/// Whether there is exactly one Content-Type and it is application/json, with or without parameters.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else { return false };
    // What the page sends. Nearly every lookup has it.
    if only == "application/json" {
        return true;
    }
    let essence = only.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// Reads the body to its end, even if it is too large. Most clients send all of it before they read a response. If the
/// connection were closed in the middle, they would see a broken pipe instead of the 413.
pub(crate) async fn read(mut body: Body) -> Result<Bytes, Problem> {
    let (mut kept, mut seen) = (Bytes::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Problem::BodyCutShort)?.into_data() else { continue };
        seen += data.len();
        if seen > DISCARDED_MAX {
            break;
        } else if seen == data.len() {
            kept = data;
        } else if seen <= BODY_MAX {
            kept = [kept, data].concat().into();
        }
    }
    if seen <= BODY_MAX { Ok(kept) } else { Err(Problem::BodyTooLarge) }
}

/// What is wrong with a body. Serde's own messages are not used: they quote what was sent, which may be an email
/// address.
fn fault_of(body: &[u8]) -> Problem {
    let fields = match serde_json::from_slice::<Value>(body) {
        Err(error) => return Problem::NotJson { line: error.line(), column: error.column() },
        Ok(Value::Object(fields)) => fields,
        Ok(other) => return Problem::NotAnObject(kind_of(&other)),
    };
    let known = ["domain", "code", "client_id"];
    if let Some(name) = fields.keys().find(|name| !known.contains(&name.as_str())) {
        return Problem::UnknownField(is_showable(name).then(|| name.clone()));
    }
    let mut given = known.into_iter().filter_map(|field| Some((field, fields.get(field)?)));
    match (given.next(), given.next()) {
        (None, _) => Problem::NoField,
        (Some(_), Some(_)) => Problem::BothFields,
        (Some((field, value)), None) if !value.is_string() => Problem::NotAString { field, found: kind_of(value) },
        // `Value` keeps the last of several fields with the same name. `LookupRequest` refuses them.
        (Some(_), None) => Problem::RepeatedField,
    }
}

/// Whether a field's name may be repeated in the response. The client has chosen it, so only what looks like a name is.
fn is_showable(name: &str) -> bool {
    (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
