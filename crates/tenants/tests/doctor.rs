//! The program against the local hosted UI, which is set up rightly and wrongly.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

const PICKER: &str = "http://127.0.0.1:9";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sample() -> String {
    fs::read_to_string(root().join("crates/lookup-service/tenants.toml")).unwrap()
}

/// The local hosted UI, with the sample directory. It ends with the test.
struct HostedUi {
    program: Child,
    address: String,
    folder: TempDir,
}

impl Drop for HostedUi {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

impl HostedUi {
    fn start() -> Self {
        let mut program = Command::new("node")
            .arg(root().join("hosted-ui/main.mjs"))
            .arg("--directory")
            .arg(root().join("crates/lookup-service/tenants.toml"))
            .args(["--picker", PICKER])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit(' ').next().unwrap().to_owned();
        Self { program, address, folder: tempfile::tempdir().unwrap() }
    }

    /// Runs the doctor with other fields in config.json and another directory. Returns the exit code and the report.
    fn doctor(&self, fields: &Value, directory: &str, options: &[&str]) -> (i32, String, String) {
        let (config, file) = (self.folder.path().join("config.json"), self.folder.path().join("tenants.toml"));
        let mut settings = json!({
            "lookup_url": "/v1/lookup",
            "user_pools": [{ "issuer": self.address, "hosted_ui": self.address }],
            "redirect_uri": format!("{PICKER}/callback"),
        });
        for (name, value) in fields.as_object().unwrap() {
            settings[name] = value.clone();
        }
        fs::write(&config, settings.to_string()).unwrap();
        fs::write(&file, directory).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_tenants"))
            .arg("doctor")
            .args(["--config".as_ref(), config.as_os_str(), "--directory".as_ref(), file.as_os_str()])
            .args(options)
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
}

#[test]
fn a_deployment_that_works_has_no_problems() {
    let hosted_ui = HostedUi::start();
    let (code, out, err) = hosted_ui.doctor(&json!({}), &sample(), &[]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "1 user pool, 15 organizations, 0 problems\n", ""));
    let (_, out, _) = hosted_ui.doctor(&json!({}), &sample(), &["--all", "--tenant", "ACME"]);
    for line in
        ["keys: 1 key, readable from", "sign-in: the hosted UI goes on to the provider", "sign-out: comes back to"]
    {
        assert!(out.contains(&format!("  fine   {line}")), "{out}");
    }
}

#[test]
fn each_thing_that_is_set_up_wrongly_is_named_with_what_people_see_and_what_to_do() {
    let hosted_ui = HostedUi::start();
    let globex = "2k8dq0v5n3globex7rj41m6tzx";
    let wrong_client = sample().replace(globex, "anotherclient");
    let wrong_provider = sample().replace("AcmeSAML", "AnotherSAML");
    let strict = sample().replace("\ncode = \"acme\"\n", "\ncode = \"acme\"\nisolation = \"strict\"\n");
    let shared_provider = strict.replace("GlobexOIDC", "AcmeSAML");
    let elsewhere =
        json!({ "redirect_uri": format!("{PICKER}/callback/x"), "logout_uri": format!("{PICKER}/elsewhere") });
    for (fields, directory, tenant, problems) in [
        (&elsewhere, sample(), "acme", vec!["redirect_uri", "sign_out"]),
        (&json!({}), wrong_client, "globex", vec!["hosted_ui_error", "client", "sign_out"]),
        (&json!({}), wrong_provider, "acme", vec!["provider"]),
        (&json!({}), strict, "acme", vec![]),
        (&json!({}), shared_provider, "acme", vec!["strict_shares_provider"]),
    ] {
        let (code, out, _) = hosted_ui.doctor(fields, &directory, &["--json", "--tenant", tenant]);
        let report: Value = serde_json::from_str(&out).unwrap();
        let checks = report["tenants"][0]["checks"].as_array().unwrap();
        let wrong: Vec<_> = checks.iter().filter(|check| check["fine"] == false).collect();
        let codes: Vec<_> = wrong.iter().map(|check| check["code"].as_str().unwrap()).collect();
        assert_eq!(codes, problems, "{out}");
        assert_eq!(report["problems"], problems.len());
        assert_eq!(code, i32::from(!problems.is_empty()), "{out}");
        for check in wrong {
            assert!(check["people_see"].is_string() && check["what_to_do"].is_string(), "{check}");
        }
    }
}

#[test]
fn a_file_that_cannot_be_used_is_told_with_its_name_and_field() {
    let hosted_ui = HostedUi::start();
    let (code, out, err) = hosted_ui.doctor(&json!({ "scopes": ["email"] }), &sample(), &[]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("config.json: scopes: must be"), "{err}");
    let (code, _, err) = hosted_ui.doctor(&json!({}), "[[tenants]]\ncode = \"a b\"", &[]);
    assert!(code == 2 && err.contains("tenants.toml:2: tenants[0].code: must be"), "{err}");
    let (code, _, err) = hosted_ui.doctor(&json!({}), &sample(), &["--tenant", "nobody"]);
    assert!(code == 2 && err.contains("has no organization with the code nobody"), "{err}");
    let (code, _, err) = hosted_ui.doctor(&json!({ "redirect_uri": null }), &sample(), &[]);
    assert!(code == 2 && err.contains("--picker ADDRESS is needed"), "{err}");
}

#[test]
fn what_cognito_says_about_the_app_clients_is_compared_too() {
    let hosted_ui = HostedUi::start();
    let described = hosted_ui.folder.path().join("app-clients.json");
    let mut client = json!({ "UserPoolClient": {
        "ClientId": "1h57kf5cpq17m0eml12acme",
        "UserPoolId": hosted_ui.address.rsplit('/').next().unwrap(),
        "SupportedIdentityProviders": ["AcmeSAML"],
        "CallbackURLs": [format!("{PICKER}/callback")],
        "LogoutURLs": [format!("{PICKER}/signed-out")],
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid", "email", "profile"],
        "AllowedOAuthFlowsUserPoolClient": true,
        "PreventUserExistenceErrors": "ENABLED",
    } });
    let options = ["--tenant", "acme", "--all", "--app-clients", described.to_str().unwrap()];
    fs::write(&described, client.to_string()).unwrap();
    let (code, out, err) = hosted_ui.doctor(&json!({}), &sample(), &options);
    assert!(code == 0 && out.contains("  fine   app client: set up as the picker needs it"), "{out}{err}");

    client["UserPoolClient"]["ClientSecret"] = json!("s3cret");
    client["UserPoolClient"]["SupportedIdentityProviders"] = json!(["AcmeSAML", "COGNITO"]);
    fs::write(&described, client.to_string()).unwrap();
    let (code, out, _) = hosted_ui.doctor(&json!({}), &sample(), &options);
    assert!(code == 1 && out.contains("2 problems") && !out.contains("s3cret"), "{out}");
    assert!(out.contains("WRONG  app client: it has a secret [secret]"), "{out}");
    assert!(out.contains("WRONG  app client: its identity providers are: AcmeSAML, COGNITO [providers]"), "{out}");

    fs::write(&described, "An error occurred (AccessDeniedException)").unwrap();
    let (code, _, err) = hosted_ui.doctor(&json!({}), &sample(), &options);
    assert!(code == 2 && err.contains("app-clients.json: line 1: is not what describe-user-pool-client"), "{err}");
}
