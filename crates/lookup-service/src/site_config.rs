//! config.json: served as it is, and read to know what the page may fetch from and to warn its operator.

use std::path::Path;

use axum::body::Bytes;
use axum::http::HeaderValue;
use base64ct::{Base64UrlUnpadded, Encoding};
use deployment::{ConfigError, ConfigFault, Deployment};
use platform::WebUrl;
use platform::json::Json;
use sha2::{Digest, Sha256};

use crate::format_guess::{Format, instead_of_json};
use crate::inline::Inline;
use crate::regular_file::{self, ReadError};
use crate::repeated_key::first_repeated_key;
use crate::text_encoding::{EncodingError, decode};

/// A stand-in for the picker's own origin where config.json does not tell it. RFC 6761 §6.4: nobody's.
const SOMEWHERE: &str = "https://picker.invalid";

/// config.json as it was when it was read, and the policy that follows from it: the two are only ever swapped together.
#[derive(Debug, Clone)]
pub struct SiteConfig {
    /// The file's bytes; `None` if there is no file. A broken one is served too: the page tells the operator.
    pub body: Option<Bytes>,
    /// The value of `ETag`, the same as long as the bytes are. `None` if anything is wrong with the file: then no browser may
    /// keep it, and a mended one is seen at the next load.
    pub etag: Option<HeaderValue>,
    /// The value of `Content-Security-Policy`.
    pub policy: HeaderValue,
}

/// What is wrong with config.json.
#[derive(Debug, thiserror::Error)]
pub enum SiteConfigError {
    /// Not there, or not to be read.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// Read, and not UTF-8. Browsers take JSON for that in any case, and put U+FFFD where it is not.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// Not JSON because it is something else.
    #[error("this looks like {0} (config.json is JSON)")]
    OtherFormat(Format),
    /// One of two values of the same name is passed over.
    #[error("{0}: stands there twice")]
    Repeated(String),
    /// Refused by the picker's own parser.
    #[error(transparent)]
    Refused(#[from] ConfigError),
}

impl SiteConfig {
    /// Reads config.json, and of the page what its policy must name. There is always something to serve; what is wrong with
    /// config.json comes beside it.
    pub fn load(path: &Path, page: Option<&Path>) -> (Self, Vec<SiteConfigError>) {
        let page = page.and_then(|page| String::from_utf8(regular_file::read(page).ok()?).ok());
        let inline = page.map(|page| Inline::of(&page)).unwrap_or_default();
        match regular_file::read(path) {
            Ok(body) => Self::read(body.into(), &inline),
            Err(error) => (Self { body: None, etag: None, policy: policy(None, &inline) }, vec![error.into()]),
        }
    }

    fn read(body: Bytes, inline: &Inline) -> (Self, Vec<SiteConfigError>) {
        // As a browser decodes it: a byte order mark is dropped, bytes that are no text are replaced.
        let lossy = String::from_utf8_lossy(&body);
        let text = lossy.trim_start_matches('\u{feff}');
        let deployment = deployment(text);
        let policy = policy(deployment.as_ref().ok(), inline);
        let findings = match decode(&body) {
            Ok(_) => findings(text, deployment),
            Err(error) => vec![error.into()],
        };
        let etag = findings.is_empty().then(|| etag(&body));
        (Self { body: Some(body), etag, policy }, findings)
    }
}

/// What is wrong with the text. The parser stops at the first thing, which may well follow from a name that stands twice.
fn findings(text: &str, deployment: Result<Deployment, ConfigError>) -> Vec<SiteConfigError> {
    let repeated = first_repeated_key(text).map(SiteConfigError::Repeated);
    repeated.into_iter().chain(deployment.err().map(|error| refusal(text, error))).collect()
}

fn refusal(text: &str, error: ConfigError) -> SiteConfigError {
    match error.fault {
        ConfigFault::NotJson(_) => instead_of_json(text).map_or(error.into(), SiteConfigError::OtherFormat),
        _ => error.into(),
    }
}

fn etag(body: &[u8]) -> HeaderValue {
    let tag = format!("\"{}\"", Base64UrlUnpadded::encode_string(&Sha256::digest(body)[..12]));
    // Letters, digits, hyphens and underscores are fit for a header; an empty one matches nothing.
    HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static(""))
}

/// The redirect URI is an address of the picker's own, and so tells the origin that relative addresses refer to. Where it is not
/// fit for that, the parser says so; from an origin that is not secure, it would blame the addresses that refer to it.
fn deployment(text: &str) -> Result<Deployment, ConfigError> {
    let page = redirect_uri(text)
        .filter(WebUrl::is_secure)
        .and_then(|url| WebUrl::parse(&url.origin))
        .or_else(|| WebUrl::parse(SOMEWHERE));
    let unknown = || ConfigError { field: "redirect_uri".to_owned(), fault: ConfigFault::NotAUrl };
    Deployment::parse(text, &page.ok_or_else(unknown)?)
}

fn redirect_uri(text: &str) -> Option<WebUrl> {
    WebUrl::parse(Json::parse(text).ok()?.get("redirect_uri")?.as_str()?)
}

/// What the page may load and who may frame it: nothing and nobody that is not named. Its wasm needs
/// `wasm-unsafe-eval`, which lets WebAssembly be compiled and nothing else be evaluated. Markup from script has to pass the
/// one Trusted Types policy there is, `boot.js`'s.
fn policy(deployment: Option<&Deployment>, inline: &Inline) -> HeaderValue {
    let Inline { scripts, styles } = inline;
    let foreign = |origin: &str| if origin == SOMEWHERE { String::new() } else { format!(" {origin}") };
    let connect: String = deployment.iter().flat_map(|d| d.connect_origins()).map(foreign).collect();
    let logo = deployment.and_then(|d| WebUrl::parse(d.branding.logo.as_deref()?));
    let images = logo.map(|url| foreign(&url.origin)).unwrap_or_default();
    let text = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; img-src 'self' data:{images}; \
         connect-src 'self'{connect}; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types default"
    );
    // The URL parser leaves nothing in an origin that a header cannot carry; were it otherwise, nothing is let in.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
}
