//! Signs calls and sends them, one at a time.

use super::{Api, ApiError, Credentials, Operation, Service};
use aws_credential_types::Credentials as SigningCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use serde_json::Value;
use std::env;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

/// The longest time that a call may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The longest response that is read, in bytes.
const RESPONSE_MAX: u64 = 16 * 1024 * 1024;
/// How often a call is made that the service puts off.
const ATTEMPTS: u32 = 9;
/// The pause after the first attempt. It doubles with each attempt.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// AWS in one region.
#[derive(Debug)]
pub struct Aws {
    agent: ureq::Agent,
    credentials: SigningCredentials,
    region: String,
}

impl Aws {
    /// AWS in this region, called with these credentials. `AWS_ENDPOINT_URL` and its variants for one service lead
    /// elsewhere, as with the AWS SDKs
    /// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>).
    pub fn new(region: &str, credentials: &Credentials) -> Self {
        let config = ureq::Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .user_agent("tenant-picker-tenants")
            .build();
        let token = credentials.session_token.as_ref().map(|token| token.reveal().to_owned());
        let secret = credentials.secret_access_key.reveal();
        let credentials = SigningCredentials::from_keys(&credentials.access_key_id, secret, token);
        Self { agent: config.into(), credentials, region: region.to_owned() }
    }

    fn endpoint(&self, service: Service) -> String {
        let own = match service {
            Service::Cognito => "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
            Service::SecretsManager => "AWS_ENDPOINT_URL_SECRETS_MANAGER",
        };
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let given = variable(own).or_else(|| variable("AWS_ENDPOINT_URL"));
        let suffix = if self.region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        match given {
            Some(address) => format!("{}/", address.trim_end_matches('/')),
            None => format!("https://{}.{}.{suffix}/", service.name(), self.region),
        }
    }

    fn send(&self, operation: Operation, body: &str) -> Result<Value, ApiError> {
        let url = self.endpoint(operation.service);
        let no_response = |reason: String| ApiError::NoResponse { operation, reason: format!("{url}: {reason}") };
        let target = format!("{}.{}", operation.service.target(), operation.name);
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
        let signed = self.signed_headers(operation.service, &url, &headers, body).map_err(no_response)?;
        let mut request = self.agent.post(&url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        for (name, value) in &signed {
            request = request.header(name, value);
        }
        let mut response = request.send(body).map_err(|error| no_response(error.to_string()))?;
        let status = response.status().as_u16();
        let text = response.body_mut().with_config().limit(RESPONSE_MAX).read_to_string();
        let text = text.map_err(|error| no_response(error.to_string()))?;
        let json = serde_json::from_str(if text.is_empty() { "{}" } else { &text });
        match (status, json) {
            (200, Ok(json)) => Ok(json),
            (500.., _) => Err(no_response(format!("the service has answered with status {status}"))),
            (_, Ok(json)) => Err(ApiError::refused(operation, &json)),
            (_, Err(_)) => Err(no_response(format!("status {status} and no JSON: is this AWS?"))),
        }
    }

    /// The headers that sign a request
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>).
    fn signed_headers(
        &self,
        service: Service,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Vec<(String, String)>, String> {
        let identity = self.credentials.clone().into();
        let parameters = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(service.name())
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| error.to_string())?;
        let body = SignableBody::Bytes(body.as_bytes());
        let request = SignableRequest::new("POST", url, headers.iter().copied(), body);
        let request = request.map_err(|error| error.to_string())?;
        let signed = sign(request, &parameters.into()).map_err(|error| error.to_string())?;
        let (instructions, _) = signed.into_parts();
        Ok(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

impl Api for Aws {
    fn call(&self, operation: Operation, request: &Value) -> Result<Value, ApiError> {
        let body = request.to_string();
        for attempt in 0..ATTEMPTS - 1 {
            match self.send(operation, &body) {
                Err(error) if error.is_temporary() => sleep(pause(attempt)),
                done => return done,
            }
        }
        self.send(operation, &body)
    }
}

/// The pause after an attempt, counted from 0. It varies, so that two programs do not keep meeting.
fn pause(attempt: u32) -> Duration {
    let full = PAUSE.saturating_mul(1 << attempt.min(16)).min(PAUSE_MAX);
    let mut byte = [0];
    // Without randomness, the pause is the longest one.
    let part = getrandom::fill(&mut byte).map_or(255, |()| u32::from(byte[0]));
    full / 2 + full / 2 * part / 255
}
