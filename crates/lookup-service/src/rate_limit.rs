//! Limits the lookups a minute from one client address. A request beyond the limit gets 429 with Retry-After.
//!
//! The crate `governor` counts: a minute's worth of lookups may come at once, more only as time passes (GCRA).
//! `tower_governor` is not used: it would still need our code for the client's address and for the response.
//! Each process counts for itself, so behind a load balancer the limit belongs there.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::problem::Problem;

/// After how many requests addresses that have made none for a while are forgotten.
const FORGET_EVERY: u64 = 1024;

/// The limit, and the recent requests of each address.
#[derive(Debug)]
pub struct RateLimit {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    trusted_proxies: Vec<IpAddr>,
    seen: AtomicU64,
}

impl RateLimit {
    /// A limit of `per_minute` requests a minute. X-Forwarded-For is read only from `trusted_proxies`.
    pub fn new(per_minute: NonZeroU32, trusted_proxies: Vec<IpAddr>) -> Self {
        Self {
            limiter: RateLimiter::keyed(Quota::per_minute(per_minute)),
            clock: DefaultClock::default(),
            trusted_proxies,
            seen: AtomicU64::new(0),
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// [`Problem::TooManyRequests`] if its client is over the limit.
    pub(crate) fn check(&self, request: &Request) -> Result<(), Problem> {
        let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>().ok_or(Problem::Internal)?;
        self.check_client(self.client(peer.ip(), request.headers()))
    }

    fn check_client(&self, client: IpAddr) -> Result<(), Problem> {
        if self.seen.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&network(client)).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            Problem::TooManyRequests { retry_after: wait.as_secs() + 1 }
        })
    }

    /// The address of the client: the peer's, or if that is a trusted proxy, the last address in X-Forwarded-For that
    /// is not a trusted proxy's. Anybody can have written those before it.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let forwarded = headers.get_all("x-forwarded-for").iter().rev();
        let mut hops =
            forwarded.flat_map(|value| value.to_str().unwrap_or_default().rsplit(',')).map(|hop| hop.trim().parse());
        let mut client = peer.to_canonical();
        while self.trusted_proxies.contains(&client) {
            match hops.next() {
                Some(Ok(hop)) => client = IpAddr::to_canonical(&hop),
                _ => break,
            }
        }
        client
    }
}

/// The network that counts as one client: an IPv4 address, or an IPv6 /64, whose addresses all belong to one household
/// or host.
fn network(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(trusted: &[&str]) -> RateLimit {
        RateLimit::new(NonZeroU32::new(2).unwrap(), trusted.iter().map(|ip| ip.parse().unwrap()).collect())
    }

    #[test]
    fn an_address_over_the_limit_is_told_when_to_try_again_and_others_are_not_limited() {
        let limit = limit(&[]);
        let [a, b]: [IpAddr; 2] = ["192.0.2.1", "192.0.2.2"].map(|ip| ip.parse().unwrap());
        assert_eq!([limit.check_client(a), limit.check_client(a)], [Ok(()), Ok(())]);
        assert_eq!(limit.check_client(a), Err(Problem::TooManyRequests { retry_after: 30 }));
        assert_eq!(limit.check_client(b), Ok(()));
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_as_one() {
        let [a, b, c]: [IpAddr; 3] =
            ["2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"].map(|ip| ip.parse().unwrap());
        assert_eq!(network(a), network(b));
        assert_ne!(network(a), network(c));
    }

    #[test]
    fn x_forwarded_for_is_read_from_a_trusted_proxy_only() {
        #[track_caller]
        fn check(trusted: &[&str], peer: &str, forwarded: &[&'static str], expected: &str) {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append("x-forwarded-for", value.parse().unwrap());
            }
            let client = limit(trusted).client(peer.parse().unwrap(), &headers);
            assert_eq!(client, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
        }
        check(&[], "192.0.2.1", &["198.51.100.7"], "192.0.2.1");
        check(&["10.0.0.1"], "192.0.2.1", &["198.51.100.7"], "192.0.2.1");
        check(&["10.0.0.1"], "10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check(&["10.0.0.1"], "::ffff:10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check(&["10.0.0.1"], "10.0.0.1", &["6.6.6.6, 198.51.100.7"], "198.51.100.7");
        check(&["10.0.0.1"], "10.0.0.1", &["6.6.6.6", "198.51.100.7"], "198.51.100.7");
        check(&["10.0.0.1", "10.0.0.2"], "10.0.0.1", &["6.6.6.6, 198.51.100.7, 10.0.0.2"], "198.51.100.7");
        check(&["10.0.0.1"], "10.0.0.1", &[], "10.0.0.1");
        check(&["10.0.0.1"], "10.0.0.1", &["6.6.6.6, unknown"], "10.0.0.1");
    }
}
