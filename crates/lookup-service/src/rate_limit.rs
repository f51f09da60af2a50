//! Limits the lookups a minute from one client. A request beyond the limit gets 429 with Retry-After.
//!
//! The crate `governor` counts: a minute's worth of lookups may come at once, more only as time passes (GCRA).
//! `tower_governor` is not used: it would still need our code for the client's address and for the response.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// After how many requests networks that have made none for a while are forgotten.
const FORGET_EVERY: u64 = 1024;

/// The limit, and the recent requests of each network.
#[derive(Debug)]
pub(crate) struct RateLimit {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    seen: AtomicU64,
}

impl RateLimit {
    /// A limit of `per_minute` requests a minute for each network.
    pub(crate) fn new(per_minute: NonZeroU32) -> Self {
        Self {
            limiter: RateLimiter::keyed(Quota::per_minute(per_minute)),
            clock: DefaultClock::default(),
            seen: AtomicU64::new(0),
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// In how many seconds the next one is allowed, if this one is over the limit.
    pub(crate) fn check(&self, network: IpAddr) -> Result<(), u64> {
        if self.seen.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&network).map_err(|until| until.wait_time_from(self.clock.now()).as_secs() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_over_the_limit_is_told_when_to_try_again_and_others_are_not_limited() {
        let limit = RateLimit::new(NonZeroU32::new(2).unwrap());
        let [a, b]: [IpAddr; 2] = ["192.0.2.1", "192.0.2.2"].map(|ip| ip.parse().unwrap());
        assert_eq!([limit.check(a), limit.check(a)], [Ok(()), Ok(())]);
        assert_eq!(limit.check(a), Err(30));
        assert_eq!(limit.check(b), Ok(()));
    }
}
