//! The identity providers.

use serde_json::{Value, json};

use crate::error::ApiError;
use crate::pool::{Fields, Pool, now, text, texts};
use crate::provider_details;

/// An identity provider.
#[derive(Debug)]
pub(crate) struct Provider {
    /// Its description: the fields of the last write, and the details that Cognito derived.
    pub(crate) description: Fields,
    /// For how many more looks a client does not find it yet.
    pub(crate) unseen: u32,
}

fn missing(name: &str) -> ApiError {
    ApiError::not_found(format!("Identity provider {name} does not exist."))
}

pub(crate) fn list(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let names: Vec<String> = pool.providers.keys().cloned().collect();
    let (names, mut answer) = pool.page("providers", &names, body, 60)?;
    let describe = |name: &String| {
        let field = |field| pool.providers.get(name).and_then(|provider| provider.description.get(field));
        json!({ "ProviderName": name, "ProviderType": field("ProviderType"), "CreationDate": field("CreationDate"),
            "LastModifiedDate": field("LastModifiedDate") })
    };
    answer.insert("Providers".to_owned(), names.iter().map(describe).collect());
    Ok(Value::Object(answer))
}

pub(crate) fn describe_action(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let name = text(body, "ProviderName");
    let provider = pool.providers.get(name).ok_or_else(|| missing(name))?;
    Ok(json!({ "IdentityProvider": provider.description }))
}

pub(crate) fn create(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let (name, kind) = (text(body, "ProviderName"), text(body, "ProviderType"));
    // There can be one social provider of each kind, and its name is the kind.
    let is_social_name = ["Facebook", "Google", "LoginWithAmazon", "SignInWithApple", "COGNITO"].contains(&name);
    if (name == kind) == ["SAML", "OIDC"].contains(&kind) || (is_social_name && name != kind) {
        return Err(ApiError::invalid(format!("Provider {name} cannot be of type {kind}.")));
    }
    if pool.providers.contains_key(name) {
        let message = format!("Identity provider {name} already exists.");
        return Err(ApiError::new("DuplicateProviderException", message));
    }
    if pool.providers.len() >= pool.options.max_providers {
        let message = format!("Maximum number of identity providers {} reached.", pool.options.max_providers);
        return Err(ApiError::new("LimitExceededException", message));
    }
    let description = described(pool, body, kind, now())?;
    let answer = json!({ "IdentityProvider": description });
    pool.providers.insert(name.to_owned(), Provider { description, unseen: pool.lag });
    Ok(answer)
}

/// Replaces the details, the mapping and the identifiers. What is left out is gone.
pub(crate) fn update(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let name = text(body, "ProviderName");
    let old = &pool.providers.get(name).ok_or_else(|| missing(name))?.description;
    let created = old.get("CreationDate").and_then(Value::as_f64).unwrap_or_default();
    let description = described(pool, body, text(old, "ProviderType"), created)?;
    let answer = json!({ "IdentityProvider": description });
    if let Some(provider) = pool.providers.get_mut(name) {
        provider.description = description;
    }
    Ok(answer)
}

/// Deletes a provider, even one that clients name. They go on naming it.
pub(crate) fn delete(pool: &mut Pool, body: &Fields) -> Result<Value, ApiError> {
    let name = text(body, "ProviderName");
    pool.providers.remove(name).map(|_| json!({})).ok_or_else(|| missing(name))
}

fn described(pool: &Pool, body: &Fields, kind: &str, created: f64) -> Result<Fields, ApiError> {
    let object = |name| body.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    let (details, mut mapping) = (object("ProviderDetails"), object("AttributeMapping"));
    if let Some(name) =
        mapping.keys().find(|name| *name != "username" && !pool.attributes().any(|known| known == *name))
    {
        return Err(ApiError::invalid(format!("Attribute {name} does not exist in the user pool's schema.")));
    }
    if kind == "OIDC" {
        mapping.entry("username").or_insert_with(|| "sub".into());
    }
    let name = text(body, "ProviderName");
    let others = || pool.providers.iter().filter(|(other, _)| *other != name);
    let identifiers = texts(body, "IdpIdentifiers");
    let taken = |id: &&&str| others().any(|(_, other)| texts(&other.description, "IdpIdentifiers").contains(*id));
    if let Some(identifier) = identifiers.iter().find(taken) {
        let message = format!("Identifier {identifier} is another provider's.");
        return Err(ApiError::new("DuplicateProviderException", message));
    }
    let mut description = Fields::new();
    for (field, value) in [
        ("UserPoolId", json!(pool.options.pool_id)),
        ("ProviderName", json!(name)),
        ("ProviderType", json!(kind)),
        ("ProviderDetails", Value::Object(provider_details::complete(kind, details)?)),
        ("AttributeMapping", Value::Object(mapping)),
        ("IdpIdentifiers", json!(identifiers)),
        ("CreationDate", json!(created)),
        ("LastModifiedDate", json!(now())),
    ] {
        description.insert(field.to_owned(), value);
    }
    Ok(description)
}
