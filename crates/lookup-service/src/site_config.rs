//! config.json: served as it is, and read to know what the page may fetch from and to warn its operator.

use std::path::Path;
use std::{fs, io};

use axum::body::Bytes;
use axum::http::HeaderValue;
use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use sign_in::deployment::{ConfigError, ConfigFault, Deployment};

use crate::inline::Inline;
use crate::native_url::parse_url;

/// A stand-in for the picker's own origin where config.json does not tell it. RFC 6761 §6.4: nobody's.
const SOMEWHERE: &str = "https://picker.invalid";

/// config.json as it was when it was read, and the policy that follows from it: the two are only ever swapped together.
#[derive(Debug, Clone)]
pub struct SiteConfig {
    /// The file's bytes; `None` if there is no file. A broken one is served too: the page tells the operator.
    pub body: Option<Bytes>,
    /// The value of `ETag`, the same as long as the bytes are.
    pub etag: HeaderValue,
    /// The value of `Content-Security-Policy`.
    pub policy: HeaderValue,
}

/// What is wrong with config.json.
#[derive(Debug, thiserror::Error)]
pub enum SiteConfigError {
    /// Not there, or not to be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Read, and refused by the picker's own parser.
    #[error(transparent)]
    Refused(#[from] ConfigError),
}

impl SiteConfig {
    /// Reads config.json, and of the page what its policy must name. There is always something to serve; what is wrong with
    /// config.json comes beside it.
    pub fn load(path: &Path, page: Option<&Path>) -> (Self, Result<(), SiteConfigError>) {
        let inline =
            page.and_then(|page| fs::read_to_string(page).ok()).map(|page| Inline::of(&page)).unwrap_or_default();
        let body = match fs::read(path) {
            Ok(body) => Bytes::from(body),
            Err(error) => {
                let none = Self { body: None, etag: etag(&[]), policy: policy(None, &inline) };
                return (none, Err(error.into()));
            }
        };
        // As a browser decodes it: a byte order mark is dropped, bytes that are no text are replaced.
        let text = String::from_utf8_lossy(&body);
        let deployment = deployment(text.trim_start_matches('\u{feff}'));
        let config = Self { policy: policy(deployment.as_ref().ok(), &inline), etag: etag(&body), body: Some(body) };
        (config, deployment.map(drop).map_err(SiteConfigError::from))
    }
}

fn etag(body: &[u8]) -> HeaderValue {
    let tag = format!("\"{}\"", Base64UrlUnpadded::encode_string(&Sha256::digest(body)[..12]));
    // Letters, digits, hyphens and underscores are fit for a header; an empty one matches nothing.
    HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static(""))
}

/// The redirect URI is an address of the picker's own, and so tells the origin that relative addresses refer to.
fn deployment(text: &str) -> Result<Deployment, ConfigError> {
    let redirect_uri = serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|value| Some(value.get("redirect_uri")?.as_str()?.to_owned()));
    let page = redirect_uri.and_then(|text| parse_url("/", Some(&text))).or_else(|| parse_url(SOMEWHERE, None));
    let unknown = || ConfigError { field: "redirect_uri".to_owned(), fault: ConfigFault::NotAUrl };
    Deployment::parse(text, &page.ok_or_else(unknown)?, parse_url)
}

/// What the page may load and who may frame it: nothing and nobody that is not named. Its wasm needs
/// `wasm-unsafe-eval`, which lets WebAssembly be compiled and nothing else be evaluated. Markup from script has to pass the
/// one Trusted Types policy there is, `boot.js`'s.
fn policy(deployment: Option<&Deployment>, inline: &Inline) -> HeaderValue {
    let Inline { scripts, styles } = inline;
    let foreign = |origin: &str| if origin == SOMEWHERE { String::new() } else { format!(" {origin}") };
    let connect: String = deployment.iter().flat_map(|d| d.connect_origins()).map(foreign).collect();
    let logo = deployment.and_then(|d| parse_url(d.branding.logo.as_deref()?, None));
    let images = logo.map(|url| foreign(&url.origin)).unwrap_or_default();
    let text = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; img-src 'self' data:{images}; \
         connect-src 'self'{connect}; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types default"
    );
    // The URL parser leaves nothing in an origin that a header cannot carry; were it otherwise, nothing is let in.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
}
