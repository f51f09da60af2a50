//! A session: verified tokens together with the tenant they belong to.

use crate::record::Record;
use crate::secrets::{AccessToken, IdTokenText, RefreshToken};
use crate::time::UnixTime;
use id_token::jwt::Jwt;
use lookup_api::{EmailAddress, Tenant};
use serde::Serialize;

/// The sessionStorage key of the session (docs/contract.md).
pub const SESSION_KEY: &str = "tenant-picker.session";

/// A person's session at one organization. It comes from [`crate::tokens::SignedTokens::into_session`], or from the
/// record of such a one.
#[derive(Debug, Clone, Serialize)]
pub struct Session {
    /// The organization, as the lookup returned it.
    pub tenant: Tenant,
    pub(crate) id_token: IdTokenText,
    pub(crate) access_token: AccessToken,
    pub(crate) refresh_token: Option<RefreshToken>,
    pub(crate) expires_at: UnixTime,
}

impl Session {
    /// The record to keep under [`SESSION_KEY`].
    pub fn to_record(&self) -> String {
        // Serializing structs of strings cannot fail. An empty record would be read as no session.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a kept record. `None` if it is damaged or of another version.
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

    /// The ID token, which proves to the memberships endpoint who the person is.
    pub fn id_token(&self) -> &IdTokenText {
        &self.id_token
    }

    /// The person's email address, if the ID token has one. It is what is shown, so that people see who they are signed
    /// in as.
    pub fn email(&self) -> Option<String> {
        Some(Jwt::parse(self.id_token.secret()).ok()?.claims.text("email")?.to_owned())
    }

    /// For how many seconds the tokens are valid; negative if they have expired.
    pub fn seconds_left(&self, now: UnixTime) -> i64 {
        self.expires_at.seconds_since(now)
    }

    /// Whether the tokens have expired.
    pub fn is_expired(&self, now: UnixTime) -> bool {
        now >= self.expires_at
    }
}

/// A new session, and what the person asked for when the sign-in began.
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Where the person wanted to go. It comes from storage and has to be checked again before it is followed.
    pub return_to: Option<String>,
    /// The email address, if one was typed.
    pub login_hint: Option<String>,
}

/// The person typed one email address and was signed in as another: a provider may reuse an account that is signed in
/// there. The person has to choose which of the two they want.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherAccount {
    /// The email address that was typed.
    pub login_hint: String,
    /// Where the person wanted to go. It has to be checked before it is followed.
    pub return_to: Option<String>,
}

/// The sessionStorage key of the [`OtherAccount`], so that the question is asked again if the page is loaded again.
pub const OTHER_ACCOUNT_KEY: &str = "tenant-picker.other-account";

impl OtherAccount {
    /// The question that a sign-in leaves open. `None` if the account is the one that was typed, or no address was
    /// typed, or the ID token has none.
    pub fn of(signed_in: &SignedIn) -> Option<Self> {
        let (typed, email) = (signed_in.login_hint.as_deref()?, signed_in.session.email()?);
        let differs = EmailAddress::is_same(typed, &email) == Some(false);
        differs.then(|| Self { login_hint: typed.to_owned(), return_to: signed_in.return_to.clone() })
    }

    /// The record to keep under [`OTHER_ACCOUNT_KEY`].
    pub fn to_record(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a kept record. `None` if it is damaged.
    pub fn from_record(record: &str) -> Option<Self> {
        let record = Record::read(record)?;
        Some(Self { login_hint: record.text("login_hint")?, return_to: record.text("return_to") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::base64url;
    use crate::tests::tenant;

    fn signed_in(typed: Option<&str>, email: &str) -> SignedIn {
        let part = |text: &str| base64url(text.as_bytes());
        let claims = format!(r#"{{"email":"{email}"}}"#);
        let id_token = [part(r#"{"alg":"RS256"}"#), part(&claims), part("sig")].join(".");
        let session = Session {
            tenant: tenant(),
            id_token: IdTokenText::new(id_token),
            access_token: AccessToken::new("a".to_owned()),
            refresh_token: None,
            expires_at: UnixTime(0),
        };
        SignedIn { session, return_to: Some("/deep".to_owned()), login_hint: typed.map(str::to_owned) }
    }

    #[test]
    fn another_account_than_the_one_that_was_typed_is_noticed() {
        let waiting = OtherAccount { login_hint: "ada@acme.example".to_owned(), return_to: Some("/deep".to_owned()) };
        assert_eq!(
            OtherAccount::of(&signed_in(Some("ada@acme.example"), "alan@acme.example")).as_ref(),
            Some(&waiting)
        );
        assert_eq!(OtherAccount::from_record(&waiting.to_record()), Some(waiting));
        for (typed, email) in [
            (Some("ada@acme.example"), "Ada@ACME.example"),
            (Some("ada@acme.example"), "no address"),
            (None, "alan@acme.example"),
        ] {
            assert_eq!(OtherAccount::of(&signed_in(typed, email)), None, "{typed:?} {email}");
        }
    }

    #[test]
    fn a_damaged_record_is_no_session() {
        for record in ["", "null", "{}", r#"{"tenant":{}}"#] {
            assert!(Session::from_record(record).is_none(), "{record}");
        }
    }
}
