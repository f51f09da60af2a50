//! A session: verified tokens together with the tenant they belong to.

use crate::record::Record;
use crate::secrets::{AccessToken, IdTokenText, RefreshToken};
use crate::time::UnixTime;
use lookup_api::Tenant;
use serde::Serialize;

/// The sessionStorage key of the session (contract §6).
pub const SESSION_KEY: &str = "tenant-picker.session";

/// Somebody signed in to one organization. Made only by [`crate::tokens::SignedTokens::into_session`], or read back
/// from where that one was kept.
#[derive(Debug, Clone, Serialize)]
pub struct Session {
    /// The organization as the lookup gave it.
    pub tenant: Tenant,
    pub(crate) id_token: IdTokenText,
    pub(crate) access_token: AccessToken,
    pub(crate) refresh_token: Option<RefreshToken>,
    pub(crate) expires_at: UnixTime,
}

impl Session {
    /// What is kept under [`SESSION_KEY`].
    pub fn to_record(&self) -> String {
        // Serialising plain structs of strings cannot fail; an empty record would only read back as no session.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a kept session; `None` for another version's or a damaged one.
    pub fn from_record(record: &str) -> Option<Self> {
        let record = Record::read(record)?;
        Some(Self {
            tenant: record.tenant()?,
            id_token: IdTokenText::new(record.text("id_token")?),
            access_token: AccessToken::new(record.text("access_token")?),
            refresh_token: record.text("refresh_token").map(RefreshToken::new),
            expires_at: record.time("expires_at")?,
        })
    }

    /// How many seconds its tokens are good for; negative once they are not.
    pub fn seconds_left(&self, now: UnixTime) -> i64 {
        self.expires_at.seconds_since(now)
    }

    /// Whether its tokens are of no more use.
    pub fn is_expired(&self, now: UnixTime) -> bool {
        now >= self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_record_is_no_session() {
        for record in ["", "null", "{}", r#"{"tenant":{}}"#] {
            assert!(Session::from_record(record).is_none(), "{record}");
        }
    }
}
