//! `GET /v1/memberships`: tells people who prove themselves with an ID token which organizations they belong to. The
//! crate `memberships` decides; this is its HTTP. Nothing of the token is logged or repeated.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use deployment::Deployment;
use futures_util::FutureExt;
use id_token::time::UnixTime;
use lookup_api::{Issuer, LookupRequest, LookupResponse, Tenant, TenantCode};
use memberships::keys::{KeySource, KeysUnavailable, Network};
use memberships::token::NoProof;
use memberships::{Directory, ExplicitMemberships, Keys, Refusal, Subject, Unavailable, UnverifiedToken, tenants_of};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::directory::Name;
use crate::limits::Limits;
use crate::lookup::NOSNIFF;
use crate::organizations::Organizations;
use crate::problem::{Problem, respond};
use crate::router::cors;
use crate::site_config::CurrentConfig;

/// The names of tokens in a query. A token in an address ends up in logs
/// ([RFC 9700 §4.3.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.3.2)), so it is refused there, and not used.
const IN_QUERY: [&str; 3] = ["access_token", "id_token", "token"];

/// What the endpoint consists of. It answers only while config.json names `memberships_url`.
pub struct Memberships<S = Network> {
    /// The organizations, and who belongs to them by name.
    pub organizations: Organizations,
    /// config.json, whose user pools are the issuers of tokens.
    pub config: CurrentConfig,
    /// The other origins whose pages may ask.
    pub allow_origins: Vec<HeaderValue>,
    /// The limits, which count lookups, too.
    pub limits: Arc<Limits>,
    /// The issuers' keys.
    pub keys: Keys<S>,
    /// How many requests may be under way at once. The response to any more is 503.
    pub slots: Semaphore,
    /// How long a request may take. After that the response is 503.
    pub timeout: Duration,
}

impl Memberships {
    /// The endpoint with the network's keys, for pages of its own origin.
    pub fn new(organizations: impl Into<Organizations>, config: CurrentConfig) -> Self {
        Self {
            organizations: organizations.into(),
            config,
            allow_origins: Vec::new(),
            limits: Arc::default(),
            keys: Keys::new(Network::new()),
            slots: Semaphore::new(1024),
            timeout: Duration::from_secs(10),
        }
    }
}

impl<S: KeySource> Memberships<S> {
    /// The route, for [`crate::Settings::more_routes`].
    pub fn routes(self) -> Router {
        let cors = cors(self.allow_origins.clone(), Some(self.config.clone()));
        let cors = cors.map(|cors| cors.allow_methods([Method::GET]).allow_headers([header::AUTHORIZATION]));
        let route = get(memberships::<S>).fallback(method_not_allowed::<S>).with_state(Arc::new(self));
        let route = match cors {
            Some(cors) => route.layer(cors),
            None => route,
        };
        Router::new().route("/v1/memberships", route)
    }

    async fn answer(&self, request: Request) -> Result<LookupResponse, NoAnswer> {
        let _slot = self.admit(&request)?;
        let deployment = self.deployment()?;
        let text = bearer_token(&request)?;
        timeout(self.timeout, self.tenants(text, &deployment)).await.map_err(|_| Problem::Overloaded)?
    }

    async fn tenants(&self, text: &str, deployment: &Deployment) -> Result<LookupResponse, NoAnswer> {
        let token = UnverifiedToken::parse(text)?;
        let pool = token.issuer(deployment)?;
        let keys = self.keys.of(pool, token.key_id()).await?;
        let organizations = &self.organizations;
        let proof = token.check_signature(pool, &keys)?.prove(organizations, deployment, now()).await?;
        let mut tenants = tenants_of(&proof, organizations, organizations, deployment).await?;
        for tenant in &mut tenants {
            tenant.isolation = Some(deployment.isolation_of(tenant));
        }
        Ok(LookupResponse { tenants })
    }

    async fn refuse(&self, request: Request) -> Result<LookupResponse, NoAnswer> {
        let _slot = self.admit(&request)?;
        self.deployment()?;
        Err(Problem::MethodNotAllowed.into())
    }

    fn admit(&self, request: &Request) -> Result<SemaphorePermit<'_>, NoAnswer> {
        let slot = self.slots.try_acquire().map_err(|_| Problem::Overloaded)?;
        self.limits.admit(self.limits.client(request))?;
        Ok(slot)
    }

    /// config.json, if it names the endpoint.
    fn deployment(&self) -> Result<Arc<Deployment>, Problem> {
        let deployment = self.config.load().deployment.clone();
        deployment.filter(|deployment| deployment.memberships_url.is_some()).ok_or(Problem::NotFound)
    }
}

async fn memberships<S: KeySource>(State(memberships): State<Arc<Memberships<S>>>, request: Request) -> Response {
    logged(memberships.answer(request)).await
}

/// A request with another method. It is logged, too.
async fn method_not_allowed<S: KeySource>(
    State(memberships): State<Arc<Memberships<S>>>,
    request: Request,
) -> Response {
    logged(memberships.refuse(request)).await
}

/// The token of the request ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
fn bearer_token(request: &Request) -> Result<&str, NoAnswer> {
    let query = request.uri().query().unwrap_or_default();
    if form_urlencoded::parse(query.as_bytes()).any(|(name, _)| IN_QUERY.contains(&&*name)) {
        return Err(NoAnswer::TokenInQuery);
    }
    let value = only_authorization(request.headers())?;
    let (scheme, token) = value.split_once(' ').ok_or(NoAnswer::Missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(NoAnswer::Missing);
    }
    Ok(token.trim_start_matches(' '))
}

fn only_authorization(headers: &HeaderMap) -> Result<&str, NoAnswer> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (None, _) => Err(NoAnswer::Missing),
        (Some(_), Some(_)) => Err(NoAnswer::Repeated),
        // A token has no other characters than those of ASCII.
        (Some(value), None) => value.to_str().map_err(|_| Refusal::Malformed.into()),
    }
}

fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixTime(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

impl Directory for Organizations {
    async fn find(&self, request: &LookupRequest) -> Result<Vec<Tenant>, Unavailable> {
        let tenant = |json: &str| Tenant::from_json(&platform::json::Json::parse(json).ok()?).ok();
        match self {
            Self::InMemory(directory) => {
                Ok(directory.load().find(request).iter().filter_map(|json| tenant(json)).collect())
            }
            Self::Elsewhere(elsewhere) => {
                let Some(name) = Name::of(request) else { return Ok(Vec::new()) };
                let found = elsewhere.find(&name).await.map_err(|_| Unavailable)?;
                Ok(found.iter().filter_map(|json| tenant(json)).collect())
            }
        }
    }
}

impl ExplicitMemberships for Organizations {
    /// A file has none.
    async fn codes(&self, issuer: &Issuer, subject: &Subject) -> Result<Vec<TenantCode>, Unavailable> {
        let Self::Elsewhere(elsewhere) = self else { return Ok(Vec::new()) };
        let codes = elsewhere.codes_of(issuer.as_str(), subject.as_str()).await.map_err(|_| Unavailable)?;
        Ok(codes.into_iter().filter_map(|code| TenantCode::try_from(code).ok()).collect())
    }
}

/// Why there is no list of organizations.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum NoAnswer {
    #[error(transparent)]
    Problem(#[from] Problem),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("an ID token is required: Authorization: Bearer …")]
    Missing,
    #[error("there must be one Authorization header")]
    Repeated,
    #[error("a token must not be in an address")]
    TokenInQuery,
    #[error("the issuer's keys cannot be fetched now")]
    KeysUnavailable { retry_after: u64 },
    #[error("the directory does not answer now")]
    Unavailable,
}

impl NoAnswer {
    fn code(&self) -> &'static str {
        match self {
            Self::Problem(problem) => problem.code(),
            Self::Refused(refusal) => refusal.code(),
            Self::Missing => "token_missing",
            Self::Repeated => "repeated_authorization",
            Self::TokenInQuery => "token_in_query",
            Self::KeysUnavailable { .. } => "keys_unavailable",
            Self::Unavailable => "directory_unavailable",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(_) | Self::Missing => StatusCode::UNAUTHORIZED,
            Self::Repeated | Self::TokenInQuery => StatusCode::BAD_REQUEST,
            Self::KeysUnavailable { .. } | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            // It responds by itself.
            Self::Problem(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// WWW-Authenticate ([RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3)). It has no error where nobody
    /// has tried to prove anything.
    fn challenge(&self) -> Option<&'static str> {
        match self {
            Self::Refused(_) => Some(r#"Bearer error="invalid_token""#),
            Self::Missing => Some("Bearer"),
            Self::Repeated | Self::TokenInQuery => Some(r#"Bearer error="invalid_request""#),
            _ => None,
        }
    }
}

impl From<NoProof> for NoAnswer {
    fn from(reason: NoProof) -> Self {
        match reason {
            NoProof::Refused(refusal) => Self::Refused(refusal),
            NoProof::Unavailable => Self::Unavailable,
        }
    }
}

impl From<Unavailable> for NoAnswer {
    fn from(_: Unavailable) -> Self {
        Self::Unavailable
    }
}

impl From<KeysUnavailable> for NoAnswer {
    fn from(reason: KeysUnavailable) -> Self {
        Self::KeysUnavailable { retry_after: reason.retry_after }
    }
}

impl IntoResponse for NoAnswer {
    fn into_response(self) -> Response {
        let challenge = self.challenge();
        let retry_after = match self {
            Self::KeysUnavailable { retry_after } => Some(retry_after),
            Self::Unavailable => Some(1),
            _ => None,
        };
        let mut response = match self {
            Self::Problem(problem) => problem.into_response(),
            other => respond(other.status(), other.code(), other.to_string()),
        };
        let headers = response.headers_mut();
        if let Some(challenge) = challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Logs one line for each request, whatever its outcome. A panic becomes a response with status 500.
async fn logged(answer: impl Future<Output = Result<LookupResponse, NoAnswer>>) -> Response {
    let start = Instant::now();
    let result = AssertUnwindSafe(answer).catch_unwind().await.unwrap_or(Err(Problem::Internal.into()));
    let (tenants, problem) = (result.as_ref().ok().map(|found| found.tenants.len()), result.as_ref().err());
    let problem = problem.map(NoAnswer::code);
    let mut response = match result {
        Ok(found) => ([(header::CACHE_CONTROL, "no-store")], Json(found)).into_response(),
        Err(reason) => reason.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    // For caches that do not know no-store: the response is one person's.
    headers.append(header::VARY, HeaderValue::from_static("authorization"));
    tracing::info!(
        tenants,
        problem,
        status = response.status().as_u16(),
        micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
        "memberships"
    );
    response
}

impl<S> fmt::Debug for Memberships<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memberships")
    }
}
