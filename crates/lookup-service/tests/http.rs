//! The lookup endpoint through the real router: every status, header and problem.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt;
use lookup_api::LookupResponse;
use lookup_service::base_path::BasePath;
use lookup_service::directory_file::{SAMPLE, parse};
use lookup_service::limits::{LimitSettings, Limits};
use lookup_service::site_config::{CurrentConfig, SiteConfig};
use lookup_service::{Settings, app};
use serde_json::Value;
use tower::ServiceExt;

const MEGABYTE: usize = 1024 * 1024;

struct Received {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Received {
    fn header(&self, name: impl AsRef<str>) -> Option<&str> {
        self.headers.get(name.as_ref()).map(|value| value.to_str().unwrap())
    }

    fn tenants(&self) -> Vec<String> {
        let answer = LookupResponse::parse(&self.body).unwrap();
        answer.tenants.iter().map(|tenant| tenant.code.to_string()).collect()
    }

    /// Checks that the response is a problem as RFC 9457 has it. Returns its status and code.
    #[track_caller]
    fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.body);
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        let details: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(details["type"], "about:blank");
        assert_eq!(details["title"], self.status.canonical_reason().unwrap());
        assert_eq!(details["status"], self.status.as_u16());
        assert!(details["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
        (self.status.as_u16(), details["code"].as_str().unwrap().to_owned())
    }
}

fn settings() -> Settings {
    Settings::new(Arc::new(ArcSwap::from_pointee(parse(SAMPLE).unwrap())))
}

fn lookup(body: impl Into<Body>) -> Request {
    Request::post("/v1/lookup").header(header::CONTENT_TYPE, "application/json").body(body.into()).unwrap()
}

async fn send(app: Router, request: Request) -> Received {
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Received { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
}

async fn ask(body: impl Into<Body>) -> Received {
    send(app(settings()), lookup(body)).await
}

/// A body with these frames, errors and pauses.
struct Wayward(fn() -> Poll<Option<io::Result<Bytes>>>);

impl HttpBody for Wayward {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<http_body::Frame<Bytes>>>> {
        (self.0)().map(|next| next.map(|data| data.map(http_body::Frame::data)))
    }
}

fn never_ending() -> Body {
    Body::new(Wayward(|| Poll::Ready(Some(Ok(Bytes::from_static(&[b' '; 65536]))))))
}

fn stalled() -> Body {
    Body::new(Wayward(|| Poll::Pending))
}

fn broken_off() -> Body {
    Body::new(Wayward(|| Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))))
}

#[tokio::test]
async fn a_domain_or_a_code_is_answered_as_documented() {
    let answer = ask(r#"{"domain": " ACME.example. "}"#).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(
        answer.body,
        r#"{"tenants":[{"code":"acme","name":"Acme Corporation","domain":"acme.example","client_id":"1h57kf5cpq17m0eml12acme","identity_provider":"AcmeSAML","logo":null}]}"#
    );
    assert_eq!(ask(r#"{"code":"PiedPiper"}"#).await.tenants(), ["piedpiper"]);
    assert_eq!(ask(r#"{"domain":"umbrella.example"}"#).await.tenants(), ["umbrella-eu", "umbrella-us"]);
    assert_eq!(ask(r#"{"domain":"xn--mnchen-werke-dlb.example"}"#).await.tenants(), ["muenchen-werke"]);
}

#[tokio::test]
async fn a_back_end_finds_the_tenant_of_an_app_client() {
    assert_eq!(ask(r#"{"client_id":"1h57kf5cpq17m0eml12acme"}"#).await.tenants(), ["acme"]);
    for client_id in ["1H57kf5cpq17m0eml12acme", " 1h57kf5cpq17m0eml12acme", "1h57kf5cpq17m0eml12acm", ""] {
        assert_eq!(ask(format!(r#"{{"client_id":"{client_id}"}}"#)).await.body, r#"{"tenants":[]}"#, "{client_id}");
    }
}

#[tokio::test]
async fn a_tenant_is_returned_with_its_own_isolation_or_that_of_config_json() {
    for (default, code, expected) in [
        ("strict", "acme", r#""logo":null,"isolation":"strict"}]}"#),
        ("shared", "acme", r#""logo":null,"isolation":"shared"}]}"#),
        ("shared", "hooli", r#""logo":null,"isolation":"strict"}]}"#),
        ("strict", "hooli", r#""logo":null,"isolation":"strict"}]}"#),
    ] {
        let app = app(Settings { config: Some(config(&format!(r#""isolation":"{default}""#))), ..settings() });
        let answer = send(app, lookup(format!(r#"{{"code":"{code}"}}"#))).await;
        assert!(answer.body.ends_with(expected), "{default} {code}: {}", answer.body);
        assert_eq!(answer.body.matches("isolation").count(), 1, "{default} {code}: {}", answer.body);
    }
}

/// config.json with another field.
fn config(field: &str) -> CurrentConfig {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.json");
    let pools = r#""user_pools":[{"issuer":"https://idp.example","hosted_ui":"https://auth.example"}]"#;
    std::fs::write(&file, format!(r#"{{"lookup_url":"/v1/lookup",{pools},{field}}}"#)).unwrap();
    let (config, findings) = SiteConfig::load(&file, None, &BasePath::default());
    assert!(findings.is_empty(), "{findings:?}");
    Arc::new(ArcSwap::from_pointee(config))
}

#[tokio::test]
async fn pages_of_an_application_may_look_up_until_config_json_no_longer_names_it() {
    let config_ = config(r#""applications":[{"url":"https://app.example/shop/"}]"#);
    let app = app(Settings { config: Some(config_.clone()), ..settings() });
    let allowed = async |origin: &'static str| {
        let mut request = lookup(r#"{"code":"acme"}"#);
        request.headers_mut().insert(header::ORIGIN, HeaderValue::from_static(origin));
        send(app.clone(), request).await.header("access-control-allow-origin").map(str::to_owned)
    };
    assert_eq!(allowed("https://app.example").await.as_deref(), Some("https://app.example"));
    assert_eq!(allowed("https://app.example.evil.example").await, None);
    config_.store(config(r#""applications":[]"#).load_full());
    assert_eq!(allowed("https://app.example").await, None);
}

#[tokio::test]
async fn no_match_looks_the_same_for_every_request() {
    let matched = ask(r#"{"code":"acme"}"#).await;
    for body in [
        r#"{"domain":"unknown.example"}"#,
        r#"{"domain":"gmail.com"}"#,
        r#"{"domain":"mail.acme.example"}"#,
        r#"{"domain":"co.uk"}"#,
        r#"{"domain":"no domain at all"}"#,
        r#"{"domain":""}"#,
        r#"{"code":"acme.example"}"#,
        r#"{"code":""}"#,
    ] {
        let answer = ask(body).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, r#"{"tenants":[]}"#), "{body}");
        let names = |answer: &Received| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(&answer), names(&matched), "{body}");
    }
}

#[tokio::test]
async fn a_wrong_body_is_refused_by_field_without_repeating_a_value() {
    for (body, code, culprit) in [
        ("", "not_json", "line 1"),
        ("{\n\"domain\": \"hidden", "not_json", "line 2"),
        ("hidden", "not_json", "line 1"),
        ("\u{feff}{}", "not_json", "line 1"),
        (r#"{"domain":"hidden"}{"#, "not_json", "line 1"),
        (&"[".repeat(4000), "not_json", "line 1"),
        ("[]", "not_an_object", "a list"),
        ("null", "not_an_object", "null"),
        (r#""hidden""#, "not_an_object", "a string"),
        ("{}", "no_field", "`domain`"),
        (r#"{"email":"hidden"}"#, "unknown_field", "`email`"),
        (r#"{"domain":"hidden","x-1":1}"#, "unknown_field", "`x-1`"),
        (r#"{"hidden@acme.example":1}"#, "unknown_field", "a field"),
        (r#"{"Domain":"hidden"}"#, "unknown_field", "`Domain`"),
        (r#"{"domain":"hidden","code":"hidden"}"#, "both_fields", "`code`"),
        (r#"{"client_id":"hidden","code":"hidden"}"#, "both_fields", "`client_id`"),
        (r#"{"client_id":7}"#, "not_a_string", "`client_id` must be a string, and is a number"),
        (r#"{"domain":"hidden","domain":"hidden"}"#, "repeated_field", "twice"),
        (r#"{"domain":7}"#, "not_a_string", "`domain` must be a string, and is a number"),
        (r#"{"domain":["hidden"]}"#, "not_a_string", "is a list"),
        (r#"{"code":{"hidden":1}}"#, "not_a_string", "`code` must be a string, and is an object"),
        (r#"{"code":null}"#, "not_a_string", "is null"),
        (r#"{"code":true}"#, "not_a_string", "is a boolean"),
        (r#"{"domain":"\ud800hidden"}"#, "not_json", "line 1"),
        (r#"{"domain":"hidden@acme.example"}"#, "email_address", "last @"),
        (r#"{"domain":"@acme.example"}"#, "email_address", "last @"),
        ("{\"domain\":\"hidden\u{ff20}acme.example\"}", "email_address", "last @"),
    ] {
        let answer = ask(body.to_owned()).await;
        assert_eq!(answer.problem(), (400, code.to_owned()), "{body}");
        assert!(answer.body.contains(culprit), "{body}: {}", answer.body);
        assert!(!answer.body.contains("hidden"), "{body}: {}", answer.body);
    }
    let answer = ask(&b"{\"domain\":\"\xff\"}"[..]).await;
    assert_eq!(answer.problem(), (400, "not_json".to_owned()));
}

#[tokio::test]
async fn only_json_is_read() {
    async fn status(content_types: &[&'static str]) -> u16 {
        let mut request = lookup(r#"{"code":"acme"}"#);
        request.headers_mut().remove(header::CONTENT_TYPE);
        for value in content_types {
            request.headers_mut().append(header::CONTENT_TYPE, HeaderValue::from_static(value));
        }
        let answer = send(app(settings()), request).await;
        if answer.status != 200 {
            assert_eq!(answer.problem(), (415, "unsupported_media_type".to_owned()));
        }
        answer.status.as_u16()
    }
    for value in
        ["application/json", "Application/JSON; charset=UTF-8", "application/json;", " application/json ; a=\"b\""]
    {
        assert_eq!(status(&[value]).await, 200, "{value}");
    }
    for value in [
        "",
        "text/plain",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/problem+json",
        "application/json, text/plain",
        "*/*",
    ] {
        assert_eq!(status(&[value]).await, 415, "{value}");
    }
    assert_eq!(status(&[]).await, 415);
    assert_eq!(status(&["application/json", "text/plain"]).await, 415);
}

#[tokio::test]
async fn a_body_may_have_four_kilobytes() {
    let padded = |bytes: usize| r#"{"code":"acme"}"#.to_owned() + &" ".repeat(bytes - 15);
    assert_eq!(ask(padded(4096)).await.tenants(), ["acme"]);
    for bytes in [4097, 10 * MEGABYTE] {
        assert_eq!(ask(padded(bytes)).await.problem(), (413, "body_too_large".to_owned()));
    }
    assert_eq!(ask(never_ending()).await.problem(), (413, "body_too_large".to_owned()));

    let mut request = lookup(padded(10 * MEGABYTE));
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    assert_eq!(send(app(settings()), request).await.problem(), (415, "unsupported_media_type".to_owned()));
}

#[tokio::test]
async fn a_client_that_closes_the_connection_is_not_an_internal_error() {
    assert_eq!(ask(broken_off()).await.problem(), (400, "body_cut_short".to_owned()));
}

#[tokio::test]
async fn another_method_is_refused_with_the_allowed_ones() {
    for (address, allow, methods) in [
        ("/v1/lookup", "POST", [Method::GET, Method::PUT, Method::DELETE, Method::OPTIONS]),
        ("/v1/openapi.json", "GET,HEAD", [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS]),
        ("/healthz", "GET,HEAD", [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS]),
    ] {
        for method in methods {
            let request = Request::builder().method(&method).uri(address).body(Body::empty()).unwrap();
            let answer = send(app(settings()), request).await;
            assert_eq!(answer.problem(), (405, "method_not_allowed".to_owned()), "{method} {address}");
            assert_eq!(answer.header("allow"), Some(allow), "{method} {address}");
        }
    }
}

#[tokio::test]
async fn an_unknown_address_is_refused() {
    for address in ["/", "/v1", "/v1/", "/v1/tenants", "/v1/lookup/", "/v1/lookup/acme", "/v2/lookup", "/index.html"] {
        let answer = send(app(settings()), Request::get(address).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{address}");
    }
}

#[tokio::test]
async fn lookups_beyond_the_limit_of_concurrent_ones_get_503() {
    let app = app(Settings { concurrent_lookups: 1, ..settings() });
    let first = tokio::spawn(send(app.clone(), lookup(stalled())));
    tokio::time::sleep(Duration::from_millis(50)).await;
    let answer = send(app.clone(), lookup(r#"{"code":"acme"}"#)).await;
    assert_eq!(answer.problem(), (503, "overloaded".to_owned()));
    assert_eq!(answer.header("retry-after"), Some("1"));
    first.abort();
    let _ = first.await;
    assert_eq!(send(app, lookup(r#"{"code":"acme"}"#)).await.tenants(), ["acme"]);
}

#[tokio::test]
async fn a_lookup_that_takes_too_long_gets_503() {
    let app = app(Settings { lookup_timeout: Duration::from_millis(50), ..settings() });
    let answer = tokio::time::timeout(Duration::from_secs(5), send(app, lookup(stalled()))).await.unwrap();
    assert_eq!(answer.problem(), (503, "overloaded".to_owned()));
}

#[tokio::test]
async fn an_address_over_the_rate_limit_gets_429_with_retry_after() {
    let limits = Arc::new(Limits::new(LimitSettings { each_client: NonZeroU32::new(2), ..LimitSettings::default() }));
    let app = app(Settings { limits, ..settings() });
    let from = |peer: [u8; 4]| {
        let mut request = lookup(r#"{"code":"acme"}"#);
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 1234))));
        send(app.clone(), request)
    };
    for _ in 0..2 {
        assert_eq!(from([192, 0, 2, 1]).await.status, 200);
    }
    let answer = from([192, 0, 2, 1]).await;
    assert_eq!(answer.problem(), (429, "too_many_requests".to_owned()));
    assert!(matches!(answer.header("retry-after").unwrap().parse(), Ok(1..=31)));
    assert_eq!(from([192, 0, 2, 2]).await.status, 200);
}

#[tokio::test]
async fn who_asks_for_many_unknown_codes_has_to_wait_before_the_next_code() {
    let unknown_codes = NonZeroU32::new(2);
    let limits = Arc::new(Limits::new(LimitSettings { unknown_codes, ..LimitSettings::default() }));
    let app = app(Settings { limits, ..settings() });
    let from = |peer: u8, body: &'static str| {
        let mut request = lookup(body);
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, peer], 1234))));
        send(app.clone(), request)
    };
    let (known, known_too, unknown) = (r#"{"code":"acme"}"#, r#"{"code":"hooli"}"#, r#"{"code":"guess"}"#);
    assert_eq!(from(1, known).await.tenants(), ["acme"]);
    for _ in 0..3 {
        assert_eq!(from(1, unknown).await.body, r#"{"tenants":[]}"#);
    }
    let (refused, refused_too) = (from(1, unknown).await, from(1, known_too).await);
    assert_eq!(refused.problem(), (429, "too_many_requests".to_owned()));
    assert!(matches!(refused.header("retry-after").unwrap().parse(), Ok(1..=15)));
    assert_eq!((refused.status, &refused.body), (refused_too.status, &refused_too.body), "nothing is told of the code");
    assert_eq!(from(1, known).await.tenants(), ["acme"], "found before");
    assert_eq!(from(1, r#"{"domain":"acme.example"}"#).await.tenants(), ["acme"]);
    assert_eq!(from(1, r#"{"domain":"unknown.example"}"#).await.status, 200);
    assert_eq!(from(1, r#"{"client_id":"unknown"}"#).await.status, 200);
    assert_eq!(from(2, known_too).await.tenants(), ["hooli"], "another client");
}

#[tokio::test]
async fn only_pages_of_allowed_origins_may_look_up() {
    let origin = HeaderValue::from_static("https://login.example");
    let app = app(Settings { allow_origins: vec![origin], ..settings() });
    let preflight = |origin: &'static str| {
        let request = Request::options("/v1/lookup")
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type");
        send(app.clone(), request.body(Body::empty()).unwrap())
    };
    let post = |origin: &'static str, body: &'static str| {
        let mut request = lookup(body);
        request.headers_mut().insert(header::ORIGIN, HeaderValue::from_static(origin));
        send(app.clone(), request)
    };

    let answer = preflight("https://login.example").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://login.example"));
    assert_eq!(answer.header("access-control-allow-methods"), Some("POST"));
    assert_eq!(answer.header("access-control-allow-headers"), Some("content-type,x-amz-content-sha256"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    for body in [r#"{"code":"acme"}"#, "no json"] {
        let answer = post("https://login.example", body).await;
        assert_eq!(answer.header("access-control-allow-origin"), Some("https://login.example"), "{body}");
        assert_eq!(answer.header("access-control-expose-headers"), Some("retry-after"), "{body}");
        assert_eq!(answer.header("vary"), Some("origin"), "{body}");
    }
    for origin in [
        "https://evil.example",
        "http://login.example",
        "https://login.example:8443",
        "https://login.example.evil.example",
        "null",
    ] {
        assert_eq!(preflight(origin).await.header("access-control-allow-origin"), None, "{origin}");
        let answer = post(origin, r#"{"code":"acme"}"#).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
        assert_eq!(answer.header("vary"), Some("origin"), "{origin}");
    }
}

#[tokio::test]
async fn healthz_returns_the_number_of_tenants() {
    let answer = send(app(settings()), Request::get("/healthz").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, r#"{"status":"ok","tenants":15}"#));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn the_description_of_the_interface_is_served() {
    let answer = send(app(settings()), Request::get("/v1/openapi.json").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, Some("application/json")));
    let document: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
}
