//! config.json as the service sees it: its bytes, what is wrong with it, and the content security policy that follows
//! from it.

use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::body::Bytes;
use axum::http::HeaderValue;
use deployment::{ConfigError, ConfigFault, Deployment};
use headers::ETag;
use lookup_api::{Isolation, Issuer};
use platform::json::Json;
use platform::{WebUrl, first_repeated_key};

use crate::base_path::BasePath;
use crate::format_guess::{Format, instead_of_json};
use crate::inline::Inline;
use crate::page::{Page, Pages, ServedPage, etag};
use crate::regular_file::{self, ReadError};
use crate::text_encoding::{EncodingError, decode};

/// Stands for the picker's own origin where config.json does not say it. No host has this name
/// ([RFC 6761 §6.4](https://www.rfc-editor.org/rfc/rfc6761#section-6.4)).
const UNKNOWN_ORIGIN: &str = "https://picker.invalid";

/// config.json as it was read, and the policy that follows from it. Both are replaced at the same time.
#[derive(Debug, Clone)]
pub struct SiteConfig {
    /// The file's bytes; `None` if there is no file. A file with errors is served too, and the page shows them to the
    /// operator.
    pub body: Option<Bytes>,
    /// The entity tag of the bytes. `None` if the file has an error: then browsers must not cache it, so that the next
    /// load gets the mended file.
    pub etag: Option<ETag>,
    /// The pages, with their links below the picker's path, and with config.json in them, which saves the app a request. A
    /// config.json with errors is not in them.
    pub pages: Pages,
    /// The value of `Content-Security-Policy`.
    pub policy: HeaderValue,
    /// The issuer of tenants that name none: that of the only user pool.
    pub only_issuer: Option<Issuer>,
    /// The isolation of tenants that have none of their own. `None` if the file cannot be used.
    pub isolation: Option<Isolation>,
    /// The origins of `applications`, whose pages may look up.
    pub application_origins: Vec<String>,
    /// All of it. `None` if the file cannot be used.
    pub deployment: Option<Arc<Deployment>>,
}

/// The config.json that is used now. It is replaced when the file changes.
pub type CurrentConfig = Arc<ArcSwap<SiteConfig>>;

/// What is wrong with config.json.
#[derive(Debug, thiserror::Error)]
pub enum SiteConfigError {
    /// The file is not there or cannot be read.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// The file is not UTF-8. Browsers read JSON as UTF-8 in any case, with U+FFFD in the place of other bytes.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// The file is not JSON, but another format.
    #[error("this looks like {0} (config.json is JSON)")]
    OtherFormat(Format),
    /// A field is there twice, and only the last one counts.
    #[error("{0}: appears twice")]
    Repeated(String),
    /// The picker's own parser refuses the file.
    #[error(transparent)]
    Refused(#[from] ConfigError),
}

impl SiteConfig {
    /// Reads config.json, and the pages in the site's folder, whose inline scripts the policy has to name. `base` is the
    /// path that the picker is below. Returns what to serve, and what is wrong with config.json.
    pub fn load(path: &Path, site: Option<&Path>, base: &BasePath) -> (Self, Vec<SiteConfigError>) {
        let html = |name| String::from_utf8(regular_file::read(&site?.join(name)).ok()?).ok();
        let (form, callback) = (html(ServedPage::FORM), html(ServedPage::CALLBACK));
        // Both pages have the same scripts.
        let inline = form.as_deref().map(Inline::of).unwrap_or_default();
        let (mut config, findings) = match regular_file::read(path) {
            Ok(body) => Self::read(body.into(), &inline, base),
            Err(error) => (Self::of(None, None, None, &inline), vec![error.into()]),
        };
        let usable = config.body.as_ref().filter(|_| findings.is_empty());
        let text = usable.map(|body| String::from_utf8_lossy(body)).unwrap_or_default();
        let page = |file: String| {
            let html = with_config(&base.applied_to(&file), &text);
            (html != file).then(|| Page::new(html, base.is_root()))
        };
        config.pages = Pages::new(form.and_then(page));
        if let Some(file) = callback {
            config.pages = config.pages.with_callback(page(file));
        }
        (config, findings)
    }

    fn read(body: Bytes, inline: &Inline, base: &BasePath) -> (Self, Vec<SiteConfigError>) {
        // As a browser decodes it: without a byte order mark, with U+FFFD for bytes that are not UTF-8.
        let lossy = String::from_utf8_lossy(&body);
        let text = lossy.trim_start_matches('\u{feff}');
        let deployment = deployment(text, base);
        let usable = deployment.as_ref().ok().cloned();
        let findings = match decode(&body) {
            Ok(_) => findings(text, deployment),
            Err(error) => vec![error.into()],
        };
        let etag = if findings.is_empty() { etag(&body) } else { None };
        (Self::of(Some(body), etag, usable.as_ref(), inline), findings)
    }

    fn of(body: Option<Bytes>, etag: Option<ETag>, deployment: Option<&Deployment>, inline: &Inline) -> Self {
        let applications = deployment.map(|deployment| deployment.return_to.applications()).unwrap_or_default();
        Self {
            body,
            etag,
            pages: Pages::new(None),
            policy: policy(deployment, inline),
            only_issuer: deployment.and_then(|deployment| match deployment.user_pools.as_slice() {
                [only] => Some(only.issuer.clone()),
                _ => None,
            }),
            isolation: deployment.map(|deployment| deployment.isolation),
            application_origins: applications.iter().map(|application| application.url.origin.clone()).collect(),
            deployment: deployment.cloned().map(Arc::new),
        }
    }
}

/// The page with config.json in the element that `src/boot.js` reads. Without that element it stays as it is.
fn with_config(html: &str, config: &str) -> String {
    let Some((before, rest)) = html.split_once(" id=config") else { return html.to_owned() };
    let Some((attributes, after)) = rest.split_once('>') else { return html.to_owned() };
    // In JSON, the sign can only be part of a string. It must not end the element.
    let json = config.trim_start_matches('\u{feff}').replace('<', "\\u003c");
    [before, " id=config", attributes, ">", json.trim(), after].concat()
}

/// What is wrong with the text. The parser reports one error, which may be the consequence of a field that is there
/// twice.
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

/// Reads config.json. Relative addresses in it refer to the picker's form, whose origin its `redirect_uri` tells. A
/// `redirect_uri` that is not secure is not used for that, or the parser would report the addresses that refer to it.
fn deployment(text: &str, base: &BasePath) -> Result<Deployment, ConfigError> {
    let origin = redirect_uri(text).filter(WebUrl::is_secure).map_or(UNKNOWN_ORIGIN.to_owned(), |url| url.origin);
    let unknown = || ConfigError { field: "redirect_uri".to_owned(), fault: ConfigFault::NotAUrl };
    Deployment::parse(text, &WebUrl::parse(&(origin + base.as_str())).ok_or_else(unknown)?)
}

fn redirect_uri(text: &str) -> Option<WebUrl> {
    WebUrl::parse(Json::parse(text).ok()?.get("redirect_uri")?.as_str()?)
}

/// The content security policy: the page loads only what is named, and no other page frames it. `wasm-unsafe-eval`
/// allows WebAssembly to be compiled, and no evaluation of text. Markup from scripts has to pass the Trusted Types
/// policy of `boot.js`.
fn policy(deployment: Option<&Deployment>, inline: &Inline) -> HeaderValue {
    let Inline { scripts, styles } = inline;
    let foreign = |origin: &str| if origin == UNKNOWN_ORIGIN { String::new() } else { format!(" {origin}") };
    let connect: String = deployment.iter().flat_map(|d| d.connect_origins()).map(foreign).collect();
    let logo = deployment.and_then(|d| WebUrl::parse(d.branding.logo.as_deref()?));
    let images = logo.map(|url| foreign(&url.origin)).unwrap_or_default();
    let text = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; img-src 'self' data:{images}; \
         connect-src 'self'{connect}; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types default"
    );
    // An origin has no character that a header cannot have. If it had, the page could load nothing.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
}
