//! Whether the service has been told to stop. It goes on answering then, but says that it wants no more connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the service has been told to stop. Clones tell the same.
#[derive(Debug, Clone, Default)]
pub struct Stopping(Arc<AtomicBool>);

impl Stopping {
    /// From now on `/readyz` is 503, and every response closes its connection.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it has begun.
    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
