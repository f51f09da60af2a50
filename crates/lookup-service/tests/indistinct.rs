//! A name that is not found looks the same over the wire, whatever the reason.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod running;
use running::Service;

/// A domain that nobody has, a consumer mailbox provider, a domain below one of an organization that has no subdomains, and
/// a code that does not exist.
const NOT_FOUND: [&str; 4] = [
    r#"{"domain":"unknown.example"}"#,
    r#"{"domain":"gmail.com"}"#,
    r#"{"domain":"mail.acme.example"}"#,
    r#"{"code":"does-not-exist"}"#,
];

#[test]
fn unknown_consumer_and_unlisted_names_get_the_same_bytes() {
    let service = Service::start(&[]);
    let response = |body: &str| -> String {
        let response = service.post(body);
        response.lines().filter(|line| !line.starts_with("date: ")).map(|line| format!("{line}\n")).collect()
    };
    let first = response(NOT_FOUND[0]);
    assert!(first.starts_with("HTTP/1.1 200 OK\n") && first.ends_with("\n\n{\"tenants\":[]}\n"), "{first}");
    for body in NOT_FOUND {
        assert_eq!(response(body), first, "{body}");
    }
    assert!(response(r#"{"domain":"acme.example"}"#).contains("\"code\":\"acme\""), "the directory is the sample");
}
