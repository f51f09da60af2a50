//! How long ago something was, on a machine that may have stood still in between.

use std::time::{Duration, Instant, SystemTime};

/// A moment that has passed. A Lambda function is frozen between two events, and the clock of [`Instant`] may stand still
/// with it; that of the system is set right when it goes on, and may be set back at any time. The longer of both times counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    instant: Instant,
    system: SystemTime,
}

impl Moment {
    pub(crate) fn now() -> Self {
        Self { instant: Instant::now(), system: SystemTime::now() }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.instant.elapsed().max(self.system.elapsed().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn time_passes_while_the_machine_stands_still() {
        let moment = Moment { system: SystemTime::now() - HOUR, ..Moment::now() };
        assert!(moment.elapsed() >= HOUR);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_stop_the_time() {
        let Some(instant) = Instant::now().checked_sub(HOUR) else { return };
        let moment = Moment { instant, system: SystemTime::now() + HOUR };
        assert!(moment.elapsed() >= HOUR);
    }
}
