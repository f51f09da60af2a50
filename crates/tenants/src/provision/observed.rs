//! Reads what the user pool has, as far as the organizations of the directory are concerned.

use super::desired::client_name;
use crate::aws::{Api, ApiError, Operation};
use crate::cognito::{Fields, PoolReader, describe_client, describe_provider};
use crate::files::pool_file::Pool;
use crate::files::provisioning::{NATIVE, Organization};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What the user pool has. The descriptions have secrets in them, so there is no `Debug`.
#[derive(Clone, Default, PartialEq)]
pub struct Observed {
    /// The app clients that tenants.toml names. They belong to the organization that names them, whatever their name is.
    pub recorded: BTreeSet<String>,
    /// The attributes that every profile must have. An app client must be able to write them.
    pub required_attributes: BTreeSet<String>,
    /// All app clients: their ids and names. Names need not be unique.
    pub clients: Vec<(String, String)>,
    /// The app clients of organizations and machines, by id, as they are described.
    pub described: BTreeMap<String, Fields>,
    /// The names of all identity providers.
    pub provider_names: BTreeSet<String>,
    /// The identity providers of organizations, by name, as they are described.
    pub providers: BTreeMap<String, Fields>,
    /// All resource servers, by identifier.
    pub resource_servers: BTreeMap<String, Fields>,
    /// For how many minutes app clients reuse a session, by id.
    pub reuse_minutes: BTreeMap<String, i64>,
    /// The ids of the app clients of organizations that have a branding style.
    pub branded: BTreeSet<String>,
}

/// Which app client of the pool an organization or a machine has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// None.
    Nothing,
    /// The one that the directory names.
    Recorded(String),
    /// One with the same name, which tenants.toml does not name: of a run that was ended, or made by hand.
    ByName(String),
    /// tenants.toml names one that is not there, and no other has the name.
    Lost,
    /// tenants.toml names none of several that have the name.
    Several(usize),
}

impl Found {
    /// The app client's id.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Recorded(id) | Self::ByName(id) => Some(id),
            Self::Nothing | Self::Lost | Self::Several(_) => None,
        }
    }
}

impl Observed {
    /// The app client with the recorded id, or else with this name. One that is recorded for somebody else is not taken.
    pub fn find(&self, recorded: Option<&str>, name: &str) -> Found {
        if let Some(id) = recorded
            && self.clients.iter().any(|(known, _)| known == id)
        {
            return Found::Recorded(id.to_owned());
        }
        let mut named = self.clients.iter().filter(|(id, known)| known == name && !self.recorded.contains(id));
        match (named.next(), named.count()) {
            (Some((id, _)), 0) => Found::ByName(id.clone()),
            (Some(_), more) => Found::Several(more + 1),
            (None, _) if recorded.is_some() => Found::Lost,
            (None, _) => Found::Nothing,
        }
    }
}

/// Reads what the pool has. `organizations` are all of tenants.toml, and `only` is the code of the one that matters, if
/// it is one. `progress` is called with how many have been read, of how many.
///
/// # Errors
/// If a call is refused, or there is no response.
pub fn observe(
    api: &impl Api,
    pool: &Pool,
    organizations: &[Organization],
    only: Option<&str>,
    progress: &dyn Fn(usize, usize),
) -> Result<Observed, ApiError> {
    let reader = PoolReader { api, pool_id: &pool.id };
    let reading = Reading { reader, pool };
    let mut observed = Observed {
        recorded: recorded(organizations),
        required_attributes: reader.required_attributes()?,
        clients: reader.clients()?,
        provider_names: reader.provider_names()?,
        resource_servers: reader.resource_servers()?,
        ..Observed::default()
    };
    let matters = |organization: &&Organization| only.is_none_or(|code| organization.code == code);
    let chosen: Vec<&Organization> = organizations.iter().filter(matters).collect();
    for (done, organization) in chosen.iter().enumerate() {
        progress(done, chosen.len());
        reading.organization(organization, &mut observed)?;
    }
    progress(chosen.len(), chosen.len());
    Ok(observed)
}

/// The ids of all app clients that tenants.toml names.
fn recorded(organizations: &[Organization]) -> BTreeSet<String> {
    let machines = organizations.iter().flat_map(|organization| &organization.machines);
    let machines = machines.filter_map(|machine| machine.client_id.clone());
    organizations.iter().filter_map(|organization| organization.client_id.clone()).chain(machines).collect()
}

struct Reading<'a, A> {
    reader: PoolReader<'a, A>,
    pool: &'a Pool,
}

impl<A: Api> Reading<'_, A> {
    fn organization(&self, organization: &Organization, observed: &mut Observed) -> Result<(), ApiError> {
        let provider = &organization.identity_provider;
        if provider != NATIVE
            && observed.provider_names.contains(provider)
            && !observed.providers.contains_key(provider)
        {
            observed.providers.insert(provider.clone(), describe_provider(self.reader.api, &self.pool.id, provider)?);
        }
        let found = observed.find(organization.client_id.as_deref(), &client_name(organization, None));
        if let Some(id) = found.id() {
            self.client(id, observed)?;
            self.sessions_and_branding(id, observed)?;
        }
        for machine in &organization.machines {
            let found = observed.find(machine.client_id.as_deref(), &client_name(organization, Some(machine)));
            if let Some(id) = found.id() {
                self.client(id, observed)?;
            }
        }
        Ok(())
    }

    fn client(&self, id: &str, observed: &mut Observed) -> Result<(), ApiError> {
        observed.described.insert(id.to_owned(), describe_client(self.reader.api, &self.pool.id, id)?);
        Ok(())
    }

    /// Reads the session policy and whether there is a branding style, where pool.toml says something about it.
    fn sessions_and_branding(&self, id: &str, observed: &mut Observed) -> Result<(), ApiError> {
        let request = json!({ "UserPoolId": self.pool.id, "ClientId": id });
        if self.pool.sessions.is_some() {
            let response =
                self.reader.api.call(Operation::cognito("GetUserPoolClientSessionConfiguration"), &request)?;
            observed.reuse_minutes.extend(minutes(&response).map(|minutes| (id.to_owned(), minutes)));
        }
        if self.pool.branding.is_some() {
            match self.reader.api.call(Operation::cognito("DescribeManagedLoginBrandingByClient"), &request) {
                Ok(_) => {
                    observed.branded.insert(id.to_owned());
                }
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// `SSOSession.MaxValidityMinutes`, wherever in the response it is.
fn minutes(response: &Value) -> Option<i64> {
    match response.get("SSOSession") {
        Some(session) => session.get("MaxValidityMinutes")?.as_i64(),
        None => response.as_object()?.values().find_map(minutes),
    }
}
