//! The directory of organizations and its HTTP face: who belongs where, asked by domain or code.
//!
//! `directory` decides and `directory_file` reads; neither knows HTTP. Everything else is the way in and out. Nothing
//! in this crate keeps, logs or answers with an email address: it refuses to be sent one.

mod consumer_domains;
pub mod directory;
pub mod directory_file;
pub mod domain_name;
pub mod finding;
mod inline;
mod lookup;
mod native_url;
mod problem;
pub mod rate_limit;
pub mod reload;
pub mod site;
pub mod site_config;

use std::sync::Arc;
use std::time::Duration;

use axum::error_handling::HandleErrorLayer;
use axum::extract::State;
use axum::http::{HeaderValue, Method, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{BoxError, Json, Router, middleware};
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

pub use lookup::CurrentDirectory;
use problem::Problem;
use rate_limit::RateLimit;
use site::Site;

/// What an instance of the service is made of.
#[derive(Debug)]
pub struct Settings {
    /// What answers.
    pub directory: CurrentDirectory,
    /// The picker's files, if this instance serves them.
    pub site: Option<Site>,
    /// The other origins whose pages may look up, exactly as browsers send them.
    pub allow_origins: Vec<HeaderValue>,
    /// Needs the peer's address: `into_make_service_with_connect_info::<SocketAddr>()`.
    pub rate_limit: Option<RateLimit>,
    /// How many lookups may be under way at once; those beyond are told to come back (503).
    pub concurrent_lookups: usize,
    /// How long a lookup may take, most of which is its body on the way; then it is told to come back (503).
    pub lookup_timeout: Duration,
}

impl Settings {
    /// Lookups alone, for pages of the same origin.
    pub fn new(directory: CurrentDirectory) -> Self {
        Self {
            directory,
            site: None,
            allow_origins: Vec::new(),
            rate_limit: None,
            concurrent_lookups: 1024,
            lookup_timeout: Duration::from_secs(10),
        }
    }
}

/// The whole service: every route on one page.
pub fn app(settings: Settings) -> Router {
    let rate_limit = settings.rate_limit.map(Arc::new);
    // From the outside in: a preflight is no lookup and leaves no line in the log; a refusal does.
    let layers = ServiceBuilder::new()
        .option_layer(cors(settings.allow_origins))
        .layer(middleware::from_fn(lookup::log))
        .layer(HandleErrorLayer::new(async |_: BoxError| Problem::Overloaded))
        .load_shed()
        .layer(GlobalConcurrencyLimitLayer::new(settings.concurrent_lookups))
        .timeout(settings.lookup_timeout)
        .option_layer(rate_limit.map(|limit| middleware::from_fn_with_state(limit, rate_limit::enforce)));
    let lookup = post(lookup::lookup).fallback(method_not_allowed);
    let api = Router::new().route("/lookup", lookup).layer(layers).fallback(not_found);
    let api = api.with_state(settings.directory.clone());
    let health = get(healthz).fallback(method_not_allowed).with_state(settings.directory);

    let app = Router::new().route("/healthz", health).nest("/v1", api);
    let app = match settings.site {
        Some(site) => app.fallback_service(site.router()),
        None => app.fallback(not_found),
    };
    let nosniff =
        SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    catching_panics(app).layer(nosniff)
}

/// The origins of other deployments' pages, each by its exact name. There are no cookies here to send along.
fn cors(allow_origins: Vec<HeaderValue>) -> Option<CorsLayer> {
    let allowed = CorsLayer::new()
        .allow_methods([Method::POST])
        .allow_headers([header::CONTENT_TYPE])
        .expose_headers([header::RETRY_AFTER])
        .max_age(Duration::from_secs(7200))
        .vary([header::ORIGIN]);
    (!allow_origins.is_empty()).then(|| allowed.allow_origin(AllowOrigin::list(allow_origins)))
}

async fn healthz(State(directory): State<CurrentDirectory>) -> impl IntoResponse {
    #[derive(serde::Serialize)]
    struct Health {
        status: &'static str,
        tenants: usize,
    }
    ([(header::CACHE_CONTROL, "no-store")], Json(Health { status: "ok", tenants: directory.load().tenants() }))
}

async fn not_found() -> Problem {
    Problem::NotFound
}

async fn method_not_allowed() -> Problem {
    Problem::MethodNotAllowed
}

/// A bug costs one answer and not the process; what the panic said stays in here.
fn catching_panics(router: Router) -> Router {
    router.layer(CatchPanicLayer::custom(|_| Problem::Internal.into_response()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::extract::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_panic_is_answered_as_a_problem_that_says_nothing_of_it() {
        let bug = get(async || -> &'static str { panic!("of ada@acme.example") });
        let app = catching_panics(Router::new().route("/", bug));
        let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(!String::from_utf8_lossy(&body).contains("ada"));
    }
}
