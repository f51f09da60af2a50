//! The description of the HTTP interface, as `GET /v1/openapi.json` returns it.
//!
//! It is written by hand: a request has exactly one of three fields and no other, which derived schemas do not say. Tests
//! hold it to the service: one compares the codes of all problems, and schemathesis asks the running service
//! (tests/openapi.rs).

use axum::http::{HeaderName, header};

/// The document.
const DOCUMENT: &str = include_str!("../../../docs/openapi.json");

/// The response with the document.
pub(crate) async fn show() -> ([(HeaderName, &'static str); 2], &'static str) {
    // There is no registered type for OpenAPI in JSON, and everything reads this one.
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], DOCUMENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;
    use serde_json::Value;
    use std::collections::BTreeSet;

    /// The codes of problems in the source, each with the name of its status.
    fn of_the_source() -> BTreeSet<(String, String)> {
        let pair = |line: &str| {
            let (status, code) = line.split_once("(StatusCode::")?.1.split_once(", \"")?;
            Some((status.to_owned(), code.split_once('"')?.0.to_owned()))
        };
        let mut codes: BTreeSet<_> = include_str!("problem.rs").lines().filter_map(pair).collect();
        codes.extend(of_memberships());
        codes
    }

    /// The codes of the memberships endpoint. All refused tokens get 401.
    fn of_memberships() -> impl Iterator<Item = (String, String)> {
        let code = |line: &str| {
            let (variant, code) = line.trim().strip_prefix("Self::")?.split_once(" => \"")?;
            Some((variant.to_owned(), code.strip_suffix("\",")?.to_owned()))
        };
        let refusals = include_str!("../../memberships/src/refusal.rs").lines().filter_map(code);
        let refusals = refusals.map(|(_, code)| ("UNAUTHORIZED".to_owned(), code));
        let others = include_str!("memberships.rs").lines().filter_map(code).map(|(variant, code)| {
            let status = match variant.as_str() {
                "Missing" => "UNAUTHORIZED",
                "Repeated" | "TokenInQuery" => "BAD_REQUEST",
                _ => "SERVICE_UNAVAILABLE",
            };
            (status.to_owned(), code)
        });
        refusals.chain(others)
    }

    /// The same in the document.
    fn of_the_document() -> BTreeSet<(String, String)> {
        let document: Value = serde_json::from_str(DOCUMENT).unwrap();
        let mut codes = BTreeSet::new();
        for response in document["components"]["responses"].as_object().unwrap().values() {
            let properties = &response["content"]["application/problem+json"]["schema"]["properties"];
            let Some(status) = properties["status"]["const"].as_u64() else { continue };
            let status = StatusCode::from_u16(u16::try_from(status).unwrap()).unwrap();
            let name = status.canonical_reason().unwrap().to_uppercase().replace(' ', "_");
            let listed = properties["code"]["enum"].as_array().into_iter().flatten();
            codes.extend(listed.map(|code| (name.clone(), code.as_str().unwrap().to_owned())));
        }
        codes
    }

    #[test]
    fn the_document_has_the_code_of_every_problem_and_no_other() {
        assert!(of_the_source().len() > 15);
        assert_eq!(of_the_document(), of_the_source());
    }
}
