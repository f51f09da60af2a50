//! What is seen of the real program from outside: metrics, request ids, and the log's lines for auditors.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::net::SocketAddr;

use serde_json::Value;

mod running;
use running::{Service, get, header};

const TENANT: &str = "[[tenants]]\ncode = \"CODE\"\nname = \"A\"\nclient_id = \"CODE\"\nidentity_provider = \"P\"\n";

fn directory(codes: &[&str]) -> String {
    codes.iter().map(|code| TENANT.replace("CODE", code)).collect()
}

fn lines(log: &str) -> Vec<Value> {
    log.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn metrics_address(service: &Service) -> SocketAddr {
    service.wait_until(|s| s.log().contains("metrics are at /metrics"));
    let line = lines(&service.log()).into_iter().find(|line| line["message"] == "metrics are at /metrics").unwrap();
    line["address"].as_str().unwrap().parse().unwrap()
}

/// The value of a sample, by its name and labels as they are written.
fn sample(metrics: &str, name: &str) -> Option<f64> {
    metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

#[test]
fn metrics_count_lookups_by_kind_and_outcome_and_have_no_names() {
    let service = Service::start(&["--metrics", "127.0.0.1:0", "--rate-limit", "7"]);
    let address = metrics_address(&service);
    for body in [
        r#"{"domain":"acme.example"}"#,
        r#"{"domain":"hidden.example"}"#,
        r#"{"domain":"hidden2.example"}"#,
        r#"{"code":"acme"}"#,
        r#"{"code":"hidden"}"#,
        r#"{"client_id":"hidden"}"#,
        r#"{"domain":"hidden@acme.example"}"#,
        r#"{"code":"acme"}"#,
    ] {
        service.post_with("x-request-id: hidden-id\r\n", body);
    }
    let response = get(address, "/metrics");
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    assert_eq!(header(&response, "content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    for (name, expected) in [
        (r#"lookups_total{kind="domain",outcome="found"}"#, 1.0),
        (r#"lookups_total{kind="domain",outcome="none"}"#, 2.0),
        (r#"lookups_total{kind="code",outcome="found"}"#, 1.0),
        (r#"lookups_total{kind="code",outcome="none"}"#, 1.0),
        (r#"lookups_total{kind="client_id",outcome="none"}"#, 1.0),
        (r#"lookups_total{kind="unknown",outcome="email_address"}"#, 1.0),
        (r#"lookups_total{kind="unknown",outcome="too_many_requests"}"#, 1.0),
        (r#"lookups_rejected_total{limit="client"}"#, 1.0),
        (r#"lookups_rejected_total{limit="unknown_codes"}"#, 0.0),
        ("lookup_duration_seconds_count", 8.0),
        (r#"lookup_duration_seconds_bucket{le="+Inf"}"#, 8.0),
        ("lookups_in_flight", 0.0),
        ("directory_tenants", 15.0),
        ("directory_ready", 1.0),
        (r#"directory_reloads_total{result="taken"}"#, 0.0),
        (r#"build_info{version="0.1.0"}"#, 1.0),
    ] {
        assert_eq!(sample(&response, &format!("lookup_service_{name}")), Some(expected), "{name} in {response}");
    }
    assert!(sample(&response, "lookup_service_directory_loaded_timestamp_seconds").unwrap() > 1.7e9, "{response}");
    for secret in ["hidden", "acme", "127.0.0.1"] {
        assert!(!response.contains(secret), "{secret} in {response}");
    }
    assert!(get(address, "/").starts_with("HTTP/1.1 404 "));
    assert!(service.get("/metrics").starts_with("HTTP/1.1 404 "), "only at their own address");
}

#[test]
fn a_lookup_has_an_id_in_the_response_and_in_the_log_if_that_is_wanted() {
    let service = Service::start(&["--request-ids"]);
    let given = service.post_with("x-request-id: abc-123\r\n", r#"{"code":"acme"}"#);
    assert_eq!(header(&given, "x-request-id"), Some("abc-123"));
    let refused = service.post_with("x-request-id: hidden@acme.example\r\n", "no json");
    let own = header(&refused, "x-request-id").unwrap().to_owned();
    assert!(!own.contains("hidden"), "{refused}");
    service.wait_until(|s| s.log().contains(&own));
    let ids: Vec<Value> =
        lines(&service.log()).iter().filter(|l| l["message"] == "lookup").map(|l| l["request_id"].clone()).collect();
    assert_eq!(ids, ["abc-123", &own]);

    let service = Service::start(&[]);
    let without = service.post_with("x-request-id: abc-123\r\n", r#"{"code":"acme"}"#);
    assert_eq!(header(&without, "x-request-id"), None);
}

#[test]
fn auditors_read_of_start_reloads_limits_and_stop_without_names() {
    let folder = tempfile::tempdir().unwrap();
    let (path, config) = (folder.path().join("tenants.toml"), folder.path().join("config.json"));
    fs::write(&path, directory(&["hidden1", "hidden2"])).unwrap();
    fs::write(&config, running::CONFIG).unwrap();
    let (file, config) = (path.to_str().unwrap(), config.to_str().unwrap());
    let mut service = Service::start(&["--directory", file, "--config", config, "--unknown-codes", "1"]);
    let read = |service: &Service, event: &str, times: usize| {
        let event = format!(r#""event":"{event}""#);
        service.wait_until(|s| s.log().matches(&event).count() >= times);
    };
    for (content, event) in
        [(directory(&["hidden2", "hidden3", "hidden4"]), "directory_taken"), (directory(&["a b"]), "directory_refused")]
    {
        fs::write(&path, content).unwrap();
        service.tell("-HUP");
        read(&service, event, 1);
        read(&service, "config_read", 1);
    }
    for _ in 0..5 {
        service.post(r#"{"code":"guess"}"#);
    }
    service.tell("-TERM");
    let (_, log) = service.ended();
    let audit: Vec<Value> = lines(&log).into_iter().filter(|line| line["target"] == "audit").collect();
    let of = |event: &str| audit.iter().find(|line| line["event"] == event).expect(&log);
    assert_eq!(of("started")["tenants"], 2);
    let taken = of("directory_taken");
    assert_eq!((&taken["tenants"], &taken["added"], &taken["removed"]), (&3.into(), &2.into(), &1.into()));
    assert_eq!(of("config_read")["problems"], 0);
    let limit = of("limit_hit");
    assert_eq!((&limit["limit"], &limit["count"]), (&"unknown_codes".into(), &3.into()));
    assert_eq!(audit.iter().filter(|line| line["event"] == "limit_hit").count(), 1, "{log}");
    assert_eq!(of("stopped")["complete"], true);
    for secret in ["hidden", "guess"] {
        assert!(audit.iter().all(|line| !line.to_string().contains(secret)), "{secret} in {audit:#?}");
    }
}
