//! Listens, answers, and stops.
//!
//! ```text
//! first signal ─► /readyz is 503, requests are answered ─► --drain is over ─► no new connections ─► all are answered
//! ```
//! A second signal ends the process at once.

use std::future::Future;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener, ListenerExt};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::{select, time};

use super::Fault;
use super::signals::StopSignals;
use crate::audit;
use crate::metrics::{self, Metrics};
use crate::stopping::Stopping;

/// How long requests under way may take after no new connections are accepted.
const GRACE: Duration = Duration::from_secs(10);

/// A socket that listens. Connections wait in its queue until they are served.
pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, Fault> {
    TcpListener::bind(address).await.map_err(|error| Fault::log(format_args!("cannot listen on {address}: {error}")))
}

/// Answers `GET /metrics` until the process ends.
pub(super) async fn serve_metrics(listener: TcpListener, metrics: Arc<Metrics>) {
    if let Err(error) = axum::serve(listener, metrics::router(metrics)).await {
        tracing::error!("metrics are no longer served: {error}");
    }
}

/// Answers until the process is told to stop, and then until `drain` is over and all requests are answered. The result is
/// whether they were.
///
/// # Errors
/// If it cannot go on answering.
pub(super) async fn serve(
    listener: TcpListener,
    app: Router,
    stopping: &Stopping,
    drain: Duration,
) -> Result<bool, Fault> {
    let mut signals = StopSignals::listen();
    let address = listener.local_addr().map_err(|error| Fault::log(format_args!("cannot listen: {error}")))?;
    // For the script that has started the service, perhaps with port 0. Standard output may be closed.
    let _ = writeln!(io::stdout(), "lookup service ready at http://{address}");
    // Responses are single small packets. Nagle's algorithm would delay them.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let (close, closing) = oneshot::channel();
    let server = answer(listener, app, async { drop(closing.await) });
    let stop = async {
        signals.next().await;
        stopping.begin();
        audit::stopping();
        tracing::info!(drain_seconds = drain.as_secs(), "stopping");
        let again = "told to stop again, with requests under way perhaps";
        select! {
            () = time::sleep(drain) => {}
            () = signals.next() => return again,
        }
        // If nobody waits for it, the server has ended.
        let _ = close.send(());
        select! {
            () = time::sleep(GRACE) => "stopped with requests under way",
            () = signals.next() => again,
        }
    };
    select! {
        result = server => {
            result.map_err(|error| Fault::log(format_args!("cannot go on serving: {error}")))?;
            Ok(true)
        }
        why = stop => {
            tracing::warn!("{why}");
            Ok(false)
        }
    }
}

/// Answers until `closing`, and then until all requests are answered.
async fn answer<L>(listener: L, app: Router, closing: impl Future<Output = ()> + Send + 'static) -> io::Result<()>
where
    L: Listener<Addr = SocketAddr>,
    SocketAddr: for<'a> Connected<IncomingStream<'a, L>>,
{
    let knowing_the_peer = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, knowing_the_peer).with_graceful_shutdown(closing).await
}
