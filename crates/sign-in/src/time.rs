//! Time as an argument: this crate has no clock.

use serde::Serialize;

/// How far two clocks may be apart before it matters, in seconds (contract §6).
pub const CLOCK_TOLERANCE: i64 = 5 * 60;

/// Seconds since the Unix epoch, as JWT's NumericDate counts them (RFC 7519 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// How many seconds have passed since `earlier`; negative if it lies ahead.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}
