//! What the user pool should have, as the fields that Cognito's API calls them. Fields that are not here are not ours:
//! they stay as they are. No I/O.

use crate::cognito::Fields;
use crate::files::pool_file::{Branding, Mapping, Pool, ResourceServer};
use crate::files::provisioning::{Machine, Metadata, NATIVE, Organization, Provider, ProviderKind};
use lookup_api::Isolation;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The name that a new app client of an organization gets, or of a machine. No two in tenants.toml are the same, because
/// codes have no full stop. In the pool others may have it.
pub fn client_name(organization: &Organization, machine: Option<&Machine>) -> String {
    match machine {
        None => organization.code.clone(),
        Some(machine) => format!("{}.{}", organization.code, machine.name),
    }
}

pub(super) fn fields(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

/// The app client through which an organization's people sign in: public, with the code grant alone and one provider.
/// `required` are the attributes that every profile of the pool must have.
pub fn client(pool: &Pool, organization: &Organization, required: &BTreeSet<String>) -> Fields {
    let tokens = &pool.tokens;
    let is_native = organization.identity_provider == NATIVE;
    // A public client must not take passwords for an organization that has a provider: whoever has an account of the
    // pool could get tokens of this client without having been at the provider. No list at all would allow SRP.
    // Refreshing with a flow and rotation exclude one another
    // (https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html).
    let flows = match (is_native, tokens.rotation_grace_seconds) {
        (true, None) => vec!["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        (true, Some(_)) => vec!["ALLOW_USER_SRP_AUTH"],
        (false, None) => vec!["ALLOW_REFRESH_TOKEN_AUTH"],
        (false, Some(_)) => vec!["ALLOW_CUSTOM_AUTH"],
    };
    let rotation = match tokens.rotation_grace_seconds {
        Some(seconds) => json!({ "Feature": "ENABLED", "RetryGracePeriodSeconds": seconds }),
        None => json!({ "Feature": "DISABLED" }),
    };
    let mut client = fields(json!({
        "ClientName": client_name(organization, None),
        "SupportedIdentityProviders": [organization.identity_provider],
        "CallbackURLs": pool.callback_urls,
        "LogoutURLs": pool.sign_out_urls,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthScopes": pool.scopes,
        "ExplicitAuthFlows": flows,
        "PreventUserExistenceErrors": "ENABLED",
        "EnableTokenRevocation": true,
        "AccessTokenValidity": tokens.access_minutes,
        "IdTokenValidity": tokens.id_minutes,
        "RefreshTokenValidity": tokens.refresh_days,
        "TokenValidityUnits": { "AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days" },
        "RefreshTokenRotation": rotation,
    }));
    let mapped = mapped_attributes(pool, organization);
    let also_read = pool.attributes.also_read.iter().map(String::as_str);
    let read: BTreeSet<&str> = STANDARD_ATTRIBUTES.into_iter().chain(mapped.iter().copied()).chain(also_read).collect();
    client.insert("ReadAttributes".to_owned(), json!(read));
    // Whether an address is verified is for Cognito to write. A list without a required attribute is refused
    // (https://github.com/aws/aws-cdk/issues/2608).
    let mapped = mapped.into_iter().filter(|name| !["email_verified", "phone_number_verified"].contains(name));
    let write: BTreeSet<&str> = mapped.collect();
    if !write.is_empty() {
        let write: BTreeSet<&str> = write.into_iter().chain(required.iter().map(String::as_str)).collect();
        client.insert("WriteAttributes".to_owned(), json!(write));
    }
    client
}

/// An app client through which nobody signs in any more.
pub fn switched_off() -> Fields {
    fields(json!({
        "AllowedOAuthFlows": [],
        "AllowedOAuthScopes": [],
        "AllowedOAuthFlowsUserPoolClient": false,
        "ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH"],
    }))
}

/// What every app client may read: the token endpoint refuses an app client that cannot read all that its scopes name
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html>).
pub(super) const STANDARD_ATTRIBUTES: [&str; 19] = [
    "address",
    "birthdate",
    "email",
    "email_verified",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "phone_number_verified",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

/// The attributes that any provider's values go into. An app client must be able to write them, or the second sign-in
/// of a person fails.
fn mapped_attributes<'a>(pool: &'a Pool, organization: &'a Organization) -> BTreeSet<&'a str> {
    let own = organization.provider.iter().map(|provider| &provider.mapping);
    let mappings = [&pool.attributes.saml, &pool.attributes.oidc].into_iter().chain(own);
    mappings.flat_map(Mapping::keys).map(String::as_str).filter(|name| *name != "username").collect()
}

/// The confidential client of a back end, which has its scopes and nothing else.
pub fn machine(pool: &Pool, organization: &Organization, machine: &Machine) -> Fields {
    fields(json!({
        "ClientName": client_name(organization, Some(machine)),
        "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthScopes": machine.scopes,
        "SupportedIdentityProviders": [],
        "CallbackURLs": [],
        "LogoutURLs": [],
        "ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH"],
        "PreventUserExistenceErrors": "ENABLED",
        "EnableTokenRevocation": true,
        "AccessTokenValidity": pool.machines.access_minutes,
        "TokenValidityUnits": { "AccessToken": "minutes" },
    }))
}

/// Cognito's name for a kind of provider. `None` for the pool's own accounts, which are no provider of it.
pub fn provider_type(provider: &Provider) -> Option<&'static str> {
    match provider.kind {
        ProviderKind::Native => None,
        ProviderKind::Saml(_) => Some("SAML"),
        ProviderKind::Oidc { .. } => Some("OIDC"),
    }
}

/// The identity provider of an organization. `None` for the pool's own accounts.
pub fn provider(pool: &Pool, provider: &Provider) -> Option<Fields> {
    let (details, shared) = match &provider.kind {
        ProviderKind::Native => return None,
        ProviderKind::Saml(Metadata::Url(url)) => (json!({ "MetadataURL": url }), &pool.attributes.saml),
        ProviderKind::Saml(Metadata::Document(text)) => (json!({ "MetadataFile": text }), &pool.attributes.saml),
        ProviderKind::Oidc { issuer, client_id, client_secret, scopes } => {
            let mut details = json!({
                "oidc_issuer": issuer,
                "client_id": client_id,
                "authorize_scopes": scopes,
                "attributes_request_method": "GET",
            });
            if let Some(secret) = client_secret {
                details["client_secret"] = secret.reveal().into();
            }
            (details, &pool.attributes.oidc)
        }
    };
    let mut mapping = shared.clone();
    mapping.extend(provider.mapping.clone());
    Some(fields(json!({ "ProviderDetails": details, "AttributeMapping": mapping })))
}

/// The API that machine clients ask for.
pub fn resource_server(server: &ResourceServer) -> Fields {
    let scopes = server.scopes.iter();
    let scopes: Vec<Value> =
        scopes.map(|(name, words)| json!({ "ScopeName": name, "ScopeDescription": words })).collect();
    fields(json!({ "Identifier": server.identifier, "Name": server.name, "Scopes": scopes }))
}

/// For how many minutes an organization's app client reuses a session of the hosted UI. `None`: it is left as it is.
pub fn reuse_minutes(pool: &Pool, organization: &Organization) -> Option<i64> {
    let sessions = pool.sessions.as_ref()?;
    Some(if organization.isolation == Isolation::Strict { 0 } else { sessions.reuse_minutes })
}

/// The branding style of an app client. `None`: it is left as it is.
pub fn branding(pool: &Pool) -> Option<Fields> {
    pool.branding.as_ref().map(|branding| match branding {
        Branding::Cognito => fields(json!({ "UseCognitoProvidedValues": true })),
        Branding::Settings(settings) => fields(json!({ "Settings": settings })),
    })
}
