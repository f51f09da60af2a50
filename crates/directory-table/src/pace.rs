//! How often the table is looked at.

use std::time::Duration;

/// How often the pointer is read, and for how long what is known is believed without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How often the pointer is read.
    pub look_every: Duration,
    /// For how long the table may be out of reach until it is not known any more whether a name is new.
    pub out_of_reach: Duration,
}

impl Default for Pace {
    /// Each second, and ten seconds. A change is noticed within two seconds then.
    fn default() -> Self {
        Self { look_every: Duration::from_secs(1), out_of_reach: Duration::from_secs(10) }
    }
}
