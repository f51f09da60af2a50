//! The program as Lambda runs it, with events of a function URL (payload version 2.0,
//! <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html>).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use runtime_stub::{Answer, answers};
use serde_json::{Value, json};
use std::path::Path;

const PICKER: &str = "https://login.example.com";
const TENANTS: &str = "[[tenants]]\ncode = \"acme\"\nname = \"Acme\"\nclient_id = \"c1\"\nidentity_provider = \"AcmeSAML\"\ndomains = [\"acme.example\"]\n";

fn event(method: &str, path: &str, body: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "",
        "headers": { "content-type": "application/json", "origin": PICKER, "host": "x.lambda-url.eu-west-1.on.aws" },
        "requestContext": {
            "accountId": "anonymous", "apiId": "x", "domainName": "x.lambda-url.eu-west-1.on.aws", "domainPrefix": "x",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test" },
            "requestId": "1", "routeKey": "$default", "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000", "timeEpoch": 1_583_348_638_390_u64,
        },
        "body": body, "isBase64Encoded": false,
    })
}

fn run(events: &[Value]) -> Vec<Answer> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tenants.toml"), TENANTS).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_lookup-lambda"));
    answers(program, folder.path(), &[("ALLOW_ORIGIN", PICKER)], events).unwrap()
}

#[test]
fn lookups_are_answered_as_by_the_service() {
    let answers = run(&[
        event("POST", "/v1/lookup", r#"{"domain":"acme.example"}"#),
        event("POST", "/v1/lookup", r#"{"domain":"unknown.example"}"#),
        event("POST", "/v1/lookup", r#"{"email":"ada@acme.example"}"#),
        event("GET", "/v1/lookup", ""),
        event("GET", "/healthz", ""),
        event("GET", "/", ""),
    ]);
    let statuses: Vec<&Value> = answers.iter().map(|answer| &answer.body["statusCode"]).collect();
    assert_eq!(statuses, [200, 200, 400, 405, 200, 404], "{answers:#?}");
    let body = |i: usize| -> Value { serde_json::from_str(answers[i].body["body"].as_str().unwrap()).unwrap() };
    assert_eq!(body(0)["tenants"][0]["client_id"], "c1");
    assert_eq!(body(1), json!({ "tenants": [] }));
    assert_eq!(body(4), json!({ "status": "ok", "tenants": 1 }));
    let headers = &answers[0].body["headers"];
    assert_eq!(headers["access-control-allow-origin"], PICKER);
    assert_eq!(answers[0].body["isBase64Encoded"], false);
    assert!(answers.iter().all(|answer| !answer.is_error));
}
