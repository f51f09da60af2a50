//! The signals that the process reacts to.

use std::future::pending;

use tokio::{select, signal};

/// Ctrl-C, and the signal by which a supervisor stops a process.
pub(crate) struct StopSignals {
    #[cfg(unix)]
    terminate: Option<signal::unix::Signal>,
}

impl StopSignals {
    /// Installs the handler. From then on the second of these does not end the process by itself.
    pub(crate) fn listen() -> Self {
        Self {
            #[cfg(unix)]
            terminate: signal::unix::signal(signal::unix::SignalKind::terminate()).ok(),
        }
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) {
        let terminated = async {
            #[cfg(unix)]
            if let Some(terminate) = &mut self.terminate
                && terminate.recv().await.is_some()
            {
                return;
            }
            pending::<()>().await;
        };
        let interrupted = async {
            // If the handler cannot be installed, the signal ends the process.
            if signal::ctrl_c().await.is_err() {
                pending::<()>().await;
            }
        };
        select! {
            () = terminated => {}
            () = interrupted => {}
        }
    }
}

/// SIGHUP, which tells a server to read its files again.
pub(crate) struct Hangups {
    #[cfg(unix)]
    signal: Option<signal::unix::Signal>,
}

impl Hangups {
    /// Installs the handler. From then on the signal does not end the process.
    pub(crate) fn listen() -> Self {
        Self {
            #[cfg(unix)]
            signal: signal::unix::signal(signal::unix::SignalKind::hangup()).ok(),
        }
    }

    /// Waits for the next signal, or returns at once if one has arrived since the last call. Without signals it never
    /// returns.
    pub(crate) async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal {
            // `None` means that no further signal can arrive.
            if signal.recv().await.is_some() {
                return;
            }
        }
        pending().await
    }
}
