//! Signing out at the hosted UI: when somebody asks for it, and between two organizations that are to be kept apart. The
//! session cookie there spans all app clients of a user pool (AWS "Managing user pool sessions"), so without a sign-out a
//! native account of one organization is a silent hop into the next.

use crate::deployment::{Deployment, UnknownIssuer};
use crate::session::Session;
use crate::tokens::TokenRequest;
use lookup_api::{Isolation, Tenant};

/// The localStorage key of the last visit to the hosted UI: a [`Deployment::visit`].
pub const VISIT_KEY: &str = "tenant-picker.visit";

impl Deployment {
    /// The hosted UI's sign-out for this tenant (AWS "Logout endpoint"): ends its session cookie and comes back to us.
    pub fn logout_url(&self, tenant: &Tenant) -> Result<String, UnknownIssuer> {
        let pool = self.user_pool(tenant)?;
        Ok(pool
            .query_to("/logout")
            .append_pair("client_id", tenant.client_id.as_str())
            .append_pair("logout_uri", &self.logout_uri)
            .finish())
    }

    /// The request that makes a session's refresh token worthless (RFC 7009, AWS "Revoke endpoint"); `None` if there is no such
    /// token, or the session's user pool is no longer configured.
    pub fn revocation(&self, session: &Session) -> Option<TokenRequest> {
        let token = session.refresh_token.as_ref()?;
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token.secret())
            .append_pair("client_id", session.tenant.client_id.as_str())
            .finish();
        Some(TokenRequest { url: self.user_pool(&session.tenant).ok()?.endpoint("/oauth2/revoke"), body })
    }

    /// What to remember of a sign-in at this tenant: how far apart it is kept, and how its cookie ends. It does not say who
    /// signed in, nor the organization's name.
    pub fn visit(&self, tenant: &Tenant) -> Result<String, UnknownIssuer> {
        let isolation = match self.isolation_of(tenant) {
            Isolation::Strict => "strict ",
            Isolation::Shared => "shared ",
        };
        Ok([isolation, &self.logout_url(tenant)?].concat())
    }

    /// The sign-out that has to come before a sign-in at `tenant`, if one has to: the last visit was to another organization
    /// of the same user pool, and one of the two is to be kept apart.
    pub fn sign_out_before(&self, visit: &str, tenant: &Tenant) -> Option<String> {
        let (isolation, sign_out) = visit.split_once(' ')?;
        let own = self.logout_url(tenant).ok()?;
        // What is kept in a browser may be another hand's: only the hosted UI's own sign-out is ever followed.
        let (endpoint, _) = own.split_once('?')?;
        let is_the_pools = sign_out.strip_prefix(endpoint)?.starts_with('?');
        let is_strict = isolation == "strict" || self.isolation_of(tenant) == Isolation::Strict;
        (is_the_pools && is_strict && sign_out != own).then(|| sign_out.to_owned())
    }

    /// Whether a sign-out may go on to this address: the form, or the sign-in of a hosted UI that config.json names.
    pub fn may_go_on_to(&self, address: &str) -> bool {
        address == "/"
            || self.user_pools.iter().any(|pool| address.starts_with(&(pool.endpoint("/oauth2/authorize") + "?")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::tests::sample;
    use crate::tests::tenant;

    fn other(isolation: Option<Isolation>) -> Tenant {
        let json = r#"{"code":"b","name":"B","client_id":"client-b","identity_provider":"COGNITO"}"#;
        let tenant = Tenant::from_json(&lookup_api::json::Json::parse(json).unwrap()).unwrap();
        Tenant { isolation, ..tenant }
    }

    const OUT: &str =
        "https://auth.example/logout?client_id=client-a&logout_uri=https%3A%2F%2Flogin.example%2Fsigned-out";

    #[test]
    fn signing_out_goes_to_the_tenants_own_client_and_comes_back() {
        assert_eq!(sample().logout_url(&tenant()).unwrap(), OUT);
    }

    #[test]
    fn a_refresh_token_is_revoked_at_its_own_user_pool() {
        let record = |refresh: &str| {
            let tenant = serde_json::to_string(&tenant()).unwrap();
            format!(
                r#"{{"tenant":{tenant},"id_token":"i","access_token":"a","refresh_token":{refresh},"expires_at":1}}"#
            )
        };
        let revocation = |refresh| sample().revocation(&Session::from_record(&record(refresh)).unwrap());
        let request = revocation(r#""hush&x""#).unwrap();
        assert_eq!(request.url, "https://auth.example/oauth2/revoke");
        assert_eq!(request.body, "token=hush%26x&client_id=client-a");
        assert!(!format!("{request:?}").contains("hush"));
        assert!(revocation("null").is_none());
    }

    #[test]
    fn organizations_are_kept_apart_where_one_of_the_two_asks_for_it() {
        let (strict, shared) = (Some(Isolation::Strict), Some(Isolation::Shared));
        for (first, then, expected) in [
            (shared, shared, None),
            (None, None, None),
            (strict, shared, Some(OUT)),
            (shared, strict, Some(OUT)),
            (strict, strict, Some(OUT)),
        ] {
            let visit = sample().visit(&Tenant { isolation: first, ..tenant() }).unwrap();
            assert_eq!(sample().sign_out_before(&visit, &other(then)).as_deref(), expected, "{first:?} {then:?}");
        }
    }

    #[test]
    fn the_same_organization_again_needs_no_sign_out() {
        let tenant = Tenant { isolation: Some(Isolation::Strict), ..tenant() };
        assert_eq!(sample().sign_out_before(&sample().visit(&tenant).unwrap(), &tenant), None);
    }

    #[test]
    fn no_other_address_is_taken_for_a_sign_out_or_a_way_on() {
        let next = other(Some(Isolation::Strict));
        for visit in [
            "",
            "strict",
            "strict https://evil.example/logout?client_id=client-a",
            "strict https://auth.example/logout.evil.example/?client_id=client-a",
            "strict https://auth.example.evil.example/logout?x",
            "strict javascript:alert(1)",
        ] {
            assert_eq!(sample().sign_out_before(visit, &next), None, "{visit}");
        }
        assert!(sample().may_go_on_to("/") && sample().may_go_on_to("https://auth.example/oauth2/authorize?state=s"));
        for address in [
            "",
            "//evil.example",
            "https://evil.example/",
            "https://auth.example/logout?",
            "https://auth.example/oauth2/authorize.evil/?",
        ] {
            assert!(!sample().may_go_on_to(address), "{address}");
        }
    }
}
