//! The picker's own files, with the headers that a sign-in page owes its people.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use tower::{ServiceExt, service_fn};
use tower_http::services::{ServeDir, ServeFile};

use crate::problem::Problem;
use crate::site_config::SiteConfig;

/// A folder as `make build` leaves it (`dist/`), and the config.json of this deployment.
#[derive(Debug, Clone)]
pub struct Site {
    /// The folder.
    pub folder: PathBuf,
    /// What is served at /config.json; swapped when the file changes.
    pub config: Arc<ArcSwap<SiteConfig>>,
}

/// The headers that are the same on every answer of the site.
///
/// COOP is `same-origin`: the picker opens no window, and no window that opened it may keep a handle on the page where
/// people name their organization. A page that is meant for a popup needs a path with another value.
const HARDENING: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), \
         magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), \
         serial=(), usb=(), xr-spatial-tracking=()",
    ),
];

const YEAR_LONG: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Kept, but asked for each time: ServeDir answers 304 where nothing changed.
const REVALIDATED: HeaderValue = HeaderValue::from_static("no-cache");

/// config.json: somebody who comes back from the hosted UI, or for another organization, waits for it no more. Addresses that
/// it named before have to answer for so long (README.md); who loads the page again gets it anew.
const MINUTES_LONG: HeaderValue = HeaderValue::from_static("max-age=300");
/// A config.json with anything wrong in it: once it is mended, the next load has it.
const NEVER: HeaderValue = HeaderValue::from_static("no-store");

impl Site {
    /// Everything that the other routes leave over.
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/config.json", get(config).fallback(async || Problem::MethodNotAllowed))
            .fallback(any(file))
            .layer(middleware::from_fn_with_state(self.clone(), harden))
            .with_state(self)
    }
}

async fn config(State(site): State<Site>, request: HeaderMap) -> Result<Response, Problem> {
    let config = site.config.load();
    let body = config.body.clone().ok_or(Problem::NotFound)?;
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let Some(etag) = &config.etag else {
        return Ok(([(header::CACHE_CONTROL, NEVER)], json, body).into_response());
    };
    let kept = [(header::CACHE_CONTROL, MINUTES_LONG), (header::ETAG, etag.clone())];
    if request.get_all(header::IF_NONE_MATCH).iter().any(|tags| names(tags, etag)) {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    Ok((kept, json, body).into_response())
}

/// Whether an `If-None-Match` has this tag among its own, in the weak comparison (RFC 9110 §13.1.2).
fn names(tags: &HeaderValue, etag: &HeaderValue) -> bool {
    let tags = tags.as_bytes().split(|b| *b == b',').map(<[u8]>::trim_ascii);
    tags.map(|tag| tag.strip_prefix(b"W/").unwrap_or(tag)).any(|tag| tag == b"*" || tag == etag.as_bytes())
}

async fn file(State(site): State<Site>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let index = ServeFile::new(site.folder.join("index.html")).precompressed_br().precompressed_gzip();
    // The app has its own addresses (/callback, /signed-out): what is not a file and does not look like one is a page.
    let page = service_fn(move |request: Request| {
        let index = index.clone();
        async move {
            match extension(request.uri().path()) {
                None => index.oneshot(request).await.map(|response| response.map(Body::new)),
                Some(_) => Ok::<_, Infallible>(Problem::NotFound.into_response()),
            }
        }
    });
    // No index.html in folders: `/` is a page like the others, and nothing is ever redirected.
    let files = ServeDir::new(&site.folder)
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false)
        .fallback(page);
    let response = match files.oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    };
    let caching = if is_fingerprinted(&path) { YEAR_LONG } else { REVALIDATED };
    match response.status() {
        StatusCode::NOT_FOUND => Problem::NotFound.into_response(),
        StatusCode::METHOD_NOT_ALLOWED => {
            ([(header::ALLOW, HeaderValue::from_static("GET,HEAD"))], Problem::MethodNotAllowed).into_response()
        }
        StatusCode::INTERNAL_SERVER_ERROR => Problem::Internal.into_response(),
        status if status.is_success() || status == StatusCode::NOT_MODIFIED => {
            ([(header::CACHE_CONTROL, caching)], response).into_response()
        }
        _ => response,
    }
}

async fn harden(State(site): State<Site>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().extend(headers(&site.config.load()));
    response
}

/// What the site sends with every answer, and what a static host that serves it in this service's stead must send too.
pub fn headers(config: &SiteConfig) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let policy = (header::CONTENT_SECURITY_POLICY, config.policy.clone());
    HARDENING.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).chain([policy])
}

fn extension(path: &str) -> Option<&str> {
    Path::new(path).extension()?.to_str()
}

/// Whether the name tells the content, as the build's do (`picker-1a2b3c4d5e6f7a8b_bg.wasm`): it may be kept for good.
fn is_fingerprinted(path: &str) -> bool {
    let Some((stem, _)) = path.rsplit('/').next().and_then(|name| name.split_once('.')) else { return false };
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    stem.rsplit_once('-')
        .is_some_and(|(_, hash)| hash.len() >= 8 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_tell_the_content_are_kept_for_good() {
        for path in
            ["/tenant-picker-1a2b3c4d5e6f7a8b_bg.wasm", "/a-12345678.js", "/style/elements-0123456789abcdef.css"]
        {
            assert!(is_fingerprinted(path), "{path}");
        }
        for path in [
            "/",
            "/index.html",
            "/a-1234567.js",
            "/a-1234567g.js",
            "/acme-12345678",
            "/12345678.js",
            "/a-12345678/b.js",
        ] {
            assert!(!is_fingerprinted(path), "{path}");
        }
    }
}
