//! The only module that fetches: config.json, the lookup, memberships, the token endpoint, the issuer's keys, the
//! messages of a language. It also reads the responses that `boot.js` has fetched before the app was there.
//!
//! No request follows a redirect or sends a cookie. All have a time limit.
//! No request is repeated: a code may have been redeemed by the first one, and people can press the button again.

use crate::browser::{self, EarlyLookup};
use crate::early;
use crate::failure::{ConfigFailure, KeysFailure, LookupFailure, NoResponse, TokenFailure};
use deployment::Deployment;
use gloo_net::http::{Method, Request, RequestBuilder};
use js_sys::{Array, JSON, Promise, Reflect};
use leptos::prelude::window;
use lookup_api::{Identifier, LookupResponse, Tenant};
use sign_in::content_hash::{X_AMZ_CONTENT_SHA256, content_sha256};
use sign_in::jwks::Jwks;
use sign_in::session::Session;
use sign_in::time::UnixTime;
use sign_in::tokens::{AwaitedTokens, TokenRequest, UnverifiedTokens};
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestRedirect};

/// The time limit of requests that people wait for at the form, in milliseconds (docs/contract.md).
const LOOKUP_LIMIT: u32 = 15_000;
/// The time limit of requests to the token endpoint and for the keys, in milliseconds (docs/contract.md).
const SIGN_IN_LIMIT: u32 = 30_000;

/// For how many seconds a lookup that was sent ahead of time is used.
const EARLY_LIFETIME: i64 = 5;

/// The header of a form-encoded POST.
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Reads config.json. `early` is the response that `boot.js` has asked for; without it, the file is fetched past the
/// cache, since somebody tries again.
///
/// # Errors
/// If it cannot be fetched or is wrong.
pub async fn deployment(early: Option<Promise>) -> Result<Arc<Deployment>, ConfigFailure> {
    let is_early = early.is_some();
    let response = match early {
        Some(promise) => Awaited::Parts(promise.into()),
        None => get(&browser::own_path("config.json"), LOOKUP_LIMIT, RequestCache::NoCache),
    };
    let Response { status, text, .. } =
        response.response().await.map_err(|error| ConfigFailure::NoResponse(no_response(&error)))?;
    // Static hosts that serve index.html in place of a missing file answer with 200 and a web page.
    if status != 200 || text.trim_start().starts_with('<') {
        return Err(ConfigFailure::Missing);
    }
    if let Some(deployment) = early::prepared().filter(|_| is_early) {
        return Ok(deployment);
    }
    let picker = browser::picker_url().ok_or(ConfigFailure::Missing)?;
    early::read(&text, &picker).map_err(ConfigFailure::Wrong)
}

/// Fetches the messages of a language. Null for English, which is in the wasm. `None` if they cannot be fetched.
pub async fn messages(language: &str, address: &str) -> Option<JsValue> {
    if language == "en" {
        return Some(JsValue::NULL);
    }
    JSON::parse(&get(address, LOOKUP_LIMIT, RequestCache::Default).text().await?).ok()
}

/// Looks up the organizations that match. Of an email address only the domain is sent ([`Identifier::request`]). The
/// request has been sent when this returns, unless `early` is the same request and was sent within the last five
/// seconds. `boot.js` does not hash what it sends, so `early` is of no use where the hash is wanted.
pub fn look_up(deployment: &Deployment, identifier: &Identifier, early: Option<Lookup>) -> Lookup {
    let body = identifier.request_body();
    let is_fresh = |sent| browser::now().seconds_since(sent) <= EARLY_LIFETIME;
    let is_use = |early: &Lookup| early.body == body && is_fresh(early.sent) && !deployment.lookup_content_sha256;
    early.filter(is_use).unwrap_or_else(|| {
        let response = post_lookup(deployment, &body);
        Lookup { body, sent: browser::now(), response }
    })
}

/// A lookup that has been sent.
pub struct Lookup {
    body: String,
    sent: UnixTime,
    response: Awaited,
}

impl Lookup {
    /// The lookup that `boot.js` has sent before the app was there. It counts as sent now, which is when the app first
    /// knows of it.
    pub fn from_boot(EarlyLookup { body, response, arrived }: EarlyLookup) -> Self {
        let response = arrived.map_or_else(|| Awaited::Parts(response.into()), Awaited::Arrived);
        Self { body, sent: browser::now(), response }
    }

    /// The organizations that match.
    ///
    /// # Errors
    /// If there is no response, or it is not a list of organizations.
    pub async fn tenants(self, deployment: &Deployment) -> Result<Vec<Tenant>, LookupFailure> {
        let mut response = self.response.response().await;
        if response.as_ref().is_err_and(JsValue::is_undefined) {
            response = post_lookup(deployment, &self.body).response().await;
        }
        let Response { status, text, retry_after } =
            response.map_err(|error| LookupFailure::NoResponse(no_response(&error)))?;
        match status {
            200 => LookupResponse::parse(&text).map(|response| response.tenants).map_err(|_| LookupFailure::Malformed),
            429 => Err(LookupFailure::RateLimited { seconds: retry_after.and_then(|value| value.parse().ok()) }),
            404 | 405 => Err(LookupFailure::Misconfigured),
            500.. => Err(LookupFailure::Unavailable),
            _ => Err(LookupFailure::Refused),
        }
    }
}

fn post_lookup(deployment: &Deployment, body: &str) -> Awaited {
    let mut headers = vec![("content-type", "application/json")];
    let hash;
    if deployment.lookup_content_sha256 {
        hash = content_sha256(body);
        headers.push((X_AMZ_CONTENT_SHA256, &hash));
    }
    post(&deployment.lookup_url.href, LOOKUP_LIMIT, &headers, body)
}

/// The other organizations of the person whose session this is. None if config.json has no endpoint for that, or the
/// endpoint does not say.
pub async fn other_organizations(deployment: &Deployment, session: &Session) -> Vec<Tenant> {
    let Some(url) = &deployment.memberships_url else { return Vec::new() };
    let proof = ["Bearer ", session.id_token().secret()].concat();
    let response = send(request(Method::GET, &url.href, LOOKUP_LIMIT).header("authorization", &proof).build(), &[]);
    let tenants = response.text().await.and_then(|text| LookupResponse::parse(&text).ok());
    let mut tenants = tenants.map(|response| response.tenants).unwrap_or_default();
    tenants.retain(|tenant| tenant.code != session.tenant.code);
    tenants
}

/// Sends the token request.
///
/// # Errors
/// If there is no response, or it has no tokens.
pub async fn redeem(token_request: TokenRequest, awaited: AwaitedTokens) -> Result<UnverifiedTokens, TokenFailure> {
    let response = post(&token_request.url, SIGN_IN_LIMIT, &[FORM], &token_request.body);
    let Response { status, text, .. } =
        response.response().await.map_err(|error| TokenFailure::NoResponse(no_response(&error)))?;
    awaited.receive(status, &text).map_err(TokenFailure::Refused)
}

/// Sends a request to revoke a refresh token. The response is not awaited, because the page is about to be left.
/// `keepalive` lets the request finish all the same.
pub fn revoke(request: &TokenRequest) {
    let sent = self::request(Method::POST, &request.url, SIGN_IN_LIMIT).header(FORM.0, FORM.1).body(&*request.body);
    drop(send(sent, &[("keepalive", "true")]));
}

/// Where a key set may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// The browser's cache, as HTTP allows.
    Cached,
    /// The issuer, since its keys may have changed.
    Fresh,
}

/// Fetches an issuer's key set.
///
/// # Errors
/// If there is no response, or it is no key set.
pub async fn keys(jwks_uri: &str, freshness: Freshness) -> Result<Jwks, KeysFailure> {
    let cache = match freshness {
        Freshness::Cached => RequestCache::Default,
        Freshness::Fresh => RequestCache::Reload,
    };
    match get(jwks_uri, SIGN_IN_LIMIT, cache)
        .response()
        .await
        .map_err(|error| KeysFailure::NoResponse(no_response(&error)))?
    {
        Response { status: 200, text, .. } => Jwks::parse(&text).map_err(|_| KeysFailure::Malformed),
        _ => Err(KeysFailure::Malformed),
    }
}

fn get(url: &str, limit: u32, cache: RequestCache) -> Awaited {
    send(request(Method::GET, url, limit).cache(cache).build(), &[])
}

fn post(url: &str, limit: u32, headers: &[(&str, &str)], body: &str) -> Awaited {
    let request = request(Method::POST, url, limit);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    send(request.body(body), &[])
}

fn request(method: Method, url: &str, limit: u32) -> RequestBuilder {
    RequestBuilder::new(url)
        .method(method)
        .credentials(RequestCredentials::Omit)
        .redirect(RequestRedirect::Error)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(limit)))
}

/// Sends a request at once. `more` are options of JavaScript's `fetch`. A request that cannot be made has no response.
fn send(request: Result<Request, gloo_net::Error>, more: &[(&str, &str)]) -> Awaited {
    let sent = match request {
        Ok(request) => window().fetch_with_request_and_init(&request.into(), browser::object(more).unchecked_ref()),
        Err(_) => Promise::reject(&JsValue::NULL),
    };
    Awaited::Fetched(sent.into())
}

/// A response that has not been read yet.
enum Awaited {
    /// From [`send`].
    Fetched(JsFuture),
    /// From `boot.js`, as an array with status, text and Retry-After.
    Parts(JsFuture),
    /// The same array, which is there already.
    Arrived(Array),
}

/// A response that has arrived in full.
struct Response {
    status: u16,
    text: String,
    retry_after: Option<String>,
}

impl Awaited {
    /// Waits for the response. The error is the browser's, or undefined if `boot.js` has sent nothing after all. All code
    /// that waits for a response waits here, so that it is compiled once.
    async fn response(self) -> Result<Response, JsValue> {
        match self {
            Self::Arrived(parts) => Ok(Response::from_parts(&parts)),
            Self::Parts(parts) => Ok(Response::from_parts(parts.await?.unchecked_ref())),
            Self::Fetched(response) => {
                let response: web_sys::Response = response.await?.unchecked_into();
                let text = JsFuture::from(response.text()?).await?;
                Ok(Response {
                    status: response.status(),
                    text: text.as_string().unwrap_or_default(),
                    retry_after: response.headers().get("retry-after").ok().flatten(),
                })
            }
        }
    }

    /// The text of a response with status 200. `None` if there is none.
    async fn text(self) -> Option<String> {
        self.response().await.ok().filter(|response| response.status == 200).map(|response| response.text)
    }
}

impl Response {
    fn from_parts(parts: &Array) -> Self {
        let status = parts.get(0).as_f64().unwrap_or_default() as u16;
        let text = parts.get(1).as_string().unwrap_or_default();
        Self { status, text, retry_after: parts.get(2).as_string() }
    }
}

/// Why there is no response, by the name of the browser's error.
fn no_response(error: &JsValue) -> NoResponse {
    match Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).as_deref() {
        Some("TimeoutError") => NoResponse::TimedOut,
        _ if !browser::is_online() => NoResponse::Offline,
        _ => NoResponse::Unreachable,
    }
}
