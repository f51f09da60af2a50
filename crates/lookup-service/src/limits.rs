//! The limits of lookups: for each client, for the whole process, and for who guesses codes. Each process counts for
//! itself.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::Request;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::client_address::{Client, ClientAddress};
use crate::problem::Problem;
use crate::rate_limit::RateLimit;
use crate::unknown_codes::{Attempt, UnknownCodes};

/// So many unknown codes in ten minutes, if nothing else was said. People mistype a code now and then; an office with one
/// address has many people, most of whom type an email address.
pub const UNKNOWN_CODES: NonZeroU32 = NonZeroU32::MIN.saturating_add(29);

/// What is limited. `None` for no limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitSettings {
    /// Where the client's address is found.
    pub client_address: ClientAddress,
    /// Lookups a minute from one client.
    pub each_client: Option<NonZeroU32>,
    /// Lookups a second in all. A second, since this is about what the process and its directory can do at once: a
    /// minute's worth in one second would be no protection.
    pub total: Option<NonZeroU32>,
    /// Unknown codes from one client in ten minutes, before it has to wait.
    pub unknown_codes: Option<NonZeroU32>,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            client_address: ClientAddress::default(),
            each_client: None,
            total: None,
            unknown_codes: Some(UNKNOWN_CODES),
        }
    }
}

/// A limit that a request can hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    Client,
    Total,
    UnknownCodes,
    Concurrent,
}

impl Limit {
    pub(crate) const ALL: [Self; 4] = [Self::Client, Self::Total, Self::UnknownCodes, Self::Concurrent];

    /// What it is called in the log and in metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Total => "total",
            Self::UnknownCodes => "unknown_codes",
            Self::Concurrent => "concurrent",
        }
    }
}

/// The limits, and what they have counted.
#[derive(Debug)]
pub struct Limits {
    client_address: ClientAddress,
    each_client: Option<RateLimit>,
    total: Option<DefaultDirectRateLimiter>,
    unknown_codes: Option<UnknownCodes>,
    refused: [AtomicU64; Limit::ALL.len()],
    behind_unknown_proxy: AtomicU64,
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(LimitSettings::default())
    }
}

impl Limits {
    /// Starts to count.
    pub fn new(settings: LimitSettings) -> Self {
        Self {
            client_address: settings.client_address,
            each_client: settings.each_client.map(RateLimit::new),
            total: settings.total.map(|n| RateLimiter::direct(Quota::per_second(n))),
            unknown_codes: settings.unknown_codes.map(UnknownCodes::new),
            refused: Default::default(),
            behind_unknown_proxy: AtomicU64::new(0),
        }
    }

    /// Whose request it is.
    pub(crate) fn client(&self, request: &Request) -> Client {
        match (&self.each_client, &self.unknown_codes) {
            (None, None) => Client::Unknown,
            _ => self.client_address.of(request),
        }
    }

    /// Counts a request of this client.
    ///
    /// # Errors
    /// [`Problem::TooManyRequests`] if the client is over the limit, [`Problem::Overloaded`] if all together are.
    pub(crate) fn admit(&self, client: Client) -> Result<(), Problem> {
        if let Some(each_client) = &self.each_client {
            // First, so that a client over its own limit takes nothing from the others.
            each_client.check(client.network()).map_err(|seconds| self.too_many(Limit::Client, seconds))?;
        }
        match &self.total {
            Some(total) if total.check().is_err() => Err(self.refuse(Limit::Total)),
            _ => Ok(()),
        }
    }

    /// Whether this client may look up this code. The result is for [`Limits::note`].
    ///
    /// # Errors
    /// [`Problem::TooManyRequests`] if the client has asked for too many unknown codes.
    pub(crate) fn check_code(&self, client: Client, code: &str) -> Result<Option<Attempt>, Problem> {
        let Some(limit) = &self.unknown_codes else { return Ok(None) };
        if let Client::BehindUnknownProxy(_) = client {
            // All clients of the proxy would have to wait for one of them.
            self.behind_unknown_proxy.fetch_add(1, Ordering::Relaxed);
            return Ok(None);
        }
        limit.check(client.network(), code).map(Some).map_err(|seconds| self.too_many(Limit::UnknownCodes, seconds))
    }

    /// Takes the result of a lookup by code.
    pub(crate) fn note(&self, attempt: Option<Attempt>, is_known: bool) {
        if let (Some(limit), Some(attempt)) = (&self.unknown_codes, attempt) {
            limit.note(attempt, is_known);
        }
    }

    /// Counts a request that was refused because the service has too much to do.
    pub(crate) fn refuse(&self, limit: Limit) -> Problem {
        self.refused[limit as usize].fetch_add(1, Ordering::Relaxed);
        Problem::Overloaded
    }

    fn too_many(&self, limit: Limit, retry_after: u64) -> Problem {
        self.refused[limit as usize].fetch_add(1, Ordering::Relaxed);
        Problem::TooManyRequests { retry_after }
    }

    /// How many requests this limit has refused since the start.
    pub(crate) fn refused(&self, limit: Limit) -> u64 {
        self.refused[limit as usize].load(Ordering::Relaxed)
    }

    /// How many codes were not counted, since a proxy that was not named hides who has sent them.
    pub(crate) fn behind_unknown_proxy(&self) -> u64 {
        self.behind_unknown_proxy.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::extract::ConnectInfo;
    use std::net::SocketAddr;

    /// Counts a request of this client.
    fn admit(limits: &Limits, peer: [u8; 4]) -> Result<(), Problem> {
        limits.admit(limits.client(&request(peer)))
    }

    fn request(peer: [u8; 4]) -> Request {
        let mut request = Request::new(Body::empty());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 1234))));
        request
    }

    #[test]
    fn a_client_over_its_limit_takes_nothing_from_the_total() {
        let (each_client, total) = (NonZeroU32::new(1), NonZeroU32::new(2));
        let limits = Limits::new(LimitSettings { each_client, total, ..LimitSettings::default() });
        assert!(admit(&limits, [192, 0, 2, 1]).is_ok());
        for _ in 0..5 {
            let refused = admit(&limits, [192, 0, 2, 1]);
            assert!(matches!(refused, Err(Problem::TooManyRequests { .. })), "{refused:?}");
        }
        assert!(admit(&limits, [192, 0, 2, 2]).is_ok());
        // Two a second, and these take much less than one.
        let mut others = (1..=255).map(|i| admit(&limits, [198, 51, 100, i]));
        assert!(others.any(|result| result == Err(Problem::Overloaded)));
        assert_eq!(Limit::ALL.map(|limit| limits.refused(limit)), [5, 1, 0, 0]);
    }

    #[test]
    fn requests_without_an_address_count_as_those_of_one_client() {
        let client_address = ClientAddress::CloudFrontViewerAddress;
        let each_client = NonZeroU32::new(1);
        let limits = Limits::new(LimitSettings { client_address, each_client, ..LimitSettings::default() });
        assert_eq!(limits.client(&request([192, 0, 2, 1])), Client::Unknown);
        assert_eq!(admit(&limits, [192, 0, 2, 1]), Ok(()));
        assert!(admit(&limits, [192, 0, 2, 2]).is_err());
    }

    #[test]
    fn codes_from_behind_a_proxy_that_was_not_named_are_not_counted() {
        let limits = Limits::new(LimitSettings { unknown_codes: NonZeroU32::new(1), ..LimitSettings::default() });
        let mut request = request([127, 0, 0, 1]);
        request.headers_mut().insert("x-forwarded-for", axum::http::HeaderValue::from_static("198.51.100.7"));
        for _ in 0..5 {
            let client = limits.client(&request);
            let attempt = limits.check_code(client, "x").unwrap();
            limits.note(attempt, false);
        }
        assert_eq!((limits.behind_unknown_proxy(), limits.refused(Limit::UnknownCodes)), (5, 0));
    }
}
