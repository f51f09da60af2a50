//! The only module that fetches: config.json, the lookup, the token endpoint, the issuer's keys, the messages of a
//! language. It also reads the responses that `boot.js` has fetched before the app was there.
//!
//! No request follows a redirect or sends a cookie. All have a time limit, except [`revoke`], which nothing waits for.
//! No request is repeated: a code may have been redeemed by the first one, and people can press the button again.

use crate::browser::{self, EarlyLookup};
use crate::early;
use crate::failure::{ConfigFailure, KeysFailure, LookupFailure, NoResponse, TokenFailure};
use deployment::Deployment;
use gloo_net::http::{Method, RequestBuilder};
use js_sys::{Array, JSON, Promise, Reflect};
use leptos::prelude::window;
use lookup_api::{Identifier, LookupResponse, Tenant};
use sign_in::jwks::Jwks;
use sign_in::time::UnixTime;
use sign_in::tokens::{AwaitedTokens, TokenRequest, UnverifiedTokens};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestInit, RequestRedirect, UrlSearchParams};

/// The time limit of requests that people wait for at the form, in milliseconds (docs/contract.md).
const LOOKUP_LIMIT: u32 = 15_000;
/// The time limit of requests to the token endpoint and for the keys, in milliseconds (docs/contract.md).
const SIGN_IN_LIMIT: u32 = 30_000;

/// For how many seconds a lookup that was sent ahead of time is used.
const EARLY_LIFETIME: i64 = 5;

/// Reads config.json. `early` is the response that `boot.js` has asked for; without it, the file is fetched past the
/// cache, since somebody tries again.
///
/// # Errors
/// If it cannot be fetched or is wrong.
pub async fn deployment(early: Option<Promise>) -> Result<Arc<Deployment>, ConfigFailure> {
    let is_early = early.is_some();
    let response = match early {
        Some(promise) => Response::early(promise).await.map_err(|error| no_response(error.as_ref())),
        None => {
            send(
                request(Method::GET, &browser::own_path("config.json"), LOOKUP_LIMIT).cache(RequestCache::NoCache),
                None,
            )
            .await
        }
    };
    let Response { status, text, .. } = response.map_err(ConfigFailure::NoResponse)?;
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
    let response = send(request(Method::GET, address, LOOKUP_LIMIT), None).await.ok()?;
    if response.status == 200 { JSON::parse(&response.text).ok() } else { None }
}

/// Looks up the organizations that match. Of an email address only the domain is sent ([`Identifier::request`]). The
/// request has been sent when this returns, unless `early` is the same request and was sent within the last five
/// seconds.
pub fn look_up(deployment: &Deployment, identifier: &Identifier, early: Option<Lookup>) -> Lookup {
    let body = identifier.request_body();
    let is_fresh = |sent| browser::now().seconds_since(sent) <= EARLY_LIFETIME;
    early.filter(|early| early.body == body && is_fresh(early.sent)).unwrap_or_else(|| {
        let response = post_lookup(deployment, body.clone());
        let mut response: AwaitedResponse = Box::pin(async { Some(response.await) });
        // The first poll sends the request. `Lookup::tenants` polls on from there.
        let _ = response.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        Lookup { body, sent: browser::now(), response }
    })
}

type AwaitedResponse = Pin<Box<dyn Future<Output = Option<Result<Response, NoResponse>>>>>;

/// A lookup that has been sent.
pub struct Lookup {
    body: String,
    sent: UnixTime,
    /// `None` if `boot.js` has not sent it after all.
    response: AwaitedResponse,
}

impl Lookup {
    /// The lookup that `boot.js` has sent before the app was there. It counts as sent now, which is when the app first
    /// knows of it.
    pub fn from_boot(EarlyLookup { body, response, arrived }: EarlyLookup) -> Self {
        let response = async {
            if let Some(parts) = arrived {
                return Some(Ok(Response::from_parts(&parts)));
            }
            match Response::early(response).await {
                Err(None) => None,
                Err(error) => Some(Err(no_response(error.as_ref()))),
                Ok(response) => Some(Ok(response)),
            }
        };
        Self { body, sent: browser::now(), response: Box::pin(response) }
    }

    /// The organizations that match.
    ///
    /// # Errors
    /// If there is no response, or it is not a list of organizations.
    pub async fn tenants(self, deployment: &Deployment) -> Result<Vec<Tenant>, LookupFailure> {
        let response = match self.response.await {
            Some(response) => response,
            None => post_lookup(deployment, self.body).await,
        };
        let Response { status, text, retry_after } = response.map_err(LookupFailure::NoResponse)?;
        match status {
            200 => LookupResponse::parse(&text).map(|response| response.tenants).map_err(|_| LookupFailure::Malformed),
            429 => Err(LookupFailure::RateLimited { seconds: retry_after.and_then(|value| value.parse().ok()) }),
            404 | 405 => Err(LookupFailure::Misconfigured),
            500.. => Err(LookupFailure::Unavailable),
            _ => Err(LookupFailure::Refused),
        }
    }
}

fn post_lookup(deployment: &Deployment, body: String) -> impl Future<Output = Result<Response, NoResponse>> + use<> {
    let request =
        request(Method::POST, &deployment.lookup_url.href, LOOKUP_LIMIT).header("content-type", "application/json");
    send(request, Some(body))
}

/// Sends the token request.
///
/// # Errors
/// If there is no response, or it has no tokens.
pub async fn redeem(token_request: TokenRequest, awaited: AwaitedTokens) -> Result<UnverifiedTokens, TokenFailure> {
    let TokenRequest { url, body } = token_request;
    let request =
        request(Method::POST, &url, SIGN_IN_LIMIT).header("content-type", "application/x-www-form-urlencoded");
    let Response { status, text, .. } = send(request, Some(body)).await.map_err(TokenFailure::NoResponse)?;
    awaited.receive(status, &text).map_err(TokenFailure::Refused)
}

/// Sends a request to revoke a refresh token. The response is not awaited, because the page is about to be left.
/// `keepalive` lets the request finish all the same.
pub fn revoke(request: &TokenRequest) {
    let options = [("method", "POST"), ("credentials", "omit"), ("redirect", "error")];
    let init: RequestInit = browser::object(&options).unchecked_into();
    let Ok(form) = UrlSearchParams::new_with_str(&request.body) else { return };
    let _ = Reflect::set(&init, &"body".into(), &form);
    let _ = Reflect::set(&init, &"keepalive".into(), &true.into());
    let sent = window().fetch_with_str_and_init(&request.url, &init);
    spawn_local(async move { drop(JsFuture::from(sent).await) });
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
    let request = request(Method::GET, jwks_uri, SIGN_IN_LIMIT).cache(match freshness {
        Freshness::Cached => RequestCache::Default,
        Freshness::Fresh => RequestCache::Reload,
    });
    match send(request, None).await.map_err(KeysFailure::NoResponse)? {
        Response { status: 200, text, .. } => Jwks::parse(&text).map_err(|_| KeysFailure::Malformed),
        _ => Err(KeysFailure::Malformed),
    }
}

fn request(method: Method, url: &str, limit: u32) -> RequestBuilder {
    RequestBuilder::new(url)
        .method(method)
        .credentials(RequestCredentials::Omit)
        .redirect(RequestRedirect::Error)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(limit)))
}

/// A response that has arrived in full.
struct Response {
    status: u16,
    text: String,
    retry_after: Option<String>,
}

impl Response {
    /// Reads status, text and Retry-After from the array in which `boot.js` has put them.
    fn from_parts(parts: &Array) -> Self {
        let status = parts.get(0).as_f64().unwrap_or_default() as u16;
        let text = parts.get(1).as_string().unwrap_or_default();
        Self { status, text, retry_after: parts.get(2).as_string() }
    }

    /// Waits for a response that `boot.js` has asked for. The error is the name of the browser's error, or `None` if
    /// nothing was sent.
    async fn early(promise: Promise) -> Result<Self, Option<String>> {
        match JsFuture::from(promise).await {
            Ok(parts) => Ok(Self::from_parts(parts.unchecked_ref())),
            Err(error) => Err(Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string())),
        }
    }
}

async fn send(request: RequestBuilder, body: Option<String>) -> Result<Response, NoResponse> {
    let request = match body {
        Some(body) => request.body(body),
        None => request.build(),
    };
    let reason = |error| match error {
        gloo_net::Error::JsError(error) => no_response(Some(&error.name)),
        _ => no_response(None),
    };
    let response = request.map_err(reason)?.send().await.map_err(reason)?;
    let retry_after = response.headers().get("retry-after");
    Ok(Response { status: response.status(), text: response.text().await.map_err(reason)?, retry_after })
}

/// Why there is no response, by the name of the browser's error.
fn no_response(error: Option<&String>) -> NoResponse {
    match error {
        Some(name) if name == "TimeoutError" => NoResponse::TimedOut,
        _ if !browser::is_online() => NoResponse::Offline,
        _ => NoResponse::Unreachable,
    }
}
