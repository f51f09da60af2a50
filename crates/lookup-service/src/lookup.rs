//! `POST /v1/lookup`: reads the request strictly, looks the organizations up, and responds. What was looked up is never
//! logged.
//!
//! Everything that a lookup passes through is called from this file, in order, as one future. A stack of tower's layers would be
//! boxed, cloned and moved for every request, at several times the cost of the lookup (docs/service-performance.md).

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use lookup_api::{Isolation, LookupRequest};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::client_address::Client;
use crate::directory::Name;
use crate::limits::{Limit, Limits};
use crate::metrics::Metrics;
use crate::organizations::{Organizations, Unavailable};
use crate::problem::Problem;
use crate::request_body::{is_json, parse, read};
use crate::request_id::{RequestIds, X_REQUEST_ID};
use crate::site_config::CurrentConfig;
use crate::stopping::Stopping;

/// How the JSON of a tenant that has an isolation of its own ends.
const OWN_ISOLATION: [&str; 2] = [r#","isolation":"shared""#, r#","isolation":"strict""#];

/// X-Content-Type-Options, which every response has.
pub(crate) const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// Ends the connection after a response.
pub(crate) const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// The headers of every answer. To copy them takes a third of the instructions of inserting them one after the other.
static ANSWER_HEADERS: LazyLock<HeaderMap> = LazyLock::new(|| {
    HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, NOSNIFF),
        (header::CONTENT_LENGTH, HeaderValue::from_static("0")),
    ])
});

/// The state of the lookup route.
#[derive(Debug)]
pub(crate) struct Lookups {
    pub(crate) organizations: Organizations,
    /// config.json, if the service knows it. Its isolation is that of tenants without their own.
    pub(crate) config: Option<CurrentConfig>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) metrics: Option<Arc<Metrics>>,
    /// Gives lookups ids, if they are to have any.
    pub(crate) request_ids: Option<RequestIds>,
    pub(crate) stopping: Stopping,
    /// How many lookups may be under way at once.
    pub(crate) slots: Semaphore,
    /// How long the body may take to arrive. The rest takes no time.
    pub(crate) timeout: Duration,
}

/// The response to a lookup, and what is logged of it.
struct LookupAnswer {
    kind: &'static str,
    matches: usize,
    body: String,
}

/// What is needed of a request.
struct Asked {
    /// Its id, if it has one.
    id: Option<HeaderValue>,
    client: Client,
    is_json: bool,
    body: Body,
}

/// Answers a request. Its head is read before the future begins, which then has a thousand bytes: malloc takes longer for
/// more, and so does moving them.
pub(crate) fn lookup(
    lookups: Arc<Lookups>,
    request: Request,
) -> impl Future<Output = Result<Response, Infallible>> + Send {
    let asked = lookups.read_head(request);
    async move {
        let Asked { id, client, is_json, body } = asked;
        Ok(lookups.logged(id, pin!(lookups.answer(client, is_json, body))).await)
    }
}

/// A request with another method. It is logged as a lookup, too.
pub(crate) async fn method_not_allowed(State(lookups): State<Arc<Lookups>>, request: Request) -> Response {
    let Asked { id, client, .. } = lookups.read_head(request);
    lookups.logged(id, pin!(lookups.refuse(client))).await
}

impl Lookups {
    fn read_head(&self, request: Request) -> Asked {
        Asked {
            id: self.request_ids.as_ref().map(|ids| ids.of(request.headers())),
            client: self.limits.client(&request),
            is_json: is_json(request.headers()),
            body: request.into_body(),
        }
    }

    async fn answer(&self, client: Client, is_json: bool, body: Body) -> Result<LookupAnswer, Problem> {
        let _slot = self.slots.try_acquire().map_err(|_| self.limits.refuse(Limit::Concurrent))?;
        self.limits.admit(client)?;
        let body = timeout(self.timeout, read(body)).await.map_err(|_| Problem::Overloaded)?;
        if !is_json {
            return Err(Problem::ContentType);
        }
        let isolation = self.config.as_ref().and_then(|config| config.load().isolation);
        let body = body?;
        let request = parse(&body)?;
        let attempt = match &request {
            LookupRequest::Code(code) => self.limits.check_code(client, code)?,
            LookupRequest::Domain(_) | LookupRequest::ClientId(_) => None,
        };
        let answer = match &self.organizations {
            Organizations::InMemory(directory) => {
                let directory = directory.load();
                answer(&request, &directory.find(&request), isolation)
            }
            Organizations::Elsewhere(elsewhere) => {
                let found = match Name::of(&request) {
                    Some(name) => elsewhere.find(&name).await?,
                    None => Vec::new(),
                };
                answer(&request, &found, isolation)
            }
        };
        self.limits.note(attempt, answer.matches > 0);
        Ok(answer)
    }

    async fn refuse(&self, client: Client) -> Result<LookupAnswer, Problem> {
        let _slot = self.slots.try_acquire().map_err(|_| self.limits.refuse(Limit::Concurrent))?;
        self.limits.admit(client)?;
        Err(Problem::MethodNotAllowed)
    }

    /// Logs one line for each lookup, whatever its outcome. A panic becomes a response with status 500, and the process
    /// goes on.
    async fn logged(
        &self,
        id: Option<HeaderValue>,
        lookup: Pin<&mut impl Future<Output = Result<LookupAnswer, Problem>>>,
    ) -> Response {
        let start = Instant::now();
        let _in_flight = self.metrics.as_ref().map(|metrics| metrics.begin());
        let result = AssertUnwindSafe(lookup).catch_unwind().await.unwrap_or(Err(Problem::Internal));
        let took = start.elapsed();
        let (answer, problem) = (result.as_ref().ok(), result.as_ref().err());
        let (kind, matches) = (answer.map(|a| a.kind), answer.map(|a| a.matches));
        let problem = problem.map(Problem::code);
        if let Some(metrics) = &self.metrics {
            match (kind, matches, problem) {
                (Some(kind), Some(matches), _) => metrics.answered(kind, matches, took),
                (_, _, problem) => metrics.refused(problem.unwrap_or_default(), took),
            }
        }
        let mut response = result.into_response();
        tracing::info!(
            request_id = id.as_ref().and_then(|id| id.to_str().ok()),
            kind,
            matches,
            problem,
            status = response.status().as_u16(),
            micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "lookup"
        );
        let headers = response.headers_mut();
        if problem.is_some() {
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
        }
        if let Some(id) = id {
            headers.insert(X_REQUEST_ID, id);
        }
        if self.stopping.has_begun() {
            headers.insert(header::CONNECTION, CLOSE);
        }
        response
    }
}

/// The response with these organizations, each as JSON.
fn answer<T: AsRef<str>>(request: &LookupRequest, tenants: &[T], isolation: Option<Isolation>) -> LookupAnswer {
    let kind = match request {
        LookupRequest::Domain(_) => "domain",
        LookupRequest::Code(_) => "code",
        LookupRequest::ClientId(_) => "client_id",
    };
    let tenants = tenants.iter().map(T::as_ref);
    // A `lookup_api::LookupResponse`. Its tenants are JSON already.
    let (start, end) = (r#"{"tenants":["#, "]}");
    let inherited = match isolation {
        None => "",
        Some(Isolation::Shared) => r#","isolation":"shared""#,
        Some(Isolation::Strict) => r#","isolation":"strict""#,
    };
    let length = |tenant: &str| tenant.len() + inherited.len() + 1;
    let mut body = String::with_capacity(start.len() + tenants.clone().map(length).sum::<usize>() + end.len());
    body.push_str(start);
    for (i, tenant) in tenants.clone().enumerate() {
        body.push_str(if i == 0 { "" } else { "," });
        // `isolation` is the last field, if the tenant has it.
        match tenant.strip_suffix('}') {
            Some(fields) if !inherited.is_empty() && !OWN_ISOLATION.iter().any(|own| fields.ends_with(own)) => {
                body.push_str(fields);
                body.push_str(inherited);
                body.push('}');
            }
            _ => body.push_str(tenant),
        }
    }
    body.push_str(end);
    LookupAnswer { kind, matches: tenants.len(), body }
}

impl From<Unavailable> for Problem {
    fn from(_: Unavailable) -> Self {
        Self::Unavailable
    }
}

impl IntoResponse for LookupAnswer {
    fn into_response(self) -> Response {
        let length = HeaderValue::from(self.body.len());
        let mut response = Response::new(Body::from(self.body));
        let headers = response.headers_mut();
        headers.clone_from(&ANSWER_HEADERS);
        if let Some(place) = headers.get_mut(header::CONTENT_LENGTH) {
            *place = length;
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Directory;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn a_panic_becomes_a_problem_without_its_message() {
        let lookups = Lookups {
            organizations: Arc::new(arc_swap::ArcSwap::from_pointee(Directory::default())).into(),
            config: None,
            limits: Arc::default(),
            metrics: None,
            request_ids: None,
            stopping: Stopping::default(),
            slots: Semaphore::new(1),
            timeout: Duration::ZERO,
        };
        let response = lookups.logged(None, pin!(async { panic!("of ada@acme.example") })).await;
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(!String::from_utf8_lossy(&body).contains("ada"));
    }
}
