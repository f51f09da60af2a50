//! The only room that fetches: config.json, the lookup, the token endpoint and the issuer's keys. What `boot.js` has asked for
//! before the app was there is read here too.
//!
//! Every request has a time limit, follows no redirect and sends no cookie elsewhere. Nothing is tried twice by itself: a code
//! may be spent by the first try, and a person can press the button again.

use crate::browser::{self, EarlyLookup};
use gloo_net::http::{Method, RequestBuilder};
use js_sys::{Array, JSON, Promise, Reflect};
use leptos::prelude::window;
use lookup_api::{Identifier, LookupResponse, Tenant};
use sign_in::deployment::{ConfigError, Deployment};
use sign_in::jwks::Jwks;
use sign_in::time::UnixTime;
use sign_in::tokens::{AwaitedTokens, TokenError, TokenRequest, UnverifiedTokens};
use std::pin::Pin;
use std::task::{Context, Waker};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestInit, RequestRedirect, UrlSearchParams};

/// Contract §3, in milliseconds.
const LOOKUP_LIMIT: u32 = 15_000;
/// Contract §3, in milliseconds; for the token endpoint and the keys.
const SIGN_IN_LIMIT: u32 = 30_000;

/// For how long an early lookup will do, in seconds.
const EARLY_LIFETIME: i64 = 5;

/// Why no answer came at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// No connection, a refused one, or an answer that the browser keeps from us (CORS, a redirect).
    Unreachable,
    /// The time limit passed.
    TimedOut,
    /// The browser knows that it is offline.
    Offline,
}

/// Why config.json cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigFailure {
    /// No answer.
    Silent(Silence),
    /// An answer other than 200, or a web page in its stead.
    Missing,
    /// A field is wrong.
    Wrong(ConfigError),
}

/// Why the lookup gave no organizations to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookupFailure {
    /// No answer.
    Silent(Silence),
    /// 429; try again after so many seconds, where the endpoint says so.
    RateLimited {
        /// From Retry-After.
        seconds: Option<u32>,
    },
    /// 5xx.
    Unavailable,
    /// 4xx: what was typed is not what the endpoint takes.
    Refused,
    /// 404 or 405: there is no lookup at this address.
    Misconfigured,
    /// Not the JSON of the contract.
    Malformed,
}

/// Why a code did not become tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenFailure {
    /// No answer; the code may be spent all the same.
    Silent(Silence),
    /// An answer that we do not take.
    Refused(TokenError),
}

/// Why the issuer's keys could not be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeysFailure {
    /// No answer.
    Silent(Silence),
    /// Not a key set.
    Malformed,
}

impl ConfigFailure {
    /// Stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Silent(Silence::Unreachable) => "config_unreachable",
            Self::Silent(Silence::TimedOut) => "config_timeout",
            Self::Silent(Silence::Offline) => "config_offline",
            Self::Missing => "config_missing",
            Self::Wrong(_) => "config_malformed",
        }
    }
}

impl LookupFailure {
    /// Stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Silent(Silence::Unreachable) => "lookup_unreachable",
            Self::Silent(Silence::TimedOut) => "lookup_timeout",
            Self::Silent(Silence::Offline) => "lookup_offline",
            Self::RateLimited { .. } => "lookup_rate_limited",
            Self::Unavailable => "lookup_unavailable",
            Self::Refused => "lookup_refused",
            Self::Misconfigured => "lookup_misconfigured",
            Self::Malformed => "lookup_malformed",
        }
    }
}

impl TokenFailure {
    /// Stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Silent(Silence::Unreachable) => "token_unreachable",
            Self::Silent(Silence::TimedOut) => "token_timeout",
            Self::Silent(Silence::Offline) => "token_offline",
            Self::Refused(error) => error.code(),
        }
    }
}

impl KeysFailure {
    /// Stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Silent(Silence::Unreachable) => "jwks_unreachable",
            Self::Silent(Silence::TimedOut) => "jwks_timeout",
            Self::Silent(Silence::Offline) => "jwks_offline",
            Self::Malformed => "jwks_malformed",
        }
    }
}

/// Reads `/config.json`, fetching it unless it was asked for before.
pub async fn deployment(early: Option<Promise>) -> Result<Deployment, ConfigFailure> {
    let answer = match early {
        Some(asked) => Answer::early(asked).await.map_err(|error| silence(error.as_ref())),
        // Somebody tries again because what there was did not do.
        None => send(request(Method::GET, "/config.json", LOOKUP_LIMIT).cache(RequestCache::NoCache), None).await,
    };
    let Answer { status, text, .. } = answer.map_err(ConfigFailure::Silent)?;
    // Static hosts that fall back to index.html answer 200 with a page where a file is missing.
    if status != 200 || text.trim_start().starts_with('<') {
        return Err(ConfigFailure::Missing);
    }
    let page = browser::page_url().ok_or(ConfigFailure::Missing)?;
    Deployment::parse(&text, &page, browser::parse_url).map_err(ConfigFailure::Wrong)
}

/// Fetches the sentences of a language: null for English, which is in the program; `None` if they cannot be had.
pub async fn sentences(language: &str, address: &str) -> Option<JsValue> {
    if language == "en" {
        return Some(JsValue::NULL);
    }
    let answer = send(request(Method::GET, address, LOOKUP_LIMIT), None).await.ok()?;
    if answer.status == 200 { JSON::parse(&answer.text).ok() } else { None }
}

/// Asks which organizations match. Of an email only the domain is sent (see [`Identifier::request`]). The request is on its
/// way when this returns, unless an early one has asked the very same a moment ago.
pub fn look_up(deployment: &Deployment, identifier: &Identifier, early: Option<Lookup>) -> Lookup {
    // Serialising an enum of strings cannot fail; an empty body would only be refused.
    let body = serde_json::to_string(&identifier.request()).unwrap_or_default();
    let is_fresh = |sent| browser::now().seconds_since(sent) <= EARLY_LIFETIME;
    early.filter(|early| early.body == body && is_fresh(early.sent)).unwrap_or_else(|| {
        let asked = ask(deployment, body.clone());
        let mut answer: Awaited = Box::pin(async { Some(asked.await) });
        // Once, which sends it; who waits for the answer goes on from there.
        let _ = answer.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        Lookup { body, sent: browser::now(), answer }
    })
}

type Awaited = Pin<Box<dyn Future<Output = Option<Result<Answer, Silence>>>>>;

/// A lookup that is on its way.
pub struct Lookup {
    body: String,
    sent: UnixTime,
    /// None if it was not sent after all.
    answer: Awaited,
}

impl Lookup {
    /// What `boot.js` sent before the app was there.
    pub fn by_boot(EarlyLookup { body, answer, come }: EarlyLookup) -> Self {
        let answer = async {
            if let Some(parts) = come {
                return Some(Ok(Answer::of(&parts)));
            }
            match Answer::early(answer).await {
                Err(None) => None,
                Err(error) => Some(Err(silence(error.as_ref()))),
                Ok(answer) => Some(Ok(answer)),
            }
        };
        Self { body, sent: browser::now(), answer: Box::pin(answer) }
    }

    /// The organizations that match.
    pub async fn found(self, deployment: &Deployment) -> Result<Vec<Tenant>, LookupFailure> {
        let answer = match self.answer.await {
            Some(answer) => answer,
            None => ask(deployment, self.body).await,
        };
        let Answer { status, text, retry_after } = answer.map_err(LookupFailure::Silent)?;
        match status {
            200 => LookupResponse::parse(&text).map(|response| response.tenants).map_err(|_| LookupFailure::Malformed),
            429 => Err(LookupFailure::RateLimited { seconds: retry_after.and_then(|value| value.parse().ok()) }),
            404 | 405 => Err(LookupFailure::Misconfigured),
            500.. => Err(LookupFailure::Unavailable),
            _ => Err(LookupFailure::Refused),
        }
    }
}

fn ask(deployment: &Deployment, body: String) -> impl Future<Output = Result<Answer, Silence>> + use<> {
    let request =
        request(Method::POST, &deployment.lookup_url.href, LOOKUP_LIMIT).header("content-type", "application/json");
    send(request, Some(body))
}

/// Sends the one token request that a code is good for.
pub async fn redeem(request_: TokenRequest, awaited: AwaitedTokens) -> Result<UnverifiedTokens, TokenFailure> {
    let request =
        request(Method::POST, &request_.url, SIGN_IN_LIMIT).header("content-type", "application/x-www-form-urlencoded");
    let Answer { status, text, .. } = send(request, Some(request_.body)).await.map_err(TokenFailure::Silent)?;
    awaited.receive(status, &text).map_err(TokenFailure::Refused)
}

/// Revokes a refresh token. Nobody waits for the answer: the page is about to be left, and the request outlives it.
pub fn revoke(request: &TokenRequest) {
    let init: RequestInit = browser::object(&[("method", "POST"), ("credentials", "omit")]).unchecked_into();
    let Ok(form) = UrlSearchParams::new_with_str(&request.body) else { return };
    let _ = Reflect::set(&init, &"body".into(), &form);
    let _ = Reflect::set(&init, &"keepalive".into(), &true.into());
    let sent = window().fetch_with_str_and_init(&request.url, &init);
    spawn_local(async move { drop(JsFuture::from(sent).await) });
}

/// Whether a cached answer will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// As HTTP caching says.
    Cached,
    /// From the issuer itself: it may have changed its keys.
    Fresh,
}

/// Fetches an issuer's key set.
pub async fn keys(jwks_uri: &str, freshness: Freshness) -> Result<Jwks, KeysFailure> {
    let request = request(Method::GET, jwks_uri, SIGN_IN_LIMIT).cache(match freshness {
        Freshness::Cached => RequestCache::Default,
        Freshness::Fresh => RequestCache::Reload,
    });
    match send(request, None).await.map_err(KeysFailure::Silent)? {
        Answer { status: 200, text, .. } => Jwks::parse(&text).map_err(|_| KeysFailure::Malformed),
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

/// An answer that has come in full.
struct Answer {
    status: u16,
    text: String,
    retry_after: Option<String>,
}

impl Answer {
    /// Status, text and Retry-After, as `boot.js` has them.
    fn of(parts: &Array) -> Self {
        let status = parts.get(0).as_f64().unwrap_or_default() as u16;
        let text = parts.get(1).as_string().unwrap_or_default();
        Self { status, text, retry_after: parts.get(2).as_string() }
    }

    /// What `boot.js` asked for. The error is the browser's name for it, or none if
    /// nothing was sent.
    async fn early(asked: Promise) -> Result<Self, Option<String>> {
        match JsFuture::from(asked).await {
            Ok(parts) => Ok(Self::of(parts.unchecked_ref())),
            Err(error) => Err(Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string())),
        }
    }
}

async fn send(request: RequestBuilder, body: Option<String>) -> Result<Answer, Silence> {
    let request = match body {
        Some(body) => request.body(body),
        None => request.build(),
    };
    let silent = |error| match error {
        gloo_net::Error::JsError(error) => silence(Some(&error.name)),
        _ => silence(None),
    };
    let answer = request.map_err(silent)?.send().await.map_err(silent)?;
    let retry_after = answer.headers().get("retry-after");
    Ok(Answer { status: answer.status(), text: answer.text().await.map_err(silent)?, retry_after })
}

/// What the browser's name for an error means.
fn silence(name: Option<&String>) -> Silence {
    match name {
        Some(name) if name == "TimeoutError" => Silence::TimedOut,
        _ if !browser::is_online() => Silence::Offline,
        _ => Silence::Unreachable,
    }
}
