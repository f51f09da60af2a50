//! The program against the strict local control plane, over HTTP with signed requests.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use control_plane::{ControlPlane, Options};
use lookup_api::LookupRequest;
use lookup_service::directory_file;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;
use tenants::aws::{Api, ApiError, Operation};
use tenants::files::pool_file;
use tenants::files::provisioning::{self, Secret};
use tenants::provision::apply::{ApplyError, Host, apply};
use tenants::provision::observed::observe;
use tenants::provision::plan::{Step, plan};

const POOL: &str = r#"
region = "eu-west-1"
user_pool_id = "eu-west-1_LocalPool"
hosted_ui = "https://auth.example.com"
callback_urls = ["https://login.example.com/callback"]
sign_out_urls = ["https://login.example.com/signed-out"]
scopes = ["openid", "email"]

[sessions]
reuse_minutes = 60

[attributes]
saml = { email = "mail" }
oidc = { email = "email", email_verified = "email_verified", name = "name" }

[branding]

[resource_server]
identifier = "api"
scopes = { "reports.read" = "Read reports" }
"#;

const TENANTS: &str = r#"# Our organizations.

[[tenants]]
code = "acme"
name = "Acme Corporation"
identity_provider = "AcmeSAML"
domains = ["acme.example"] # their only one

[tenants.provider]
type = "SAML"
metadata_url = "https://idp.acme.example/metadata"

[[tenants.machines]]
name = "reports"
scopes = ["api/reports.read"]

[[tenants]]
code = "globex"
name = "Globex"
identity_provider = "GlobexOIDC"
domains = ["globex.example"]
isolation = "strict"

[tenants.provider]
type = "OIDC"
issuer = "https://globex.example"
client_id = "from-globex"
client_secret_file = "globex.secret"

[[tenants]]
code = "initech"
name = "Initech"
identity_provider = "COGNITO"
provider = { type = "COGNITO" }
"#;

const PROVIDER_SECRET: &str = "the-secret-of-globex";

/// A user pool, and the folder of its operator.
struct Operator {
    aws: ControlPlane,
    folder: TempDir,
    access_key: &'static str,
}

/// What a command has printed.
#[derive(Debug)]
struct Printed {
    code: i32,
    out: String,
    err: String,
}

impl Operator {
    fn new() -> Self {
        Self::with(Options::default())
    }

    fn with(options: Options) -> Self {
        let operator = Self {
            aws: ControlPlane::start(options).unwrap(),
            folder: tempfile::tempdir().unwrap(),
            access_key: "AKIALOCAL",
        };
        operator.write("pool.toml", POOL);
        operator.write("tenants.toml", TENANTS);
        operator.write("globex.secret", PROVIDER_SECRET);
        operator
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{from} is not in {name}");
        self.write(name, &text.replacen(from, to, 1));
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs a command in the operator's folder. No command may print a secret.
    #[track_caller]
    fn run(&self, arguments: &[&str]) -> Printed {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        for secret in self.secrets() {
            assert!(!out.contains(&secret) && !err.contains(&secret), "{arguments:?} has printed a secret");
        }
        Printed { code: status.code().unwrap(), out, err }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenants"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("AWS_ACCESS_KEY_ID", self.access_key)
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("AWS_ENDPOINT_URL", self.aws.address());
        command
    }

    /// Every secret that there is.
    fn secrets(&self) -> Vec<String> {
        let clients = self.ask("ListUserPoolClients", json!({ "MaxResults": 60 }));
        let ids = clients["UserPoolClients"].as_array().unwrap().iter().map(|client| client["ClientId"].clone());
        let secret = |id: Value| {
            self.ask("DescribeUserPoolClient", json!({ "ClientId": id }))["UserPoolClient"]["ClientSecret"].clone()
        };
        let secrets = ids.map(secret).filter_map(|secret| secret.as_str().map(str::to_owned));
        secrets.chain([PROVIDER_SECRET.to_owned()]).collect()
    }

    #[track_caller]
    fn apply(&self) -> Printed {
        let printed = self.run(&["apply", "--yes"]);
        assert_eq!(printed.code, 0, "{printed:?}");
        printed
    }

    /// Another operator's call. What was created a moment ago is not always found at once.
    #[track_caller]
    fn ask(&self, action: &str, mut request: Value) -> Value {
        request["UserPoolId"] = "eu-west-1_LocalPool".into();
        let mut calls = (0..5).map(|_| self.aws.perform(action, &request));
        calls.find(Result::is_ok).unwrap_or_else(|| self.aws.perform(action, &request)).unwrap()
    }

    fn client(&self, code: &str) -> Value {
        let client = json!({ "ClientId": self.client_id(code) });
        self.ask("DescribeUserPoolClient", client)["UserPoolClient"].clone()
    }

    /// The app client of an organization, as the lookup has it. Empty if it finds none.
    fn client_id(&self, code: &str) -> String {
        let directory = directory_file::load(&self.path("tenants.toml")).unwrap();
        let found = directory.find(&LookupRequest::Code(code.to_owned()));
        let tenant: Value = found.first().map_or(Value::Null, |json| serde_json::from_str(json).unwrap());
        tenant["client_id"].as_str().unwrap_or_default().to_owned()
    }

    /// Everything that the pool has, without ids, dates and secrets.
    fn pool(&self) -> Vec<Value> {
        let codes = ["acme", "globex", "initech"].map(|code| self.client(code));
        let providers = ["AcmeSAML", "GlobexOIDC"].map(|name| {
            self.ask("DescribeIdentityProvider", json!({ "ProviderName": name }))["IdentityProvider"].clone()
        });
        let mut all: Vec<Value> = codes.into_iter().chain(providers).collect();
        for fields in all.iter_mut().filter_map(Value::as_object_mut) {
            fields.retain(|name, _| !name.ends_with("Date") && name != "ClientId");
        }
        let count =
            |action, list: &str| self.ask(action, json!({ "MaxResults": 50 }))[list].as_array().unwrap().len().into();
        all.push(count("ListUserPoolClients", "UserPoolClients"));
        all.push(count("ListIdentityProviders", "Providers"));
        all
    }

    /// The applied writes, by name.
    fn writes(&self) -> Vec<String> {
        self.aws.writes().into_iter().map(|(action, _)| action).collect()
    }
}

#[test]
fn an_empty_pool_gets_all_that_the_files_say_and_the_lookup_finds_it() {
    let operator = Operator::new();
    assert_eq!(operator.client_id("acme"), "", "nobody is sent to an app client that is not there");
    let plan = operator.run(&["plan"]);
    assert_eq!(plan.code, 0, "{plan:?}");
    assert!(plan.out.contains("acme\n  + create the identity provider AcmeSAML (SAML)\n"), "{}", plan.out);
    assert!(operator.writes().is_empty(), "a plan changes nothing");

    operator.apply();
    let acme = operator.client("acme");
    assert_eq!(acme["SupportedIdentityProviders"], json!(["AcmeSAML"]));
    assert_eq!(acme["CallbackURLs"], json!(["https://login.example.com/callback"]));
    assert_eq!(acme["AllowedOAuthFlows"], json!(["code"]));
    assert_eq!(acme["PreventUserExistenceErrors"], "ENABLED");
    assert_eq!(acme["ReadAttributes"].as_array().unwrap().len(), 19, "all that the scope `profile` can name");
    assert_eq!(acme["WriteAttributes"], json!(["email", "name"]));
    assert_eq!(acme["ExplicitAuthFlows"], json!(["ALLOW_REFRESH_TOKEN_AUTH"]), "no password beside the provider");
    assert!(acme.get("ClientSecret").is_none());
    let minutes = |code: &str| {
        let client = json!({ "ClientId": operator.client_id(code) });
        operator.ask("GetUserPoolClientSessionConfiguration", client)["SSOSession"]["MaxValidityMinutes"].clone()
    };
    assert_eq!([minutes("acme"), minutes("globex")], [json!(60), json!(0)], "strict isolation never reuses a session");
    operator.ask("DescribeManagedLoginBrandingByClient", json!({ "ClientId": operator.client_id("initech") }));

    let text = operator.read("tenants.toml");
    assert!(text.starts_with("# Our organizations.\n") && text.contains("# their only one"), "{text}");
    for command in ["plan", "drift"] {
        let printed = operator.run(&[command]);
        assert_eq!(
            (printed.code, printed.out.as_str()),
            (0, "3 organizations: all is as the files say\n"),
            "{command}"
        );
    }
    assert_eq!(operator.apply().out, "3 organizations: all is as the files say\n");
}

#[test]
fn the_provider_comes_before_the_client_and_there_is_one_write_at_a_time() {
    let operator = Operator::new();
    operator.apply();
    let writes = operator.writes();
    let at = |name: &str| writes.iter().position(|write| write == name).unwrap();
    assert!(at("CreateIdentityProvider") < at("CreateUserPoolClient"), "{writes:?}");
    assert!(!operator.aws.had_parallel_writes());
}

/// The pool after a run that nothing has disturbed, and how many writes it took.
fn undisturbed() -> (Vec<Value>, u32) {
    let operator = Operator::new();
    operator.apply();
    (operator.pool(), u32::try_from(operator.writes().len()).unwrap())
}

#[test]
fn a_run_that_ends_after_any_write_is_finished_by_the_next_one() {
    let (wanted, count) = undisturbed();
    for writes in 0..count {
        let operator = Operator::new();
        operator.aws.die_after(writes);
        let printed = operator.run(&["apply", "--yes"]);
        assert_eq!(printed.code, 2, "after {writes} writes: {printed:?}");
        assert!(printed.err.contains("what is done stays done"), "{}", printed.err);
        operator.aws.revive();
        operator.apply();
        assert_eq!(operator.pool(), wanted, "after {writes} writes");
        assert_eq!(operator.run(&["drift"]).code, 0);
        assert!(operator.path("secrets/acme.reports.json").exists(), "after {writes} writes");
    }
}

#[test]
fn a_write_whose_response_is_lost_is_not_done_twice() {
    let (wanted, count) = undisturbed();
    for write in 1..=count {
        let operator = Operator::new();
        operator.aws.drop_answer_of(write);
        assert_eq!(operator.run(&["apply", "--yes"]).code, 2, "write {write}");
        operator.apply();
        assert_eq!(operator.pool(), wanted, "write {write}");
    }
}

#[test]
fn too_many_calls_and_things_that_are_not_known_everywhere_yet_are_waited_for() {
    let operator = Operator::new();
    operator.aws.throttle(3);
    operator.aws.conflict(2);
    operator.aws.lag(2);
    operator.apply();
    operator.aws.lag(0);
    assert_eq!(operator.pool(), undisturbed().0);
}

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
    let change = |name: &str, value: Value| {
        operator.aws.change_client(&id, |client| drop(client.insert(name.to_owned(), value)));
    };
    change("CallbackURLs", json!(["https://elsewhere.example/callback"]));
    let pool = pool_file::parse(POOL, &|_| Err(String::new())).unwrap();
    let read = |_: &str| Ok(PROVIDER_SECRET.to_owned());
    let organizations = provisioning::parse(&operator.read("tenants.toml"), &pool, &read).unwrap();
    let api = Direct(&operator.aws);
    let observed = observe(&api, &pool, &organizations, None, &|_, _| {}).unwrap();
    let plan = plan(&pool, &organizations, &observed, &|_, _| true);
    change("AuthSessionValidity", json!(9));
    let (index, error) = apply(&api, &NoHost, &pool, &plan, HashMap::new()).unwrap_err();
    assert_eq!(index, 0);
    assert!(matches!(error, ApplyError::ChangedMeanwhile(_)), "{error}");
    assert_eq!(operator.client("acme")["CallbackURLs"], json!(["https://elsewhere.example/callback"]));
}

/// The request by which `apply` changes an app client.
fn update_request(operator: &Operator) -> Value {
    operator.run(&["apply", "--yes"]);
    let requests = operator.aws.requests();
    requests.into_iter().rfind(|(action, _)| action == "UpdateUserPoolClient").unwrap().1
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
fn required_attributes_can_be_written_as_cognito_demands() {
    let options =
        Options { required_attributes: vec!["email".to_owned(), "given_name".to_owned()], ..Options::default() };
    let operator = Operator::with(options);
    operator.apply();
    assert_eq!(operator.client("acme")["WriteAttributes"], json!(["email", "given_name", "name"]));
    assert_eq!(operator.run(&["drift"]).code, 0);
}

#[test]
fn hundreds_of_organizations_are_set_up_page_by_page() {
    let options = Options { max_clients: 10_000, max_providers: 10_000, ..Options::default() };
    let operator = Operator::with(options);
    operator.edit("pool.toml", "[resource_server]", "[quotas]\nidentity_providers = 1000\n\n[resource_server]");
    operator.edit("pool.toml", "[branding]", "");
    let count: usize = std::env::var("ORGANIZATIONS").map_or(150, |count| count.parse().unwrap());
    let organization = |number| {
        format!(
            "[[tenants]]\ncode = \"org-{number}\"\nname = \"Organization {number}\"\nidentity_provider = \"Provider{number}\"\n\
             [tenants.provider]\ntype = \"SAML\"\nmetadata_url = \"https://idp-{number}.example/metadata\"\n\n"
        )
    };
    operator.write("tenants.toml", &(0..count).map(organization).collect::<String>());
    operator.apply();
    let done = format!("{count} organizations: all is as the files say\n");
    assert_eq!(operator.run(&["drift"]).out, done);
    assert_ne!(operator.client_id(&format!("org-{}", count - 1)), "");
}

const NATIVE: &str = r#"
[[tenants]]
code = "CODE"
name = "CODE"
identity_provider = "COGNITO"
provider = { type = "COGNITO" }
"#;

/// Organizations with native accounts.
fn native(codes: &[&str]) -> String {
    codes.iter().map(|code| NATIVE.replace("CODE", code)).collect()
}

#[test]
fn an_app_client_stays_with_the_organization_that_names_it_whatever_its_name_is() {
    let operator = Operator::new();
    operator.write("tenants.toml", &native(&["acme"]));
    operator.apply();
    let old = operator.client_id("acme");
    operator.edit("tenants.toml", "code = \"acme\"", "code = \"acme-old\"");
    let renamed = operator.read("tenants.toml");
    operator.write("tenants.toml", &format!("{renamed}{}", native(&["acme"])));
    let plan = operator.run(&["plan"]);
    assert!(plan.out.contains("create the app client acme"), "{}", plan.out);
    operator.apply();
    assert_eq!(operator.client_id("acme-old"), old);
    assert_ne!(operator.client_id("acme"), old);
    operator.run(&["remove", "acme", "--confirm", "acme"]);
    assert_eq!(operator.run(&["remove", "acme", "--delete", "--confirm", "acme"]).code, 0);
    operator.ask("DescribeUserPoolClient", json!({ "ClientId": old }));
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
fn a_conflict_is_no_reason_to_overwrite_what_caused_it() {
    let operator = Operator::new();
    operator.apply();
    let id = operator.client_id("acme");
    let change = |name: &str, value: Value| {
        operator.aws.change_client(&id, |client| drop(client.insert(name.to_owned(), value)));
    };
    change("CallbackURLs", json!(["https://elsewhere.example/callback"]));
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
fn a_provider_that_two_share_is_set_up_by_whichever_says_how() {
    let shared = |code: &str, provider: &str| {
        format!(
            "[[tenants]]\ncode = \"{code}\"\nname = \"A\"\nclient_id = \"{code}\"\nidentity_provider = \"Shared\"\n{provider}\n"
        )
    };
    let definition = "provider = { type = \"SAML\", metadata_url = \"https://idp.example/\" }";
    let operator = Operator::new();
    operator.write(
        "tenants.toml",
        &(shared("a", "").replace("client_id = \"a\"\n", &format!("{definition}\n")) + &shared("b", "")),
    );
    operator.edit("tenants.toml", "client_id = \"b\"\n", "");
    let printed = operator.run(&["apply", "--yes"]);
    assert!(printed.err.contains("tenants[1].client_id: is missing"), "{printed:?}");
    operator.write("tenants.toml", &(shared("a", "") + &shared("b", definition)));
    operator.ask("CreateUserPoolClient", json!({ "ClientName": "b" }));
    let plan = operator.run(&["plan"]);
    assert!(plan.out.contains("create the identity provider Shared (SAML)"), "{}", plan.out);
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
    rustix::fs::flock(&held, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let printed = operator.run(&["apply", "--yes"]);
    assert!(printed.code == 2 && printed.err.contains("another run of `tenants` is using pool.toml"), "{printed:?}");
    assert_eq!(operator.run(&["plan"]).code, 0, "reading is possible");
    drop(held);
    operator.apply();
}
