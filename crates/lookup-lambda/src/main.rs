//! The lookup service as a Lambda function, for operators who will not run a server for it. It has the same routes, without
//! the site: a static host serves that. The files are in the package, and are read once, when the function starts.
//!
//! - `DIRECTORY`: the file with the organizations, or `dynamodb://TABLE`, which is asked for each name. `tenants.toml`
//!   beside the program if it is not set.
//! - `CONFIG`: config.json, from which the isolation and the origins of applications are taken. Optional.
//! - `ALLOW_ORIGIN`: the origins whose pages may look up, separated by spaces.
//! - `CLIENT_ADDRESS`: `source-ip` if clients call the function's address, `cloudfront-viewer-address` if CloudFront alone
//!   does. Without it, clients are not told apart, and no limit is for each of them.
//! - `RATE_LIMIT`, `RATE_LIMIT_TOTAL`, `UNKNOWN_CODES`: limits, as the options of the service. Each instance counts for
//!   itself.

mod environment;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::ConnectInfo;
use lambda_http::http::HeaderValue;
use lambda_http::request::RequestContext;
use lambda_http::tower::ServiceBuilder;
use lambda_http::{Error, Request, RequestExt};
use lookup_service::audit::{self, LimitReport};
use lookup_service::request_id::X_REQUEST_ID;
use lookup_service::{app, log};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let log = log::start(std::io::stdout());
    let settings = environment::settings().await?;
    audit::started(settings.organizations.tenants());
    let mut report = LimitReport::new(Arc::clone(&settings.limits));
    // Between two requests the function may be frozen. It is then reported with a later request.
    tokio::spawn(async move { report.each_minute().await });
    lambda_http::run(ServiceBuilder::new().map_request(identify).service(app(settings))).await?;
    drop(log);
    Ok(())
}

/// Tells the service what Lambda knows of a request: its id, in place of one that the client may have sent, and the address
/// that it came from.
fn identify(mut request: Request) -> Request {
    let id = request.lambda_context_ref().and_then(|context| HeaderValue::from_str(&context.request_id).ok());
    if let Some(id) = id {
        request.headers_mut().insert(X_REQUEST_ID, id);
    }
    let address = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref(),
        _ => None,
    };
    if let Some(address) = address.and_then(|address| address.parse::<IpAddr>().ok()) {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((address, 0))));
    }
    request
}
