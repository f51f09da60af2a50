//! A DynamoDB implementation in this process, for tests and benchmarks, behind a door: it throttles, hangs, leaves keys
//! unprocessed or fails when a test says so. The implementation is the crate dynoxide, which knows none of that.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use dynoxide::Database;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// What is wrong with the table at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Every request is refused for now.
    Throttles,
    /// Every request is refused with this code and message.
    Refuses(&'static str, &'static str),
    /// No request is answered.
    Hangs,
    /// The server fails.
    Fails,
    /// Keys are left unprocessed, all of them.
    LeavesUnprocessed,
    /// The first key of each request is answered, the rest is left unprocessed.
    AnswersOne,
}

#[derive(Debug, Default)]
struct Door {
    fault: Mutex<Option<Fault>>,
    /// The operations that were asked for, in order.
    seen: Mutex<Vec<String>>,
    /// After so many more writes all writes fail.
    writes_left: Mutex<Option<usize>>,
}

/// The engine. It ends when this is dropped.
pub struct Engine {
    runtime: Option<Runtime>,
    door: Arc<Door>,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Engine {
    /// An engine without tables.
    pub fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let door = Arc::new(Door::default());
        let (address, state) = (runtime.block_on(serve()), door.clone());
        let address = runtime.block_on(async move {
            let app = Router::new().fallback(forward).with_state((state, address));
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(async move { axum::serve(listener, app).await });
            address
        });
        Self { runtime: Some(runtime), door, address }
    }

    /// Runs a future on the engine's threads.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.as_ref().unwrap().block_on(future)
    }

    /// The SDK's client. An attempt may take that long, and all attempts twice as long.
    pub fn client(&self, patience: Duration) -> Client {
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(patience);
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("eu-west-1"))
            .endpoint_url(format!("http://{}", self.address))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .timeout_config(timeouts.operation_timeout(patience * 2).build())
            .retry_config(RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(5)))
            .build();
        Client::from_conf(config)
    }

    /// From now on this is wrong, or nothing.
    pub fn has(&self, fault: impl Into<Option<Fault>>) {
        *self.door.fault.lock().unwrap() = fault.into();
    }

    /// Lets so many more requests write, and then none.
    pub fn refuses_after_writes(&self, count: impl Into<Option<usize>>) {
        *self.door.writes_left.lock().unwrap() = count.into();
    }

    /// The operations since the last call.
    pub fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.door.seen.lock().unwrap())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(dynoxide::server::serve_on(listener, Database::memory().unwrap()));
    address
}

type Behind = (Arc<Door>, SocketAddr);

async fn forward(State((door, address)): State<Behind>, headers: HeaderMap, body: Bytes) -> Response {
    let operation = headers["x-amz-target"].to_str().unwrap().split('.').next_back().unwrap().to_owned();
    door.seen.lock().unwrap().push(operation.clone());
    if matches!(operation.as_str(), "BatchWriteItem" | "TransactWriteItems") && !door.lets_write() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let fault = *door.fault.lock().unwrap();
    match (fault, operation.as_str()) {
        (Some(Fault::Throttles), _) => refusal("ThrottlingException", "slow down"),
        (Some(Fault::Refuses(code, message)), _) => refusal(code, message),
        (Some(Fault::Hangs), _) => pending().await,
        (Some(Fault::Fails), _) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        (Some(Fault::LeavesUnprocessed), "BatchGetItem") => in_part(address, &headers, &body, 0).await,
        (Some(Fault::AnswersOne), "BatchGetItem") => in_part(address, &headers, &body, 1).await,
        _ => sent(address, &headers, body.to_vec()).await,
    }
}

fn refusal(code: &str, message: &str) -> Response {
    let body = serde_json::json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": message });
    (StatusCode::BAD_REQUEST, [("content-type", "application/x-amz-json-1.0")], body.to_string()).into_response()
}

impl Door {
    fn lets_write(&self) -> bool {
        match &mut *self.writes_left.lock().unwrap() {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }
}

/// Answers the first keys of a BatchGetItem, and leaves the others unprocessed.
async fn in_part(address: SocketAddr, headers: &HeaderMap, body: &[u8], count: usize) -> Response {
    let mut request: serde_json::Value = serde_json::from_slice(body).unwrap();
    let table = request["RequestItems"].as_object().unwrap().keys().next().unwrap().clone();
    let keys = request["RequestItems"][&table]["Keys"].as_array_mut().unwrap();
    let left = keys.split_off(count.min(keys.len()));
    let mut answer = serde_json::json!({ "Responses": { &table: [] }, "UnprocessedKeys": {} });
    if !keys.is_empty() {
        let answered = sent(address, headers, request.to_string().into_bytes()).await;
        let bytes = axum::body::to_bytes(answered.into_body(), usize::MAX).await.unwrap();
        answer = serde_json::from_slice(&bytes).unwrap();
    }
    if !left.is_empty() {
        answer["UnprocessedKeys"][&table]["Keys"] = left.into();
    }
    ([("content-type", "application/x-amz-json-1.0")], answer.to_string()).into_response()
}

async fn sent(address: SocketAddr, headers: &HeaderMap, body: Vec<u8>) -> Response {
    let mut request = ureq::http::Request::post(format!("http://{address}/"));
    for name in ["x-amz-target", "content-type", "authorization", "x-amz-date"] {
        request = request.header(name, headers[name].to_str().unwrap());
    }
    let request = request.body(body).unwrap();
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let answered = tokio::task::spawn_blocking(move || {
        let mut answer = agent.run(request).unwrap();
        let body = answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap();
        (answer.status().as_u16(), body)
    });
    let (status, body) = answered.await.unwrap();
    (StatusCode::from_u16(status).unwrap(), [("content-type", "application/x-amz-json-1.0")], body).into_response()
}
