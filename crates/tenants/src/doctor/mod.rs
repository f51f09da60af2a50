//! Looks at a deployment from outside, as browsers do: whether sign-ins begin at the right provider, come back, can be
//! finished by the page and signed out of. It signs nobody in and changes nothing.
//!
//! Where it is given what Cognito says about the app clients ([`AppClients`]), or may ask Cognito itself
//! ([`inside::ask`]), it compares that with what the picker needs.

pub mod app_client;
pub mod certificate;
pub mod checks;
pub mod inside;
pub mod inside_checks;
pub mod inside_fault;
pub mod report;

use crate::web::{Request, Web};
use app_client::AppClients;
use checks::{Problem, Verdict};
use deployment::{Deployment, UserPool};
use inside::Inside;
use lookup_api::{Isolation, Tenant};
use platform::WebUrl;
use sign_in::authorize::{SignInOptions, begin};
use sign_in::secrets::{Entropy, SignInSecrets};
use sign_in::sign_out::logout_url;
use sign_in::time::UnixTime;

/// What is examined.
#[derive(Debug)]
pub struct Subject {
    /// config.json.
    pub deployment: Deployment,
    /// The address of the picker's form.
    pub picker: WebUrl,
    /// All organizations of the directory.
    pub tenants: Vec<Tenant>,
    /// The codes of those to examine, in any case. All, if it is empty.
    pub only: Vec<String>,
    /// What Cognito says about the app clients, in a file.
    pub app_clients: Option<AppClients>,
    /// What Cognito says about one of the user pools. Without this and without the file, only what can be seen from
    /// outside is examined.
    pub inside: Option<Inside>,
}

impl Subject {
    fn is_examined(&self, tenant: &Tenant) -> bool {
        self.only.is_empty() || self.only.iter().any(|code| tenant.code.as_str().eq_ignore_ascii_case(code))
    }
}

/// The name of a check, and what it has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was examined, in a few words.
    pub name: &'static str,
    /// The result.
    pub verdict: Verdict,
}

/// The checks of a user pool or of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The pool's issuer, or the organization's code.
    pub id: String,
    /// The hosted UI's address, or the organization's name.
    pub name: String,
    /// The checks, in the order in which they were made.
    pub checks: Vec<Check>,
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    /// The user pools of config.json.
    pub pools: Vec<Part>,
    /// The organizations, in the order of the directory.
    pub tenants: Vec<Part>,
}

impl Examination {
    /// How many problems there are.
    pub fn problems(&self) -> usize {
        let checks = self.pools.iter().chain(&self.tenants).flat_map(|part| &part.checks);
        checks.filter(|check| matches!(check.verdict, Verdict::Wrong(_))).count()
    }
}

/// What the doctor needs of the machine beside the network.
pub trait Machine {
    /// The time.
    fn now(&self) -> UnixTime;
    /// Random bits.
    fn entropy(&self) -> Entropy;
    /// Called before each organization is examined: how many are done, of how many.
    fn progress(&self, done: usize, of: usize);
}

/// Examines all user pools and organizations, one request at a time.
pub fn examine(subject: &Subject, web: &impl Web, machine: &impl Machine) -> Examination {
    let doctor = Doctor { subject, web, machine };
    let pools = subject.deployment.user_pools.iter().map(|pool| doctor.pool(pool)).collect();
    let chosen: Vec<&Tenant> = subject.tenants.iter().filter(|tenant| subject.is_examined(tenant)).collect();
    let examine = |(done, tenant): (usize, &&Tenant)| {
        machine.progress(done, chosen.len());
        doctor.tenant(tenant)
    };
    let tenants = chosen.iter().enumerate().map(examine).collect();
    machine.progress(chosen.len(), chosen.len());
    Examination { pools, tenants }
}

struct Doctor<'a, W, M> {
    subject: &'a Subject,
    web: &'a W,
    machine: &'a M,
}

impl<W: Web, M: Machine> Doctor<'_, W, M> {
    fn origin(&self) -> &str {
        &self.subject.picker.origin
    }

    fn get(&self, url: String) -> Request {
        Request { url, form: None, origin: self.origin().to_owned() }
    }

    fn pool(&self, pool: &UserPool) -> Part {
        let keys = self.web.send(&self.get(pool.jwks_uri.href.clone()));
        let metadata = format!("{}/.well-known/openid-configuration", pool.issuer.as_str());
        let metadata = self.web.send(&self.get(metadata));
        let clock = keys.as_ref().ok().and_then(|keys| checks::clock(keys.date.as_deref()?, self.machine.now()));
        let mut checks = vec![
            Check { name: "keys", verdict: checks::keys(&keys, self.origin()) },
            Check { name: "issuer", verdict: checks::issuer(&metadata, pool.issuer.as_str()) },
        ];
        checks.extend(clock.map(|verdict| Check { name: "clock", verdict }));
        let Subject { deployment, tenants, inside, .. } = self.subject;
        let inside = inside.as_ref().filter(|inside| inside::has_id(pool, &inside.pool_id));
        checks.extend(inside.map(|inside| inside_checks::pool(inside, tenants, deployment)));
        Part { id: pool.issuer.as_str().to_owned(), name: pool.hosted_ui.href.clone(), checks }
    }

    fn tenant(&self, tenant: &Tenant) -> Part {
        let mut checks = match self.subject.deployment.user_pool(tenant) {
            Ok(pool) => vec![
                Check { name: "sign-in", verdict: self.sign_in(tenant, pool) },
                Check { name: "token endpoint", verdict: self.token_endpoint(tenant, pool) },
                Check { name: "sign-out", verdict: self.sign_out(tenant) },
                Check { name: "isolation", verdict: self.isolation(tenant) },
            ],
            Err(_) => vec![Check { name: "user pool", verdict: Verdict::Wrong(Problem::UnknownIssuer) }],
        };
        let Subject { deployment, app_clients, inside, .. } = self.subject;
        if let Some(clients) = app_clients {
            checks.extend(inside_checks::app_client(clients.faults(tenant, deployment)));
        }
        if let Some(inside) = inside {
            checks.extend(inside_checks::organization(inside, tenant, deployment, self.machine.now()));
        }
        Part { id: tenant.code.as_str().to_owned(), name: tenant.name.clone(), checks }
    }

    /// Asks for the sign-in page, with the request that the picker would make.
    fn sign_in(&self, tenant: &Tenant, pool: &UserPool) -> Verdict {
        let secrets = SignInSecrets::new(&self.machine.entropy());
        let deployment = &self.subject.deployment;
        let Ok(new) = begin(deployment, tenant.clone(), SignInOptions::default(), secrets, self.machine.now()) else {
            return Verdict::Wrong(Problem::UnknownIssuer);
        };
        // Nobody will come back from this one, so nothing is kept.
        let Ok(address) = new.keep(|_, _| Ok::<_, ()>(())) else { return Verdict::Wrong(Problem::UnknownIssuer) };
        let response = self.web.send(&self.get(address.as_str().to_owned()));
        checks::sign_in(&response, pool, tenant, &deployment.redirect_uri)
    }

    /// Redeems a code that does not exist.
    fn token_endpoint(&self, tenant: &Tenant, pool: &UserPool) -> Verdict {
        let form = form_of(&[
            ("grant_type", "authorization_code"),
            ("client_id", tenant.client_id.as_str()),
            ("code", "tenant-picker-doctor"),
            ("redirect_uri", &self.subject.deployment.redirect_uri),
            ("code_verifier", "tenant-picker-doctor-tenant-picker-doctor-tenant-picker-doctor"),
        ]);
        let url = pool.endpoint("/oauth2/token");
        let response = self.web.send(&Request { form: Some(form), ..self.get(url) });
        checks::token_endpoint(&response, self.origin())
    }

    fn sign_out(&self, tenant: &Tenant) -> Verdict {
        let deployment = &self.subject.deployment;
        let Ok(address) = logout_url(deployment, tenant) else { return Verdict::Wrong(Problem::UnknownIssuer) };
        checks::sign_out(&self.web.send(&self.get(address)), &deployment.logout_uri)
    }

    /// A provider that two organizations share keeps one session for both.
    fn isolation(&self, tenant: &Tenant) -> Verdict {
        let deployment = &self.subject.deployment;
        if deployment.isolation_of(tenant) == Isolation::Shared {
            return Verdict::Fine("shared".to_owned());
        }
        let shares = |other: &&Tenant| {
            other.code != tenant.code
                && other.identity_provider == tenant.identity_provider
                && deployment.user_pool(other) == deployment.user_pool(tenant)
                && !tenant.identity_provider.is_native()
        };
        match self.subject.tenants.iter().find(shares) {
            Some(other) => Verdict::Wrong(Problem::StrictSharesProvider { other: other.code.as_str().to_owned() }),
            None => Verdict::Fine("strict, with a provider of its own".to_owned()),
        }
    }
}

fn form_of(fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    form.finish()
}
