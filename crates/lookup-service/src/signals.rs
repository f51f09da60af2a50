//! What the process is told from outside.

use std::future::pending;

use tokio::{select, signal};

/// Ctrl-C, or what a supervisor sends.
pub(crate) async fn told_to_stop() {
    let terminated = async {
        #[cfg(unix)]
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => pending().await,
        }
        #[cfg(not(unix))]
        pending::<()>().await;
    };
    let interrupted = async {
        // Without a handler the signal ends the process by itself.
        if signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
    };
    select! {
        () = terminated => {}
        () = interrupted => {}
    }
}

/// SIGHUP, which tells a daemon to read its files anew.
pub(crate) struct Hangups {
    #[cfg(unix)]
    signal: Option<signal::unix::Signal>,
}

impl Hangups {
    /// From here on the signal does not end the process any more.
    pub(crate) fn listen() -> Self {
        Self {
            #[cfg(unix)]
            signal: signal::unix::signal(signal::unix::SignalKind::hangup()).ok(),
        }
    }

    /// The next one, or the one that came meanwhile. It never comes where there are no signals.
    pub(crate) async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal {
            // `None` would mean that no further one can come.
            if signal.recv().await.is_some() {
                return;
            }
        }
        pending().await
    }
}
