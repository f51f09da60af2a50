//! The pages as they are served: with config.json in them, and with links below the picker's path. So they differ from
//! their files, and are kept in memory.

use std::io::Write;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64UrlUnpadded, Encoding};
use headers::{ETag, HeaderMapExt, IfNoneMatch};
use sha2::{Digest, Sha256};

/// How long a page is served before it is compressed as small as it gets, which takes a core for a third of a second.
const SERVED_FIRST: Duration = if cfg!(test) { Duration::from_millis(20) } else { Duration::from_secs(10) };

/// The pages of a site.
#[derive(Debug, Clone)]
pub struct Pages {
    form: ServedPage,
    callback: ServedPage,
}

/// One of the files that `make build` has made for a page.
#[derive(Debug, Clone)]
pub(crate) struct ServedPage {
    /// The name of the file.
    pub(crate) file: &'static str,
    /// What is served in its place. `None`: the file as it is.
    pub(crate) page: Option<Page>,
}

impl ServedPage {
    /// The form, and every address without a file of its own.
    pub(crate) const FORM: &str = "index.html";
    /// The callback. It is the form's page without the main part, which the form has kept.
    pub(crate) const CALLBACK: &str = "callback.html";
}

impl Pages {
    /// A site without a page for the callback. The form's page can do the same.
    pub(crate) fn new(form: Option<Page>) -> Self {
        let form = ServedPage { file: ServedPage::FORM, page: form };
        Self { callback: form.clone(), form }
    }

    /// A site with a page for the callback.
    pub(crate) fn with_callback(self, page: Option<Page>) -> Self {
        Self { callback: ServedPage { file: ServedPage::CALLBACK, page }, ..self }
    }

    /// The page of an address, by its path below the picker's.
    pub(crate) fn at(&self, path: &str) -> &ServedPage {
        let rest = path.strip_prefix("/callback");
        let is_callback = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest == ".html");
        if is_callback { &self.callback } else { &self.form }
    }
}

/// A page, and the same compressed once somebody has asked for it.
#[derive(Debug, Clone)]
pub(crate) struct Page(Arc<Content>);

#[derive(Debug)]
struct Content {
    body: Bytes,
    is_file_as_good: bool,
    etag: Option<ETag>,
    compressed_at_once: OnceLock<Bytes>,
    compressed_well: OnceLock<Bytes>,
}

impl Page {
    /// Keeps a page. `is_file_as_good` says that the file has the same links.
    pub(crate) fn new(html: String, is_file_as_good: bool) -> Self {
        let etag = etag(html.as_bytes());
        Self(Arc::new(Content {
            body: html.into(),
            is_file_as_good,
            etag,
            compressed_at_once: OnceLock::new(),
            compressed_well: OnceLock::new(),
        }))
    }

    /// The text.
    pub(crate) fn html(&self) -> &[u8] {
        &self.0.body
    }

    /// Whether a request with these headers is better off with this page than with the file. For who does not take
    /// brotli, there is a file compressed by gzip.
    pub(crate) fn is_for(&self, request: &HeaderMap) -> bool {
        !self.0.is_file_as_good || takes_brotli(request)
    }

    /// The response to a request with these headers.
    pub(crate) fn respond_to(&self, request: &HeaderMap) -> Response {
        let vary = [(header::VARY, HeaderValue::from_static("accept-encoding"))];
        let is_known = |etag| request.typed_get::<IfNoneMatch>().is_some_and(|tags| !tags.precondition_passes(etag));
        let mut response = if self.0.etag.as_ref().is_some_and(is_known) {
            (StatusCode::NOT_MODIFIED, vary).into_response()
        } else {
            let html = [(header::CONTENT_TYPE, HeaderValue::from_static("text/html"))];
            if takes_brotli(request) {
                let encoding = [(header::CONTENT_ENCODING, HeaderValue::from_static("br"))];
                (vary, html, encoding, self.compressed()).into_response()
            } else {
                (vary, html, self.0.body.clone()).into_response()
            }
        };
        if let Some(etag) = &self.0.etag {
            response.headers_mut().typed_insert(etag.clone());
        }
        response
    }

    /// The page in brotli. The first request waits some milliseconds for it, and not until it is as small as it gets. A page
    /// that is replaced soon never gets there.
    fn compressed(&self) -> Bytes {
        let content = &self.0;
        let at_once = || {
            let page = Arc::downgrade(content);
            let compress_well = move || {
                thread::sleep(SERVED_FIRST);
                if let Some(page) = page.upgrade() {
                    page.compressed_well.get_or_init(|| brotli(&page.body, 11));
                }
            };
            if let Err(error) = thread::Builder::new().spawn(compress_well) {
                tracing::warn!("the page stays larger than it need be: {error}");
            }
            brotli(&content.body, 5)
        };
        content.compressed_well.get().unwrap_or_else(|| content.compressed_at_once.get_or_init(at_once)).clone()
    }
}

fn brotli(body: &[u8], quality: u32) -> Bytes {
    let mut brotli = brotli::CompressorWriter::new(Vec::new(), 4096, quality, 22);
    // Writing to a Vec cannot fail. An empty result would be noticed by every test of the site.
    let _ = brotli.write_all(body);
    brotli.into_inner().into()
}

/// The entity tag of these bytes.
pub(crate) fn etag(body: &[u8]) -> Option<ETag> {
    format!("\"{}\"", Base64UrlUnpadded::encode_string(&Sha256::digest(body)[..12])).parse().ok()
}

/// Whether Accept-Encoding names brotli ([RFC 9110 §12.5.3](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3))
/// with another weight than zero.
fn takes_brotli(request: &HeaderMap) -> bool {
    let codings = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    codings.flat_map(|value| value.split(',')).any(|coding| {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = parameters.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("br") && weight != Some(0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::time::Instant;

    fn request(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn brotli_is_sent_to_those_who_take_it() {
        for value in ["br", "gzip, deflate, br, zstd", "gzip;q=0.8, BR;q=0.5"] {
            assert!(takes_brotli(&request(header::ACCEPT_ENCODING, value)), "{value}");
        }
        for value in ["", "gzip", "br;q=0", "br; q=0.0", "brotli"] {
            assert!(!takes_brotli(&request(header::ACCEPT_ENCODING, value)), "{value}");
        }
    }

    #[test]
    fn a_page_that_the_browser_has_is_not_sent_again() {
        let page = Page::new("<!doctype html>".to_owned(), false);
        let etag = page.respond_to(&HeaderMap::new()).headers()[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(page.respond_to(&request(header::IF_NONE_MATCH, &etag)).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(page.respond_to(&request(header::IF_NONE_MATCH, "\"other\"")).status(), StatusCode::OK);
    }

    #[test]
    fn who_does_not_take_brotli_gets_the_file_unless_its_links_are_wrong() {
        let (brotli, gzip) = (request(header::ACCEPT_ENCODING, "gzip, br"), request(header::ACCEPT_ENCODING, "gzip"));
        let [at_the_root, below_a_path] =
            [true, false].map(|is_file_as_good| Page::new(String::new(), is_file_as_good));
        assert!(at_the_root.is_for(&brotli) && !at_the_root.is_for(&gzip));
        assert!(below_a_path.is_for(&brotli) && below_a_path.is_for(&gzip));
    }

    #[test]
    fn a_page_is_sent_at_once_and_smaller_a_while_later() {
        let page = Page::new(include_str!("page.rs").to_owned(), true);
        let at_once = page.compressed();
        let until = Instant::now() + Duration::from_secs(10);
        while page.compressed().len() == at_once.len() {
            assert!(Instant::now() < until, "it stays at {} bytes", at_once.len());
            thread::sleep(SERVED_FIRST);
        }
        assert!(page.compressed().len() < at_once.len());
        for compressed in [at_once, page.compressed()] {
            let mut text = String::new();
            brotli::Decompressor::new(&compressed[..], 4096).read_to_string(&mut text).unwrap();
            assert_eq!(text.as_bytes(), page.html());
        }
    }
}
