//! The directory of organizations and its HTTP face: who belongs where, asked by domain or code.
//!
//! `directory` decides and `directory_file` reads; neither knows HTTP. Everything else is the way in and out. Nothing
//! in this crate keeps, logs or answers with an email address: it refuses to be sent one.

mod consumer_domains;
pub mod directory;
pub mod directory_file;
pub mod domain_name;
pub mod finding;
pub mod format_guess;
mod inline;
pub mod log;
mod log_queue;
mod lookup;
mod name_index;
mod problem;
pub mod rate_limit;
pub mod regular_file;
pub mod reload;
mod repeated_key;
pub mod site;
pub mod site_config;
pub mod text_encoding;
pub mod watch;

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use tokio::sync::Semaphore;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

pub use lookup::CurrentDirectory;
use lookup::Lookups;
use problem::Problem;
use rate_limit::RateLimit;
use site::Site;

/// The value of X-Content-Type-Options in every answer.
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

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
    let health = get(healthz).fallback(method_not_allowed).with_state(settings.directory.clone());
    let lookups = Arc::new(Lookups {
        directory: settings.directory,
        rate_limit: settings.rate_limit,
        slots: Semaphore::new(settings.concurrent_lookups),
        timeout: settings.lookup_timeout,
    });
    let nosniff = SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    let lookup = post(lookup::lookup).fallback(lookup::method_not_allowed).with_state(lookups);
    let lookup = match cors(settings.allow_origins) {
        // A preflight is no lookup and leaves no line in the log; a refusal does.
        Some(cors) => lookup.layer(ServiceBuilder::new().layer(nosniff.clone()).layer(cors)),
        None => lookup,
    };

    let app = Router::new()
        .route("/healthz", health)
        // Never the site's: whoever looks up in a way that is not there shall not get a page.
        .route("/v1", any(not_found))
        .route("/v1/", any(not_found))
        .route("/v1/{*rest}", any(not_found));
    let app = match settings.site {
        Some(site) => app.fallback_service(site.router()),
        None => app.fallback(not_found),
    };
    // Lookups are outside of the layers: they do what these do by themselves.
    app.layer(ServiceBuilder::new().layer(nosniff).layer(catch_panics())).route("/v1/lookup", lookup)
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
fn catch_panics() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    CatchPanicLayer::custom(|_| Problem::Internal.into_response())
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
        let app = Router::new().route("/", bug).layer(catch_panics());
        let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(!String::from_utf8_lossy(&body).contains("ada"));
    }
}
