//! Points in time. Callers pass the time.

use serde::Serialize;

/// How far the clocks of the device and the issuer may be apart, in seconds (docs/contract.md).
pub const CLOCK_TOLERANCE: i64 = 5 * 60;

/// Seconds since the Unix epoch, as in a JWT's NumericDate ([RFC 7519
/// §2](https://www.rfc-editor.org/rfc/rfc7519#section-2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// How many seconds this is after `earlier`; negative if it is before it.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}
