//! Newtypes for the identifiers that must never be mistaken for one another.
//!
//! These rules are the picker's: wide enough for any authorization server (RFC 6749 Appendix A), narrow enough that
//! nothing unprintable travels on. The directory holds its own entries to Cognito's narrower rules.

use alloc::string::String;
use core::fmt;
use serde::Serialize;

/// An identifier that cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} must be 1 to {max} printable characters")]
pub struct IdError {
    /// The field's name on the wire.
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
            /// The text, for the wire and for comparison.
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
    /// An organization's code: what people type, what `/?tenant=` carries.
    TenantCode, "code", 64, |c| !c.is_control() && !c.is_whitespace()
}
id! {
    /// An app client's id (RFC 6749 §2.2, Appendix A.1).
    ClientId, "client_id", 256, |c| c.is_ascii_graphic()
}
id! {
    /// The provider's name in the user pool, sent as `identity_provider` and compared with the ID token's
    /// `identities[].providerName`.
    IdentityProvider, "identity_provider", 128, |c| !c.is_control()
}
id! {
    /// The `iss` of a user pool's tokens (OpenID Connect Core §2). Configured exactly, never derived.
    Issuer, "issuer", 1024, |c| c.is_ascii_graphic()
}

impl IdentityProvider {
    /// Whether the tenant's people have native accounts in the user pool, which carry no `identities` claim.
    pub fn is_native(&self) -> bool {
        self.0 == "COGNITO"
    }
}
