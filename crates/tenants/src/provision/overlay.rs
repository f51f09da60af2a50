//! Compares what Cognito describes with what should be there, and writes the update: everything that was described, with
//! our fields over it. Cognito resets what an update leaves out. No I/O.

use crate::cognito::Fields;
use serde_json::{Value, json};
use std::collections::HashSet;

/// A field that is not as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its name in Cognito's API, such as `CallbackURLs` or `ProviderDetails.MetadataURL`.
    pub field: String,
    /// What is there. Null if it is not there.
    pub from: Value,
    /// What should be there. Null if it should not be there.
    pub to: Value,
}

/// What stands for a secret in a [`Change`].
const SECRET: &str = "(secret)";

/// What an app client is described with and an update does not take.
const CLIENT_READ_ONLY: [&str; 3] = ["ClientSecret", "LastModifiedDate", "CreationDate"];
/// The same for a provider.
const PROVIDER_READ_ONLY: [&str; 3] = ["ProviderType", "LastModifiedDate", "CreationDate"];
/// What Cognito adds to the details of a provider by itself.
const DERIVED_DETAILS: [&str; 4] =
    ["ActiveEncryptionCertificate", "SSORedirectBindingURI", "SLORedirectBindingURI", "attributes_url_add_attributes"];
/// What Cognito has read at the issuer, and reads again if it is another one.
const DISCOVERED_DETAILS: [&str; 4] = ["authorize_url", "token_url", "attributes_url", "jwks_uri"];

/// Whether a field is not an operator's but Cognito's, so that a difference is none.
fn is_derived(name: &str) -> bool {
    DERIVED_DETAILS.contains(&name) || DISCOVERED_DETAILS.contains(&name)
}

/// The changes that make an app client as it should be, and the request for them.
pub fn client(described: &Fields, wanted: &Fields) -> (Vec<Change>, Fields) {
    let mut request = described.clone();
    for name in CLIENT_READ_ONLY {
        request.remove(name);
    }
    let same_lives = lives(described, wanted) == lives(wanted, wanted);
    let mut changes = Vec::new();
    for (name, to) in wanted {
        let from = described.get(name).unwrap_or(&Value::Null);
        let is_life = name.ends_with("TokenValidity") || name == "TokenValidityUnits";
        if if is_life { same_lives } else { is_same(name, from, to) } {
            continue;
        }
        if from != to {
            changes.push(Change { field: name.clone(), from: from.clone(), to: to.clone() });
        }
        let to = if name == "TokenValidityUnits" { joined(from, to) } else { to.clone() };
        request.insert(name.clone(), to);
    }
    (changes, request)
}

/// The lives of the tokens that are wanted, in seconds. The default of an access token and an ID token is an hour, and
/// that of a refresh token 30 days
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html>).
fn lives(client: &Fields, wanted: &Fields) -> Vec<Option<i64>> {
    let tokens = [("AccessToken", 1, "hours"), ("IdToken", 1, "hours"), ("RefreshToken", 30, "days")];
    let seconds = |(token, default, default_unit): (&str, i64, &str)| {
        let field = format!("{token}Validity");
        wanted.get(&field)?;
        // Cognito describes the default life of a token as 0, or does not describe it.
        let life = client.get(&field).and_then(Value::as_i64).filter(|&life| life != 0);
        let unit =
            client.get("TokenValidityUnits").and_then(|units| units.get(token)?.as_str()).unwrap_or(default_unit);
        let unit = match (life, unit) {
            (None, _) if default_unit == "hours" => 3600,
            (None, _) | (_, "days") => 86_400,
            (_, "hours") => 3600,
            (_, "minutes") => 60,
            _ => 1,
        };
        Some(life.unwrap_or(default).saturating_mul(unit))
    };
    tokens.into_iter().map(seconds).collect()
}

/// An object with the fields of both. The second one's go first.
fn joined(one: &Value, other: &Value) -> Value {
    let mut fields = one.as_object().cloned().unwrap_or_default();
    fields.extend(other.as_object().cloned().unwrap_or_default());
    Value::Object(fields)
}

/// Whether what is there counts as what should be there. Lists are sets in Cognito's API, and what is not there is
/// what Cognito takes for it.
fn is_same(name: &str, from: &Value, to: &Value) -> bool {
    match (from, to) {
        (Value::Array(from), Value::Array(to)) => {
            let set = |list: &[Value]| list.iter().map(Value::to_string).collect::<HashSet<_>>();
            set(from) == set(to)
        }
        // Without a list, an app client may read and write all standard attributes.
        (Value::Null, Value::Array(to)) if name.ends_with("Attributes") => {
            !to.iter().any(|attribute| attribute.as_str().is_some_and(|name| name.starts_with("custom:")))
        }
        (Value::Null, Value::Array(to)) => to.is_empty(),
        (Value::Null, Value::Bool(to)) => !to,
        (from, to) if name == "RefreshTokenRotation" => rotation(from) == rotation(to),
        (from, to) => from == to,
    }
}

/// Whether refresh tokens are replaced, and the grace in seconds.
fn rotation(value: &Value) -> (bool, i64) {
    let is_on = value.get("Feature").is_some_and(|feature| feature == "ENABLED");
    let grace = value.get("RetryGracePeriodSeconds").and_then(Value::as_i64).unwrap_or_default();
    (is_on, if is_on { grace } else { 0 })
}

/// The changes that make a provider as it should be, and the request for them.
pub fn provider(described: &Fields, wanted: &Fields) -> (Vec<Change>, Fields) {
    let mut request = described.clone();
    for name in PROVIDER_READ_ONLY {
        request.remove(name);
    }
    let empty = Fields::new();
    let part = |fields: &Fields, name: &str| fields.get(name).and_then(Value::as_object).unwrap_or(&empty).clone();
    let (mut details, wanted_details) = (part(described, "ProviderDetails"), part(wanted, "ProviderDetails"));
    let mut changes = Vec::new();
    // Metadata come from one place.
    for (wanted, other) in [("MetadataURL", "MetadataFile"), ("MetadataFile", "MetadataURL")] {
        if wanted_details.contains_key(wanted) {
            details.remove(other);
        }
    }
    if details.get("oidc_issuer") != wanted_details.get("oidc_issuer") {
        details.retain(|name, _| !DISCOVERED_DETAILS.contains(&name.as_str()));
    }
    details.retain(|name, _| !DERIVED_DETAILS.contains(&name.as_str()));
    for (name, to) in &wanted_details {
        let from = details.insert(name.clone(), to.clone()).unwrap_or_default();
        // A secret that is not described cannot be compared.
        if from == *to || (is_secret(name) && from.is_null()) {
            continue;
        }
        // Somebody has chosen the other method.
        if name == "attributes_request_method" && !from.is_null() {
            details.insert(name.clone(), from);
            continue;
        }
        let field = format!("ProviderDetails.{name}");
        changes.push(if is_secret(name) {
            Change { field, from: SECRET.into(), to: SECRET.into() }
        } else {
            Change { field, from, to: to.clone() }
        });
    }
    let (mapping, mut wanted_mapping) = (part(described, "AttributeMapping"), part(wanted, "AttributeMapping"));
    // Cognito maps `username` by itself.
    if let Some(username) = mapping.get("username") {
        wanted_mapping.entry("username").or_insert_with(|| username.clone());
    }
    if mapping != wanted_mapping {
        changes.push(Change {
            field: "AttributeMapping".to_owned(),
            from: mapping.into(),
            to: wanted_mapping.clone().into(),
        });
    }
    request.insert("ProviderDetails".to_owned(), details.into());
    request.insert("AttributeMapping".to_owned(), wanted_mapping.into());
    (changes, request)
}

fn is_secret(name: &str) -> bool {
    name == "client_secret" || name == "ClientSecret"
}

/// The changes that make a resource server as it should be, and the request for them. Scopes of others stay: an
/// application may ask for them.
pub fn resource_server(described: &Fields, wanted: &Fields) -> (Vec<Change>, Fields) {
    let mut request = described.clone();
    let mut changes = Vec::new();
    if described.get("Name") != wanted.get("Name") {
        let name = |fields: &Fields| fields.get("Name").cloned().unwrap_or_default();
        changes.push(Change { field: "Name".to_owned(), from: name(described), to: name(wanted) });
        request.insert("Name".to_owned(), name(wanted));
    }
    let list = |fields: &Fields| fields.get("Scopes").and_then(Value::as_array).cloned().unwrap_or_default();
    let name = |scope: &Value| scope.get("ScopeName").cloned().unwrap_or_default();
    let mut scopes = list(described);
    for scope in list(wanted) {
        let there = scopes.iter().position(|there| name(there) == name(&scope));
        let from = there.map(|at| scopes[at].clone()).unwrap_or_default();
        if from == scope {
            continue;
        }
        match there {
            Some(at) => scopes[at] = scope.clone(),
            None => scopes.push(scope.clone()),
        }
        changes.push(Change { field: "Scopes".to_owned(), from, to: scope });
    }
    request.insert("Scopes".to_owned(), json!(scopes));
    (changes, request)
}

/// Everything of something new, as changes from nothing.
pub fn all_new(wanted: &Fields) -> Vec<Change> {
    let change = |(field, to): (&String, &Value)| {
        let mut to = to.clone();
        if let Some(secret) = to.get_mut("client_secret") {
            *secret = SECRET.into();
        }
        Change { field: field.clone(), from: Value::Null, to }
    };
    wanted.iter().map(change).collect()
}

/// Whether two descriptions of one thing say the same, apart from dates and what Cognito derives.
pub fn is_unchanged(one: &Fields, other: &Fields) -> bool {
    let own = |fields: &Fields| {
        let mut fields = fields.clone();
        fields.retain(|name, _| !name.ends_with("Date"));
        if let Some(details) = fields.get_mut("ProviderDetails").and_then(Value::as_object_mut) {
            details.retain(|name, _| !is_derived(name));
        }
        fields
    };
    own(one) == own(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fields(value: Value) -> Fields {
        value.as_object().unwrap().clone()
    }

    fn changed(described: Value, wanted: Value) -> Vec<String> {
        client(&fields(described), &fields(wanted)).0.into_iter().map(|change| change.field).collect()
    }

    #[test]
    fn what_cognito_takes_for_a_missing_field_is_no_change() {
        for (described, wanted) in [
            (json!({}), json!({ "LogoutURLs": [] })),
            (json!({}), json!({ "AllowedOAuthFlowsUserPoolClient": false })),
            (json!({}), json!({ "RefreshTokenRotation": { "Feature": "DISABLED" } })),
            (
                json!({ "RefreshTokenRotation": { "Feature": "DISABLED", "RetryGracePeriodSeconds": 0 } }),
                json!({ "RefreshTokenRotation": { "Feature": "DISABLED" } }),
            ),
            (json!({}), json!({ "ReadAttributes": ["email"] })),
            (json!({ "CallbackURLs": ["a", "b"] }), json!({ "CallbackURLs": ["b", "a"] })),
            (
                json!({ "AccessTokenValidity": 1, "RefreshTokenValidity": 30 }),
                json!({
                    "AccessTokenValidity": 60,
                    "RefreshTokenValidity": 30,
                    "TokenValidityUnits": { "AccessToken": "minutes", "RefreshToken": "days" },
                }),
            ),
            (json!({}), json!({ "AccessTokenValidity": 60, "TokenValidityUnits": { "AccessToken": "minutes" } })),
        ] {
            assert!(changed(described.clone(), wanted.clone()).is_empty(), "{described} {wanted}");
        }
    }

    #[test]
    fn what_differs_is_a_change() {
        for (described, wanted, field) in [
            (json!({}), json!({ "AllowedOAuthFlowsUserPoolClient": true }), "AllowedOAuthFlowsUserPoolClient"),
            (json!({}), json!({ "ReadAttributes": ["custom:tenant"] }), "ReadAttributes"),
            (json!({ "CallbackURLs": ["a", "b"] }), json!({ "CallbackURLs": ["a"] }), "CallbackURLs"),
            (
                json!({ "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 0 } }),
                json!({ "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 5 } }),
                "RefreshTokenRotation",
            ),
            (
                json!({ "AccessTokenValidity": 60, "TokenValidityUnits": { "AccessToken": "seconds" } }),
                json!({ "AccessTokenValidity": 60, "TokenValidityUnits": { "AccessToken": "minutes" } }),
                "TokenValidityUnits",
            ),
        ] {
            assert_eq!(changed(described.clone(), wanted.clone()), [field], "{described} {wanted}");
        }
    }

    #[test]
    fn an_update_sends_back_everything_but_what_cognito_writes_itself() {
        let described = json!({
            "ClientId": "1", "ClientSecret": "s3cret", "LastModifiedDate": 1.5, "CreationDate": 1.5,
            "AnalyticsConfiguration": { "ApplicationId": "2" }, "CallbackURLs": ["old"],
        });
        let (_, request) = client(&fields(described), &fields(json!({ "CallbackURLs": ["new"] })));
        let wanted =
            json!({ "ClientId": "1", "AnalyticsConfiguration": { "ApplicationId": "2" }, "CallbackURLs": ["new"] });
        assert_eq!(Value::Object(request), wanted);
    }

    #[test]
    fn derived_details_of_a_provider_are_no_change_and_a_new_issuer_is_discovered_anew() {
        let described = fields(json!({
            "ProviderName": "A",
            "ProviderDetails": {
                "oidc_issuer": "https://old.example", "client_id": "1", "client_secret": "s3cret",
                "jwks_uri": "https://old.example/keys", "attributes_url_add_attributes": "false",
            },
            "AttributeMapping": { "email": "email", "username": "sub" },
        }));
        let wanted = |issuer: &str| {
            fields(json!({
                "ProviderDetails": { "oidc_issuer": issuer, "client_id": "1" },
                "AttributeMapping": { "email": "email" },
            }))
        };
        let (changes, request) = provider(&described, &wanted("https://old.example"));
        assert!(changes.is_empty(), "{changes:?}");
        assert_eq!(request["ProviderDetails"]["jwks_uri"], "https://old.example/keys");
        let (changes, request) = provider(&described, &wanted("https://new.example"));
        assert_eq!(changes[0].field, "ProviderDetails.oidc_issuer");
        let kept = json!({ "oidc_issuer": "https://new.example", "client_id": "1", "client_secret": "s3cret" });
        assert_eq!(request["ProviderDetails"], kept);
    }

    #[test]
    fn a_secret_that_differs_is_a_change_that_does_not_show_it() {
        let details = |secret: &str| fields(json!({ "ProviderDetails": { "client_secret": secret } }));
        let (changes, request) = provider(&details("one"), &details("two"));
        assert_eq!(
            changes,
            [Change { field: "ProviderDetails.client_secret".to_owned(), from: SECRET.into(), to: SECRET.into() }]
        );
        assert_eq!(request["ProviderDetails"]["client_secret"], "two");
        assert!(provider(&fields(json!({})), &details("two")).0.is_empty(), "what is not described cannot be compared");
    }

    #[test]
    fn metadata_come_from_one_place() {
        let (changes, request) = provider(
            &fields(json!({ "ProviderDetails": { "MetadataURL": "https://a.example", "MetadataFile": "<old/>" } })),
            &fields(json!({ "ProviderDetails": { "MetadataFile": "<new/>" } })),
        );
        assert_eq!(changes.len(), 1);
        assert_eq!(request["ProviderDetails"], json!({ "MetadataFile": "<new/>" }));
    }

    #[test]
    fn scopes_of_others_stay() {
        let server = |scopes: Value| fields(json!({ "Identifier": "api", "Name": "api", "Scopes": scopes }));
        let scope = |name: &str, words: &str| json!({ "ScopeName": name, "ScopeDescription": words });
        let described = server(json!([scope("theirs", "T"), scope("ours", "old")]));
        let (changes, request) = resource_server(&described, &server(json!([scope("ours", "new")])));
        assert_eq!(changes.len(), 1);
        assert_eq!(request["Scopes"], json!([scope("theirs", "T"), scope("ours", "new")]));
    }

    fn any_list() -> impl Strategy<Value = Value> {
        prop::collection::vec("[ab]{1,2}", 0..3).prop_map(|list| json!(list))
    }

    fn any_client() -> impl Strategy<Value = Fields> {
        let unit = || prop::sample::select(vec!["seconds", "minutes", "hours", "days"]);
        let rotation = prop_oneof![
            Just(json!({ "Feature": "DISABLED" })),
            (0..9).prop_map(|grace| json!({ "Feature": "ENABLED", "RetryGracePeriodSeconds": grace })),
        ];
        let fields = (
            any_list(),
            (0..200).prop_map(Value::from),
            (unit(), unit()).prop_map(|(access, id)| json!({ "AccessToken": access, "IdToken": id })),
            rotation,
            any_list(),
            any::<bool>().prop_map(Value::from),
            any_list(),
        );
        (fields, any::<[bool; 7]>()).prop_map(|((urls, life, units, rotation, read, revocation, new), is_there)| {
            let names = [
                "CallbackURLs",
                "AccessTokenValidity",
                "TokenValidityUnits",
                "RefreshTokenRotation",
                "ReadAttributes",
                "EnableTokenRevocation",
                "SomethingNew",
            ];
            let fields = names.into_iter().map(str::to_owned).zip([urls, life, units, rotation, read, revocation, new]);
            fields.zip(is_there).filter(|(_, is_there)| *is_there).map(|(field, _)| field).collect()
        })
    }

    proptest! {
        #[test]
        fn after_the_update_nothing_is_left_to_change_and_nothing_else_has_changed(
            described in any_client(),
            wanted in any_client(),
        ) {
            let (changes, request) = client(&described, &wanted);
            prop_assert!(client(&request, &wanted).0.is_empty(), "{:?} {:?}", changes, request);
            for (name, value) in described.iter().filter(|(name, _)| !wanted.contains_key(*name)) {
                prop_assert_eq!(&request[name], value);
            }
        }
    }
}
