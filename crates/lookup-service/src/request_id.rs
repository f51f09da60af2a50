//! The id of a request, which finds its line in the log.
//!
//! It is that of `X-Request-Id`, else of `X-Amzn-Trace-Id`, as load balancers send them. Without one the service makes
//! one: a random number of this process, and a count.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use smallvec::SmallVec;

/// The request header that names the id, and the response header that has it.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The same of AWS's load balancers: `Root=1-67891233-abcdef012345678912345678;Parent=…`.
const X_AMZN_TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");
/// The longest id that is taken from a request.
const LENGTH_MAX: usize = 64;

/// Gives each request its id.
#[derive(Debug)]
pub struct RequestIds {
    /// What the ids of this process begin with.
    process: String,
    count: AtomicU64,
}

impl Default for RequestIds {
    fn default() -> Self {
        // The standard library's source of random numbers that needs no crate. The ids need not be secret.
        let process = RandomState::new().hash_one("request id");
        Self { process: format!("{process:016x}-"), count: AtomicU64::new(0) }
    }
}

impl RequestIds {
    /// The id of a request with these headers.
    pub(crate) fn of(&self, headers: &HeaderMap) -> HeaderValue {
        let given = headers.get(X_REQUEST_ID).filter(|id| is_token(id.as_bytes())).cloned();
        given.or_else(|| trace_root(headers.get(X_AMZN_TRACE_ID)?)).unwrap_or_else(|| self.next())
    }

    fn next(&self) -> HeaderValue {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        // Without `format!`, which takes a thousand instructions.
        let mut id = SmallVec::<[u8; 40]>::from_slice(self.process.as_bytes());
        id.extend_from_slice(itoa::Buffer::new().format(count).as_bytes());
        // Digits, letters and a hyphen are always a header's value.
        HeaderValue::from_bytes(&id).unwrap_or(HeaderValue::from_static("0"))
    }
}

/// Letters, digits, `-` and `_`. Whatever a client sends is in the log then, but no email address and no domain can be.
fn is_token(id: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=LENGTH_MAX).contains(&id.len()) && id.iter().all(is_part)
}

/// The part that all requests of one trace share.
fn trace_root(trace: &HeaderValue) -> Option<HeaderValue> {
    let root = trace.to_str().ok()?.split(';').find_map(|part| part.trim().strip_prefix("Root="))?;
    is_token(root.as_bytes()).then(|| HeaderValue::from_str(root).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &'static str)], expected: Option<&str>) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        let ids = RequestIds::default();
        let id = ids.of(&map);
        let own = id.to_str().unwrap().starts_with(&ids.process);
        assert_eq!(expected.unwrap_or("own"), if own { "own" } else { id.to_str().unwrap() }, "{headers:?}");
    }

    #[test]
    fn an_id_is_taken_from_the_request_only_if_it_is_a_token() {
        check(&[], None);
        check(&[("x-request-id", "7f2c_A-1")], Some("7f2c_A-1"));
        let longest = "a123456789a123456789a123456789a123456789a123456789a123456789a123";
        check(&[("x-request-id", longest)], Some(longest));
        for wrong in [
            "",
            "a123456789a123456789a123456789a123456789a123456789a123456789a1234",
            "a b",
            "\"",
            "ada@acme",
            "acme.example",
            "a\u{9}b",
        ] {
            check(&[("x-request-id", wrong)], None);
        }
        let trace = "Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678";
        check(&[("x-amzn-trace-id", trace)], Some("1-67891233-abcdef012345678912345678"));
        check(&[("x-amzn-trace-id", trace), ("x-request-id", "b")], Some("b"));
        check(&[("x-amzn-trace-id", "Root=a.b")], None);
        check(&[("x-amzn-trace-id", "1-67891233-abcdef012345678912345678")], None);
    }

    #[test]
    fn ids_of_its_own_differ() {
        let (ids, other) = (RequestIds::default(), RequestIds::default());
        let all = [ids.next(), ids.next(), other.next(), other.next()];
        assert!((0..4).all(|i| (0..i).all(|j| all[i] != all[j])), "{all:?}");
    }
}
