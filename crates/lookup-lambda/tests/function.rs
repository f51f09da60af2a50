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
    let table = Table::new(engine.client(Duration::from_secs(10)), "tenants".to_owned());
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
