//! The clients of back ends and their secrets.

use crate::operator::Operator;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

#[test]
fn the_secret_of_a_machine_client_is_in_a_file_that_only_its_owner_reads() {
    let operator = Operator::new();
    operator.apply();
    let file = operator.path("secrets/acme.reports.json");
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(&operator.path("secrets")), 0o700);
    let kept: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let client =
        operator.ask("DescribeUserPoolClient", json!({ "ClientId": kept["client_id"] }))["UserPoolClient"].clone();
    assert_eq!(client["ClientSecret"], kept["client_secret"]);
    assert_eq!(client["AllowedOAuthFlows"], json!(["client_credentials"]));
    assert_eq!(client["AllowedOAuthScopes"], json!(["api/reports.read"]));
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_secret_of_another_app_client_does_not_count_as_kept() {
    let operator = Operator::new();
    operator.apply();
    let file = "secrets/acme.reports.json";
    let kept = operator.read(file);
    operator.write(file, "{\"client_id\":\"other\",\"client_secret\":\"of another one\"}");
    let plan = operator.run(&["plan"]);
    assert!(plan.out.contains("keep the secret of the machine client reports"), "{}", plan.out);
    operator.apply();
    assert_eq!(operator.read(file), kept);
    assert_eq!(operator.read("secrets/.gitignore"), "*\n");
}

#[test]
fn secrets_can_be_in_secrets_manager_alone() {
    let operator = Operator::new();
    operator.edit("pool.toml", "[resource_server]", "[machines]\nsecrets_manager = \"picker/\"\n\n[resource_server]");
    operator.apply();
    assert!(!operator.path("secrets").exists());
    let kept = |id: &str| operator.aws.perform("secretsmanager.GetSecretValue", &json!({ "SecretId": id })).unwrap();
    let before = kept("picker/acme.reports")["SecretString"].clone();
    assert!(before.as_str().unwrap().contains("client_secret"));
    assert_eq!(operator.run(&["rotate", "acme", "reports"]).code, 0);
    assert_ne!(kept("picker/acme.reports")["SecretString"], before);
}

#[test]
fn a_secret_is_replaced_while_the_old_one_works_and_retired_on_demand() {
    let operator = Operator::new();
    operator.apply();
    let kept = || -> Value { serde_json::from_str(&operator.read("secrets/acme.reports.json")).unwrap() };
    let secrets = || {
        let client = json!({ "ClientId": kept()["client_id"] });
        operator.ask("ListUserPoolClientSecrets", client)["ClientSecrets"].as_array().unwrap().len()
    };
    let old = kept();
    let rotated = operator.run(&["rotate", "acme", "reports"]);
    assert_eq!(rotated.code, 0, "{rotated:?}");
    let new = kept();
    assert_ne!(new["client_secret"], old["client_secret"]);
    assert_eq!(secrets(), 2);
    for printed in [&rotated.out, &rotated.err] {
        assert!(!printed.contains(new["client_secret"].as_str().unwrap()));
    }
    let again = operator.run(&["rotate", "acme", "reports"]);
    assert_eq!((again.code, kept()), (2, new.clone()), "{again:?}");
    assert!(again.err.contains("retire the old one with --retire"), "{again:?}");

    assert_eq!(operator.run(&["rotate", "acme", "reports", "--retire"]).code, 0);
    assert_eq!(secrets(), 1);
    let client = operator.ask("DescribeUserPoolClient", json!({ "ClientId": new["client_id"] }));
    assert_eq!(client["UserPoolClient"]["ClientSecret"], new["client_secret"], "the new one has stayed");
    assert_eq!(operator.run(&["rotate", "acme", "reports", "--retire"]).code, 2, "the last one is not deleted");
    assert_eq!(operator.run(&["drift"]).code, 0);
}

#[test]
fn a_rotation_that_was_cut_off_never_costs_the_secret_in_use() {
    let operator = Operator::new();
    operator.apply();
    let kept = || -> Value { serde_json::from_str(&operator.read("secrets/acme.reports.json")).unwrap() };
    let id = kept()["client_id"].clone();
    let listed = || operator.ask("ListUserPoolClientSecrets", json!({ "ClientId": id }))["ClientSecrets"].clone();
    let old = kept();
    let old_id = listed()[0]["ClientSecretId"].clone();
    // Cognito has made the secret, and nobody has heard of it.
    operator.ask("AddUserPoolClientSecret", json!({ "ClientId": id }));
    assert_eq!(operator.run(&["rotate", "acme", "reports", "--retire"]).code, 0);
    assert_eq!(kept(), old);
    let left = listed();
    assert_eq!((left.as_array().unwrap().len(), &left[0]["ClientSecretId"]), (1, &old_id), "the one in use has stayed");

    operator.ask("AddUserPoolClientSecret", json!({ "ClientId": id }));
    assert_eq!(operator.run(&["rotate", "acme", "reports"]).code, 0);
    assert_ne!(kept(), old);
    assert_eq!(listed().as_array().unwrap().len(), 2, "the one that nobody had is gone");
    let two = operator.run(&["rotate", "acme", "reports"]);
    assert!(two.err.contains("retire the old one with --retire"), "{two:?}");

    fs::remove_file(operator.path("secrets/acme.reports.json")).unwrap();
    for command in [&["rotate", "acme", "reports"][..], &["rotate", "acme", "reports", "--retire"], &["apply", "--yes"]]
    {
        let printed = operator.run(command);
        assert_eq!(printed.code, 2, "{printed:?}");
        assert!(printed.err.contains("cannot be told which one your back end has"), "{printed:?}");
        assert_eq!(listed().as_array().unwrap().len(), 2, "{command:?}");
    }
}

#[test]
fn the_document_for_developers_names_everything_but_the_secret() {
    let operator = Operator::new();
    assert!(operator.run(&["handover", "acme", "reports"]).err.contains("has no client_id yet"));
    operator.apply();
    let printed = operator.run(&["handover", "acme", "reports"]);
    assert_eq!(printed.code, 0, "{printed:?}");
    let kept: Value = serde_json::from_str(&operator.read("secrets/acme.reports.json")).unwrap();
    for text in ["https://auth.example.com/oauth2/token", "api/reports.read", kept["client_id"].as_str().unwrap()] {
        assert!(printed.out.contains(text), "{text}: {}", printed.out);
    }
}
