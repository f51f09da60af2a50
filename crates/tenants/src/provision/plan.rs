//! Compares what the user pool has with what the files say, and lists the steps from one to the other. No I/O.

use super::desired::{self, client_name};
use super::observed::{Found, Observed};
use super::overlay::{self, Change};
use super::problem::Problem;
use crate::cognito::Fields;
use crate::files::pool_file::Pool;
use crate::files::provisioning::{Machine, NATIVE, Organization, Provider};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The steps that make the pool as the files say, in the order in which they are done.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
    /// Why the steps cannot be done. Nothing is written while there is one.
    pub problems: Vec<Problem>,
    /// App clients of the pool that look like an organization's, and that tenants.toml does not name. Nothing is done
    /// about them.
    pub leftovers: Vec<Leftover>,
    /// How many organizations there are.
    pub organizations: usize,
}

/// An app client with the name of an organization or of one of its machines, which tenants.toml does not name: of an
/// entry that was removed by hand, or of two runs at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// The app client's id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The organization's code. `None` for what all share.
    pub organization: Option<String>,
    /// What is done.
    pub action: Action,
    /// What differs now.
    pub changes: Vec<Change>,
}

/// What a step does. App clients are named, because a new one has no id yet.
#[derive(Clone, PartialEq)]
pub enum Action {
    /// Creates the resource server.
    CreateResourceServer(Fields),
    /// Changes the resource server.
    UpdateResourceServer {
        /// Its identifier.
        identifier: String,
        /// What was described when the plan was made.
        described: Fields,
        /// The request, without the pool.
        request: Fields,
    },
    /// Creates an identity provider.
    CreateProvider {
        /// Its name.
        name: String,
        /// The request, without the pool.
        request: Fields,
    },
    /// Changes an identity provider.
    UpdateProvider {
        /// Its name.
        name: String,
        /// What was described when the plan was made.
        described: Fields,
        /// The request, without the pool.
        request: Fields,
    },
    /// Creates an app client.
    CreateClient {
        /// Its name.
        name: String,
        /// The name of the machine, if it is for one.
        machine: Option<String>,
        /// The request, without the pool.
        request: Fields,
    },
    /// Changes an app client.
    UpdateClient {
        /// Its name.
        name: String,
        /// Its id.
        id: String,
        /// What was described when the plan was made.
        described: Fields,
        /// The request, without the pool.
        request: Fields,
    },
    /// Sets for how long an app client reuses a session of the hosted UI.
    SetReuse {
        /// The app client's name.
        client: String,
        /// In minutes.
        minutes: i64,
    },
    /// Gives an app client a branding style.
    CreateBranding {
        /// The app client's name.
        client: String,
        /// The request, without the pool and the app client.
        request: Fields,
    },
    /// Keeps the secret of a machine's app client.
    KeepSecret {
        /// The app client's name.
        client: String,
        /// The machine's name.
        machine: String,
    },
    /// Writes the id of an app client into tenants.toml. From then on the lookup finds the organization.
    Record {
        /// The app client's name.
        client: String,
        /// The name of the machine, if it is for one.
        machine: Option<String>,
    },
}

/// Requests and descriptions have secrets in them.
impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Plan {
    /// What differs of things that were there: what others have changed or deleted, or the files say otherwise since
    /// the last run. What was not created yet is no drift.
    pub fn drift(&self, organizations: &[Organization]) -> Plan {
        let is_recorded = |step: &Step| {
            let mut recorded = organizations.iter().filter(|organization| organization.client_id.is_some());
            recorded.any(|organization| step.organization.as_ref() == Some(&organization.code))
        };
        let is_drift = |step: &&Step| match &step.action {
            Action::CreateProvider { .. } | Action::CreateBranding { .. } | Action::SetReuse { .. } => {
                is_recorded(step)
            }
            Action::Record { .. } => step.is_update(),
            Action::CreateResourceServer(_) => {
                organizations.iter().flat_map(|of| &of.machines).any(|machine| machine.client_id.is_some())
            }
            Action::CreateClient { .. } | Action::KeepSecret { .. } => false,
            Action::UpdateResourceServer { .. } | Action::UpdateProvider { .. } | Action::UpdateClient { .. } => true,
        };
        let steps = self.steps.iter().filter(is_drift).cloned().collect();
        Plan { steps, ..self.clone() }
    }
}

/// Lists the steps. `is_kept` says whether the secret of the app client with this name and id is kept already.
pub fn plan(
    pool: &Pool,
    organizations: &[Organization],
    observed: &Observed,
    is_kept: &dyn Fn(&str, &str) -> bool,
) -> Plan {
    let mut definitions = BTreeMap::new();
    for organization in organizations.iter().filter(|organization| !organization.is_disabled) {
        if let Some(provider) = &organization.provider {
            definitions.entry(organization.identity_provider.as_str()).or_insert(provider);
        }
    }
    let mut planning = Planning {
        pool,
        observed,
        is_kept,
        plan: Plan { organizations: organizations.len(), ..Plan::default() },
        definitions,
        planned_providers: BTreeSet::new(),
    };
    planning.refuse_other_pool();
    planning.resource_server();
    for organization in organizations {
        if organization.is_disabled {
            planning.switch_off(organization);
        } else {
            planning.organization(organization);
        }
    }
    planning.quotas();
    planning.plan.leftovers = leftovers(organizations, observed);
    planning.plan
}

/// App clients with the name of an organization or of a machine of one, which nobody has.
fn leftovers(organizations: &[Organization], observed: &Observed) -> Vec<Leftover> {
    let mut taken = observed.recorded.clone();
    for organization in organizations {
        let own = observed.find(organization.client_id.as_deref(), &client_name(organization, None));
        taken.extend(own.id().map(str::to_owned));
        for machine in &organization.machines {
            let found = observed.find(machine.client_id.as_deref(), &client_name(organization, Some(machine)));
            taken.extend(found.id().map(str::to_owned));
        }
    }
    let codes: BTreeSet<&str> = organizations.iter().map(|organization| organization.code.as_str()).collect();
    let is_leftover = |(id, name): &&(String, String)| {
        codes.contains(name.split('.').next().unwrap_or_default()) && !taken.contains(id)
    };
    let leftover = |(id, name): &(String, String)| Leftover { id: id.clone(), name: name.clone() };
    observed.clients.iter().filter(is_leftover).map(leftover).collect()
}

struct Planning<'a> {
    pool: &'a Pool,
    observed: &'a Observed,
    is_kept: &'a dyn Fn(&str, &str) -> bool,
    plan: Plan,
    /// How providers are set up, by name.
    definitions: BTreeMap<&'a str, &'a Provider>,
    planned_providers: BTreeSet<String>,
}

impl Planning<'_> {
    fn step(&mut self, organization: Option<&Organization>, action: Action, changes: Vec<Change>) {
        let organization = organization.map(|organization| organization.code.clone());
        self.plan.steps.push(Step { organization, action, changes });
    }

    /// With the files of another pool, everything would be made anew.
    fn refuse_other_pool(&mut self) {
        let Observed { recorded, clients, .. } = self.observed;
        if !recorded.is_empty() && !clients.iter().any(|(id, _)| recorded.contains(id)) {
            self.plan.problems.push(Problem::OtherPool { count: recorded.len(), pool: self.pool.id.clone() });
        }
    }

    /// The steps for the app clients of an organization that is out of service.
    fn switch_off(&mut self, organization: &Organization) {
        let own = (organization.client_id.as_deref(), client_name(organization, None));
        let machines = organization.machines.iter();
        let machines = machines.map(|machine| (machine.client_id.as_deref(), client_name(organization, Some(machine))));
        for (recorded, name) in std::iter::once(own).chain(machines) {
            let found = self.observed.find(recorded, &name);
            if let Some(id) = found.id() {
                self.update(organization, name, id, desired::switched_off());
            }
        }
    }

    fn resource_server(&mut self) {
        let Some(server) = &self.pool.resource_server else { return };
        let wanted = desired::resource_server(server);
        match self.observed.resource_servers.get(&server.identifier) {
            None => self.step(None, Action::CreateResourceServer(wanted.clone()), overlay::all_new(&wanted)),
            Some(described) => {
                let (changes, request) = overlay::resource_server(described, &wanted);
                if !changes.is_empty() {
                    let (identifier, described) = (server.identifier.clone(), described.clone());
                    self.step(None, Action::UpdateResourceServer { identifier, described, request }, changes);
                }
            }
        }
    }

    fn organization(&mut self, organization: &Organization) {
        self.provider(organization);
        let name = client_name(organization, None);
        let found = self.observed.find(organization.client_id.as_deref(), &name);
        let wanted = desired::client(self.pool, organization, &self.observed.required_attributes);
        if self.client(organization, None, &found, &wanted) {
            self.sessions_and_branding(organization, &name, &found);
            self.record(organization, None, &found);
        }
        for machine in &organization.machines {
            self.machine(organization, machine);
        }
    }

    /// The step that writes down another app client than the recorded one.
    fn record(&mut self, organization: &Organization, machine: Option<&Machine>, found: &Found) {
        let recorded = match machine {
            None => organization.client_id.as_deref(),
            Some(machine) => machine.client_id.as_deref(),
        };
        if found.id().is_none() || found.id() != recorded {
            let client = client_name(organization, machine);
            let machine = machine.map(|machine| machine.name.clone());
            let (from, to) = (recorded.into(), found.id().unwrap_or("the new one").into());
            let change = Change { field: "client_id".to_owned(), from, to };
            self.step(Some(organization), Action::Record { client, machine }, vec![change]);
        }
    }

    /// The steps for the organization's provider, unless another organization has them already.
    fn provider(&mut self, organization: &Organization) {
        let name = &organization.identity_provider;
        if name == NATIVE || self.planned_providers.contains(name) {
            return;
        }
        let described = self.observed.providers.get(name);
        let wanted = self
            .definitions
            .get(name.as_str())
            .and_then(|provider| Some((desired::provider_type(provider)?, desired::provider(self.pool, provider)?)));
        match (described, wanted) {
            (None, None) => {
                let (organization, provider) = (organization.code.clone(), name.clone());
                self.plan.problems.push(Problem::NoProvider { organization, provider });
            }
            (Some(_), None) => {}
            (None, Some((kind, wanted))) => self.new_provider(organization, kind, wanted),
            (Some(described), Some((kind, wanted))) => {
                self.existing_provider(organization, described, kind, &wanted);
            }
        }
        self.planned_providers.insert(name.clone());
    }

    fn new_provider(&mut self, organization: &Organization, kind: &str, wanted: Fields) {
        let name = organization.identity_provider.clone();
        let mut request = wanted;
        request.insert("ProviderName".to_owned(), name.clone().into());
        request.insert("ProviderType".to_owned(), kind.into());
        let changes = overlay::all_new(&request);
        self.step(Some(organization), Action::CreateProvider { name, request }, changes);
    }

    fn existing_provider(&mut self, organization: &Organization, described: &Fields, kind: &str, wanted: &Fields) {
        let name = organization.identity_provider.clone();
        let there = described.get("ProviderType").and_then(Value::as_str).unwrap_or_default();
        if there != kind {
            self.plan.problems.push(Problem::ProviderType {
                organization: organization.code.clone(),
                provider: name,
                there: there.to_owned(),
                wanted: kind.to_owned(),
            });
            return;
        }
        let (changes, request) = overlay::provider(described, wanted);
        if !changes.is_empty() {
            let action = Action::UpdateProvider { name, described: described.clone(), request };
            self.step(Some(organization), action, changes);
        }
    }

    /// The step for an app client. Returns whether there will be one that can be used.
    fn client(
        &mut self,
        organization: &Organization,
        machine: Option<&Machine>,
        found: &Found,
        wanted: &Fields,
    ) -> bool {
        let name = client_name(organization, machine);
        let code = || organization.code.clone();
        match found {
            Found::Several(count) => {
                self.plan.problems.push(Problem::SeveralClients { organization: code(), name, count: *count });
                false
            }
            Found::Nothing | Found::Lost => {
                let mut request = wanted.clone();
                request.insert("GenerateSecret".to_owned(), machine.is_some().into());
                let changes = overlay::all_new(wanted);
                let machine = machine.map(|machine| machine.name.clone());
                self.step(Some(organization), Action::CreateClient { name, machine, request }, changes);
                true
            }
            Found::Recorded(id) | Found::ByName(id) => {
                let Some(described) = self.observed.described.get(id) else { return false };
                let has_secret = described.get("ClientSecret").is_some_and(|secret| !secret.is_null());
                let problem = match (machine, has_secret) {
                    (None, true) => Some(Problem::ClientSecret { organization: code(), id: id.clone() }),
                    (Some(machine), false) => {
                        let machine = machine.name.clone();
                        Some(Problem::NoSecret { organization: code(), machine, id: id.clone() })
                    }
                    _ => None,
                };
                if let Some(problem) = problem {
                    self.plan.problems.push(problem);
                    return false;
                }
                // The name of an app client that is there is the operator's.
                let mut wanted = wanted.clone();
                wanted.remove("ClientName");
                self.update(organization, name, id, wanted);
                true
            }
        }
    }

    /// The step that changes an app client that is there, if there is something to change.
    fn update(&mut self, organization: &Organization, name: String, id: &str, wanted: Fields) {
        let Some(described) = self.observed.described.get(id) else { return };
        let (changes, request) = overlay::client(described, &wanted);
        if !changes.is_empty() {
            let (id, described) = (id.to_owned(), described.clone());
            self.step(Some(organization), Action::UpdateClient { name, id, described, request }, changes);
        }
    }

    fn sessions_and_branding(&mut self, organization: &Organization, client: &str, found: &Found) {
        let there = found.id().and_then(|id| self.observed.reuse_minutes.get(id)).copied();
        if let Some(minutes) = desired::reuse_minutes(self.pool, organization)
            && there != Some(minutes)
        {
            let change = Change {
                field: "SSOSession.MaxValidityMinutes".to_owned(),
                from: there.map_or(Value::Null, Value::from),
                to: minutes.into(),
            };
            self.step(Some(organization), Action::SetReuse { client: client.to_owned(), minutes }, vec![change]);
        }
        let is_branded = found.id().is_some_and(|id| self.observed.branded.contains(id));
        if let Some(request) = desired::branding(self.pool)
            && !is_branded
        {
            let changes = overlay::all_new(&request);
            self.step(Some(organization), Action::CreateBranding { client: client.to_owned(), request }, changes);
        }
    }

    fn machine(&mut self, organization: &Organization, machine: &Machine) {
        let name = client_name(organization, Some(machine));
        let found = self.observed.find(machine.client_id.as_deref(), &name);
        let wanted = desired::machine(self.pool, organization, machine);
        if !self.client(organization, Some(machine), &found, &wanted) {
            return;
        }
        if !found.id().is_some_and(|id| (self.is_kept)(&name, id)) {
            let action = Action::KeepSecret { client: name, machine: machine.name.clone() };
            self.step(Some(organization), action, Vec::new());
        }
        self.record(organization, Some(machine), &found);
    }

    /// Counts what there would be, before anything is written.
    fn quotas(&mut self) {
        let count = |is_new: fn(&Action) -> bool| self.plan.steps.iter().filter(|step| is_new(&step.action)).count();
        let quotas = &self.pool.quotas;
        let needs = [
            (
                "app clients",
                self.observed.clients.len(),
                count(|action| matches!(action, Action::CreateClient { .. })),
                quotas.app_clients,
            ),
            (
                "identity providers",
                self.observed.provider_names.len(),
                count(|action| matches!(action, Action::CreateProvider { .. })),
                quotas.identity_providers,
            ),
            (
                "resource servers",
                self.observed.resource_servers.len(),
                count(|action| matches!(action, Action::CreateResourceServer(_))),
                quotas.resource_servers,
            ),
            (
                "branding styles",
                self.observed.branded.len(),
                count(|action| matches!(action, Action::CreateBranding { .. })),
                quotas.branding_styles,
            ),
        ];
        for (of, there, new, quota) in needs {
            if new > 0 && there + new > quota {
                self.plan.problems.push(Problem::Quota { of, needed: there + new, quota });
            }
        }
    }
}
