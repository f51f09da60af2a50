//! The memberships endpoint through the real router, with a real server for the keys.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../../memberships/src/test_tokens.rs"]
mod test_tokens;

use std::cell::RefCell;
use std::io::Write;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Once};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http_body_util::BodyExt;
use lookup_service::base_path::BasePath;
use lookup_service::directory_file::{SAMPLE, parse};
use lookup_service::limits::{LimitSettings, Limits};
use lookup_service::memberships::Memberships;
use lookup_service::site_config::{CurrentConfig, SiteConfig};
use lookup_service::{CurrentDirectory, Settings, app};
use memberships::Keys;
use memberships::keys::Network;
use serde_json::{Value, json};
use test_tokens::{base64url, other_key, pool_key};
use tokio::net::TcpListener;
use tower::ServiceExt;

/// A server that has the key set, or answers something else.
struct Issuer {
    address: String,
    requests: Arc<AtomicUsize>,
}

impl Issuer {
    async fn start<R: IntoResponse + 'static>(answer: fn() -> R) -> Self {
        log();
        let requests = Arc::new(AtomicUsize::new(0));
        let counted = requests.clone();
        let respond = any(async move || -> Response {
            counted.fetch_add(1, Ordering::Relaxed);
            answer().into_response()
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/pool", listener.local_addr().unwrap());
        let moved = any(async || pool_key().key_set());
        let router = Router::new().route("/pool/.well-known/jwks.json", respond).route("/moved", moved);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, requests }
    }

    async fn with_keys() -> Self {
        Self::start(|| pool_key().key_set()).await
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// The claims of Ada at an organization of the sample that has this domain.
    fn claims(&self, client_id: &str, provider: &str, domain: &str) -> Value {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        json!({
            "iss": self.address, "sub": "ada-sub", "aud": client_id, "token_use": "id", "exp": now + 3600, "iat": now,
            "email": format!("ada@{domain}"), "email_verified": true,
            "identities": [{ "providerName": provider, "primary": "true" }]
        })
    }

    fn acme(&self) -> Value {
        self.claims("1h57kf5cpq17m0eml12acme", "AcmeSAML", "acme.example")
    }

    fn umbrella(&self) -> Value {
        self.claims("3p1w9x4c7umbrellaeu0f5h2s8", "UmbrellaEU", "umbrella.example")
    }

    fn config(&self, field: &str) -> CurrentConfig {
        config(&self.address, field)
    }

    /// The service with this issuer's keys.
    fn service(&self) -> Router {
        service(self.config(NAMED), |memberships| memberships)
    }
}

const NAMED: &str = r#""memberships_url":"/v1/memberships""#;

fn config(issuer: &str, field: &str) -> CurrentConfig {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.json");
    let pools = format!(r#""user_pools":[{{"issuer":"{issuer}","hosted_ui":"https://auth.example"}}]"#);
    std::fs::write(&file, format!(r#"{{"lookup_url":"/v1/lookup",{pools},{field}}}"#)).unwrap();
    let (config, findings) = SiteConfig::load(&file, None, &BasePath::default());
    assert!(findings.is_empty(), "{findings:?}");
    Arc::new(ArcSwap::from_pointee(config))
}

fn service(config: CurrentConfig, change: impl FnOnce(Memberships) -> Memberships) -> Router {
    let directory: CurrentDirectory = Arc::new(ArcSwap::from_pointee(parse(SAMPLE).unwrap()));
    let memberships = change(Memberships::new(directory.clone(), config.clone()));
    app(Settings { config: Some(config), more_routes: memberships.routes(), ..Settings::new(directory) })
}

struct Received {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Received {
    fn header(&self, name: impl AsRef<str>) -> Option<&str> {
        self.headers.get(name.as_ref()).map(|value| value.to_str().unwrap())
    }

    fn codes(&self) -> Vec<&str> {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body["tenants"].as_array().unwrap().iter().map(|tenant| tenant["code"].as_str().unwrap()).collect()
    }

    /// Checks the headers of a problem. Returns its status and code.
    #[track_caller]
    fn problem(&self) -> (u16, &str) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.body);
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(self.body["status"], self.status.as_u16());
        assert!(self.body["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
        (self.status.as_u16(), self.body["code"].as_str().unwrap())
    }
}

fn get(authorization: &str) -> Request {
    Request::get("/v1/memberships").header(header::AUTHORIZATION, authorization).body(Body::empty()).unwrap()
}

fn bearer(token: &str) -> Request {
    get(&format!("Bearer {token}"))
}

async fn send(app: &Router, request: Request) -> Received {
    let (parts, body) = app.clone().oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Received {
        status: parts.status,
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    }
}

async fn ask(app: &Router, claims: &Value) -> Received {
    send(app, bearer(&pool_key().token(claims))).await
}

#[tokio::test]
async fn a_person_gets_their_organization_as_a_lookup_returns_it() {
    let issuer = Issuer::with_keys().await;
    let app = issuer.service();
    let answer = ask(&app, &issuer.acme()).await;
    assert_eq!(answer.codes(), ["acme"]);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let vary: Vec<_> = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
    assert!(vary.contains(&"authorization") && vary.contains(&"origin"), "{vary:?}");
    let lookup = Request::post("/v1/lookup").header(header::CONTENT_TYPE, "application/json");
    let looked_up = send(&app, lookup.body(Body::from(r#"{"code":"acme"}"#)).unwrap()).await;
    assert_eq!(answer.body, looked_up.body);
    assert_eq!(answer.body["tenants"][0]["isolation"], "shared");
    for _ in 0..3 {
        assert_eq!(ask(&app, &issuer.acme()).await.codes(), ["acme"]);
    }
    assert_eq!(issuer.requests(), 1);
}

#[tokio::test]
async fn a_verified_domain_that_both_list_and_a_group_lead_to_other_organizations() {
    let issuer = Issuer::with_keys().await;
    let app = issuer.service();
    let mut claims = issuer.umbrella();
    assert_eq!(ask(&app, &claims).await.codes(), ["umbrella-eu", "umbrella-us"]);
    claims["email"] = json!("ada@acme.example");
    assert_eq!(ask(&app, &claims).await.codes(), ["umbrella-eu"]);
    claims["email"] = json!("ada@umbrella.example");
    claims["email_verified"] = json!(false);
    assert_eq!(ask(&app, &claims).await.codes(), ["umbrella-eu"]);
    claims["cognito:groups"] = json!(["local_Pool_UmbrellaEU", "tenant-hooli"]);
    assert_eq!(ask(&app, &claims).await.codes(), ["umbrella-eu", "hooli"]);
    let mut below = issuer.claims("2k8dq0v5n3globex7rj41m6tzx", "GlobexOIDC", "eu.globex.example");
    assert_eq!(ask(&app, &below).await.codes(), ["globex"]);
    below["email"] = json!("ada@umbrella.example");
    assert_eq!(ask(&app, &below).await.codes(), ["globex"]);
}

#[tokio::test]
async fn every_refusal_has_its_code_and_a_challenge() {
    let issuer = Issuer::with_keys().await;
    let app = issuer.service();
    let with = |name: &str, value: Value| {
        let mut claims = issuer.acme();
        claims[name] = value;
        pool_key().token(&claims)
    };
    let cases = [
        ("x".to_owned(), "token_malformed"),
        (pool_key().token(&issuer.acme()) + "=", "token_malformed"),
        ("x".repeat(17 * 1024), "token_too_large"),
        (pool_key().signed(r#"{"alg":"none","kid":"pool-key"}"#, &issuer.acme().to_string()), "token_algorithm"),
        (other_key().token(&issuer.acme()), "token_signature"),
        (pool_key().signed(r#"{"alg":"RS256","kid":"x"}"#, &issuer.acme().to_string()), "token_key_unknown"),
        (with("iss", json!("https://evil.example")), "token_issuer"),
        (with("aud", json!("nobody")), "token_audience"),
        (with("token_use", json!("access")), "wrong_token_use"),
        (with("exp", json!(1_000_000_000)), "token_expired"),
        (with("iat", json!(5_000_000_000_u64)), "token_not_yet_valid"),
        (with("identities", json!([{ "providerName": "GlobexOIDC" }])), "token_provider"),
        (with("identities", Value::Null), "token_identities_missing"),
    ];
    for (token, code) in cases {
        let answer = send(&app, bearer(&token)).await;
        assert_eq!(answer.problem(), (401, code));
        assert_eq!(answer.header("www-authenticate"), Some(r#"Bearer error="invalid_token""#), "{code}");
        let body = answer.body.to_string();
        assert!(!["ada", "acme", "evil", "nobody"].iter().any(|sent| body.contains(sent)), "{body}");
    }
}

#[tokio::test]
async fn a_request_without_one_bearer_token_is_refused() {
    let issuer = Issuer::with_keys().await;
    let app = issuer.service();
    let good = pool_key().token(&issuer.acme());
    for request in
        [Request::get("/v1/memberships").body(Body::empty()).unwrap(), get("Basic YTpi"), get("Bearer"), get(&good)]
    {
        let answer = send(&app, request).await;
        assert_eq!(answer.problem(), (401, "token_missing"));
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    for separator in ["bearer ", "BEARER  "] {
        assert_eq!(send(&app, get(&format!("{separator}{good}"))).await.codes(), ["acme"]);
    }
    for bad in [format!("Bearer {good},Bearer {good}"), format!("Bearer {good} "), format!("Bearer {good}\u{e4}")] {
        let mut request = bearer("");
        let value = HeaderValue::from_bytes(bad.as_bytes()).unwrap();
        request.headers_mut().insert(header::AUTHORIZATION, value);
        assert_eq!(send(&app, request).await.problem(), (401, "token_malformed"));
    }
    let mut twice = bearer(&good);
    twice.headers_mut().append(header::AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {good}")).unwrap());
    let answer = send(&app, twice).await;
    assert_eq!(answer.problem(), (400, "repeated_authorization"));
    assert_eq!(answer.header("www-authenticate"), Some(r#"Bearer error="invalid_request""#));
    for query in ["access_token", "id_token=x&a", "a&to%6ben"] {
        let mut request = bearer(&good);
        *request.uri_mut() = format!("/v1/memberships?{query}={good}").parse().unwrap();
        assert_eq!(send(&app, request).await.problem(), (400, "token_in_query"));
    }
}

#[tokio::test]
async fn keys_are_never_fetched_from_an_address_in_a_token() {
    let (issuer, attacker) = (Issuer::with_keys().await, Issuer::with_keys().await);
    let app = issuer.service();
    assert_eq!(ask(&app, &attacker.acme()).await.problem(), (401, "token_issuer"));
    let header =
        json!({ "alg": "RS256", "kid": "pool-key", "jku": format!("{}/.well-known/jwks.json", attacker.address) });
    let token = other_key().signed(&header.to_string(), &issuer.acme().to_string());
    assert_eq!(send(&app, bearer(&token)).await.problem(), (401, "token_signature"));
    assert_eq!((attacker.requests(), issuer.requests()), (0, 1));
}

#[track_caller]
fn check_no_keys(answer: &Received) {
    assert_eq!(answer.problem(), (503, "keys_unavailable"));
    let retry_after: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=31).contains(&retry_after), "{retry_after}");
}

#[tokio::test]
async fn without_keys_there_is_503() {
    let redirect = || (StatusCode::FOUND, [("location", "/moved")]);
    let oversized = || format!(r#"{{"keys":[],"x":"{}"}}"#, "x".repeat(300 * 1024));
    for issuer in [
        Issuer::start(|| (StatusCode::INTERNAL_SERVER_ERROR, pool_key().key_set())).await,
        Issuer::start(|| "<html>").await,
        Issuer::start(redirect).await,
        Issuer::start(oversized).await,
        Issuer { address: "http://127.0.0.1:9/pool".to_owned(), requests: Arc::default() },
    ] {
        let app = issuer.service();
        check_no_keys(&ask(&app, &issuer.acme()).await);
        check_no_keys(&ask(&app, &issuer.acme()).await);
        assert!(issuer.requests() <= 1);
    }
}

#[tokio::test]
async fn an_issuer_that_does_not_respond_is_given_up_on() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/pool", silent.local_addr().unwrap());
    let issuer = Issuer { address, requests: Arc::default() };
    let keys = Keys::new(Network::with_time_limit(Duration::from_millis(100)));
    let app = service(issuer.config(NAMED), |memberships| Memberships { keys, ..memberships });
    check_no_keys(&ask(&app, &issuer.acme()).await);
    let slow =
        service(issuer.config(NAMED), |memberships| Memberships { timeout: Duration::from_millis(50), ..memberships });
    let answer = ask(&slow, &issuer.acme()).await;
    assert_eq!((answer.problem(), answer.header("retry-after")), ((503, "overloaded"), Some("1")));
}

#[tokio::test]
async fn it_answers_only_while_config_json_names_it() {
    let issuer = Issuer::with_keys().await;
    let config = issuer.config(r#""isolation":"strict""#);
    let app = service(config.clone(), |memberships| memberships);
    assert_eq!(ask(&app, &issuer.acme()).await.problem(), (404, "not_found"));
    config.store(issuer.config(&format!(r#"{NAMED},"isolation":"strict""#)).load_full());
    let answer = ask(&app, &issuer.acme()).await;
    assert_eq!((answer.codes(), &answer.body["tenants"][0]["isolation"]), (vec!["acme"], &json!("strict")));
    assert_eq!(issuer.requests(), 1);
}

#[tokio::test]
async fn other_methods_too_many_and_too_frequent_requests_are_refused() {
    let issuer = Issuer::with_keys().await;
    let mut post = bearer("");
    *post.method_mut() = Method::POST;
    let answer = send(&issuer.service(), post).await;
    assert_eq!((answer.problem(), answer.header("allow")), ((405, "method_not_allowed"), Some("GET,HEAD")));
    let limits = Limits::new(LimitSettings { each_client: NonZeroU32::new(2), ..LimitSettings::default() });
    let app = service(issuer.config(NAMED), |memberships| Memberships { limits: Arc::new(limits), ..memberships });
    let mut answers = Vec::new();
    for _ in 0..3 {
        let mut request = bearer("x");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 1234))));
        answers.push(send(&app, request).await);
    }
    assert_eq!(answers[1].problem(), (401, "token_malformed"));
    assert_eq!(answers[2].problem(), (429, "too_many_requests"));
    assert!(answers[2].header("retry-after").is_some());
    let none = service(issuer.config(NAMED), |memberships| Memberships {
        slots: tokio::sync::Semaphore::new(0),
        ..memberships
    });
    assert_eq!(ask(&none, &issuer.acme()).await.problem(), (503, "overloaded"));
}

#[tokio::test]
async fn pages_of_allowed_origins_may_send_the_token() {
    let issuer = Issuer::with_keys().await;
    let applications = format!(r#"{NAMED},"applications":[{{"url":"https://app.example/"}}]"#);
    let app = service(issuer.config(&applications), |memberships| Memberships {
        allow_origins: vec![HeaderValue::from_static("https://login.example")],
        ..memberships
    });
    for (origin, allowed) in
        [("https://login.example", true), ("https://app.example", true), ("https://evil.example", false)]
    {
        let preflight = Request::options("/v1/memberships")
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization");
        let answer = send(&app, preflight.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed.then_some(origin));
        assert_eq!(answer.header("access-control-allow-methods"), Some("GET"));
        assert_eq!(answer.header("access-control-allow-headers"), Some("authorization"));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        let mut request = bearer(&pool_key().token(&issuer.acme()));
        request.headers_mut().insert(header::ORIGIN, HeaderValue::from_static(origin));
        let answer = send(&app, request).await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed.then_some(origin));
    }
}

#[tokio::test]
async fn it_is_below_the_pickers_path() {
    let issuer = Issuer::with_keys().await;
    let directory: CurrentDirectory = Arc::new(ArcSwap::from_pointee(parse(SAMPLE).unwrap()));
    let more_routes = Memberships::new(directory.clone(), issuer.config(NAMED)).routes();
    let base_path = "/login/".parse().unwrap();
    let app = app(Settings { base_path, more_routes, ..Settings::new(directory) });
    let mut request = bearer(&pool_key().token(&issuer.acme()));
    *request.uri_mut() = "/login/v1/memberships".parse().unwrap();
    assert_eq!(send(&app, request).await.codes(), ["acme"]);
}

thread_local! {
    /// What was logged in this thread. Each test has one of its own.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct ThreadLog;

impl Write for ThreadLog {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.with_borrow_mut(|log| log.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Begins to log. A subscriber for one thread alone would miss events that other threads have met before it.
fn log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing_subscriber::fmt().with_writer(|| ThreadLog).with_ansi(false).init());
}

#[tokio::test]
async fn the_log_has_a_line_for_each_request_and_nothing_of_a_token() {
    let issuer = Issuer::with_keys().await;
    let app = issuer.service();
    let good = pool_key().token(&issuer.umbrella());
    send(&app, bearer(&good)).await;
    send(&app, bearer(&(good.clone() + "="))).await;
    let broken = Issuer::start(|| StatusCode::NOT_FOUND).await;
    ask(&broken.service(), &broken.acme()).await;
    let log = LOG.with_borrow(|log| String::from_utf8(log.clone()).unwrap());
    let of_requests: Vec<_> = log
        .lines()
        .filter(|line| line.contains("memberships tenants=") || line.contains("memberships problem="))
        .collect();
    assert_eq!(of_requests.len(), 3, "{log}");
    assert!(of_requests[0].contains("tenants=2") && of_requests[0].contains("status=200"), "{log}");
    assert!(of_requests[1].contains(r#"problem="token_malformed""#) && of_requests[1].contains("micros="), "{log}");
    assert!(log.contains("cannot fetch the keys at"), "{log}");
    let secrets = ["ada", "umbrella", "acme", &good[..40], &base64url("ada-sub")];
    assert!(!secrets.iter().any(|secret| log.contains(secret)), "{log}");
}
