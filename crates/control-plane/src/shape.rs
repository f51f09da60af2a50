//! Checks a request against Amazon's model of the API: which fields there are, their types, lengths, patterns and
//! values. `api.json` has the requests of botocore's model (Apache-2.0), without the texts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64ct::{Base64, Encoding};
use regex::Regex;
use serde_json::Value;

use crate::error::ApiError;

static API: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("api.json")).unwrap_or_default());

/// The pattern of each shape that has one. A value has to match as a whole.
static PATTERNS: LazyLock<BTreeMap<&str, Regex>> = LazyLock::new(|| {
    let shapes = API["shapes"].as_object().into_iter().flatten();
    let patterns = shapes.filter_map(|(name, shape)| Some((name.as_str(), shape["pattern"].as_str()?)));
    patterns.filter_map(|(name, pattern)| Some((name, Regex::new(&format!("^(?:{pattern})$")).ok()?))).collect()
});

/// Whether the API has this action. `target` is a value of X-Amz-Target.
pub(crate) fn is_action(target: &str) -> bool {
    API["actions"][target].is_string()
}

/// Checks the body of a request.
///
/// # Errors
/// `SerializationException` for an unknown field or a wrong type, `InvalidParameterException` for a wrong value.
pub(crate) fn check(target: &str, body: &Value) -> Result<(), ApiError> {
    check_value(API["actions"][target].as_str().unwrap_or_default(), body, "")
}

fn check_value(name: &str, value: &Value, path: &str) -> Result<(), ApiError> {
    let shape = &API["shapes"][name];
    match (shape["type"].as_str(), value) {
        (Some("structure"), Value::Object(_)) if shape["document"] == true => Ok(()),
        (Some("structure"), Value::Object(fields)) => {
            for (field, value) in fields {
                let member = shape["members"][field].as_str().ok_or_else(|| unknown(path, field))?;
                check_value(member, value, &join(path, field))?;
            }
            let mut required = shape["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            match required.find(|field| !fields.contains_key(*field)) {
                Some(field) => Err(refused(&Value::Null, &join(path, field), "Member must not be null")),
                None => Ok(()),
            }
        }
        (Some("map"), Value::Object(entries)) => entries.iter().try_for_each(|(key, value)| {
            check_value(shape["key"].as_str().unwrap_or_default(), &key.as_str().into(), path)?;
            check_value(shape["value"].as_str().unwrap_or_default(), value, &join(path, key))
        }),
        (Some("list"), Value::Array(members)) => {
            check_size(shape, members.len(), value, path)?;
            let member = shape["member"].as_str().unwrap_or_default();
            members.iter().try_for_each(|value| check_value(member, value, path))
        }
        (Some("string"), Value::String(text)) => {
            check_size(shape, text.chars().count(), value, path)?;
            check_text(name, text, value, path)
        }
        (Some("blob"), Value::String(text)) => {
            let bytes = Base64::decode_vec(text).map_err(|_| wrong_type(path))?;
            check_size(shape, bytes.len(), value, path)
        }
        (Some("integer"), Value::Number(number)) => check_range(shape, number.as_i64(), value, path),
        (Some("boolean"), Value::Bool(_)) => Ok(()),
        _ => Err(wrong_type(path)),
    }
}

fn check_size(shape: &Value, size: usize, value: &Value, path: &str) -> Result<(), ApiError> {
    let size = size as u64;
    if shape["min"].as_u64().is_some_and(|min| size < min) {
        return Err(refused(
            value,
            path,
            &format!("Member must have length greater than or equal to {}", shape["min"]),
        ));
    }
    if shape["max"].as_u64().is_some_and(|max| size > max) {
        return Err(refused(value, path, &format!("Member must have length less than or equal to {}", shape["max"])));
    }
    Ok(())
}

fn check_range(shape: &Value, number: Option<i64>, value: &Value, path: &str) -> Result<(), ApiError> {
    let number = number.ok_or_else(|| wrong_type(path))?;
    if shape["min"].as_i64().is_some_and(|min| number < min) {
        return Err(refused(value, path, &format!("Member must have value greater than or equal to {}", shape["min"])));
    }
    if shape["max"].as_i64().is_some_and(|max| number > max) {
        return Err(refused(value, path, &format!("Member must have value less than or equal to {}", shape["max"])));
    }
    Ok(())
}

fn check_text(name: &str, text: &str, value: &Value, path: &str) -> Result<(), ApiError> {
    let shape = &API["shapes"][name];
    if shape["enum"].as_array().is_some_and(|allowed| !allowed.contains(value)) {
        return Err(refused(value, path, &format!("Member must satisfy enum value set: {}", shape["enum"])));
    }
    if PATTERNS.get(name).is_some_and(|pattern| !pattern.is_match(text)) {
        let pattern = shape["pattern"].as_str().unwrap_or_default();
        return Err(refused(value, path, &format!("Member must satisfy regular expression pattern: {pattern}")));
    }
    Ok(())
}

/// Names a field in a message, as Amazon does: `providerDetails.client_id`.
fn join(path: &str, field: &str) -> String {
    let (first, rest) = field.split_at(field.chars().next().map_or(0, char::len_utf8));
    let field = format!("{}{rest}", first.to_lowercase());
    if path.is_empty() { field } else { format!("{path}.{field}") }
}

fn refused(value: &Value, path: &str, constraint: &str) -> ApiError {
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    ApiError::invalid(format!(
        "1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"
    ))
}

fn wrong_type(path: &str) -> ApiError {
    ApiError::new("SerializationException", format!("'{path}' has the wrong type"))
}

fn unknown(path: &str, field: &str) -> ApiError {
    ApiError::new("SerializationException", format!("'{}' is no field of this request", join(path, field)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn refuses(action: &str, body: Value, code: &str, words: &str) {
        let error = check(&format!("AWSCognitoIdentityProviderService.{action}"), &body).unwrap_err();
        assert_eq!(error.code, code, "{error}");
        assert!(error.message.contains(words), "{error}");
    }

    #[test]
    fn every_pattern_of_the_model_is_understood() {
        let shapes = API["shapes"].as_object().unwrap();
        assert_eq!(PATTERNS.len(), shapes.values().filter(|shape| shape.get("pattern").is_some()).count());
        assert!(API["actions"].as_object().unwrap().values().all(|name| shapes.contains_key(name.as_str().unwrap())));
    }

    #[test]
    fn a_request_that_is_not_of_its_shape_is_refused() {
        let (value, shape) = ("InvalidParameterException", "SerializationException");
        refuses("DescribeUserPool", json!({}), value, "'userPoolId' failed to satisfy constraint: Member must not be");
        refuses("DescribeUserPool", json!({ "UserPoolId": 7 }), shape, "userPoolId");
        refuses("DescribeUserPool", json!({ "UserPoolId": null }), shape, "userPoolId");
        refuses("DescribeUserPool", json!({ "UserPoolId": "no pool" }), value, "regular expression pattern");
        refuses("DescribeUserPool", json!({ "UserPoolId": "a_B", "Verbose": true }), shape, "'verbose' is no field");
        let client = |field: &str, value: Value| json!({ "UserPoolId": "a_B", "ClientName": "n", field: value });
        refuses("CreateUserPoolClient", client("ClientName", json!("n/n")), value, "'clientName'");
        refuses("CreateUserPoolClient", client("AuthSessionValidity", json!(2)), value, "greater than or equal to 3");
        refuses("CreateUserPoolClient", client("AuthSessionValidity", json!(3.5)), shape, "authSessionValidity");
        refuses("CreateUserPoolClient", client("AllowedOAuthFlows", json!(["pkce"])), value, "enum value set");
        refuses("CreateUserPoolClient", client("CallbackURLs", json!(vec!["https://a"; 101])), value, "equal to 100");
        refuses("CreateUserPoolClient", client("TokenValidityUnits", json!({ "Id": "days" })), shape, ".id'");
    }

    #[test]
    fn fields_that_only_create_or_describe_has_are_refused_in_an_update() {
        for field in ["ClientSecret", "LastModifiedDate", "CreationDate", "GenerateSecret"] {
            let body = json!({ "UserPoolId": "a_B", "ClientId": "c", field: true });
            refuses("UpdateUserPoolClient", body, "SerializationException", "is no field");
        }
        let body = json!({ "UserPoolId": "a_B", "ProviderName": "Acme", "ProviderType": "SAML" });
        refuses("UpdateIdentityProvider", body, "SerializationException", "providerType");
    }

    #[test]
    fn a_provider_name_has_three_characters_and_neither_spaces_nor_underscores_at_its_ends() {
        let body =
            |name| json!({ "UserPoolId": "a_B", "ProviderName": name, "ProviderType": "SAML", "ProviderDetails": {} });
        for name in ["ab", "_abc", "abc_", "ab c"] {
            refuses("CreateIdentityProvider", body(name), "InvalidParameterException", "providerName");
        }
        for name in ["abc", "Acmé", "a_cme"] {
            assert_eq!(
                check("AWSCognitoIdentityProviderService.CreateIdentityProvider", &body(name)),
                Ok(()),
                "{name}"
            );
        }
    }
}
