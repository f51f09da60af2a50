//! The lookup API: what the picker asks the lookup endpoint, what the endpoint responds, and how a person's text
//! becomes the question. docs/contract.md describes it for other implementations.
//!
//! Picker and endpoint are compiled with these types, so they cannot disagree. There is no I/O here, no directory (that
//! is in `lookup-service`) and no sign-in (that is in `sign-in`).
//!
//! Begin with [`Identifier::parse`], which reads what a person typed, and [`Tenant`], which is what the endpoint
//! returns.
#![no_std]

extern crate alloc;

pub mod filter;
mod identifier;
mod ids;
pub mod look_alike;
pub mod spelling;

pub use identifier::{Domain, EmailAddress, Identifier, IdentifierError, code_in_windows_name};
pub use ids::{ClientId, IdError, IdentityProvider, Issuer, TenantCode};

use alloc::string::String;
use alloc::vec::Vec;
use platform::json::Json;
use serde::{Deserialize, Serialize};

/// The body of `POST {lookup_url}`: exactly one of `{"domain": "acme.example"}`, `{"code": "acme"}` and `{"client_id":
/// "…"}`. The page sends the first two; a back end sends the third to find the tenant of a token.
///
/// There is no variant for an email address: [`Identifier::request`] sends its domain alone, and the service refuses a
/// text with an `@`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LookupRequest {
    /// A domain in any case, in Unicode or A-labels. The endpoint normalises it.
    Domain(String),
    /// An organization code.
    Code(String),
    /// An app client's id, compared character by character.
    #[serde(rename = "client_id")]
    ClientId(String),
}

/// The body of a response with status 200: the organizations that match. There may be none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LookupResponse {
    /// The organizations, in the order in which they are shown.
    pub tenants: Vec<Tenant>,
}

/// One organization, and the app client that is its own.
///
/// Unknown fields are ignored, so that an endpoint may return more than this version of the picker knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tenant {
    /// The code that people type, and that links to the picker have.
    pub code: TenantCode,
    /// The organization's name as its people know it, in any script.
    pub name: String,
    /// The domain that is shown beside the name, so that people notice a look-alike name.
    pub domain: Option<String>,
    /// The Cognito app client of this tenant.
    pub client_id: ClientId,
    /// The name of the tenant's identity provider in the user pool, or `COGNITO` for native accounts.
    pub identity_provider: IdentityProvider,
    /// The user pool's issuer. It may be missing if config.json has a single user pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Issuer>,
    /// An image's address, if the organization has one.
    pub logo: Option<String>,
    /// How far apart this organization is kept from others at the hosted UI. Where it is missing, config.json decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isolation: Option<Isolation>,
}

/// How far apart organizations are kept at the hosted UI, whose session cookie is for all app clients of a user pool
/// (AWS, "Multi-tenant application best practices").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Isolation {
    /// The hosted UI may sign a native account in to the next organization without asking, if the account is valid
    /// there.
    #[default]
    Shared,
    /// The picker signs the person out at the hosted UI before it goes to another organization.
    Strict,
}

impl Isolation {
    /// The name in config.json, tenants.toml and the lookup API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Strict => "strict",
        }
    }

    /// Reads that name. `None` if there is no such isolation.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "shared" => Some(Self::Shared),
            "strict" => Some(Self::Strict),
            _ => None,
        }
    }
}

/// A response that is not as docs/contract.md has it. Names the field that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is missing or wrong")]
pub struct Malformed(pub &'static str);

impl LookupResponse {
    /// Reads the body of a response with status 200.
    ///
    /// # Errors
    /// The field that is missing or wrong.
    pub fn parse(json: &str) -> Result<Self, Malformed> {
        let value = Json::parse(json).map_err(|_| Malformed("the body"))?;
        let tenants = value.get("tenants").and_then(Json::as_array).ok_or(Malformed("tenants"))?;
        Ok(Self { tenants: tenants.iter().map(Tenant::from_json).collect::<Result<_, _>>()? })
    }
}

impl Tenant {
    /// Reads one tenant, from a response or from a record that the picker has kept.
    ///
    /// Written by hand because serde's derived deserializer for these fields takes 5 kB (brotli) of the wasm.
    ///
    /// # Errors
    /// The field that is missing or wrong.
    pub fn from_json(value: &Json) -> Result<Self, Malformed> {
        let optional = |name: &'static str| match value.get(name) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Malformed(name)),
        };
        let required = |name: &'static str| optional(name)?.ok_or(Malformed(name));
        let wrong = |error: IdError| Malformed(error.field);
        Ok(Self {
            code: required("code")?.try_into().map_err(wrong)?,
            name: required("name")?,
            domain: optional("domain")?,
            client_id: required("client_id")?.try_into().map_err(wrong)?,
            identity_provider: required("identity_provider")?.try_into().map_err(wrong)?,
            issuer: optional("issuer")?.map(TryInto::try_into).transpose().map_err(wrong)?,
            logo: optional("logo")?,
            isolation: match optional("isolation")? {
                None => None,
                Some(text) => Some(Isolation::parse(&text).ok_or(Malformed("isolation"))?),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_request_is_an_object_with_one_string() {
        let json = |request: &LookupRequest| serde_json::to_string(request).unwrap();
        assert_eq!(json(&LookupRequest::Domain("acme.example".to_string())), r#"{"domain":"acme.example"}"#);
        assert_eq!(json(&LookupRequest::Code("acme".to_string())), r#"{"code":"acme"}"#);
        assert_eq!(json(&LookupRequest::ClientId("c1".to_string())), r#"{"client_id":"c1"}"#);
    }

    #[test]
    fn a_request_with_an_email_two_keys_or_another_type_is_refused() {
        for body in [
            r#"{"email":"a@b.example"}"#,
            r#"{"domain":"a","code":"b"}"#,
            r#"{"domain":7}"#,
            "{}",
            "[]",
            "null",
            r#""acme""#,
        ] {
            assert!(serde_json::from_str::<LookupRequest>(body).is_err(), "{body}");
        }
    }

    fn tenant(json: &str) -> Result<Tenant, Malformed> {
        Tenant::from_json(&Json::parse(json).unwrap())
    }

    #[test]
    fn optional_fields_may_be_missing_and_a_tenant_is_written_as_it_was_read() {
        let sparse = r#"{"code":"acme","name":"Acme","client_id":"c1","identity_provider":"AcmeSAML","new":1}"#;
        let read = tenant(sparse).unwrap();
        assert_eq!((read.domain, read.issuer, read.logo), (None, None, None));

        let full = r#"{"code":"acme","name":"Acme","domain":"acme.example","client_id":"c1","identity_provider":"AcmeSAML","issuer":"https://idp.example/pool","logo":null,"isolation":"strict"}"#;
        assert_eq!(serde_json::to_string(&tenant(full).unwrap()).unwrap(), full);
        let body = alloc::format!(r#"{{"tenants":[{full},{sparse}]}}"#);
        assert_eq!(LookupResponse::parse(&body).unwrap().tenants.len(), 2);
        assert_eq!(LookupResponse::parse(r#"{"tenants":[]}"#).unwrap().tenants, []);
    }

    #[test]
    fn a_wrong_field_is_named() {
        let good = r#"{"code":"acme","name":"Acme","client_id":"c1","identity_provider":"x"}"#;
        for (from, to, field) in [
            ("\"acme\"", "\"\"", "code"),
            ("\"acme\"", "\"a b\"", "code"),
            ("\"Acme\"", "null", "name"),
            ("\"c1\"", "\"a\\u0000b\"", "client_id"),
            ("\"c1\"", "7", "client_id"),
            ("\"x\"", "\"x\",\"issuer\":[]", "issuer"),
            ("\"identity_provider\"", "\"provider\"", "identity_provider"),
            ("\"x\"", "\"x\",\"isolation\":\"loose\"", "isolation"),
        ] {
            assert_eq!(tenant(&good.replacen(from, to, 1)), Err(Malformed(field)), "{to}");
        }
        for (body, field) in
            [("", "the body"), ("[]", "tenants"), (r#"{"tenants":{}}"#, "tenants"), (r#"{"tenants":[7]}"#, "code")]
        {
            assert_eq!(LookupResponse::parse(body), Err(Malformed(field)), "{body}");
        }
    }
}
