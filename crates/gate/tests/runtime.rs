//! The program as Lambda runs it, against a stub of the runtime API
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

/// Hands out one event after another, and collects what the program says to each.
fn answers(events: &[Value], directory: &str) -> Vec<(String, Value)> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = std::env::temp_dir().join(format!("gate-{}", listener.local_addr().unwrap().port()));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("tenants.toml"), directory).unwrap();
    let mut program: Child = Command::new(env!("CARGO_BIN_EXE_gate"))
        .current_dir(&folder)
        .env("AWS_LAMBDA_RUNTIME_API", listener.local_addr().unwrap().to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "gate")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "gate")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "gate")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut waiting = events.iter().enumerate();
    let mut answers = Vec::new();
    while answers.len() < events.len() {
        let (stream, _) = listener.accept().unwrap();
        let mut connection = BufReader::new(stream);
        // A connection is used for several requests.
        while let Some((path, body)) = request(&mut connection) {
            match path.rsplit('/').next() {
                Some("next") => match waiting.next() {
                    Some((i, event)) => respond(connection.get_mut(), i, &event.to_string()),
                    None => break,
                },
                Some(kind) => {
                    answers.push((kind.to_owned(), serde_json::from_slice(&body).unwrap_or(Value::Null)));
                    respond(connection.get_mut(), 0, "{}");
                }
                None => {}
            }
        }
    }
    program.kill().unwrap();
    program.wait().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    answers
}

/// The path and the body of the next request. `None` at the end of the connection.
fn request(connection: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let mut line = String::new();
    connection.read_line(&mut line).ok()?;
    let path = line.split_whitespace().nth(1)?.to_owned();
    let mut length = 0;
    loop {
        line.clear();
        connection.read_line(&mut line).ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).ok()?;
    Some((path, body))
}

fn respond(stream: &mut TcpStream, id: usize, body: &str) {
    let head = format!(
        "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: {id}\r\nLambda-Runtime-Deadline-Ms: 4102444800000\r\n\
         Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:gate\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
}

#[test]
fn an_admitted_person_gets_the_claim_and_a_refused_one_the_words() {
    const TENANTS: &str =
        "[[tenants]]\ncode = \"acme\"\nname = \"Acme\"\nclient_id = \"c1\"\nidentity_provider = \"AcmeSAML\"\n";
    let event = |provider: &str| {
        let identities = json!([{ "providerName": provider }]).to_string();
        json!({
            "version": "2", "triggerSource": "TokenGeneration_HostedAuth",
            "callerContext": { "clientId": "c1" },
            "request": { "userAttributes": { "identities": identities } }, "response": {},
        })
    };
    let answers = answers(&[event("AcmeSAML"), event("Other"), json!({ "version": "9" }), event("AcmeSAML")], TENANTS);
    let claim = |answer: &Value| {
        let details = &answer["response"]["claimsAndScopeOverrideDetails"];
        details["idTokenGeneration"]["claimsToAddOrOverride"]["tenant"].clone()
    };
    let kinds: Vec<&str> = answers.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["response", "error", "error", "response"], "it goes on after a refusal");
    assert_eq!([claim(&answers[0].1), claim(&answers[3].1)], ["acme", "acme"]);
    let words = answers[1].1["errorMessage"].as_str().unwrap();
    assert_eq!(words, "This account does not belong to Acme. Sign in with the account that Acme gave you");
    assert_eq!(answers[2].1["errorMessage"], "the event has no version 1, 2 or 3, or it is of another version");
}
