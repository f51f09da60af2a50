//! The program as Lambda runs it, with events of a function URL (payload version 2.0,
//! <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html>).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use directory_table::contents::Contents;
use directory_table::load::{Progress, Stage};
use directory_table::table::Table;
use local_table::{Engine, Fault};
use runtime_stub::{Answer, answers};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

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

/// The answers of the program that asks a table.
fn run_with_table(engine: &Engine, events: &[Value]) -> Vec<Answer> {
    let folder = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_lookup-lambda"));
    let endpoint = format!("http://{}", engine.address);
    let variables = [
        ("DIRECTORY", "dynamodb://tenants"),
        ("AWS_ENDPOINT_URL_DYNAMODB", &endpoint),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "a"),
        ("AWS_SECRET_ACCESS_KEY", "b"),
    ];
    answers(program, folder.path(), &variables, events).unwrap()
}

struct Clock;

impl Progress for Clock {
    fn at(&self, _: Stage, _: usize, _: usize) {}

    fn now(&self) -> u64 {
        1_000_000
    }
}

#[test]
fn a_table_is_asked_for_each_name_and_is_connected_to_before_the_first() {
    let engine = Engine::start();
    let table = Table::new(engine.client(Duration::from_secs(10)), "tenants".to_owned(), Duration::from_secs(20));
    engine.block_on(table.create()).unwrap();
    engine.block_on(table.load(&Contents::read(TENANTS).unwrap(), false, &Clock)).unwrap();
    engine.seen();
    let lookup = event("POST", "/v1/lookup", r#"{"domain":"acme.example"}"#);
    let answers = run_with_table(&engine, &[lookup.clone(), lookup]);
    assert!(answers.iter().all(|answer| answer.body["statusCode"] == 200), "{answers:#?}");
    assert!(answers[1].body["body"].as_str().unwrap().contains(r#""client_id":"c1""#), "{answers:#?}");
    // The pointer and the head at the start, and then the name.
    assert_eq!(engine.seen(), ["BatchGetItem"; 3]);

    engine.has(Fault::Throttles);
    let answers = run_with_table(&engine, &[event("POST", "/v1/lookup", r#"{"code":"acme"}"#)]);
    assert_eq!(
        (&answers[0].body["statusCode"], &answers[0].body["headers"]["retry-after"]),
        (&json!(503), &json!("1"))
    );
}

fn run(events: &[Value]) -> Vec<Answer> {
    run_with(&[], events)
}

fn run_with(variables: &[(&str, &str)], events: &[Value]) -> Vec<Answer> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tenants.toml"), TENANTS).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_lookup-lambda"));
    let variables: Vec<(&str, &str)> = variables.iter().copied().chain([("ALLOW_ORIGIN", PICKER)]).collect();
    answers(program, folder.path(), &variables, events).unwrap()
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

fn from_another_address(mut event: Value) -> Value {
    event["requestContext"]["http"]["sourceIp"] = "192.0.2.2".into();
    event
}

/// A lookup of a code that does not exist, with one more header.
fn guess(header: &str, value: &str) -> Value {
    let mut event = event("POST", "/v1/lookup", r#"{"code":"guess"}"#);
    event["headers"][header] = value.into();
    event
}

#[test]
fn clients_are_told_apart_by_the_source_ip_or_by_cloudfronts_header_as_the_function_was_told() {
    let header = "cloudfront-viewer-address";
    let events = [
        guess(header, "198.51.100.10:46532"),
        guess(header, "198.51.100.10:46533"),
        guess(header, "198.51.100.10:46534"),
        guess(header, "2001:db8::1:46532"),
        guess("x-other", "1"),
        from_another_address(guess(header, "198.51.100.10:46535")),
    ];
    let statuses = |variables: &[(&str, &str)]| -> Vec<u64> {
        let answers = run_with(variables, &events);
        answers.iter().map(|answer| answer.body["statusCode"].as_u64().unwrap()).collect()
    };
    let few = ("UNKNOWN_CODES", "1");
    assert_eq!(statuses(&[("CLIENT_ADDRESS", header), few]), [200, 200, 429, 200, 200, 429]);
    // Anybody can send the header.
    assert_eq!(statuses(&[("CLIENT_ADDRESS", "source-ip"), few]), [200, 200, 429, 429, 429, 200]);
    assert_eq!(statuses(&[]), [200; 6], "nobody is told apart");
    assert_eq!(
        statuses(&[("CLIENT_ADDRESS", header), ("RATE_LIMIT", "2"), ("UNKNOWN_CODES", "0")]),
        [200, 200, 429, 200, 200, 429]
    );
}

#[test]
fn a_response_has_the_id_that_lambda_gave_the_request() {
    let answers = run(&[guess("x-request-id", "of-the-client")]);
    // The stub numbers its events.
    assert_eq!(answers[0].body["headers"]["x-request-id"], "0");
}
