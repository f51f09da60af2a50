//! The doctor with credentials, against the strict local control plane. The pool is set up by `tenants apply`, and then
//! spoiled. What the doctor sees from outside is in doctor.rs: here, nothing answers there.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use control_plane::{ControlPlane, Options};
use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use tempfile::TempDir;

const POOL: &str = r#"
region = "eu-west-1"
user_pool_id = "eu-west-1_LocalPool"
callback_urls = ["https://login.example.com/callback"]
sign_out_urls = ["https://login.example.com/signed-out"]
scopes = ["openid", "email", "profile"]
attributes = { saml = { email = "mail" }, oidc = { email = "email", name = "name" } }

[sessions]

[branding]
"#;

const TENANTS: &str = r#"
[[tenants]]
code = "acme"
name = "Acme Corporation"
identity_provider = "AcmeSAML"
domains = ["acme.example"]
provider = { type = "SAML", metadata_file = "acme.xml" }

[[tenants]]
code = "globex"
name = "Globex"
identity_provider = "GlobexOIDC"
domains = ["globex.example"]
isolation = "strict"
provider = { type = "OIDC", issuer = "https://globex.example", client_id = "g", client_secret_file = "globex.secret" }
"#;

const PROVIDER_SECRET: &str = "the-secret-of-globex";

/// What the doctor has said: which checks were made, and which found something, each with its organization.
#[derive(Debug)]
struct Said {
    code: i32,
    checks: Vec<(String, String)>,
    problems: Vec<(String, String, String)>,
    out: String,
    err: String,
}

struct Operator {
    aws: ControlPlane,
    folder: TempDir,
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

impl Operator {
    /// An operator whose pool is as it should be.
    fn new() -> Self {
        let aws = ControlPlane::start(Options::default()).unwrap();
        aws.set_lambda_config(json!({ "PreTokenGenerationConfig": { "LambdaArn": "arn:aws:lambda:eu-west-1:1:f" } }));
        let operator = Self { aws, folder: tempfile::tempdir().unwrap() };
        operator.write("pool.toml", POOL);
        operator.write("tenants.toml", TENANTS);
        operator.write("globex.secret", PROVIDER_SECRET);
        operator.write("acme.xml", &fs::read_to_string(fixture("until-2124.xml")).unwrap());
        operator.write_config("eu-west-1_LocalPool");
        let (code, out, err) = operator.run("local", &["apply", "--yes"]);
        assert_eq!(code, 0, "{out}{err}");
        operator
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn write_config(&self, pool_id: &str) {
        let config = json!({
            "lookup_url": "/v1/lookup",
            "user_pools": [{ "issuer": format!("http://127.0.0.1:9/{pool_id}"), "hosted_ui": "http://127.0.0.1:9" }],
            "redirect_uri": "https://login.example.com/callback",
            "managed_login": true,
        });
        self.write("config.json", &config.to_string());
    }

    fn run(&self, secret_key: &str, arguments: &[&str]) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_tenants"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("AWS_ACCESS_KEY_ID", "AKIALOCAL")
            .env("AWS_SECRET_ACCESS_KEY", secret_key)
            .env("AWS_ENDPOINT_URL", self.aws.address())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    /// What the doctor says of the inside. It may have made no write, and printed no secret.
    #[track_caller]
    fn doctor(&self, options: &[&str]) -> Said {
        let writes = self.aws.writes().len();
        let asked = self.aws.requests().len();
        let own = ["doctor", "--config", "config.json", "--directory", "tenants.toml", "--pool", "pool.toml", "--json"];
        let (code, out, err) = self.run("local", &[&own, options].concat());
        assert_eq!(self.aws.writes().len(), writes, "the doctor changes nothing");
        for (action, _) in &self.aws.requests()[asked..] {
            assert!(["Describe", "Get", "List"].iter().any(|verb| action.starts_with(verb)), "{action}");
        }
        assert!(!out.contains(PROVIDER_SECRET) && !err.contains(PROVIDER_SECRET), "{out}{err}");
        let report: Value = serde_json::from_str(&out).unwrap_or_default();
        let (mut checks, mut problems) = (Vec::new(), Vec::new());
        let parts = [&report["user_pools"], &report["tenants"]];
        for part in parts.into_iter().flat_map(|parts| parts.as_array().into_iter().flatten()) {
            let inside = ["trigger", "app client", "provider", "write attributes", "branding", "session"];
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            for check in part["checks"].as_array().unwrap() {
                let (id, name) = (text(&part["id"]), text(&check["check"]));
                if !inside.contains(&name.as_str()) {
                    continue;
                }
                if check["fine"] == false {
                    assert!(check["people_see"].is_string() && check["what_to_do"].is_string(), "{check}");
                    problems.push((id.clone(), name.clone(), text(&check["code"])));
                }
                checks.push((id, name));
            }
        }
        Said { code, checks, problems, out, err }
    }

    /// The names of checks with a problem, and its code.
    #[track_caller]
    fn problems(&self) -> Vec<(String, String)> {
        self.doctor(&[]).problems.into_iter().map(|(_, name, code)| (name, code)).collect()
    }

    /// The app client of an organization.
    fn client_id(&self, code: &str) -> String {
        let list = self.ask("ListUserPoolClients", json!({ "MaxResults": 60 }));
        let clients = list["UserPoolClients"].as_array().unwrap();
        let client = clients.iter().find(|client| client["ClientName"] == code).unwrap();
        client["ClientId"].as_str().unwrap().to_owned()
    }

    fn ask(&self, action: &str, mut request: Value) -> Value {
        request["UserPoolId"] = "eu-west-1_LocalPool".into();
        self.aws.perform(action, &request).unwrap()
    }
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
}

#[test]
fn a_pool_that_was_set_up_by_apply_has_no_problem_inside() {
    let operator = Operator::new();
    let said = operator.doctor(&[]);
    assert_eq!(said.problems, [], "{}", said.out);
    let expected = pairs(&[
        ("http://127.0.0.1:9/eu-west-1_LocalPool", "trigger"),
        ("acme", "app client"),
        ("acme", "provider"),
        ("acme", "write attributes"),
        ("acme", "branding"),
        ("globex", "app client"),
        ("globex", "provider"),
        ("globex", "write attributes"),
        ("globex", "branding"),
        ("globex", "session"),
    ]);
    assert_eq!(said.checks, expected);
    assert!(said.out.contains("its signing certificate is valid until 2124-12-31"), "{}", said.out);
    let one = operator.doctor(&["--tenant", "acme"]);
    assert!(one.checks.iter().all(|(id, _)| id != "globex"), "{one:?}");
}

#[test]
fn everything_that_others_have_spoiled_inside_is_named() {
    let operator = Operator::new();
    let (acme, globex) = (operator.client_id("acme"), operator.client_id("globex"));
    operator.aws.set_lambda_config(json!({ "PreSignUp": "arn:aws:lambda:eu-west-1:1:f" }));
    operator.aws.change_client(&acme, |client| {
        client.insert("WriteAttributes".to_owned(), json!(["name"]));
        client.insert("SupportedIdentityProviders".to_owned(), json!(["AcmeSAML", "COGNITO"]));
    });
    let style = operator.ask("DescribeManagedLoginBrandingByClient", json!({ "ClientId": acme }));
    let style = style["ManagedLoginBranding"]["ManagedLoginBrandingId"].clone();
    operator.ask("DeleteManagedLoginBranding", json!({ "ManagedLoginBrandingId": style }));
    let minutes = json!({ "ClientId": globex, "SSOSession": { "MaxValidityMinutes": 60 } });
    operator.ask("SetUserPoolClientSessionConfiguration", minutes);
    operator.aws.change_provider("AcmeSAML", |provider| {
        provider["ProviderDetails"]["MetadataFile"] = fs::read_to_string(fixture("until-2026.xml")).unwrap().into();
    });
    let said = operator.doctor(&[]);
    assert_eq!(said.code, 1);
    let problems: Vec<_> = said.problems.iter().map(|(_, name, code)| (name.clone(), code.clone())).collect();
    let expected = pairs(&[
        ("trigger", "no_gate"),
        ("app client", "providers"),
        ("provider", "certificate_expired"),
        ("write attributes", "write_attributes"),
        ("branding", "no_branding_style"),
        ("session", "session_reuse"),
    ]);
    assert_eq!(problems, expected, "{}", said.out);
    for seen in
        ["globex has strict isolation", "certificate expired on 2026-01-15", "attributes: email", "for 60 minutes"]
    {
        assert!(said.out.contains(seen), "{seen}: {}", said.out);
    }
}

#[test]
fn an_app_client_or_a_provider_that_is_not_there_is_named() {
    let operator = Operator::new();
    let tenants = fs::read_to_string(operator.folder.path().join("tenants.toml")).unwrap();
    operator.write("tenants.toml", &tenants.replace(&operator.client_id("acme"), "gone"));
    assert_eq!(operator.problems(), pairs(&[("app client", "no_app_client")]));
    operator.write("tenants.toml", &tenants.replace("GlobexOIDC", "Globex"));
    assert_eq!(operator.problems(), pairs(&[("app client", "providers"), ("provider", "no_provider")]));
}

/// Answers every request with a status and a text. Returns the address.
fn serve(status: &'static str, text: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/metadata", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", text.len());
            let _ = stream.write_all(format!("{head}{text}").as_bytes());
        }
    });
    address
}

#[test]
fn metadata_that_cognito_only_knows_the_address_of_are_fetched() {
    let operator = Operator::new();
    let metadata_at = |url: String| {
        operator
            .aws
            .change_provider("AcmeSAML", |provider| provider["ProviderDetails"] = json!({ "MetadataURL": url }));
        operator.problems()
    };
    let file = |name: &str| fs::read_to_string(fixture(name)).unwrap();
    assert_eq!(metadata_at(serve("200 OK", file("until-2124.xml"))), []);
    let expired = pairs(&[("provider", "certificate_expired")]);
    assert_eq!(metadata_at(serve("200 OK", file("until-2026.xml"))), expired);
    let page = "<!doctype html><title>Sign in</title>".to_owned();
    assert_eq!(metadata_at(serve("200 OK", page)), pairs(&[("provider", "certificate_unreadable")]));
    assert_eq!(metadata_at(serve("404 Not Found", String::new())), pairs(&[("provider", "no_metadata")]));
    assert_eq!(metadata_at("http://127.0.0.1:9/".to_owned()), pairs(&[("provider", "no_metadata")]));
}

#[test]
fn a_missing_right_is_named_and_the_other_checks_go_on() {
    let everything = Operator::new().doctor(&[]).checks;
    for (action, names, also_missing) in [
        ("DescribeUserPool", vec!["trigger"], 0),
        ("DescribeUserPoolClient", vec!["app client"; 2], 2),
        ("DescribeIdentityProvider", vec!["provider"; 2], 2),
        ("DescribeManagedLoginBrandingByClient", vec!["branding"; 2], 0),
        ("GetUserPoolClientSessionConfiguration", vec!["session"], 0),
    ] {
        let operator = Operator::new();
        operator.aws.deny(action);
        let said = operator.doctor(&[]);
        let expected: Vec<_> = names.iter().map(|name| ((*name).to_owned(), "no_right".to_owned())).collect();
        let problems: Vec<_> = said.problems.iter().map(|(_, name, code)| (name.clone(), code.clone())).collect();
        assert_eq!(problems, expected, "{action}");
        assert!(said.out.contains(&format!("Add cognito-idp:{action} to the policy")), "{}", said.out);
        // Write access is compared with two descriptions.
        assert_eq!(said.checks.len(), everything.len() - also_missing, "{action}: {:?}", said.checks);
    }
}

#[test]
fn the_rights_of_the_documented_policy_are_enough_and_all_are_needed() {
    let operator = Operator::new();
    let before = operator.aws.requests().len();
    operator.doctor(&[]);
    let mut asked: Vec<_> = operator.aws.requests().drain(before..).map(|(action, _)| action).collect();
    asked.sort();
    asked.dedup();
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/doctor.md")).unwrap();
    let policy = docs.split("```json").nth(1).unwrap().split("```").next().unwrap();
    let policy: Value = serde_json::from_str(policy).unwrap();
    let rights = policy["Statement"][0]["Action"].as_array().unwrap().iter().map(|right| right.as_str().unwrap());
    let mut rights: Vec<_> = rights.map(|right| right.strip_prefix("cognito-idp:").unwrap().to_owned()).collect();
    rights.sort();
    assert_eq!(asked, rights);
}

#[test]
fn what_cannot_be_asked_at_all_ends_the_run_with_its_reason() {
    let operator = Operator::new();
    let own = ["doctor", "--config", "config.json", "--directory", "tenants.toml", "--pool", "pool.toml"];
    let (code, _, err) = operator.run("wrong", &own);
    assert!(
        code == 2 && err.contains("DescribeUserPool was refused") && err.contains("Check the credentials"),
        "{err}"
    );
    let (code, _, err) = operator.run("local", &[&own[..], &["--app-clients", "pool.toml"]].concat());
    assert!(code == 2 && err.contains("cannot be used with"), "{err}");
    operator.write_config("eu-west-1_Other");
    let said = operator.doctor(&[]);
    assert_eq!(said.err, "pool.toml: user_pool_id: no issuer of config.json ends in eu-west-1_LocalPool\n");
    assert_eq!(said.code, 2);
}
