//! What became of the directory's reloads, for metrics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Counts reloads of the directory.
#[derive(Debug)]
pub struct ReloadCount {
    taken: AtomicU64,
    refused: AtomicU64,
    /// In seconds since the Unix epoch.
    loaded: AtomicU64,
}

impl ReloadCount {
    /// Starts with a directory that has just been loaded.
    pub fn new() -> Self {
        Self { taken: AtomicU64::new(0), refused: AtomicU64::new(0), loaded: AtomicU64::new(now()) }
    }

    /// Counts a reload, which was taken or refused.
    pub fn note(&self, is_taken: bool) {
        if is_taken {
            self.taken.fetch_add(1, Ordering::Relaxed);
            self.loaded.store(now(), Ordering::Relaxed);
        } else {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// When the directory that answers was loaded, in seconds since the Unix epoch.
    pub(crate) fn loaded(&self) -> u64 {
        self.loaded.load(Ordering::Relaxed)
    }
}

impl Default for ReloadCount {
    fn default() -> Self {
        Self::new()
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
