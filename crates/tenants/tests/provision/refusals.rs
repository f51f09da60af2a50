//! What is refused before anything is changed, or half-way.

use crate::operator::{Operator, undisturbed};
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt;

#[test]
fn a_file_with_errors_is_refused_with_line_and_field_before_anything_is_asked() {
    for (file, from, to, line) in [
        (
            "pool.toml",
            "eu-west-1_LocalPool",
            "us-east-1_LocalPool",
            "pool.toml:3: user_pool_id: is a pool of us-east-1, and region is eu-west-1",
        ),
        (
            "pool.toml",
            "https://login.example.com/callback",
            "http://login.example.com/callback",
            "pool.toml:5: callback_urls[0]: is not an https address",
        ),
        ("pool.toml", "\"openid\", ", "", "pool.toml:7: scopes: must contain openid"),
        (
            "pool.toml",
            "reuse_minutes = 60",
            "reuse_minutes = -1",
            "pool.toml:10: sessions.reuse_minutes: must be 0 to 129600, and is -1",
        ),
        ("pool.toml", "[branding]", "[brand]", "pool.toml:16: brand: unknown field"),
        (
            "tenants.toml",
            "\"AcmeSAML\"",
            "\"An_identity_provider\"",
            "tenants.toml:6: tenants[0].identity_provider: must have 3 to 32 characters without space and underscore",
        ),
        (
            "tenants.toml",
            "\"AcmeSAML\"",
            "\"AcmeSAMLAcmeSAMLAcmeSAMLAcmeSAML1\"",
            "tenants.toml:6: tenants[0].identity_provider: is not the name of an identity provider: 1 to 32 characters",
        ),
        (
            "tenants.toml",
            "metadata_url = \"https://idp.acme.example/metadata\"",
            "metadata_file = \"page.html\"",
            "tenants.toml:11: tenants[0].provider.metadata_file: page.html: is a web page (HTML) and no SAML metadata",
        ),
        (
            "tenants.toml",
            "metadata_url = \"https://idp.acme.example/metadata\"",
            "metadata_file = \"none.xml\"",
            "tenants.toml:11: tenants[0].provider.metadata_file: none.xml: cannot be read: No such file",
        ),
        (
            "tenants.toml",
            "type = \"SAML\"",
            "type = \"Saml\"",
            "tenants.toml:10: tenants[0].provider.type: must be SAML, OIDC or COGNITO",
        ),
        (
            "tenants.toml",
            "\"GlobexOIDC\"",
            "\"AcmeSAML\"",
            "tenants.toml:20: tenants[1].identity_provider: is the provider of acme too, and one of the two has strict isolation",
        ),
        (
            "tenants.toml",
            "api/reports.read",
            "api/reports.write",
            "tenants.toml:15: tenants[0].machines[0].scopes[0]: is not a scope of pool.toml",
        ),
        (
            "tenants.toml",
            "code = \"globex\"",
            "code = \"acme\"",
            "tenants.toml:18: tenants[1].code: is the code of another tenant already",
        ),
    ] {
        let operator = Operator::new();
        operator.write("page.html", "<!DOCTYPE html><html><title>Sign in</title></html>");
        operator.edit(file, from, to);
        let printed = operator.run(&["apply", "--yes"]);
        assert_eq!(printed.code, 2, "{to}: {printed:?}");
        assert!(printed.err.starts_with(line), "{to}: {}", printed.err);
        assert!(operator.aws.requests().is_empty(), "{to}");
    }
}

#[test]
fn what_cannot_be_written_is_found_out_before_the_pool_is_changed() {
    let operator = Operator::new();
    operator.write("secrets", "a file");
    let printed = operator.run(&["apply", "--yes"]);
    assert!(printed.code == 2 && printed.err.contains("Mend that first: nothing was done."), "{printed:?}");
    fs::set_permissions(operator.path("tenants.toml"), fs::Permissions::from_mode(0o444)).unwrap();
    let printed = operator.run(&["apply", "--yes"]);
    assert!(printed.err.contains("tenants.toml: cannot be written: it is read-only"), "{printed:?}");
    assert!(operator.writes().is_empty());
}

#[test]
fn two_runs_do_not_change_the_pool_at_the_same_time() {
    let operator = Operator::new();
    let held = fs::File::open(operator.path("pool.toml")).unwrap();
    // Of two shared locks neither would be refused.
    rustix::fs::flock(&held, rustix::fs::FlockOperation::LockShared).unwrap();
    let printed = operator.run(&["apply", "--yes"]);
    assert!(printed.code == 2 && printed.err.contains("another run of `tenants` is using pool.toml"), "{printed:?}");
    assert_eq!(operator.run(&["plan"]).code, 0, "reading is possible");
    drop(held);
    operator.apply();
}

#[test]
fn a_missing_right_is_named_and_nothing_is_half_done() {
    let operator = Operator::new();
    operator.aws.deny("CreateUserPoolClient");
    let printed = operator.run(&["apply", "--yes"]);
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("the credentials lack the right cognito-idp:CreateUserPoolClient"), "{}", printed.err);
    assert!(printed.err.contains("2 of 18 steps are done, and stay done."), "{}", printed.err);
    operator.aws.allow("CreateUserPoolClient");
    operator.apply();
    assert_eq!(operator.pool(), undisturbed().0);
}

#[test]
fn wrong_credentials_and_a_pool_that_is_not_there_have_their_own_words() {
    let mut operator = Operator::new();
    operator.edit("pool.toml", "eu-west-1_LocalPool", "eu-west-1_Other");
    let printed = operator.run(&["plan"]);
    assert!(printed.err.contains("User pool eu-west-1_Other does not exist"), "{printed:?}");
    assert!(printed.err.contains("Check region and user_pool_id in pool.toml"), "{printed:?}");
    operator.access_key = "AKIAUNKNOWN";
    let printed = operator.run(&["plan"]);
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("Check the credentials"), "{printed:?}");
}

#[test]
fn a_response_without_its_list_is_no_empty_pool() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            use std::io::{Read, Write};
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    let operator = Operator::new();
    let output = operator.command(&["drift"]).env("AWS_ENDPOINT_URL", address).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("there is no UserPoolClients in the response: is this AWS?"), "{err}");
}

#[test]
fn the_files_of_another_pool_change_nothing() {
    let operator = Operator::new();
    operator.apply();
    let other = Operator::new();
    other.write("tenants.toml", &operator.read("tenants.toml"));
    let before = other.read("tenants.toml");
    let printed = other.run(&["apply", "--yes"]);
    assert_eq!((printed.code, other.read("tenants.toml")), (1, before));
    assert!(
        printed.out.contains("none of the 4 app clients that tenants.toml names is in the pool"),
        "{}",
        printed.out
    );
    assert!(other.writes().is_empty());
}

#[test]
fn quotas_are_counted_before_the_first_write() {
    let operator = Operator::new();
    operator.edit("pool.toml", "[resource_server]", "[quotas]\napp_clients = 3\n\n[resource_server]");
    let printed = operator.run(&["apply", "--yes"]);
    assert_eq!(printed.code, 1);
    assert!(printed.out.contains("the pool would have 4 app clients, and may have 3 [quota]"), "{}", printed.out);
    assert!(operator.writes().is_empty());
}

#[test]
fn an_app_client_that_cannot_be_told_or_has_a_secret_stops_everything() {
    let operator = Operator::new();
    for _ in 0..2 {
        operator.ask("CreateUserPoolClient", json!({ "ClientName": "acme" }));
    }
    operator.ask("CreateUserPoolClient", json!({ "ClientName": "initech", "GenerateSecret": true }));
    let printed = operator.run(&["apply", "--yes"]);
    assert_eq!(printed.code, 1);
    assert!(printed.out.contains("2 app clients of the pool are named acme [several_clients]"), "{}", printed.out);
    assert!(printed.out.contains("has a secret [client_secret]"), "{}", printed.out);
    assert!(operator.writes().is_empty());
}
