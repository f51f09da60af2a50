//! A user pool at the stand-in, and the operator who runs the program in a folder.

use control_plane::{ControlPlane, Options};
use lookup_api::LookupRequest;
use lookup_service::directory_file;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use tempfile::TempDir;

pub(crate) const POOL: &str = r#"
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

pub(crate) const TENANTS: &str = r#"# Our organizations.

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

pub(crate) const PROVIDER_SECRET: &str = "the-secret-of-globex";

/// A user pool, and the folder of its operator.
pub(crate) struct Operator {
    pub(crate) aws: ControlPlane,
    pub(crate) folder: TempDir,
    pub(crate) access_key: &'static str,
}

/// What a command has printed.
#[derive(Debug)]
pub(crate) struct Printed {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Operator {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Self {
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

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{from} is not in {name}");
        self.write(name, &text.replacen(from, to, 1));
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs a command in the operator's folder. No command may print a secret.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Printed {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        for secret in self.secrets() {
            assert!(!out.contains(&secret) && !err.contains(&secret), "{arguments:?} has printed a secret");
        }
        Printed { code: status.code().unwrap(), out, err }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
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
    pub(crate) fn secrets(&self) -> Vec<String> {
        let clients = self.ask("ListUserPoolClients", json!({ "MaxResults": 60 }));
        let ids = clients["UserPoolClients"].as_array().unwrap().iter().map(|client| client["ClientId"].clone());
        let secret = |id: Value| {
            self.ask("DescribeUserPoolClient", json!({ "ClientId": id }))["UserPoolClient"]["ClientSecret"].clone()
        };
        let secrets = ids.map(secret).filter_map(|secret| secret.as_str().map(str::to_owned));
        secrets.chain([PROVIDER_SECRET.to_owned()]).collect()
    }

    #[track_caller]
    pub(crate) fn apply(&self) -> Printed {
        let printed = self.run(&["apply", "--yes"]);
        assert_eq!(printed.code, 0, "{printed:?}");
        printed
    }

    /// Another operator's call. What was created a moment ago is not always found at once.
    #[track_caller]
    pub(crate) fn ask(&self, action: &str, mut request: Value) -> Value {
        request["UserPoolId"] = "eu-west-1_LocalPool".into();
        let mut calls = (0..5).map(|_| self.aws.perform(action, &request));
        calls.find(Result::is_ok).unwrap_or_else(|| self.aws.perform(action, &request)).unwrap()
    }

    /// Another operator changes a field of an app client.
    pub(crate) fn change(&self, client_id: &str, field: &str, value: Value) {
        self.aws.change_client(client_id, |client| drop(client.insert(field.to_owned(), value)));
    }

    pub(crate) fn client(&self, code: &str) -> Value {
        let client = json!({ "ClientId": self.client_id(code) });
        self.ask("DescribeUserPoolClient", client)["UserPoolClient"].clone()
    }

    /// The app client of an organization, as the lookup has it. Empty if it finds none.
    pub(crate) fn client_id(&self, code: &str) -> String {
        let directory = directory_file::load(&self.path("tenants.toml")).unwrap();
        let found = directory.find(&LookupRequest::Code(code.to_owned()));
        let tenant: Value = found.first().map_or(Value::Null, |json| serde_json::from_str(json).unwrap());
        tenant["client_id"].as_str().unwrap_or_default().to_owned()
    }

    /// Everything that the pool has, without ids, dates and secrets.
    pub(crate) fn pool(&self) -> Vec<Value> {
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
    pub(crate) fn writes(&self) -> Vec<String> {
        self.aws.writes().into_iter().map(|(action, _)| action).collect()
    }
}

pub(crate) const NATIVE: &str = r#"
[[tenants]]
code = "CODE"
name = "CODE"
identity_provider = "COGNITO"
provider = { type = "COGNITO" }
"#;

/// Organizations with native accounts.
pub(crate) fn native(codes: &[&str]) -> String {
    codes.iter().map(|code| NATIVE.replace("CODE", code)).collect()
}

/// The pool after a run that nothing has disturbed, and how many writes it took.
pub(crate) fn undisturbed() -> (Vec<Value>, u32) {
    let operator = Operator::new();
    operator.apply();
    (operator.pool(), u32::try_from(operator.writes().len()).unwrap())
}
