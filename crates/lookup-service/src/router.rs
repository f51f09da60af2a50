//! All routes of the service, with the layers around them.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use tokio::sync::Semaphore;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::base_path::BasePath;
use crate::directory::CurrentDirectory;
use crate::lookup::{self, Lookups, NOSNIFF};
use crate::problem::Problem;
use crate::rate_limit::RateLimit;
use crate::site::Site;
use crate::site_config::CurrentConfig;

/// What an instance of the service consists of.
#[derive(Debug)]
pub struct Settings {
    /// The path that everything is below.
    pub base_path: BasePath,
    /// The directory that lookups are answered from.
    pub directory: CurrentDirectory,
    /// The picker's site, if this instance serves it.
    pub site: Option<Site>,
    /// config.json, if this instance knows it.
    pub config: Option<CurrentConfig>,
    /// The other origins whose pages may look up, as browsers send them in `Origin`.
    pub allow_origins: Vec<HeaderValue>,
    /// The limit for each client address, if there is one. It needs
    /// `into_make_service_with_connect_info::<SocketAddr>()`.
    pub rate_limit: Option<RateLimit>,
    /// How many lookups may be under way at once. The response to any more is 503.
    pub concurrent_lookups: usize,
    /// How long a lookup may take, including the time until its body has arrived. After that the response is 503.
    pub lookup_timeout: Duration,
    /// Routes beside the lookup, below the same path.
    pub more_routes: Router,
}

impl Settings {
    /// A service that answers lookups of its own origin and has no site.
    pub fn new(directory: CurrentDirectory) -> Self {
        Self {
            base_path: BasePath::default(),
            directory,
            site: None,
            config: None,
            allow_origins: Vec::new(),
            rate_limit: None,
            concurrent_lookups: 1024,
            lookup_timeout: Duration::from_secs(10),
            more_routes: Router::new(),
        }
    }
}

/// The router of the whole service.
pub fn app(settings: Settings) -> Router {
    let health = get(healthz).fallback(method_not_allowed).with_state(settings.directory.clone());
    let lookups = Arc::new(Lookups {
        directory: settings.directory,
        config: settings.config.clone(),
        rate_limit: settings.rate_limit,
        slots: Semaphore::new(settings.concurrent_lookups),
        timeout: settings.lookup_timeout,
    });
    let nosniff = SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    let lookup = post(lookup::lookup).fallback(lookup::method_not_allowed).with_state(lookups);
    let lookup = match cors(settings.allow_origins, settings.config) {
        // The layer answers preflights itself, so that they do not appear in the log as lookups.
        Some(cors) => lookup.layer(ServiceBuilder::new().layer(nosniff.clone()).layer(cors)),
        None => lookup,
    };

    let app = Router::new()
        .route("/healthz", health.clone())
        // These never fall back to the site, which would answer a wrong API address with a web page.
        .route("/v1", any(not_found))
        .route("/v1/", any(not_found))
        .route("/v1/{*rest}", any(not_found));
    let app = match settings.site {
        Some(site) => app.fallback_service(site.router()),
        None => app.fallback(not_found),
    };
    // Lookups are outside of the layers, which cost time. `lookup` sets the header and catches panics itself.
    let app = app.layer(ServiceBuilder::new().layer(nosniff).layer(catch_panics())).route("/v1/lookup", lookup);
    let app = app.merge(settings.more_routes);
    if settings.base_path.is_root() { app } else { below(settings.base_path.as_str(), app).route("/healthz", health) }
}

/// The same service below a path. Without the slash at its end, the path is redirected to: relative addresses would not
/// be below it. Load balancers find `/healthz` at the root, too.
fn below(path: &str, app: Router) -> Router {
    let (folder, address) = (path.trim_end_matches('/'), path.to_owned());
    Router::new()
        .route(folder, get(async move || Redirect::permanent(&address)))
        .nest_service(path, app)
        .fallback(not_found)
}

/// CORS for `allow_origins` and the origins of config.json's `applications`. Without credentials: the service has no
/// cookies.
pub(crate) fn cors(allow_origins: Vec<HeaderValue>, config: Option<CurrentConfig>) -> Option<CorsLayer> {
    if allow_origins.is_empty() && config.is_none() {
        return None;
    }
    let is_allowed = move |origin: &HeaderValue, _: &Parts| {
        let is_an_applications = |config: &CurrentConfig| {
            config.load().application_origins.iter().any(|application| application.as_bytes() == origin.as_bytes())
        };
        allow_origins.contains(origin) || config.as_ref().is_some_and(is_an_applications)
    };
    let allowed = CorsLayer::new()
        .allow_methods([Method::POST])
        .allow_headers([header::CONTENT_TYPE])
        .expose_headers([header::RETRY_AFTER])
        .max_age(Duration::from_secs(7200))
        .vary([header::ORIGIN]);
    Some(allowed.allow_origin(AllowOrigin::predicate(is_allowed)))
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

/// Turns a panic into a response with status 500 that does not repeat the panic's message.
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
    async fn a_panic_becomes_a_problem_without_its_message() {
        let bug = get(async || -> &'static str { panic!("of ada@acme.example") });
        let app = Router::new().route("/", bug).layer(catch_panics());
        let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(!String::from_utf8_lossy(&body).contains("ada"));
    }
}
