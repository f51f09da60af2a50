//! The wire between the picker and the lookup endpoint: what is asked, what is answered.
//!
//! Both sides compile against these types. There is no I/O here, no matching (that is the service's directory) and
//! no sign-in (that is the `sign-in` crate).
#![no_std]

extern crate alloc;

mod identifier;
mod ids;

pub use identifier::{EmailAddress, Identifier, IdentifierError};
pub use ids::{ClientId, IdError, IdentityProvider, Issuer, TenantCode};

use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The body of `POST {lookup_url}`: exactly one of `{"domain": "acme.example"}` and `{"code": "acme"}`.
///
/// There is deliberately no variant that could carry an email address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LookupRequest {
    /// A domain as typed: any case, Unicode or A-labels. The endpoint normalises it.
    Domain(String),
    /// An organization code.
    Code(String),
}

/// The body of a 200: the organizations that match, none of them being an answer like any other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookupResponse {
    /// In the order in which a person should see them.
    pub tenants: Vec<Tenant>,
}

/// One organization and the app client that belongs to it alone.
///
/// Unknown fields are let pass, so that an endpoint may learn to say more before the picker does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// What people type and bookmarks carry.
    pub code: TenantCode,
    /// The organization's name as its people know it, in any script.
    pub name: String,
    /// The domain shown beside the name, the best defence against look-alike names.
    #[serde(default)]
    pub domain: Option<String>,
    /// The Cognito app client of this tenant.
    pub client_id: ClientId,
    /// The name of the tenant's identity provider in the user pool, or `COGNITO` for native accounts.
    pub identity_provider: IdentityProvider,
    /// The user pool's issuer; may be left out where the picker is configured with a single user pool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Issuer>,
    /// An image's address, if the organization has one.
    #[serde(default)]
    pub logo: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_request_is_one_key_and_one_string() {
        let json = |request: &LookupRequest| serde_json::to_string(request).unwrap();
        assert_eq!(json(&LookupRequest::Domain("acme.example".to_string())), r#"{"domain":"acme.example"}"#);
        assert_eq!(json(&LookupRequest::Code("acme".to_string())), r#"{"code":"acme"}"#);
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

    #[test]
    fn an_answer_may_leave_out_what_is_optional_and_is_written_back_as_it_came() {
        let sparse = r#"{"code":"acme","name":"Acme","client_id":"c1","identity_provider":"AcmeSAML"}"#;
        let tenant: Tenant = serde_json::from_str(sparse).unwrap();
        assert_eq!((tenant.domain, tenant.issuer, tenant.logo), (None, None, None));

        let full = r#"{"code":"acme","name":"Acme","domain":"acme.example","client_id":"c1","identity_provider":"AcmeSAML","issuer":"https://idp.example/pool","logo":null}"#;
        let tenant: Tenant = serde_json::from_str(full).unwrap();
        assert_eq!(serde_json::to_string(&tenant).unwrap(), full);
    }

    #[test]
    fn an_answer_with_an_empty_or_unprintable_id_is_refused_by_field() {
        let body = "{\"code\":\"acme\",\"name\":\"Acme\",\"client_id\":\"a\\u0000b\",\"identity_provider\":\"x\"}";
        let error = serde_json::from_str::<Tenant>(body).unwrap_err().to_string();
        assert!(error.contains("client_id"), "{error}");
    }
}
