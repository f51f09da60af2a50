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
///   Even with one such organization this is a gap: the accounts need not be its own, and a pool may let people sign up.
/// - A provider that two organizations share lets its people into both in the same way.
/// - With a provider of its own on each app client, nobody gets a token of an organization without an account at that
///   organization's provider. Two walls stand, `aud` and the one provider, so that a trigger is good advice, and its
///   absence is no problem.
/// - An organization with strict isolation asks not to depend on a single setting, such as the list of providers.
///
/// Refusing in the trigger is what AWS recommends: "authorize tenancy in the application"
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

/// Cognito writes mapped attributes at every sign-in but the first with the rights of the app client. Without a list, it
/// may write all standard attributes
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html>).
fn write_attributes(client: &AppClient, provider: &Provider) -> Finding {
    let writable = client.write_attributes();
    let is_writable = |name: &String| match &writable {
        // No app client can be given these two, and providers map them all the same.
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
