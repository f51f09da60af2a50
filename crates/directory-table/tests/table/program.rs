//! The program as an operator uses it.

use crate::{engine, tenant};
use local_table::{Engine, Fault};
use lookup_service::directory_file::SAMPLE;
use std::fs::{self, Permissions};
use std::io::{self, BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

const TABLE: &str = "dynamodb://tenants";

fn program(engine: &Engine, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_directory-table"));
    command.args(args).env_clear().env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{}", engine.address));
    command.envs([("AWS_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")]);
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

/// Exit code, standard output and standard error.
fn run(mut command: Command) -> (Option<i32>, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn done(text: &str) -> (Option<i32>, String, String) {
    (Some(0), text.to_owned(), String::new())
}

#[test]
fn from_no_table_to_a_file_that_is_loaded_changed_and_dumped() {
    let engine = Engine::start();
    let run = |args: &[&str]| run(program(&engine, args));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenants.toml");
    let name = file.to_str().unwrap();
    fs::write(&file, SAMPLE).unwrap();
    let lost = "dynamodb://tenants: there is no such table in this region\nCheck the name and AWS_REGION, or make it: `directory-table create dynamodb://TABLE`.\n";
    assert_eq!(run(&["load", name, "--to", TABLE]), (Some(2), String::new(), lost.to_owned()));
    let made = "dynamodb://tenants: it is there. Load a file into it with `directory-table load`.\n";
    assert_eq!(run(&["create", TABLE]), done(made));
    assert_eq!(run(&["create", TABLE]), done(made), "a second time it is left as it is");
    let empty = "dynamodb://tenants: the table has no directory: nothing was loaded so far\nLoad a file: `directory-table load tenants.toml --to dynamodb://TABLE`.\n";
    assert_eq!(run(&["dump", "--from", TABLE]), (Some(2), String::new(), empty.to_owned()));

    let tenants = SAMPLE.matches("\n[[tenants]]").count();
    let would = format!("dynamodb://tenants: {tenants} tenants, {tenants} of them served");
    assert_eq!(
        run(&["load", name, "--to", TABLE, "--dry-run"]),
        done(&format!("{would} would be loaded. There is nothing so far.\n"))
    );
    assert_eq!(run(&["load", name, "--to", TABLE]), done(&format!("{would}, loaded as generation 1\n")));
    assert_eq!(
        run(&["load", name, "--to", TABLE]),
        done(&format!("{would} were there already. Nothing was changed.\n"))
    );
    assert_eq!(run(&["dump", "--from", TABLE]), done(SAMPLE));

    fs::write(&file, format!("{SAMPLE}\n{}", tenant("late", &[]))).unwrap();
    let more = format!("dynamodb://tenants: {0} tenants, {0} of them served", tenants + 1);
    // The empty line before the new tenant belongs to the one before it.
    let change = |said: &str| format!("{more}{said}:\n  new: 1 (late)\n  changed: 1 ({})\n", last_code(SAMPLE));
    assert_eq!(run(&["load", name, "--to", TABLE, "--dry-run"]), done(&change(" would be loaded")));
    assert_eq!(run(&["load", name, "--to", TABLE]), done(&change(", changed in one transaction")));
    let status = format!("{more}, generation 1, revision 1, no problems\n");
    assert_eq!(run(&["status", TABLE]), done(&status));
}

#[test]
fn a_dump_replaces_a_file_at_once_with_its_mode() {
    let engine = engine();
    let text = tenant("acme", &[]);
    crate::load(&engine, &text);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenants.toml");
    let (name, mode) = (file.to_str().unwrap(), || fs::metadata(&file).unwrap().permissions().mode() & 0o777);
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    let old = fs::File::open(&file).unwrap();
    assert_eq!(run(program(&engine, &["dump", "--from", TABLE, "--out", name])), done(""));
    assert_eq!((fs::read_to_string(&file).unwrap(), mode()), (text.clone(), 0o640));
    assert_eq!(io::read_to_string(old).unwrap(), "old", "who has the old file open reads it to its end");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(run(program(&engine, &["dump", "--from", TABLE, "--out", "/dev/stdout"])), done(&text));
}

fn last_code(text: &str) -> &str {
    text.rsplit("code = \"").next().unwrap().split('"').next().unwrap()
}

#[test]
fn a_file_with_errors_is_refused_with_its_lines() {
    let engine = engine();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenants.toml");
    fs::write(&file, tenant("acme", &[]).replace("name", "nome")).unwrap();
    let (code, out, err) = run(program(&engine, &["load", file.to_str().unwrap(), "--to", TABLE]));
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("tenants.toml:1:") && err.contains("tenants.toml:3:"), "{err}");
}

#[test]
fn missing_credentials_and_a_table_that_is_away_are_said_so() {
    let engine = engine();
    let mut without = program(&engine, &["status", TABLE]);
    without.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").env("HOME", "/nonexistent");
    let (code, _, err) = run(without);
    assert_eq!(code, Some(2));
    assert!(
        err.starts_with("dynamodb://tenants: no AWS credentials were found") && err.contains("aws sso login"),
        "{err}"
    );
    let mut away =
        program(&engine, &["serve", "--by-name", "--directory", "dynamodb://no-such-table", "--listen", "127.0.0.1:0"]);
    away.env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{}", engine.address));
    let (code, _, err) = run(away);
    assert_eq!(code, Some(2));
    assert!(err.contains("dynamodb://no-such-table: there is no such table in this region. Check"), "{err}");
}

/// The service on a free port. It is killed when this is dropped.
struct Service(Child, String);

impl Service {
    fn start(engine: &Engine, more: &[&str]) -> Self {
        let args = [&["serve", "--directory", TABLE, "--listen", "127.0.0.1:0"], more].concat();
        let mut child = program(engine, &args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("lookup service ready at ").expect(&line).to_owned();
        Self(child, address)
    }

    /// The status and the text of a response.
    fn send(&self, path: &str, body: Option<&str>) -> (u16, String) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let address = format!("{}{path}", self.1);
        let mut response = match body {
            Some(body) => agent.post(&address).header("content-type", "application/json").send(body).unwrap(),
            None => agent.get(&address).call().unwrap(),
        };
        if response.status() == 503 {
            assert_eq!(response.headers()["retry-after"], "1");
        }
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn it_serves_lookups_from_the_table_and_says_503_for_what_it_cannot_know() {
    let engine = engine();
    crate::load(&engine, SAMPLE);
    for more in [&[][..], &["--by-name"]] {
        let service = Service::start(&engine, more);
        let (status, body) = service.send("/v1/lookup", Some(r#"{"domain":"eu.globex.example"}"#));
        assert_eq!(status, 200);
        assert!(body.starts_with(r#"{"tenants":[{"code":"globex","name":"Globex""#), "{body}");
        assert_eq!(service.send("/readyz", None).0, 200);
    }
    let service = Service::start(&engine, &["--by-name"]);
    assert_eq!(service.send("/v1/lookup", Some(r#"{"code":"acme"}"#)).0, 200);
    engine.has(Fault::Fails);
    assert_eq!(service.send("/v1/lookup", Some(r#"{"code":"acme"}"#)).0, 200);
    let (status, body) = service.send("/v1/lookup", Some(r#"{"code":"globex"}"#));
    assert_eq!(status, 503);
    assert!(body.contains(r#""code":"directory_unavailable""#), "{body}");
    assert_eq!((service.send("/healthz", None).0, service.send("/readyz", None).0), (200, 503));
    engine.has(None);
    assert_eq!(service.send("/v1/lookup", Some(r#"{"code":"globex"}"#)).0, 200);
    assert_eq!(service.send("/readyz", None).0, 200);
}

#[test]
fn people_can_belong_to_organizations_by_name_and_a_load_leaves_that_alone() {
    let engine = engine();
    crate::load(&engine, SAMPLE);
    let member = |args: &[&str]| {
        run(program(
            &engine,
            &[&["member", TABLE, "--issuer", "https://idp.example/pool", "--sub", "6a1b"], args].concat(),
        ))
    };
    let says = |codes: &str| done(&format!("dynamodb://tenants: 6a1b belongs to {codes} by name\n"));
    assert_eq!(member(&[]), says("no organization"));
    assert_eq!(member(&["--add", "Globex", "--add", "acme"]), says("acme, globex"));
    assert_eq!(member(&["--add", "acme"]), says("acme, globex"), "a second time changes nothing");
    crate::load(&engine, &format!("# Another head.\n\n{SAMPLE}"));
    assert_eq!(member(&["--remove", "globex"]), says("acme"));
    assert_eq!(member(&["--remove", "acme"]), says("no organization"));
    let (code, _, err) = member(&["--add", "nobody"]);
    assert_eq!((code, err.as_str()), (Some(2), "dynamodb://tenants: has no organization with the code nobody\n"));
}
