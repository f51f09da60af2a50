//! docs/openapi.json against the running service, by schemathesis: it sends what the document allows and what it forbids,
//! and compares every response with it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::env;
use std::io::{self, Write};
use std::process::Command;

mod running;
use running::{CONFIG, Service};

/// The environment variable with the path of schemathesis, which tools/setup.sh sets if it could install it.
const VARIABLE: &str = "SCHEMATHESIS";

#[test]
fn the_service_does_what_its_description_says() {
    let Some(program) = env::var_os(VARIABLE).filter(|value| !value.is_empty()) else {
        // Directly, because the test harness hides what passing tests print.
        let _ = writeln!(io::stderr(), "schemathesis is not installed ({VARIABLE}): its test was not run");
        return;
    };
    // It asks for more unknown codes than any person does.
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.json");
    std::fs::write(&config, CONFIG.replacen('{', r#"{"memberships_url":"/v1/memberships","#, 1)).unwrap();
    let config = config.to_str().unwrap();
    let service = Service::start(&["--unknown-codes", "0", "--request-ids", "--config", config]);
    let output = Command::new(program)
        .args(["run", &format!("http://{}/v1/openapi.json", service.address)])
        .args(["--checks", "all", "--mode", "all"])
        // The same requests each time.
        .args(["--seed", "1", "--generation-deterministic", "--no-color"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{printed}");
    // A document without operations would have no faults either. It has no ID token, and says so in a warning.
    assert!(printed.contains("Tested: 4"), "{printed}");
}
