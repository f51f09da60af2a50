//! The claims of an ID token, and the checks of them that need nothing but the time and the tenant's provider.

use crate::jwt::JwtError;
use crate::time::{CLOCK_TOLERANCE, UnixTime};
use lookup_api::IdentityProvider;
use platform::json::{Json, Members};

/// The claims: the members of a token's payload. They prove nothing before the signature is checked.
pub struct Claims(pub(crate) Members);

/// Why a token is not valid now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeError {
    /// `exp` or `iat` is missing, or one of the times is no number.
    Malformed,
    /// `exp` has passed, by so many seconds.
    Expired(i64),
    /// `iat` or `nbf` is in the future, by so many seconds.
    NotYetValid(i64),
}

/// Why `identities` does not fit a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderError {
    /// The tenant is federated, and the token has no `identities`.
    Missing,
    /// It names other providers and not the tenant's.
    Foreign,
}

impl Claims {
    /// The claim with this name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    /// The claim with this name, if it is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Json::as_str)
    }

    /// A NumericDate ([RFC 7519 §2](https://www.rfc-editor.org/rfc/rfc7519#section-2)): a number, possibly with a
    /// fraction.
    ///
    /// # Errors
    /// [`JwtError::Malformed`] if it has any other type.
    pub fn numeric_date(&self, name: &str) -> Result<Option<f64>, JwtError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(value) => value.as_f64().filter(|n| n.is_finite()).map(Some).ok_or(JwtError::Malformed),
        }
    }

    /// Checks `exp`, `iat` and, if it is there, `nbf`, with the tolerance of [`CLOCK_TOLERANCE`].
    ///
    /// # Errors
    /// The first of them that is wrong.
    pub fn check_times(&self, now: UnixTime) -> Result<(), TimeError> {
        let (now, tolerance) = (now.0 as f64, CLOCK_TOLERANCE as f64);
        let date = |name| self.numeric_date(name).map_err(|_| TimeError::Malformed);
        let exp = date("exp")?.ok_or(TimeError::Malformed)?;
        let iat = date("iat")?.ok_or(TimeError::Malformed)?;
        let nbf = date("nbf")?.unwrap_or(iat);
        if now >= exp + tolerance {
            return Err(TimeError::Expired((now - exp) as i64));
        }
        let starts = iat.max(nbf);
        if starts > now + tolerance {
            return Err(TimeError::NotYetValid((starts - now) as i64));
        }
        Ok(())
    }

    /// Checks that `identities` is plausible for a tenant with this provider. It lists every provider that the profile
    /// is linked to, and does not say with which of them the person has just signed in (AWS, "Linking federated users
    /// to an existing user profile"). So it cannot keep tenants apart; `aud` does.
    ///
    /// A federated tenant's provider must be in the list. A native account (`COGNITO`) may be linked to providers, as
    /// long as none of them created the profile (`primary`).
    ///
    /// # Errors
    /// Why it is not.
    pub fn check_provider(&self, provider: &IdentityProvider) -> Result<(), ProviderError> {
        let identities = match self.get("identities") {
            None | Some(Json::Null) => &[],
            Some(Json::Array(list)) => list.as_slice(),
            Some(_) => return Err(ProviderError::Foreign),
        };
        let is_primary = |identity: &Json| match identity.get("primary") {
            Some(Json::Bool(flag)) => *flag,
            Some(Json::String(text)) => text == "true",
            _ => false,
        };
        let is_ours = |identity: &Json| identity.get("providerName").and_then(Json::as_str) == Some(provider.as_str());
        match identities {
            list if provider.is_native() && !list.iter().any(is_primary) => Ok(()),
            [] => Err(ProviderError::Missing),
            list if !provider.is_native() && list.iter().any(is_ours) => Ok(()),
            _ => Err(ProviderError::Foreign),
        }
    }
}
