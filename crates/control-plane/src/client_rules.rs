//! What Cognito demands of an app client's settings beyond their shape.

use serde_json::Value;
use url::Url;

use crate::error::ApiError;
use crate::faults::take_one;
use crate::pool::{Fields, Pool, text, texts};

const STANDARD_SCOPES: [&str; 5] = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];

/// Checks the settings of a client.
///
/// # Errors
/// `InvalidParameterException`, `InvalidOAuthFlowException` or `ScopeDoesNotExistException`.
pub(crate) fn check(pool: &mut Pool, settings: &Fields, has_secret: bool) -> Result<(), ApiError> {
    check_urls(settings)?;
    check_flows(settings, has_secret)?;
    check_scopes(pool, settings)?;
    check_attributes(pool, settings)?;
    check_tokens(settings)?;
    check_providers(pool, settings)
}

fn check_providers(pool: &mut Pool, settings: &Fields) -> Result<(), ApiError> {
    for name in texts(settings, "SupportedIdentityProviders") {
        let unseen = pool.providers.get_mut(name).map(|provider| take_one(&mut provider.unseen));
        if name != "COGNITO" && unseen != Some(false) {
            let pool_id = &pool.options.pool_id;
            return Err(ApiError::invalid(format!("The provider {name} does not exist for User Pool {pool_id}.")));
        }
    }
    Ok(())
}

fn check_urls(settings: &Fields) -> Result<(), ApiError> {
    let callbacks = texts(settings, "CallbackURLs");
    for url in callbacks.iter().chain(&texts(settings, "LogoutURLs")) {
        let parsed = Url::parse(url).map_err(|_| ApiError::invalid(format!("{url} is not an absolute URL.")))?;
        let is_local = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if parsed.fragment().is_some() || (parsed.scheme() == "http" && !is_local) {
            return Err(ApiError::invalid(format!("{url} has a fragment, or is http and not of this computer.")));
        }
    }
    let default = text(settings, "DefaultRedirectURI");
    if !default.is_empty() && !callbacks.contains(&default) {
        return Err(ApiError::invalid("DefaultRedirectURI is not one of CallbackURLs."));
    }
    Ok(())
}

fn check_flows(settings: &Fields, has_secret: bool) -> Result<(), ApiError> {
    let refuse = |message: &str| Err(ApiError::new("InvalidOAuthFlowException", message));
    let flows = texts(settings, "AllowedOAuthFlows");
    let is_oauth = settings.get("AllowedOAuthFlowsUserPoolClient") == Some(&true.into());
    if is_oauth && (flows.is_empty() || texts(settings, "AllowedOAuthScopes").is_empty()) {
        return refuse(
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
        );
    }
    if !is_oauth && !flows.is_empty() {
        return Err(ApiError::invalid("AllowedOAuthFlows needs AllowedOAuthFlowsUserPoolClient to be true."));
    }
    if flows.contains(&"client_credentials") {
        if flows.len() > 1 {
            return refuse("client_credentials flow can not be selected along with code flow or implicit flow.");
        }
        if !has_secret {
            return refuse("client_credentials flow can not be selected if client does not have a client secret.");
        }
    } else if !flows.is_empty() && texts(settings, "CallbackURLs").is_empty() {
        return Err(ApiError::invalid("CallbackURLs can not be empty if code flow or implicit flow is selected."));
    }
    Ok(())
}

fn check_scopes(pool: &Pool, settings: &Fields) -> Result<(), ApiError> {
    let exists = |scope: &str| {
        let of_server = |(identifier, server): (&String, &Fields)| {
            let name = scope.strip_prefix(identifier.as_str()).and_then(|rest| rest.strip_prefix('/'));
            let scopes = server.get("Scopes").and_then(Value::as_array);
            name.is_some() && scopes.into_iter().flatten().any(|scope| scope["ScopeName"].as_str() == name)
        };
        STANDARD_SCOPES.contains(&scope) || pool.resource_servers.iter().any(of_server)
    };
    match texts(settings, "AllowedOAuthScopes").into_iter().find(|scope| !exists(scope)) {
        Some(scope) => Err(ApiError::new("ScopeDoesNotExistException", format!("{scope} does not exist."))),
        None => Ok(()),
    }
}

fn check_attributes(pool: &Pool, settings: &Fields) -> Result<(), ApiError> {
    let invalid = |kind| Err(ApiError::invalid(format!("Invalid {kind} attributes specified while creating a client")));
    for (field, kind) in [("ReadAttributes", "read"), ("WriteAttributes", "write")] {
        if texts(settings, field).iter().any(|name| !pool.attributes().any(|attribute| attribute == *name)) {
            return invalid(kind);
        }
    }
    // A list must have all required attributes (aws/aws-cdk#2608), and whether an address is verified is for Cognito to
    // say: that it refuses these two is a guess.
    let writable = texts(settings, "WriteAttributes");
    let has_all = pool.options.required_attributes.iter().all(|name| writable.contains(&name.as_str()));
    let has_verified = writable.iter().any(|name| name.ends_with("_verified"));
    if !writable.is_empty() && (!has_all || has_verified) { invalid("write") } else { Ok(()) }
}

/// Tokens are valid for five minutes to a day, refresh tokens for an hour to ten years.
fn check_tokens(settings: &Fields) -> Result<(), ApiError> {
    let units = settings.get("TokenValidityUnits").and_then(Value::as_object).cloned().unwrap_or_default();
    for (field, unit_field, default, range) in [
        ("AccessTokenValidity", "AccessToken", "hours", 300..=86_400),
        ("IdTokenValidity", "IdToken", "hours", 300..=86_400),
        ("RefreshTokenValidity", "RefreshToken", "days", 3_600..=315_360_000),
    ] {
        let unit = match units.get(unit_field).and_then(Value::as_str).unwrap_or(default) {
            "seconds" => 1,
            "minutes" => 60,
            "hours" => 3_600,
            _ => 86_400,
        };
        // 0 is as good as left out.
        let value = settings.get(field).and_then(Value::as_u64).filter(|value| *value > 0);
        if value.is_some_and(|value| !range.contains(&(value * unit))) {
            return Err(ApiError::invalid(format!("Invalid range for token validity: {field}.")));
        }
    }
    let rotates = settings.get("RefreshTokenRotation").is_some_and(|rotation| rotation["Feature"] == "ENABLED");
    if rotates && texts(settings, "ExplicitAuthFlows").contains(&"ALLOW_REFRESH_TOKEN_AUTH") {
        return Err(ApiError::invalid("ALLOW_REFRESH_TOKEN_AUTH is not allowed with refresh token rotation."));
    }
    Ok(())
}
