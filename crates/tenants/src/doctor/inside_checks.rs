//! What Cognito's answers mean. No I/O.

use super::Check;
use super::app_client::AppClient;
use super::certificate::{day, valid_until};
use super::checks::{Problem, Verdict};
use super::inside::{Inside, NoMetadata, Provider, Reuse};
use super::inside_fault::{InsideFault, NoWall};
use deployment::Deployment;
use lookup_api::{Isolation, Tenant};
use sign_in::time::UnixTime;

/// How many seconds before it expires a certificate is reported: organizations need weeks to replace one.
const NOTICE: i64 = 30 * 24 * 60 * 60;

/// What a check has found: what was seen, or what is wrong.
type Finding = Result<String, InsideFault>;

fn check(name: &'static str, finding: Finding) -> Check {
    let verdict = match finding {
        Ok(seen) => Verdict::Fine(seen),
        Err(fault) => Verdict::Wrong(Problem::Inside(fault)),
    };
    Check { name, verdict }
}

/// The check of the user pool.
pub fn pool(inside: &Inside, tenants: &[Tenant], deployment: &Deployment) -> Check {
    let own = tenants.iter().filter(|tenant| inside.has(tenant, deployment)).collect::<Vec<_>>();
    let finding = match &inside.has_gate {
        Err(error) => Err(error.clone().into()),
        Ok(true) => Ok("a pre-token-generation trigger is there".to_owned()),
        Ok(false) => match no_wall(&own, deployment) {
            Some(reason) => Err(InsideFault::NoGate(reason)),
            None => Ok("none, and every organization has an identity provider of its own".to_owned()),
        },
    };
    check("trigger", finding)
}

/// Why a trigger has to refuse people. `None` if Cognito does so by itself.
///
/// All app clients of a pool share issuer and keys, so `aud` is what tells organizations apart. It is worth as much as
/// Cognito's decision to put it into a token:
///
/// - Every native account may sign in at every app client that has `COGNITO`, and gets a genuine token with that `aud`.
///   Even with one such organization this is a gap: the accounts need not be its own, and a pool may let people sign
///   up.
/// - A provider that two organizations share lets its people into both in the same way.
/// - With a provider of its own on each app client, nobody gets a token of an organization without an account at that
///   organization's provider. Two walls stand, `aud` and the one provider, so that a trigger is good advice, and its
///   absence is no problem.
/// - An organization with strict isolation asks not to depend on a single setting, such as the list of providers.
///
/// AWS recommends as well that the application decides on tenancy, beside the way in which people sign in
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/multi-tenant-application-best-practices.html>).
fn no_wall(tenants: &[&Tenant], deployment: &Deployment) -> Option<NoWall> {
    let code = |tenant: &Tenant| tenant.code.as_str().to_owned();
    if let Some(native) = tenants.iter().find(|tenant| tenant.identity_provider.is_native()) {
        return Some(NoWall::Native(code(native)));
    }
    for (at, tenant) in tenants.iter().enumerate() {
        let shares = |other: &&&Tenant| other.identity_provider == tenant.identity_provider;
        if let Some(other) = tenants[at + 1..].iter().find(shares) {
            return Some(NoWall::SharedProvider(code(tenant), code(other)));
        }
    }
    let strict = tenants.iter().find(|tenant| deployment.isolation_of(tenant) == Isolation::Strict);
    strict.map(|tenant| NoWall::Strict(code(tenant)))
}

/// The checks of an organization. None if it is in another user pool.
pub fn organization(inside: &Inside, tenant: &Tenant, deployment: &Deployment, now: UnixTime) -> Vec<Check> {
    let Some(client) = inside.client(tenant, deployment) else { return Vec::new() };
    let provider = inside.provider(tenant, deployment);
    let mut checks = match &client.described {
        Ok(Some(described)) => app_client(described.faults(tenant, deployment)),
        Ok(None) => vec![check("app client", Err(InsideFault::NoAppClient(tenant.client_id.as_str().to_owned())))],
        Err(error) => vec![check("app client", Err(error.clone().into()))],
    };
    checks.extend(provider.map(|answer| {
        let finding = match answer {
            Ok(Some(provider)) => certificates(provider, now),
            Ok(None) => Err(InsideFault::NoProvider(tenant.identity_provider.as_str().to_owned())),
            Err(error) => Err(error.clone().into()),
        };
        check("provider", finding)
    }));
    if let (Ok(Some(client)), Some(Ok(Some(provider)))) = (&client.described, provider) {
        checks.push(check("write attributes", write_attributes(client, provider)));
    }
    checks.extend(client.has_branding.as_ref().map(|answer| {
        let finding = match answer {
            Ok(true) => Ok("it has a style".to_owned()),
            Ok(false) => Err(InsideFault::NoBrandingStyle),
            Err(error) => Err(error.clone().into()),
        };
        check("branding", finding)
    }));
    checks.extend(client.reuse.as_ref().map(|answer| {
        let finding = match answer {
            Ok(Reuse::Minutes(0)) => Ok("it never reuses one".to_owned()),
            Ok(Reuse::Minutes(minutes)) => Err(InsideFault::SessionReuse(*minutes)),
            Ok(Reuse::NotAvailable) => Ok("this user pool has no setting for it".to_owned()),
            Err(error) => Err(error.clone().into()),
        };
        check("session", finding)
    }));
    checks
}

/// One check for each fault of an app client, or one that there is none.
pub fn app_client(faults: Vec<super::app_client::Fault>) -> Vec<Check> {
    if faults.is_empty() {
        let verdict = Verdict::Fine("set up as the picker needs it".to_owned());
        return vec![Check { name: "app client", verdict }];
    }
    let wrong = |fault| Check { name: "app client", verdict: Verdict::Wrong(Problem::AppClient(fault)) };
    faults.into_iter().map(wrong).collect()
}

/// A user pool takes assertions that any of the signing certificates has signed, so the one that is valid longest
/// counts: with an old and a new one, the organization has done its part
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-saml-idp-things-to-know.html>).
fn certificates(provider: &Provider, now: UnixTime) -> Finding {
    let metadata = match &provider.metadata {
        Some(Ok(metadata)) => metadata,
        Some(Err(NoMetadata { url, reason })) => {
            return Err(InsideFault::NoMetadata { url: url.clone(), reason: reason.clone() });
        }
        None => return Ok(format!("{} is there", provider.kind)),
    };
    let last = valid_until(metadata)?.into_iter().max().unwrap_or(UnixTime(0));
    match last.seconds_since(now) {
        ..0 => Err(InsideFault::CertificateExpired(day(last).to_string())),
        0..NOTICE => Err(InsideFault::CertificateExpires(day(last).to_string())),
        _ => Ok(format!("{} is there, its signing certificate is valid until {}", provider.kind, day(last))),
    }
}

/// Cognito writes mapped attributes at every sign-in but the first with the rights of the app client. Without a list,
/// the app client may write all standard attributes
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html>).
fn write_attributes(client: &AppClient, provider: &Provider) -> Finding {
    let writable = client.write_attributes();
    let is_writable = |name: &String| match &writable {
        // AWS counts these two among what an app client may read by default, but not among what it may write. Whether
        // it can be given write access is not known, and mapping them works without.
        _ if ["email_verified", "phone_number_verified"].contains(&name.as_str()) => true,
        Some(writable) => writable.contains(name),
        // `custom:` and `dev:` are not standard.
        None => !name.contains(':'),
    };
    let missing: Vec<String> = provider.mapped.iter().filter(|name| !is_writable(name)).cloned().collect();
    if missing.is_empty() {
        Ok("it can write the mapped ones".to_owned())
    } else {
        Err(InsideFault::WriteAttributes(missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{ApiError, Operation};
    use crate::doctor::inside::ClientAnswers;
    use platform::WebUrl;
    use platform::json::Json;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    const POOL: &str = "eu-west-1_Example";
    const UNTIL_2124: &str = include_str!("../../tests/fixtures/until-2124.xml");
    const UNTIL_2026: &str = include_str!("../../tests/fixtures/until-2026.xml");
    /// The last second of the certificate in until-2026.xml: 15 January 2026, 12:00 UTC.
    const LAST_SECOND: UnixTime = UnixTime(1_768_478_400);
    const DAY: i64 = 86_400;

    fn deployment(isolation: &str) -> Deployment {
        let config = json!({
            "lookup_url": "/v1/lookup",
            "user_pools": [{ "issuer": format!("https://idp.example/{POOL}"), "hosted_ui": "https://auth.example" }],
            "isolation": isolation,
        });
        Deployment::parse(&config.to_string(), &WebUrl::parse("https://login.example/").unwrap()).unwrap()
    }

    fn tenant(code: &str, provider: &str) -> Tenant {
        let json = json!({ "code": code, "name": code, "client_id": "c1", "identity_provider": provider });
        Tenant::from_json(&Json::parse(&json.to_string()).unwrap()).unwrap()
    }

    fn saml(metadata: &str) -> Provider {
        let mapped = vec!["email".to_owned(), "name".to_owned()];
        Provider { kind: "SAML".to_owned(), mapped, metadata: Some(Ok(metadata.to_owned())) }
    }

    fn denied<T>() -> Result<T, ApiError> {
        Err(ApiError::Denied { operation: Operation::cognito("DescribeUserPool") })
    }

    fn app_client_with(changes: &Value) -> AppClient {
        let mut client = json!({
            "UserPoolId": POOL,
            "SupportedIdentityProviders": ["AcmeSAML"],
            "CallbackURLs": ["https://login.example/callback"],
            "LogoutURLs": ["https://login.example/signed-out"],
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid", "email", "profile"],
            "AllowedOAuthFlowsUserPoolClient": true,
            "PreventUserExistenceErrors": "ENABLED",
        });
        client.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        AppClient::new(client)
    }

    /// Answers with which nothing is wrong.
    fn good() -> Inside {
        let described = Ok(Some(app_client_with(&json!({}))));
        let client = ClientAnswers { described, has_branding: Some(Ok(true)), reuse: Some(Ok(Reuse::Minutes(0))) };
        Inside {
            pool_id: POOL.to_owned(),
            has_gate: Ok(true),
            clients: BTreeMap::from([("c1".to_owned(), client)]),
            providers: BTreeMap::from([("AcmeSAML".to_owned(), Ok(Some(saml(UNTIL_2124))))]),
        }
    }

    fn codes(checks: &[Check]) -> Vec<(&'static str, &'static str)> {
        let problem = |check: &Check| match &check.verdict {
            Verdict::Fine(_) => None,
            Verdict::Wrong(problem) => Some((check.name, problem.code())),
        };
        checks.iter().filter_map(problem).collect()
    }

    fn wrong(inside: &Inside, now: UnixTime) -> Vec<(&'static str, &'static str)> {
        codes(&organization(inside, &tenant("acme", "AcmeSAML"), &deployment("strict"), now))
    }

    /// What is wrong with an organization if one answer is another one.
    fn wrong_with(change: impl FnOnce(&mut Inside)) -> Vec<(&'static str, &'static str)> {
        let mut inside = good();
        change(&mut inside);
        wrong(&inside, LAST_SECOND)
    }

    fn client(inside: &mut Inside) -> &mut ClientAnswers {
        inside.clients.get_mut("c1").unwrap()
    }

    fn set_provider(inside: &mut Inside, answer: Result<Option<Provider>, ApiError>) {
        inside.providers.insert("AcmeSAML".to_owned(), answer);
    }

    #[test]
    fn an_organization_that_is_set_up_well_passes_every_check() {
        let checks = organization(&good(), &tenant("acme", "AcmeSAML"), &deployment("strict"), LAST_SECOND);
        let names: Vec<_> = checks.iter().map(|check| check.name).collect();
        assert_eq!(names, ["app client", "provider", "write attributes", "branding", "session"]);
        assert_eq!(codes(&checks), []);
    }

    #[test]
    fn each_thing_that_is_set_up_wrongly_has_its_own_code() {
        let without_client = wrong_with(|inside| client(inside).described = Ok(None));
        assert_eq!(without_client, [("app client", "no_app_client")]);
        let with_fault = json!({ "EnableTokenRevocation": false });
        let faulty = wrong_with(|inside| client(inside).described = Ok(Some(app_client_with(&with_fault))));
        assert_eq!(faulty, [("app client", "revocation")]);
        assert_eq!(wrong_with(|inside| set_provider(inside, Ok(None))), [("provider", "no_provider")]);
        let without_style = wrong_with(|inside| client(inside).has_branding = Some(Ok(false)));
        assert_eq!(without_style, [("branding", "no_branding_style")]);
        let reuses = wrong_with(|inside| client(inside).reuse = Some(Ok(Reuse::Minutes(60))));
        assert_eq!(reuses, [("session", "session_reuse")]);
        assert_eq!(wrong_with(|inside| client(inside).reuse = Some(Ok(Reuse::NotAvailable))), []);
    }

    #[test]
    fn a_missing_right_is_a_problem_of_its_check_alone() {
        assert_eq!(wrong_with(|inside| client(inside).described = denied()), [("app client", "no_right")]);
        assert_eq!(wrong_with(|inside| set_provider(inside, denied())), [("provider", "no_right")]);
        assert_eq!(wrong_with(|inside| client(inside).has_branding = Some(denied())), [("branding", "no_right")]);
        assert_eq!(wrong_with(|inside| client(inside).reuse = Some(denied())), [("session", "no_right")]);
        let inside = Inside { has_gate: denied(), ..good() };
        let check = pool(&inside, &[], &deployment("shared"));
        let Verdict::Wrong(problem) = &check.verdict else { panic!("{check:?}") };
        assert_eq!(problem.code(), "no_right");
        assert!(problem.to_string().contains("cognito-idp:DescribeUserPool"), "{problem}");
        let operation = Operation::cognito("DescribeUserPoolClient");
        let dead = ApiError::NoResponse { operation, reason: "no route".to_owned() };
        assert_eq!(wrong_with(|inside| client(inside).described = Err(dead)), [("app client", "no_answer")]);
    }

    #[test]
    fn a_certificate_is_reported_from_thirty_days_before_its_last_second() {
        let mut inside = good();
        set_provider(&mut inside, Ok(Some(saml(UNTIL_2026))));
        let at = |seconds: i64| wrong(&inside, UnixTime(LAST_SECOND.0 + seconds));
        assert_eq!(at(-30 * DAY), []);
        assert_eq!(at(-30 * DAY + 1), [("provider", "certificate_expires")]);
        assert_eq!(at(0), [("provider", "certificate_expires")]);
        assert_eq!(at(1), [("provider", "certificate_expired")]);
        let checks = organization(&inside, &tenant("acme", "AcmeSAML"), &deployment("strict"), LAST_SECOND);
        let Verdict::Wrong(problem) = &checks[1].verdict else { panic!("{checks:?}") };
        assert_eq!(problem.to_string(), "the provider's signing certificate expires on 2026-01-15");
    }

    #[test]
    fn an_old_certificate_beside_a_new_one_is_fine() {
        let both = UNTIL_2124.replace(r#" use="encryption""#, "");
        let mut inside = good();
        set_provider(&mut inside, Ok(Some(saml(&both))));
        assert_eq!(wrong(&inside, UnixTime(LAST_SECOND.0 + DAY)), []);
    }

    #[test]
    fn metadata_that_cannot_be_had_or_read_are_told_apart() {
        let unreadable = wrong_with(|inside| set_provider(inside, Ok(Some(saml("<html></html>")))));
        assert_eq!(unreadable, [("provider", "certificate_unreadable")]);
        let nothing = NoMetadata { url: "https://idp.example".to_owned(), reason: "status 404".to_owned() };
        let nothing = Provider { metadata: Some(Err(nothing)), ..saml("") };
        assert_eq!(wrong_with(|inside| set_provider(inside, Ok(Some(nothing)))), [("provider", "no_metadata")]);
        let oidc = Provider { kind: "OIDC".to_owned(), metadata: None, ..saml("") };
        assert_eq!(wrong_with(|inside| set_provider(inside, Ok(Some(oidc)))), []);
    }

    #[test]
    fn mapped_attributes_have_to_be_writable_and_without_a_list_the_standard_ones_are() {
        let mapped = |names: &[&str]| {
            let mapped = names.iter().map(|name| (*name).to_owned()).collect();
            Provider { mapped, ..saml(UNTIL_2124) }
        };
        let missing = |list: Value, names: &[&str]| {
            write_attributes(&app_client_with(&json!({ "WriteAttributes": list })), &mapped(names))
        };
        let lacks =
            |names: &[&str]| Err(InsideFault::WriteAttributes(names.iter().map(|name| (*name).to_owned()).collect()));
        assert!(missing(json!(["email", "name", "nickname"]), &["email", "name"]).is_ok());
        assert_eq!(missing(json!(["email"]), &["email", "name"]), lacks(&["name"]));
        assert_eq!(missing(json!([]), &["email"]), lacks(&["email"]));
        assert!(missing(Value::Null, &["email", "name"]).is_ok());
        assert_eq!(missing(Value::Null, &["email", "custom:team"]), lacks(&["custom:team"]));
        assert!(missing(json!(["email"]), &["email", "email_verified"]).is_ok());
        assert_eq!(lacks(&["name"]).unwrap_err().code(), "write_attributes");
    }

    #[test]
    fn a_trigger_is_missed_where_cognito_lets_people_of_others_in() {
        let inside = Inside { has_gate: Ok(false), ..good() };
        let (acme, native) = (tenant("acme", "AcmeSAML"), tenant("native", "COGNITO"));
        let (same, other) = (tenant("same", "AcmeSAML"), tenant("other", "OtherSAML"));
        let finding = |tenants: &[&Tenant], isolation: &str| {
            let tenants: Vec<Tenant> = tenants.iter().map(|tenant| (*tenant).clone()).collect();
            match pool(&inside, &tenants, &deployment(isolation)).verdict {
                Verdict::Wrong(Problem::Inside(InsideFault::NoGate(reason))) => Some(reason.to_string()),
                Verdict::Wrong(problem) => panic!("{problem}"),
                Verdict::Fine(_) => None,
            }
        };
        assert_eq!(finding(&[&acme, &other], "shared"), None, "aud and one provider each are two walls");
        let native = finding(&[&acme, &native], "shared").unwrap();
        assert_eq!(native, "native has the user pool's own accounts");
        let shared = finding(&[&acme, &other, &same], "shared").unwrap();
        assert_eq!(shared, "acme and same share an identity provider");
        assert_eq!(finding(&[&acme, &other], "strict").unwrap(), "acme has strict isolation");
        let check = pool(&inside, std::slice::from_ref(&acme), &deployment("strict"));
        assert_eq!(codes(&[check]), [("trigger", "no_gate")]);
        assert_eq!(codes(&[pool(&good(), &[acme], &deployment("strict"))]), [], "there is a trigger");
    }

    #[test]
    fn organizations_of_another_pool_are_left_alone() {
        let other = Inside { pool_id: "eu-west-1_Other".to_owned(), has_gate: Ok(false), ..good() };
        assert!(organization(&other, &tenant("acme", "AcmeSAML"), &deployment("strict"), LAST_SECOND).is_empty());
        let check = pool(&other, &[tenant("native", "COGNITO")], &deployment("strict"));
        assert_eq!(codes(&[check]), []);
    }
}
