//! index.html as it is served below a path: its links differ from those of the file, so it is kept in memory.

use std::io::Write;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64UrlUnpadded, Encoding};
use headers::{ETag, HeaderMapExt, IfNoneMatch};
use sha2::{Digest, Sha256};

/// A page, and the same compressed.
#[derive(Debug, Clone)]
pub struct Page {
    body: Bytes,
    brotli: Bytes,
    etag: Option<ETag>,
}

impl Page {
    /// Compresses a page.
    pub(crate) fn new(html: String) -> Self {
        let mut brotli = brotli::CompressorWriter::new(Vec::new(), 4096, 11, 22);
        // Writing to a Vec cannot fail. An empty result would be noticed by every test of the site below a path.
        let _ = brotli.write_all(html.as_bytes());
        Self { etag: etag(html.as_bytes()), brotli: brotli.into_inner().into(), body: html.into() }
    }

    /// The response to a request with these headers.
    pub(crate) fn respond_to(&self, request: &HeaderMap) -> Response {
        let vary = [(header::VARY, HeaderValue::from_static("accept-encoding"))];
        let is_known = |etag| request.typed_get::<IfNoneMatch>().is_some_and(|tags| !tags.precondition_passes(etag));
        let mut response = if self.etag.as_ref().is_some_and(is_known) {
            (StatusCode::NOT_MODIFIED, vary).into_response()
        } else {
            let html = [(header::CONTENT_TYPE, HeaderValue::from_static("text/html"))];
            if takes_brotli(request) {
                let encoding = [(header::CONTENT_ENCODING, HeaderValue::from_static("br"))];
                (vary, html, encoding, self.brotli.clone()).into_response()
            } else {
                (vary, html, self.body.clone()).into_response()
            }
        };
        if let Some(etag) = &self.etag {
            response.headers_mut().typed_insert(etag.clone());
        }
        response
    }
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
        let page = Page::new("<!doctype html>".to_owned());
        let etag = page.respond_to(&HeaderMap::new()).headers()[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(page.respond_to(&request(header::IF_NONE_MATCH, &etag)).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(page.respond_to(&request(header::IF_NONE_MATCH, "\"other\"")).status(), StatusCode::OK);
    }
}
