//! All routes of the service, with the layers around them.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::map_response_with_state;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get, post_service};
use axum::{Json, Router};
use tokio::sync::Semaphore;
use tower::{ServiceBuilder, service_fn};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::base_path::BasePath;
use crate::limits::Limits;
use crate::lookup::{self, CLOSE, Lookups, NOSNIFF};
use crate::metrics::Metrics;
use crate::openapi;
use crate::organizations::Organizations;
use crate::problem::Problem;
use crate::request_id::RequestIds;
use crate::site::Site;
use crate::site_config::CurrentConfig;
use crate::stopping::Stopping;

/// What an instance of the service consists of.
#[derive(Debug)]
pub struct Settings {
    /// The path that everything is below.
    pub base_path: BasePath,
    /// The directory that lookups are answered from.
    pub organizations: Organizations,
    /// The picker's site, if this instance serves it.
    pub site: Option<Site>,
    /// config.json, if this instance knows it.
    pub config: Option<CurrentConfig>,
    /// The other origins whose pages may look up, as browsers send them in `Origin`.
    pub allow_origins: Vec<HeaderValue>,
    /// The limits of lookups. They need `into_make_service_with_connect_info::<SocketAddr>()`.
    pub limits: Arc<Limits>,
    /// Counts lookups, if they are to be counted.
    pub metrics: Option<Arc<Metrics>>,
    /// Gives each lookup an id in its line of the log and in its response, if it is to have one.
    pub request_ids: Option<RequestIds>,
    /// Whether the service was told to stop.
    pub stopping: Stopping,
    /// How many lookups may be under way at once. The response to any more is 503.
    pub concurrent_lookups: usize,
    /// How long a lookup may take, including the time until its body has arrived. After that the response is 503.
    pub lookup_timeout: Duration,
    /// Routes beside the lookup, below the same path.
    pub more_routes: Router,
}

impl Settings {
    /// A service that answers lookups of its own origin and has no site.
    pub fn new(organizations: impl Into<Organizations>) -> Self {
        Self {
            base_path: BasePath::default(),
            organizations: organizations.into(),
            site: None,
            config: None,
            allow_origins: Vec::new(),
            limits: Arc::default(),
            metrics: None,
            request_ids: None,
            stopping: Stopping::default(),
            concurrent_lookups: 1024,
            lookup_timeout: Duration::from_secs(10),
            more_routes: Router::new(),
        }
    }
}

/// The router of the whole service.
pub fn app(settings: Settings) -> Router {
    let health = get(healthz).fallback(method_not_allowed).with_state(settings.organizations.clone());
    let readiness = (settings.organizations.clone(), settings.stopping.clone());
    let ready = get(readyz).fallback(method_not_allowed).with_state(readiness);
    let closing = map_response_with_state(settings.stopping.clone(), closed_if_stopping);
    let lookups = Arc::new(Lookups {
        organizations: settings.organizations,
        config: settings.config.clone(),
        limits: settings.limits,
        metrics: settings.metrics,
        request_ids: settings.request_ids,
        stopping: settings.stopping,
        slots: Semaphore::new(settings.concurrent_lookups),
        timeout: settings.lookup_timeout,
    });
    let nosniff = SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    let answering = lookups.clone();
    // As a service, not as a handler, whose future is twice as large.
    let lookup = post_service(service_fn(move |request| lookup::lookup(answering.clone(), request)))
        .fallback(lookup::method_not_allowed)
        .with_state(lookups);
    let lookup = match cors(settings.allow_origins, settings.config) {
        // The layer answers preflights itself, so that they do not appear in the log as lookups.
        Some(cors) => lookup.layer(ServiceBuilder::new().layer(nosniff.clone()).layer(cors)),
        None => lookup,
    };

    let app = Router::new()
        .route("/healthz", health.clone())
        .route("/readyz", ready.clone())
        .route("/v1/openapi.json", get(openapi::show).fallback(method_not_allowed))
        // These never fall back to the site, which would answer a wrong API address with a web page.
        .route("/v1", any(not_found))
        .route("/v1/", any(not_found))
        .route("/v1/{*rest}", any(not_found));
    let app = match settings.site {
        Some(site) => app.fallback_service(site.router()),
        None => app.fallback(not_found),
    };
    // Lookups are outside of the layers, which cost time. `lookup` sets the header and catches panics itself.
    let layers = ServiceBuilder::new().layer(nosniff).layer(catch_panics()).layer(closing);
    let app = app.layer(layers).route("/v1/lookup", lookup).merge(settings.more_routes);
    if settings.base_path.is_root() {
        return app;
    }
    below(settings.base_path.as_str(), app).route("/healthz", health).route("/readyz", ready)
}

/// The same service below a path. Without the slash at its end, the path is redirected to: relative addresses would not
/// be below it. Load balancers find `/healthz` and `/readyz` at the root, too.
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
        .allow_headers([header::CONTENT_TYPE, HeaderName::from_static("x-amz-content-sha256")])
        .expose_headers([header::RETRY_AFTER])
        .max_age(Duration::from_secs(7200))
        .vary([header::ORIGIN]);
    Some(allowed.allow_origin(AllowOrigin::predicate(is_allowed)))
}

/// The state of the service, for those who watch it.
#[derive(serde::Serialize)]
struct Health {
    status: &'static str,
    tenants: usize,
}

/// Whether the process is alive.
async fn healthz(State(organizations): State<Organizations>) -> impl IntoResponse {
    let health = Health { status: "ok", tenants: organizations.tenants() };
    ([(header::CACHE_CONTROL, "no-store")], Json(health))
}

/// Whether lookups can be answered, so that requests should come here.
async fn readyz(
    State((organizations, stopping)): State<(Organizations, Stopping)>,
) -> Result<impl IntoResponse, Problem> {
    if stopping.has_begun() {
        return Err(Problem::Stopping);
    }
    if !organizations.is_ready() {
        return Err(Problem::Unavailable);
    }
    let health = Health { status: "ready", tenants: organizations.tenants() };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(health)))
}

/// Has clients open no further request on this connection: a load balancer would lose it when the service ends.
async fn closed_if_stopping(State(stopping): State<Stopping>, mut response: Response) -> Response {
    if stopping.has_begun() {
        response.headers_mut().insert(header::CONNECTION, CLOSE);
    }
    response
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
