//! The program with its organizations in a table, against the strict local control plane and a DynamoDB implementation in
//! this process.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use control_plane::{ControlPlane, Options};
use directory_table::contents::Contents;
use directory_table::load::{Progress, Stage};
use directory_table::table::Table;
use local_table::{Engine, Fault};
use std::fs;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

const POOL: &str = r#"
region = "eu-west-1"
user_pool_id = "eu-west-1_LocalPool"
hosted_ui = "https://auth.example.com"
callback_urls = ["https://login.example.com/callback"]
sign_out_urls = ["https://login.example.com/signed-out"]
scopes = ["openid", "email"]
"#;

const TENANTS: &str = r#"# Our organizations.

[[tenants]]
code = "Acme"
name = "Acme Corporation"
identity_provider = "AcmeSAML"
domains = ["acme.example"] # their only one

[tenants.provider]
type = "SAML"
metadata_file = "acme.xml"

# The pool's own accounts.
[[tenants]]
code = "initech"
name = "Initech"
identity_provider = "COGNITO"
provider = { type = "COGNITO" }
"#;

const METADATA: &str =
    r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.acme.example"/>"#;

struct Operator {
    aws: ControlPlane,
    engine: Engine,
    folder: TempDir,
}

struct Quiet;

impl Progress for Quiet {
    fn at(&self, _: Stage, _: usize, _: usize) {}

    fn now(&self) -> u64 {
        1_000_000
    }
}

impl Operator {
    fn new() -> Self {
        let aws = ControlPlane::start(Options::default()).unwrap();
        let operator = Self { aws, engine: Engine::start(), folder: tempfile::tempdir().unwrap() };
        fs::write(operator.folder.path().join("pool.toml"), POOL).unwrap();
        fs::write(operator.folder.path().join("acme.xml"), METADATA).unwrap();
        let (table, contents) = (operator.table(), Contents::read(TENANTS).unwrap());
        operator.engine.block_on(table.create()).unwrap();
        operator.engine.block_on(table.load(&contents, false, &Quiet)).unwrap();
        operator
    }

    fn table(&self) -> Table {
        Table::new(self.engine.client(Duration::from_secs(10)), "tenants".to_owned(), Duration::from_secs(20))
    }

    fn text(&self) -> String {
        self.engine.block_on(self.table().records()).unwrap().text()
    }

    /// Exit code, standard output and standard error of a command.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenants"));
        command.args(arguments).args(["--directory", "dynamodb://tenants"]).current_dir(self.folder.path()).env_clear();
        command.env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{}", self.engine.address));
        command.env("AWS_ENDPOINT_URL", self.aws.address());
        command
            .env("AWS_ACCESS_KEY_ID", "AKIALOCAL")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("AWS_REGION", "eu-west-1");
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }
}

#[test]
fn apply_writes_the_app_clients_into_the_table_and_leaves_the_rest_as_it_was() {
    let operator = Operator::new();
    let (code, out, err) = operator.run(&["apply", "--yes"]);
    assert_eq!(code, Some(0), "{out}{err}");
    let text = operator.text();
    let lines = |text: &str| text.lines().filter(|line| !line.starts_with("client_id")).collect::<Vec<_>>().join("\n");
    assert_eq!(text.matches("\nclient_id = \"").count(), 2, "{text}");
    assert_eq!(lines(&text), lines(TENANTS));
    let served = operator.engine.block_on(operator.table().records()).unwrap().pointer.served;
    assert_eq!(served, 2, "lookups find both now");
    let (code, out, _) = operator.run(&["drift"]);
    assert_eq!((code, out.as_str()), (Some(0), "2 organizations: all is as the files say\n"));
}

#[test]
fn a_removed_organization_is_out_of_the_table_and_the_others_stay() {
    let operator = Operator::new();
    assert_eq!(operator.run(&["apply", "--yes"]).0, Some(0));
    let (code, _, err) = operator.run(&["remove", "Acme", "--confirm", "Acme"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(operator.text().contains("disabled = true\n"));
    let (code, _, err) = operator.run(&["remove", "Acme", "--delete", "--confirm", "Acme"]);
    assert_eq!(code, Some(0), "{err}");
    let text = operator.text();
    assert!(!text.contains("Acme Corporation") && text.contains("code = \"initech\""), "{text}");
}

#[test]
fn a_table_that_cannot_be_read_is_said_before_the_pool_is_changed() {
    let operator = Operator::new();
    operator
        .engine
        .has(Fault::Refuses("AccessDeniedException", "User is not authorized to perform: dynamodb:BatchGetItem"));
    let (code, out, err) = operator.run(&["apply", "--yes"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert_eq!(
        err,
        "dynamodb://tenants: not allowed: User is not authorized to perform: dynamodb:BatchGetItem\nto do: docs/directory-table.md has the policy that is needed.\n"
    );
    assert_eq!(operator.aws.writes().len(), 0);
}
