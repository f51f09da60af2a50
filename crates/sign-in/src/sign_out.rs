//! Signing out at the hosted UI: when the person asks for it, and before a sign-in at another organization that is to
//! be kept apart.
//!
//! The hosted UI's session cookie is for all app clients of a user pool (AWS, "Managing user sessions"). Without a
//! sign-out, the native account of one organization would be signed in to the next without a question.

use crate::hand_back::is_login_url;
use crate::session::Session;
use crate::tokens::TokenRequest;
use deployment::{Deployment, UnknownIssuer};
use lookup_api::{Isolation, Tenant};

/// The address of the hosted UI's sign-out for this tenant (AWS, "Logout endpoint"). It ends the session cookie and
/// redirects to the picker's `logout_uri`.
///
/// # Errors
/// [`UnknownIssuer`] if config.json does not name the tenant's user pool.
pub fn logout_url(deployment: &Deployment, tenant: &Tenant) -> Result<String, UnknownIssuer> {
    let pool = deployment.user_pool(tenant)?;
    Ok(pool
        .endpoint_with_query("/logout")
        .append_pair("client_id", tenant.client_id.as_str())
        .append_pair("logout_uri", &deployment.logout_uri)
        .finish())
}

/// The request that revokes a session's refresh token ([RFC 7009
/// §2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1); AWS, "Revoke endpoint"). `None` if there is no refresh
/// token, or config.json no longer names the session's user pool.
pub fn revocation(deployment: &Deployment, session: &Session) -> Option<TokenRequest> {
    let token = session.refresh_token.as_ref()?;
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("token", token.secret())
        .append_pair("client_id", session.tenant.client_id.as_str())
        .finish();
    Some(TokenRequest { url: deployment.user_pool(&session.tenant).ok()?.endpoint("/oauth2/revoke"), body })
}

/// The last sign-in at a hosted UI in this browser: how far apart its organization is kept, and how to sign out there.
///
/// It names neither the person nor the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    isolation: Isolation,
    logout_url: String,
}

impl Visit {
    /// The visit that a sign-in at this tenant will be.
    ///
    /// # Errors
    /// [`UnknownIssuer`] if config.json does not name the tenant's user pool.
    pub fn to(deployment: &Deployment, tenant: &Tenant) -> Result<Self, UnknownIssuer> {
        Ok(Self { isolation: deployment.isolation_of(tenant), logout_url: logout_url(deployment, tenant)? })
    }

    /// The address of the sign-out that has to come before a sign-in at `tenant`. `None` if none has to: this visit was
    /// to the same organization or another user pool, or neither of the two organizations is to be kept apart.
    pub fn sign_out_before(&self, deployment: &Deployment, tenant: &Tenant) -> Option<&str> {
        let next = Self::to(deployment, tenant).ok()?;
        // The record could have been changed by another script of this origin. So only a sign-out of the tenant's own
        // user pool is followed.
        let (endpoint, _) = next.logout_url.split_once('?')?;
        let is_of_the_same_pool = self.logout_url.strip_prefix(endpoint)?.starts_with('?');
        let is_strict = self.isolation == Isolation::Strict || next.isolation == Isolation::Strict;
        (is_of_the_same_pool && is_strict && self.logout_url != next.logout_url).then_some(&self.logout_url)
    }

    /// The record to keep.
    pub fn to_record(&self) -> String {
        [self.isolation.as_str(), " ", &self.logout_url].concat()
    }

    /// Reads a kept record. `None` if it is damaged.
    pub fn from_record(record: &str) -> Option<Self> {
        let (isolation, logout_url) = record.split_once(' ')?;
        Some(Self { isolation: Isolation::parse(isolation)?, logout_url: logout_url.to_owned() })
    }
}

/// A sign-out at the hosted UI that has begun, kept in the tab until the hosted UI sends the person back.
///
/// It has no `Debug`: the address may be an authorization request, with its secrets.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PendingSignOut {
    /// The sign-in that follows, if one does.
    pub next_visit: Option<Visit>,
    /// The address to continue at, if there is one. It has to pass [`may_continue_at`].
    pub continue_at: Option<String>,
}

impl PendingSignOut {
    /// The record to keep.
    pub fn to_record(&self) -> String {
        let visit = self.next_visit.as_ref().map(Visit::to_record).unwrap_or_default();
        [&visit, "\n", self.continue_at.as_deref().unwrap_or_default()].concat()
    }

    /// Reads a kept record. `None` if it is damaged.
    pub fn from_record(record: &str) -> Option<Self> {
        let (visit, address) = record.split_once('\n')?;
        let continue_at = if address.is_empty() { None } else { Some(address.to_owned()) };
        Some(Self { next_visit: Visit::from_record(visit), continue_at })
    }
}

/// Whether people may be sent to this address after a sign-out: it is the form, the authorization endpoint of a user
/// pool that config.json names, or begins the sign-in of one of its applications.
pub fn may_continue_at(deployment: &Deployment, address: &str) -> bool {
    address == deployment.path
        || is_login_url(deployment, address)
        || deployment.user_pools.iter().any(|pool| address.starts_with(&(pool.endpoint("/oauth2/authorize") + "?")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{sample, tenant};
    use platform::json::Json;
    use proptest::prelude::*;

    fn other(isolation: Option<Isolation>) -> Tenant {
        let json = r#"{"code":"b","name":"B","client_id":"client-b","identity_provider":"COGNITO"}"#;
        let tenant = Tenant::from_json(&Json::parse(json).unwrap()).unwrap();
        Tenant { isolation, ..tenant }
    }

    const OUT: &str =
        "https://auth.example/logout?client_id=client-a&logout_uri=https%3A%2F%2Flogin.example%2Fsigned-out";

    #[test]
    fn the_sign_out_is_the_one_of_the_tenants_app_client_and_comes_back_to_the_picker() {
        assert_eq!(logout_url(&sample(), &tenant()).unwrap(), OUT);
    }

    #[test]
    fn a_refresh_token_is_revoked_at_its_own_user_pool() {
        let record = |refresh: &str| {
            let tenant = serde_json::to_string(&tenant()).unwrap();
            format!(
                r#"{{"tenant":{tenant},"id_token":"i","access_token":"a","refresh_token":{refresh},"expires_at":1}}"#
            )
        };
        let revocation = |refresh| revocation(&sample(), &Session::from_record(&record(refresh)).unwrap());
        let request = revocation(r#""hush&x""#).unwrap();
        assert_eq!(request.url, "https://auth.example/oauth2/revoke");
        assert_eq!(request.body, "token=hush%26x&client_id=client-a");
        assert!(!format!("{request:?}").contains("hush"));
        assert!(revocation("null").is_none());
    }

    #[test]
    fn there_is_a_sign_out_between_two_organizations_if_one_of_them_is_strict() {
        let (strict, shared) = (Some(Isolation::Strict), Some(Isolation::Shared));
        for (first, then, expected) in [
            (shared, shared, None),
            (None, None, None),
            (strict, shared, Some(OUT)),
            (shared, strict, Some(OUT)),
            (strict, strict, Some(OUT)),
        ] {
            let visit = Visit::to(&sample(), &Tenant { isolation: first, ..tenant() }).unwrap();
            assert_eq!(visit.sign_out_before(&sample(), &other(then)), expected, "{first:?} {then:?}");
        }
    }

    #[test]
    fn the_same_organization_again_needs_no_sign_out() {
        let tenant = Tenant { isolation: Some(Isolation::Strict), ..tenant() };
        assert_eq!(Visit::to(&sample(), &tenant).unwrap().sign_out_before(&sample(), &tenant), None);
    }

    #[test]
    fn only_the_sign_out_of_the_tenants_user_pool_is_followed() {
        let next = other(Some(Isolation::Strict));
        for record in [
            "strict https://evil.example/logout?client_id=client-a",
            "strict https://auth.example/logout.evil.example/?client_id=client-a",
            "strict https://auth.example.evil.example/logout?x",
            "strict javascript:alert(1)",
        ] {
            assert_eq!(Visit::from_record(record).unwrap().sign_out_before(&sample(), &next), None, "{record}");
        }
        for record in ["", "strict", "loose https://auth.example/logout?client_id=client-a"] {
            assert_eq!(Visit::from_record(record), None, "{record}");
        }
    }

    #[test]
    fn only_the_form_and_the_hosted_uis_sign_in_may_follow_a_sign_out() {
        for address in ["/", "https://auth.example/oauth2/authorize?state=s"] {
            assert!(may_continue_at(&sample(), address), "{address}");
        }
        for address in [
            "",
            "//evil.example",
            "https://evil.example/",
            "https://auth.example/logout?",
            "https://auth.example/oauth2/authorize.evil/?",
        ] {
            assert!(!may_continue_at(&sample(), address), "{address}");
        }
    }

    #[test]
    fn the_records_read_back() {
        let visit = Visit::to(&sample(), &tenant()).unwrap();
        assert_eq!(visit.to_record(), format!("shared {OUT}"));
        for sign_out in [
            PendingSignOut::default(),
            PendingSignOut { next_visit: None, continue_at: Some("/".to_owned()) },
            PendingSignOut { next_visit: Some(visit), continue_at: Some("https://a.example/?x".to_owned()) },
        ] {
            assert!(PendingSignOut::from_record(&sign_out.to_record()) == Some(sign_out));
        }
        assert!(PendingSignOut::from_record("").is_none());
    }

    proptest! {
        #[test]
        fn any_record_is_read_without_a_panic(record in "\\PC{0,200}(\n\\PC{0,50})?") {
            let _ = PendingSignOut::from_record(&record);
        }
    }
}
