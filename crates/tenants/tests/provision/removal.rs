//! Taking organizations out of service and out of the pool.

use crate::operator::{Operator, native, undisturbed};
use serde_json::json;

#[test]
fn removing_takes_two_commands_that_both_ask() {
    let operator = Operator::new();
    operator.apply();
    let id = operator.client_id("acme");
    assert!(operator.run(&["remove", "acme"]).err.contains("--confirm CODE is needed"));
    assert!(operator.run(&["remove", "acme", "--confirm", "acne"]).err.contains("that is another code"));
    assert!(operator.run(&["remove", "acme", "--delete", "--confirm", "acme"]).err.contains("acme is in service"));
    assert_eq!(operator.client_id("acme"), id, "nothing was done");

    assert_eq!(operator.run(&["remove", "acme", "--confirm", "acme"]).code, 0);
    assert_eq!(operator.client_id("acme"), "", "nobody is sent there any more");
    let client = operator.ask("DescribeUserPoolClient", json!({ "ClientId": id }))["UserPoolClient"].clone();
    assert_eq!(client["AllowedOAuthFlowsUserPoolClient"], false);
    assert_eq!(operator.run(&["drift"]).code, 0, "what is out of service is no drift");

    assert_eq!(operator.run(&["remove", "acme", "--delete", "--confirm", "acme"]).code, 0);
    let request = json!({ "UserPoolId": "eu-west-1_LocalPool", "ClientId": id });
    assert_eq!(operator.aws.perform("DescribeUserPoolClient", &request).unwrap_err().code, "ResourceNotFoundException");
    assert!(!operator.read("tenants.toml").contains("acme"));
    assert_eq!(operator.run(&["drift"]).code, 0);
}

#[test]
fn an_organization_that_is_out_of_service_comes_back_with_apply() {
    let operator = Operator::new();
    operator.apply();
    let id = operator.client_id("acme");
    operator.run(&["remove", "acme", "--confirm", "acme"]);
    operator.edit("tenants.toml", "disabled = true\n", "");
    operator.apply();
    assert_eq!(operator.client_id("acme"), id);
    assert_eq!(operator.pool(), undisturbed().0);
}

#[test]
fn what_is_out_of_service_takes_no_passwords_and_is_drift_if_somebody_switches_it_on() {
    let operator = Operator::new();
    operator.apply();
    let id = operator.client_id("initech");
    operator.run(&["remove", "initech", "--confirm", "initech"]);
    let client = operator.ask("DescribeUserPoolClient", json!({ "ClientId": id }))["UserPoolClient"].clone();
    assert_eq!(client["ExplicitAuthFlows"], json!(["ALLOW_CUSTOM_AUTH"]));
    operator.aws.change_client(&id, |client| {
        client.insert("ExplicitAuthFlows".to_owned(), json!(["ALLOW_USER_PASSWORD_AUTH"]));
    });
    let drift = operator.run(&["drift"]);
    assert!(drift.code == 1 && drift.out.contains("ExplicitAuthFlows"), "{drift:?}");
}

#[test]
fn nothing_is_removed_that_cannot_be_told() {
    let operator = Operator::new();
    operator.write("tenants.toml", &native(&["acme"]));
    for _ in 0..2 {
        operator.ask("CreateUserPoolClient", json!({ "ClientName": "acme" }));
    }
    let printed = operator.run(&["remove", "acme", "--confirm", "acme"]);
    assert_eq!(printed.code, 2, "{printed:?}");
    assert!(printed.err.contains("2 app clients of the pool are named acme"), "{printed:?}");
}

#[test]
fn a_provider_that_others_use_is_not_deleted_with_its_organization() {
    let operator = Operator::new();
    operator.apply();
    let other = json!({ "ClientName": "other", "SupportedIdentityProviders": ["AcmeSAML"] });
    operator.ask("CreateUserPoolClient", other);
    operator.run(&["remove", "acme", "--confirm", "acme"]);
    let printed = operator.run(&["remove", "acme", "--delete", "--confirm", "acme"]);
    assert!(printed.out.contains("The identity provider AcmeSAML stays"), "{}", printed.out);
    operator.ask("DescribeIdentityProvider", json!({ "ProviderName": "AcmeSAML" }));
}
