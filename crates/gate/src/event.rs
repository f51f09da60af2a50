//! Reads the events of Cognito, versions 1 to 3, and writes the response into them.

use serde_json::{Map, Value, json};

/// What an event says about who asks for tokens. Without it there are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The app client that the tokens are for.
    pub client_id: String,
    /// What leads to the tokens.
    pub trigger: Trigger,
    /// The verified email address.
    pub verified_email: Option<String>,
    /// The names of the providers that the profile is linked to.
    pub providers: Vec<String>,
    /// Whether the profile came from a provider and has no password in the pool.
    pub is_external: bool,
    /// The groups of the profile.
    pub groups: Vec<String>,
    /// The value of the attribute that each provider sets to its own name. Empty if the profile has none; `None` if the
    /// operator has no such attribute.
    pub provider_attribute: Option<String>,
}

/// What leads to tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// Somebody signs in.
    SignIn,
    /// A refresh token is redeemed. The provider attribute may be of another sign-in since.
    Refresh,
    /// A back end asks with its secret. Only in version 3.
    ClientCredentials,
}

/// The event is not one that this program knows. Nobody gets tokens by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the event has no {0}, or it is of another version")]
pub struct Unknown(&'static str);

impl Request {
    /// Reads an event. `attribute` is the name of the attribute that each provider sets to its own name.
    ///
    /// # Errors
    /// [`Unknown`] names what is missing.
    pub fn read(event: &Value, attribute: Option<&str>) -> Result<Self, Unknown> {
        version(event)?;
        let client_id = event["callerContext"]["clientId"].as_str().filter(|id| !id.is_empty());
        let client_id = client_id.ok_or(Unknown("callerContext.clientId"))?.to_owned();
        let trigger = match event["triggerSource"].as_str().ok_or(Unknown("triggerSource"))? {
            "TokenGeneration_RefreshTokens" => Trigger::Refresh,
            "TokenGeneration_ClientCredentials" => Trigger::ClientCredentials,
            source if source.starts_with("TokenGeneration_") => Trigger::SignIn,
            _ => return Err(Unknown("known triggerSource")),
        };
        let attributes = &event["request"]["userAttributes"];
        if !attributes.is_object() && trigger != Trigger::ClientCredentials {
            return Err(Unknown("request.userAttributes"));
        }
        let text = |name: &str| attributes[name].as_str().map(str::to_owned);
        // Attributes are strings. Another true than this one is none.
        let is_verified = attributes["email_verified"] == "true";
        let groups = event["request"]["groupConfiguration"]["groupsToOverride"].as_array();
        let groups = groups.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        Ok(Self {
            client_id,
            trigger,
            verified_email: text("email").filter(|_| is_verified),
            providers: providers(&attributes["identities"]),
            is_external: attributes["cognito:user_status"] == "EXTERNAL_PROVIDER",
            groups,
            provider_attribute: attribute.map(|name| text(name).unwrap_or_default()),
        })
    }
}

fn version(event: &Value) -> Result<u8, Unknown> {
    match event["version"].as_str() {
        Some("1") => Ok(1),
        Some("2") => Ok(2),
        Some("3") => Ok(3),
        _ => Err(Unknown("version 1, 2 or 3")),
    }
}

/// The names of the providers in `identities`, which is a list written as a string.
fn providers(identities: &Value) -> Vec<String> {
    let list: Vec<Value> = identities.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    list.iter().filter_map(|identity| identity["providerName"].as_str()).map(str::to_owned).collect()
}

/// Adds the claim `tenant` to the tokens: to the ID token in version 1, to both in versions 2 and 3.
///
/// # Errors
/// [`Unknown`], if the event is of another version.
pub fn add_tenant(mut event: Value, code: &str) -> Result<Value, Unknown> {
    let claims = json!({ "claimsToAddOrOverride": { "tenant": code } });
    let response = match version(&event)? {
        1 => json!({ "claimsOverrideDetails": claims }),
        _ => json!({
            "claimsAndScopeOverrideDetails": { "idTokenGeneration": claims, "accessTokenGeneration": claims }
        }),
    };
    event.as_object_mut().unwrap_or(&mut Map::new()).insert("response".to_owned(), response);
    Ok(event)
}
