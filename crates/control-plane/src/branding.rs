//! The managed login brandings. Without one, the sign-in page of a client is not available.

use serde_json::{Value, json};

use crate::clients;
use crate::error::ApiError;
use crate::pool::{Fields, Pool, now, text};

pub(crate) fn create(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let (count, max) =
        (pool.clients.values().filter(|client| client.branding.is_some()).count(), pool.options.max_brandings);
    let provided = body.get("UseCognitoProvidedValues") == Some(&true.into());
    let own = body.contains_key("Settings") || body.contains_key("Assets");
    let client = clients::find(pool, body)?;
    if client.branding.is_some() {
        let message = "A managed login branding exists for this client.";
        return Err(ApiError::new("ManagedLoginBrandingExistsException", message));
    }
    if provided == own {
        let message = "Either UseCognitoProvidedValues is true, or there are Settings or Assets.";
        return Err(ApiError::invalid(message));
    }
    if count >= max {
        let message = format!("Maximum number of managed login brandings {max} reached.");
        return Err(ApiError::new("LimitExceededException", message));
    }
    let mut branding = body.clone();
    branding.remove("ClientId");
    branding.insert("UseCognitoProvidedValues".to_owned(), provided.into());
    branding.insert("ManagedLoginBrandingId".to_owned(), uuid()?.into());
    branding.insert("CreationDate".to_owned(), now().into());
    branding.insert("LastModifiedDate".to_owned(), now().into());
    let answer = json!({ "ManagedLoginBranding": branding });
    client.branding = Some(branding);
    Ok(answer)
}

pub(crate) fn describe_by_client(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let branding = clients::find(pool, body)?.branding.as_ref();
    let branding = branding.ok_or_else(|| ApiError::not_found("Managed login branding does not exist."))?;
    Ok(json!({ "ManagedLoginBranding": branding }))
}

pub(crate) fn delete(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let id = text(body, "ManagedLoginBrandingId");
    let mut brandings = pool.clients.values_mut().map(|client| &mut client.branding);
    let branding =
        brandings.find(|branding| branding.as_ref().is_some_and(|b| text(b, "ManagedLoginBrandingId") == id));
    let branding = branding.ok_or_else(|| ApiError::not_found("Managed login branding does not exist."))?;
    *branding = None;
    Ok(json!({}))
}

/// A random UUID (version 4).
pub(crate) fn uuid() -> Result<String, ApiError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| ApiError::new("InternalErrorException", error.to_string()))?;
    let bits = u128::from_be_bytes(bytes) & !(0xf << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    Ok([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
}
