//! The program as Lambda runs it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use runtime_stub::answers;
use serde_json::{Value, json};
use std::path::Path;

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
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tenants.toml"), TENANTS).unwrap();
    let events = [event("AcmeSAML"), event("Other"), json!({ "version": "9" }), event("AcmeSAML")];
    let answers = answers(Path::new(env!("CARGO_BIN_EXE_gate")), folder.path(), &[], &events).unwrap();
    let claim = |answer: &Value| {
        let details = &answer["response"]["claimsAndScopeOverrideDetails"];
        details["idTokenGeneration"]["claimsToAddOrOverride"]["tenant"].clone()
    };
    let has_failed: Vec<bool> = answers.iter().map(|answer| answer.is_error).collect();
    assert_eq!(has_failed, [false, true, true, false], "it goes on after a refusal");
    assert_eq!([claim(&answers[0].body), claim(&answers[3].body)], ["acme", "acme"]);
    let words = answers[1].body["errorMessage"].as_str().unwrap();
    assert_eq!(words, "This account does not belong to Acme. Sign in with the account that Acme gave you");
    assert_eq!(answers[2].body["errorMessage"], "the event has no version 1, 2 or 3, or it is of another version");
}
