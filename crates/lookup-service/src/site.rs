//! Serves the picker's files and config.json, with the security headers of a sign-in page.

use std::convert::Infallible;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use headers::{HeaderMapExt, IfNoneMatch};
use tower::{ServiceExt, service_fn};
use tower_http::services::{ServeDir, ServeFile};

use crate::page::ServedPage;
use crate::problem::Problem;
use crate::site_config::{CurrentConfig, SiteConfig};

/// The folder that `make build` has made (`dist/`), and the config.json of this deployment.
#[derive(Debug, Clone)]
pub struct Site {
    /// The folder.
    pub folder: PathBuf,
    /// What is served at /config.json. It is replaced when the file changes.
    pub config: CurrentConfig,
}

/// The headers that every response of the site has.
///
/// Cross-Origin-Opener-Policy is `same-origin`: the picker opens no window, and a window that has opened it must not
/// keep a handle on the page where people name their organization.
const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
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

/// For the element that pages of other origins load. They may read it, and pages with `Cross-Origin-Embedder-Policy:
/// require-corp` may use it.
const EMBED_HEADERS: [(HeaderName, &str); 2] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
];

/// For files with a fingerprint in their name.
const CACHED_FOR_A_YEAR: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// For all other files: the browser asks each time, and gets 304 if nothing has changed.
const REVALIDATED: HeaderValue = HeaderValue::from_static("no-cache");

/// For config.json: people who come back from the hosted UI do not wait for it again. Addresses that it named before
/// have to work for as long (docs/deployment.md). A reload of the page fetches it anew.
const CACHED_FOR_MINUTES: HeaderValue = HeaderValue::from_static("max-age=300");
/// For a config.json with an error: once it is mended, the next load gets it.
const NOT_CACHED: HeaderValue = HeaderValue::from_static("no-store");

impl Site {
    /// The routes of the site. They answer everything that no other route does.
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/config.json", get(config).fallback(async || Problem::MethodNotAllowed))
            .fallback(any(file))
            .layer(middleware::from_fn_with_state(self.clone(), add_security_headers))
            .with_state(self)
    }
}

async fn config(State(site): State<Site>, request: HeaderMap) -> Result<Response, Problem> {
    let config = site.config.load();
    let body = config.body.clone().ok_or(Problem::NotFound)?;
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let Some(etag) = &config.etag else {
        return Ok(([(header::CACHE_CONTROL, NOT_CACHED)], json, body).into_response());
    };
    let has_changed = request.typed_get::<IfNoneMatch>().is_none_or(|tags| tags.precondition_passes(etag));
    let cached = [(header::CACHE_CONTROL, CACHED_FOR_MINUTES)];
    let mut response = match has_changed {
        true => (cached, json, body).into_response(),
        false => (StatusCode::NOT_MODIFIED, cached).into_response(),
    };
    response.headers_mut().typed_insert(etag.clone());
    Ok(response)
}

async fn file(State(site): State<Site>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let ServedPage { file, page } = site.config.load().pages.at(&path).clone();
    let page_file = ServeFile::new(site.folder.join(file)).precompressed_br().precompressed_gzip();
    let page = page.filter(|page| is_read(request.method()) && page.is_for(request.headers()));
    if let Some(page) = page.as_ref().filter(|_| path.strip_prefix('/') == Some(file)) {
        return ([(header::CACHE_CONTROL, REVALIDATED)], page.respond_to(request.headers())).into_response();
    }
    // The app has addresses such as /callback. A path that is no file and has no extension gets the page.
    let page = service_fn(move |request: Request| {
        let (page_file, page) = (page_file.clone(), page.clone());
        async move {
            match (extension(request.uri().path()), page) {
                (None, Some(page)) => Ok(page.respond_to(request.headers())),
                (None, None) => page_file.oneshot(request).await.map(|response| response.map(Body::new)),
                (Some(_), _) => Ok::<_, Infallible>(Problem::NotFound.into_response()),
            }
        }
    });
    // Without this, ServeDir would redirect the paths of folders.
    let files = ServeDir::new(&site.folder)
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false)
        .fallback(page);
    let response = match files.oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    };
    let caching = if is_fingerprinted(&path) { CACHED_FOR_A_YEAR } else { REVALIDATED };
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

async fn add_security_headers(State(site): State<Site>, request: Request, next: Next) -> Response {
    let is_embed = is_embed(request.uri().path());
    let mut response = next.run(request).await;
    response.headers_mut().extend(headers(&site.config.load()));
    if is_embed {
        for (name, value) in embed_headers() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The headers of every response of the site. A static host that serves the site must send them, too.
pub fn headers(config: &SiteConfig) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let policy = (header::CONTENT_SECURITY_POLICY, config.policy.clone());
    SECURITY_HEADERS.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).chain([policy])
}

/// The headers that the files of [`is_embed`] have in addition, or in place of the others.
pub fn embed_headers() -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    EMBED_HEADERS.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value)))
}

/// Whether this is the path of the element `<tenant-picker>`: `/embed.js`, or the same with a fingerprint.
pub fn is_embed(path: &str) -> bool {
    let fingerprinted = || is_fingerprinted(path) && path.starts_with("/embed-") && path.ends_with(".js");
    path == "/embed.js" || fingerprinted()
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn extension(path: &str) -> Option<&str> {
    Path::new(path).extension()?.to_str()
}

/// Whether the name of a file has a fingerprint of its content, as in `picker-1a2b3c4d5e6f7a8b_bg.wasm`. Then the file
/// never changes.
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
    fn only_the_element_is_for_other_origins() {
        for path in ["/embed.js", "/embed-1a2b3c4d5e6f7a8b.js"] {
            assert!(is_embed(path), "{path}");
        }
        for path in
            ["/", "/session.js", "/embed.js.br", "/embed-1.js", "/a/embed.js", "/tenant-picker-1a2b3c4d5e6f7a8b.js"]
        {
            assert!(!is_embed(path), "{path}");
        }
    }

    #[test]
    fn only_names_with_a_fingerprint_are_cached_for_a_year() {
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
