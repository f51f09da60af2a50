//! Sends requests to the whole service within this process, without sockets and HTTP/1, and with its log. callgrind
//! counts its instructions.
//!
//! `lookups DIRECTORY BODIES N [metrics] [request-ids]`: BODIES is a file with a request body in each line. They are sent in turn, N in all.
//! The difference between the counts for N and for 2 N is that of the lookups alone.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::{env, fs, io};

use arc_swap::ArcSwap;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::{StatusCode, header};
use http_body_util::BodyExt;
use lookup_service::metrics::Metrics;
use lookup_service::request_id::RequestIds;
use lookup_service::{Settings, app, directory_file, log};
use tower::ServiceExt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [directory, bodies, times, with @ ..] = arguments.as_slice() else {
        return Err("lookups DIRECTORY BODIES N [metrics] [request-ids]".into());
    };
    let directory = directory_file::load(Path::new(directory)).map_err(|error| error.lines(directory).join("\n"))?;
    let bodies: Vec<String> = fs::read_to_string(bodies)?.lines().map(str::to_owned).collect();
    let _log = log::start(io::sink());

    let mut settings = Settings::new(Arc::new(ArcSwap::from_pointee(directory)));
    let has = |option: &str| with.iter().any(|given| given == option);
    settings.request_ids = has("request-ids").then(RequestIds::default);
    if has("metrics") {
        let metrics = Metrics::new(settings.organizations.clone(), settings.limits.clone(), None);
        settings.metrics = Some(Arc::new(metrics));
    }
    let app = app(settings);
    for (body, client) in bodies.iter().cycle().zip(0x0600_0000..).take(times.parse()?) {
        let request = Request::post("/v1/lookup").header(header::CONTENT_TYPE, "application/json");
        // As the server passes the connection's other end, by which unknown codes are counted. Each lookup is another
        // client's, or this one would have to wait.
        let request = request.extension(ConnectInfo(SocketAddr::from((Ipv4Addr::from_bits(client), 1))));
        let response = app.clone().oneshot(request.body(Body::from(body.clone()))?).await?;
        assert_eq!(response.status(), StatusCode::OK);
        response.into_body().collect().await?;
    }
    Ok(())
}
