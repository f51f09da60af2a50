//! The only module that sends requests. It follows no redirects: where they lead is what is examined.

use std::time::Duration;

/// The longest time that a request may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The longest body that is read, in bytes. A key set has a few thousand.
const BODY_MAX: u64 = 2 * 1024 * 1024;

/// A request as a page of the picker would send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The address.
    pub url: String,
    /// The form of a POST. `None` for a GET.
    pub form: Option<String>,
    /// The page's origin.
    pub origin: String,
}

/// A response, with the headers that are examined.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// `Location`.
    pub location: Option<String>,
    /// `Access-Control-Allow-Origin`.
    pub allow_origin: Option<String>,
    /// `Date`.
    pub date: Option<String>,
    /// The body, if it is text.
    pub body: String,
}

/// There is no response. Has the reason in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoResponse(pub String);

/// Sends requests.
pub trait Web {
    /// Sends a request.
    ///
    /// # Errors
    /// [`NoResponse`] if the host is not found, does not accept the connection or does not respond in time.
    fn send(&self, request: &Request) -> Result<Response, NoResponse>;
}

/// The network.
#[derive(Debug)]
pub struct Network(ureq::Agent);

impl Network {
    /// A client that verifies certificates against the roots of the web.
    pub fn new() -> Self {
        let config = ureq::Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .user_agent("tenant-picker-doctor")
            .build();
        Self(config.into())
    }
}

impl Default for Network {
    fn default() -> Self {
        Self::new()
    }
}

impl Web for Network {
    fn send(&self, request: &Request) -> Result<Response, NoResponse> {
        let sent = match &request.form {
            None => self.0.get(&request.url).header("origin", &request.origin).call(),
            Some(form) => self
                .0
                .post(&request.url)
                .header("origin", &request.origin)
                .content_type("application/x-www-form-urlencoded")
                .send(form),
        };
        let mut response = sent.map_err(|error| NoResponse(error.to_string()))?;
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (location, allow_origin, date) =
            (header("location"), header("access-control-allow-origin"), header("date"));
        let status = response.status().as_u16();
        // Of a body that is cut off or no text, the status and the headers are enough.
        let body = response.body_mut().with_config().limit(BODY_MAX).read_to_string().unwrap_or_default();
        Ok(Response { status, location, allow_origin, date, body })
    }
}
