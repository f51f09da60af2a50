//! What others change in the pool, before and during a run; and a pool that others have made.

use crate::operator::{Operator, POOL, PROVIDER_SECRET};
use control_plane::ControlPlane;
use serde_json::{Value, json};
use std::collections::HashMap;
use tenants::aws::{Api, ApiError, Operation};
use tenants::files::pool_file;
use tenants::files::provisioning;
use tenants::provision::apply::{ApplyError, Host, apply};
use tenants::provision::observed::observe;
use tenants::provision::plan::{Step, plan};
use tenants::secret::Secret;

#[test]
fn an_update_keeps_what_the_program_does_not_know_and_mends_the_rest() {
    let operator = Operator::new();
    operator.apply();
    operator.aws.change_client(&operator.client_id("acme"), |client| {
        client.insert("CallbackURLs".to_owned(), json!(["https://elsewhere.example/callback"]));
        client.insert("AuthSessionValidity".to_owned(), json!(9));
        client.insert("SomethingNew".to_owned(), json!({ "of": 2027 }));
    });
    let drift = operator.run(&["drift"]);
    assert_eq!(drift.code, 1);
    assert!(
        drift.out.contains(
            r#"CallbackURLs: ["https://elsewhere.example/callback"] -> ["https://login.example.com/callback"]"#
        ),
        "{}",
        drift.out
    );
    let json: Value = serde_json::from_str(&operator.run(&["drift", "--json"]).out).unwrap();
    assert_eq!(json["steps"][0]["step"], "update_app_client");
    assert_eq!(json["steps"][0]["changes"][0]["field"], "CallbackURLs");

    // The stand-in refuses what it does not know, as far as it is concerned.
    let request = update_request(&operator);
    assert_eq!(request["AuthSessionValidity"], 9);
    assert_eq!(request["SomethingNew"], json!({ "of": 2027 }));
    assert_eq!(request["CallbackURLs"], json!(["https://login.example.com/callback"]));
}

/// The request by which `apply` changes an app client.
fn update_request(operator: &Operator) -> Value {
    operator.run(&["apply", "--yes"]);
    let requests = operator.aws.requests();
    requests.into_iter().rfind(|(action, _)| action == "UpdateUserPoolClient").unwrap().1
}

/// Calls the stand-in without HTTP.
struct Direct<'a>(&'a ControlPlane);

impl Api for Direct<'_> {
    fn call(&self, operation: Operation, request: &Value) -> Result<Value, ApiError> {
        self.0.perform(operation.name, request).map_err(|error| ApiError::Refused {
            operation,
            code: error.code.to_owned(),
            message: error.message,
        })
    }
}

struct NoHost;

impl Host for NoHost {
    fn record(&self, _: &str, _: Option<&str>, _: &str) -> Result<(), String> {
        Ok(())
    }
    fn keep_secret(&self, _: &str, _: &str, _: &Secret) -> Result<(), String> {
        Ok(())
    }
    fn wait(&self, _: u32) {}
    fn done(&self, _: usize, _: usize, _: &Step) {}
}

#[test]
fn what_another_operator_changes_between_plan_and_apply_is_not_overwritten() {
    let operator = Operator::new();
    operator.apply();
    let id = operator.client_id("acme");
    operator.change(&id, "CallbackURLs", json!(["https://elsewhere.example/callback"]));
    let pool = pool_file::parse(POOL, &|_| Err(String::new())).unwrap();
    let read = |_: &str| Ok(PROVIDER_SECRET.to_owned());
    let organizations = provisioning::parse(&operator.read("tenants.toml"), &pool, &read).unwrap();
    let api = Direct(&operator.aws);
    let observed = observe(&api, &pool, &organizations, None, &|_, _| {}).unwrap();
    let plan = plan(&pool, &organizations, &observed, &|_, _| true);
    operator.change(&id, "AuthSessionValidity", json!(9));
    let (index, error) = apply(&api, &NoHost, &pool, &plan, HashMap::new()).unwrap_err();
    assert_eq!(index, 0);
    assert!(matches!(error, ApplyError::ChangedMeanwhile(_)), "{error}");
    assert_eq!(operator.client("acme")["CallbackURLs"], json!(["https://elsewhere.example/callback"]));
}

#[test]
fn a_conflict_is_no_reason_to_overwrite_what_caused_it() {
    let operator = Operator::new();
    operator.apply();
    let id = operator.client_id("acme");
    operator.change(&id, "CallbackURLs", json!(["https://elsewhere.example/callback"]));
    operator.aws.conflict(1);
    operator.apply();
    assert_eq!(operator.client("acme")["CallbackURLs"], json!(["https://login.example.com/callback"]));
    let updates = operator.aws.requests().into_iter().filter(|(action, _)| action == "UpdateUserPoolClient").count();
    let describes = operator.aws.requests().into_iter().rev().take(3).map(|(action, _)| action).collect::<Vec<_>>();
    assert_eq!(updates, 2);
    assert_eq!(
        describes,
        ["UpdateUserPoolClient", "DescribeUserPoolClient", "UpdateUserPoolClient"],
        "described again"
    );
}

#[test]
fn what_others_have_deleted_is_drift_and_is_made_again() {
    let operator = Operator::new();
    operator.apply();
    let old = operator.client_id("acme");
    operator.ask("DeleteUserPoolClient", json!({ "ClientId": old }));
    operator.ask("DeleteIdentityProvider", json!({ "ProviderName": "GlobexOIDC" }));
    let drift = operator.run(&["drift"]);
    assert_eq!(drift.code, 1);
    assert!(drift.out.contains(&format!("client_id: {old} -> the new one")), "{}", drift.out);
    assert!(drift.out.contains("create the identity provider GlobexOIDC"), "{}", drift.out);
    operator.apply();
    assert_ne!(operator.client_id("acme"), old);
    assert_eq!(operator.run(&["drift"]).code, 0);
}

#[test]
fn an_entry_that_was_removed_by_hand_leaves_an_app_client_that_is_named() {
    let operator = Operator::new();
    operator.apply();
    operator.ask("CreateUserPoolClient", json!({ "ClientName": "acme" }));
    operator.ask("CreateUserPoolClient", json!({ "ClientName": "something else" }));
    operator.edit(
        "tenants.toml",
        "[[tenants.machines]]\nname = \"reports\"\nscopes = [\"api/reports.read\"]\n",
        "[tenants.x]\n#",
    );
    let text = operator.read("tenants.toml");
    operator.write("tenants.toml", &text.replace("[tenants.x]\n#client_id", "#"));
    let drift = operator.run(&["drift"]);
    assert_eq!(drift.code, 1, "{drift:?}");
    assert_eq!(drift.out.matches("LEFT OVER").count(), 2, "{}", drift.out);
    assert!(drift.out.contains("the app client acme.reports ("), "{}", drift.out);
    let json: Value = serde_json::from_str(&operator.run(&["plan", "--json"]).out).unwrap();
    assert_eq!(json["leftovers"].as_array().unwrap().len(), 2);
}

#[test]
fn an_imported_pool_has_nothing_to_do() {
    let operator = Operator::new();
    operator.apply();
    operator.ask("CreateUserPoolClient", json!({ "ClientName": "a script" }));
    let import = ["import", "--user-pool-id", "eu-west-1_LocalPool", "--into", "imported"];
    let printed = operator.run(&import);
    assert_eq!(printed.code, 0, "{printed:?}");
    assert!(printed.out.contains("3 organizations, 2 app clients left out"), "{}", printed.out);
    assert!(printed.out.contains("left out: acme.reports"), "{}", printed.out);
    let plan = operator.run(&["plan", "--pool", "imported/pool.toml", "--directory", "imported/tenants.toml"]);
    assert!(
        plan.out.ends_with("\n3 organizations: all is as the files say\n"),
        "{}",
        operator.read("imported/tenants.toml")
    );
    assert!(plan.out.starts_with("LEFT OVER       the app client acme.reports"), "{}", plan.out);
    let again = operator.run(&import);
    assert!(again.err.contains("exists already, and nothing was written"), "{again:?}");
}
