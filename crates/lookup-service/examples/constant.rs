//! The baseline of the lookup service's benchmark: the same server, runtime and route, which reads the body and always
//! returns the same JSON. `tools/bench/service.sh` measures both in turn.

use std::io::{self, Write};

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(io::stdout(), "constant ready at http://{}", listener.local_addr()?)?;
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, Router::new().route("/v1/lookup", post(constant))).await
}

async fn constant(_: Bytes) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], r#"{"tenants":[]}"#)
}
