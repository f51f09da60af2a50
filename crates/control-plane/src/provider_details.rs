//! The details of an identity provider: which ones each kind needs, and which ones Cognito adds.

use url::Url;

use crate::error::ApiError;
use crate::pool::{Fields, text};

const SAML: [&str; 6] =
    ["MetadataURL", "MetadataFile", "IDPSignout", "IDPInit", "RequestSigningAlgorithm", "EncryptedResponses"];
const OIDC_NEEDED: [&str; 4] = ["client_id", "attributes_request_method", "oidc_issuer", "authorize_scopes"];
const OIDC: [&str; 5] = ["client_secret", "authorize_url", "token_url", "attributes_url", "jwks_uri"];

/// Checks the details of a request, and adds those that Cognito derives from them.
///
/// # Errors
/// `InvalidParameterException` if one is missing, unknown or wrong.
pub(crate) fn complete(kind: &str, details: Fields) -> Result<Fields, ApiError> {
    match kind {
        "SAML" => complete_saml(details),
        "OIDC" => complete_oidc(details),
        _ => Ok(details),
    }
}

fn complete_saml(mut details: Fields) -> Result<Fields, ApiError> {
    refuse_unknown(&details, &SAML, &[])?;
    let (url, file) = (text(&details, "MetadataURL"), text(&details, "MetadataFile"));
    if url.is_empty() == file.is_empty() {
        return Err(ApiError::invalid("A SAML provider needs either MetadataURL or MetadataFile."));
    }
    let sign_in = if file.is_empty() {
        https(url)?.join("/sso").map(String::from).unwrap_or_default()
    } else {
        if !is_metadata(file) {
            return Err(ApiError::invalid("Error in parsing metadata file: no EntityDescriptor."));
        }
        sign_in_address(file).unwrap_or_default().to_owned()
    };
    details.insert("SSORedirectBindingURI".to_owned(), sign_in.into());
    details.insert("ActiveEncryptionCertificate".to_owned(), "MIICvTCCAaWgAwIBAgIJAL0calCertificate".into());
    Ok(details)
}

/// Whether a text is XML whose first element is an EntityDescriptor.
fn is_metadata(file: &str) -> bool {
    let mut rest = file.trim_start_matches('\u{feff}').trim_start();
    for (start, end) in [("<?", "?>"), ("<!--", "-->")] {
        while let Some(inside) = rest.strip_prefix(start) {
            rest = inside.split_once(end).map_or("", |(_, after)| after.trim_start());
        }
    }
    let name = rest.strip_prefix('<').and_then(|tag| tag.split([' ', '\t', '\r', '\n', '>', '/']).next());
    name.is_some_and(|name| name.rsplit(':').next() == Some("EntityDescriptor"))
}

/// The Location of the first SingleSignOnService that is for redirects.
fn sign_in_address(file: &str) -> Option<&str> {
    let mut elements = file.split("SingleSignOnService").skip(1).filter_map(|rest| rest.split('>').next());
    let element = elements.find(|element| element.contains("bindings:HTTP-Redirect"))?;
    element.split_once("Location=\"")?.1.split('"').next()
}

fn complete_oidc(mut details: Fields) -> Result<Fields, ApiError> {
    refuse_unknown(&details, &OIDC_NEEDED, &OIDC)?;
    if let Some(missing) = OIDC_NEEDED.iter().find(|name| text(&details, name).is_empty()) {
        return Err(ApiError::invalid(format!("Missing required provider detail {missing}.")));
    }
    if !["GET", "POST"].contains(&text(&details, "attributes_request_method")) {
        return Err(ApiError::invalid("attributes_request_method is GET or POST."));
    }
    let issuer = https(text(&details, "oidc_issuer"))?.to_string();
    let issuer = issuer.trim_end_matches('/');
    for (name, path) in [
        ("authorize_url", "authorize"),
        ("token_url", "token"),
        ("attributes_url", "userinfo"),
        ("jwks_uri", ".well-known/jwks.json"),
    ] {
        details.entry(name).or_insert_with(|| format!("{issuer}/{path}").into());
    }
    details.insert("attributes_url_add_attributes".to_owned(), "false".into());
    Ok(details)
}

fn https(url: &str) -> Result<Url, ApiError> {
    let parsed = Url::parse(url).ok().filter(|url| url.scheme() == "https");
    parsed.ok_or_else(|| ApiError::invalid(format!("{url} is no https URL.")))
}

fn refuse_unknown(details: &Fields, known: &[&str], also: &[&str]) -> Result<(), ApiError> {
    match details.keys().find(|name| !known.contains(&name.as_str()) && !also.contains(&name.as_str())) {
        Some(name) => Err(ApiError::invalid(format!("Unsupported provider detail {name}."))),
        None => Ok(()),
    }
}
