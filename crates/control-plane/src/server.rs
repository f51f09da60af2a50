//! The HTTP side: reads a request, verifies it, and answers with JSON or with an error, or not at all.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::error::ApiError;
use crate::faults::{Faults, is_write};
use crate::pool::{Fields, Pool, now};
use crate::shape;
use crate::signature::Authorization;

/// The longest body that is read, in bytes. The largest request of the API may have 2 MB.
const BODY_MAX: usize = 2 * 1024 * 1024;
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// The pool, what goes wrong, and what was asked.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) pool: Pool,
    pub(crate) faults: Faults,
    /// How long each write takes, so that two at a time are noticed.
    pub(crate) write_time: Duration,
    pub(crate) requests: Vec<(String, Value)>,
    pub(crate) writes: Vec<(String, Value)>,
    pub(crate) had_parallel_writes: bool,
    writes_in_flight: u32,
}

impl State {
    pub(crate) fn new(pool: Pool) -> Self {
        Self {
            pool,
            faults: Faults::default(),
            write_time: Duration::from_millis(1),
            requests: Vec::new(),
            writes: Vec::new(),
            had_parallel_writes: false,
            writes_in_flight: 0,
        }
    }
}

/// The state, for the server and the test.
pub(crate) type Shared = Arc<Mutex<State>>;

pub(crate) fn lock(shared: &Shared) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed without an answer")]
struct NoAnswer;

/// Serves until `stop` is sent or dropped.
pub(crate) async fn serve(listener: TcpListener, shared: Shared, mut stop: oneshot::Receiver<()>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut stop => return,
        };
        let Ok((stream, _)) = accepted else { continue };
        if lock(&shared).faults.is_dead() {
            continue;
        }
        let shared = shared.clone();
        let service = service_fn(move |request| answer(shared.clone(), request));
        // An error here is a connection that ended, ours by order of the test.
        tokio::spawn(async move { http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok() });
    }
}

/// A write that is under way. It ends when this is dropped.
struct WriteInFlight(Shared);

impl WriteInFlight {
    fn begin(shared: &Shared) -> Self {
        let mut state = lock(shared);
        state.writes_in_flight += 1;
        state.had_parallel_writes |= state.writes_in_flight > 1;
        Self(shared.clone())
    }
}

impl Drop for WriteInFlight {
    fn drop(&mut self) {
        lock(&self.0).writes_in_flight -= 1;
    }
}

async fn answer(shared: Shared, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, NoAnswer> {
    let (parts, body) = request.into_parts();
    let target = header(&parts, "x-amz-target").to_owned();
    let (prefix, action) = target.split_once('.').unwrap_or_default();
    let service = if prefix == "secretsmanager" { "secretsmanager" } else { "cognito-idp" };
    let write = is_write(action).then(|| WriteInFlight::begin(&shared));
    let body = Limited::new(body, BODY_MAX).collect().await.map_err(|_| NoAnswer)?.to_bytes();
    if write.is_some() {
        let time = lock(&shared).write_time;
        tokio::time::sleep(time).await;
    }
    let mut state = lock(&shared);
    if state.faults.is_dead() {
        return Err(NoAnswer);
    }
    let result = handle(&mut state, &parts, &body, service, &target, action);
    if result.is_ok() && write.is_some() && state.faults.applied() {
        return Err(NoAnswer);
    }
    drop(state);
    Ok(respond(service, result))
}

fn handle(
    state: &mut State,
    parts: &Parts,
    bytes: &[u8],
    service: &str,
    target: &str,
    action: &str,
) -> Result<Value, ApiError> {
    if parts.method != "POST" || parts.uri != "/" || header(parts, "content-type") != CONTENT_TYPE {
        return Err(ApiError::new("UnknownOperationException", format!("A request is a POST / of {CONTENT_TYPE}.")));
    }
    let options = state.pool.options.clone();
    let authorization = Authorization::read(&parts.headers)?;
    let key = (options.access_key_id.as_str(), options.secret_access_key.as_str());
    authorization.verify(service, key, parts, bytes, now() as i64)?;
    if !shape::is_action(target) {
        return Err(ApiError::new("UnknownOperationException", format!("{target} is not known.")));
    }
    let body: Value =
        serde_json::from_slice(bytes).map_err(|error| ApiError::new("SerializationException", error.to_string()))?;
    state.requests.push((action.to_owned(), body.clone()));
    state.faults.check(&options, service, action, &body)?;
    shape::check(target, &body)?;
    if service == "cognito-idp" && authorization.region != options.region {
        let pool = body["UserPoolId"].as_str().unwrap_or_default();
        return Err(ApiError::not_found(format!("User pool {pool} does not exist.")));
    }
    let answer = state.pool.perform(service, action, body.as_object().unwrap_or(&Fields::new()))?;
    if is_write(action) {
        state.writes.push((action.to_owned(), body));
    }
    Ok(answer)
}

fn header<'a>(parts: &'a Parts, name: &str) -> &'a str {
    parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn respond(service: &str, result: Result<Value, ApiError>) -> Response<Full<Bytes>> {
    let mut response = Response::builder().header("content-type", CONTENT_TYPE);
    let body = match result {
        Ok(body) => body,
        Err(error) => {
            response = response.status(error.status()).header("x-amzn-errortype", error.code);
            // Secrets Manager writes the word with a capital.
            let message = if service == "secretsmanager" { "Message" } else { "message" };
            json!({ "__type": error.code, message: error.message })
        }
    };
    response.body(Full::from(body.to_string())).unwrap_or_default()
}
