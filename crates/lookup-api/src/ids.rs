//! A type for each kind of identifier, so that none is taken for another.
//!
//! The picker accepts any printable identifier, as authorization servers may have ([RFC 6749 Appendix
//! A](https://www.rfc-editor.org/rfc/rfc6749#appendix-A)). The directory of `lookup-service` has Cognito's narrower
//! rules.

use alloc::string::String;
use core::fmt;
use serde::Serialize;

/// A text is not such an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} must be 1 to {max} printable characters")]
pub struct IdError {
    /// The name of the field in the lookup API.
    pub field: &'static str,
    /// The most characters it may have.
    pub max: usize,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $field:literal, $max:literal, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                let allowed: fn(char) -> bool = $allowed;
                if text.is_empty() || text.chars().count() > $max || !text.chars().all(allowed) {
                    return Err(IdError { field: $field, max: $max });
                }
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// An organization's code: people type it, and a link has it as `/?tenant=CODE`.
    TenantCode, "code", 64, |c| !c.is_control() && !c.is_whitespace()
}
id! {
    /// An app client's id ([RFC 6749 §2.2](https://www.rfc-editor.org/rfc/rfc6749#section-2.2)).
    ClientId, "client_id", 256, |c| c.is_ascii_graphic()
}
id! {
    /// The provider's name in the user pool, sent as `identity_provider` and compared with the ID token's
    /// `identities[].providerName`.
    IdentityProvider, "identity_provider", 128, |c| !c.is_control()
}
id! {
    /// The `iss` claim of a user pool's tokens ([OpenID Connect Core
    /// §2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)). It is configured, and compared character by
    /// character.
    Issuer, "issuer", 1024, |c| c.is_ascii_graphic()
}

impl IdentityProvider {
    /// Whether it is `COGNITO`: the tenant's people have native accounts in the user pool.
    pub fn is_native(&self) -> bool {
        self.0 == "COGNITO"
    }
}
