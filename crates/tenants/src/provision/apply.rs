//! Does the steps of a plan, one after the other. What was done stays done: a run that ends early is finished by the
//! next one, because the plan is made from what the pool has.

use super::desired::fields;
use super::overlay::is_unchanged;
use super::plan::{Action, Plan, Step};
use crate::aws::{Api, ApiError, Operation};
use crate::cognito::{Fields, describe_client, describe_provider, describe_resource_server, object};
use crate::files::pool_file::Pool;
use crate::machines::rotation::{self, RotationError};
use crate::secret::Secret;
use serde_json::{Value, json};
use std::collections::HashMap;

/// How often a step is tried that needs something which was created a moment ago and is not known everywhere yet.
const ATTEMPTS: u32 = 8;

/// What applying needs of this machine.
pub trait Host {
    /// Writes the id of an app client into tenants.toml.
    ///
    /// # Errors
    /// If it cannot be written, in words.
    fn record(&self, organization: &str, machine: Option<&str>, client_id: &str) -> Result<(), String>;

    /// Keeps the secret of a machine's app client.
    ///
    /// # Errors
    /// If it cannot be kept, in words.
    fn keep_secret(&self, client: &str, client_id: &str, secret: &Secret) -> Result<(), String>;

    /// Waits before a step is tried again, counted from 0.
    fn wait(&self, attempt: u32);

    /// Called after each step: how many are done, of how many, and the step.
    fn done(&self, count: usize, of: usize, step: &Step);
}

/// A step that failed. The steps before it are done.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// AWS has refused it, or has not responded.
    #[error("{0}")]
    Api(#[from] ApiError),
    /// Somebody else has changed the same thing since the plan was made.
    #[error("{0} was changed by somebody else since the plan was made")]
    ChangedMeanwhile(String),
    /// The secret of a machine's app client cannot be told.
    #[error("{0}")]
    Secret(#[from] RotationError),
    /// Something could not be written on this machine.
    #[error("{0}")]
    Host(String),
}

impl ApplyError {
    /// What the operator can do.
    pub fn what_to_do(&self) -> String {
        match self {
            Self::Api(error) => error.what_to_do(),
            Self::Secret(error) => error.what_to_do(),
            Self::ChangedMeanwhile(_) => "Look at `tenants plan` again.".to_owned(),
            Self::Host(_) => "Mend that, and run `tenants apply` again: it goes on from there.".to_owned(),
        }
    }
}

/// Does the steps. `ids` are the app clients that the pool had when the plan was made, by name.
///
/// # Errors
/// The first step that failed, by its index, and why.
pub fn apply(
    api: &impl Api,
    host: &impl Host,
    pool: &Pool,
    plan: &Plan,
    ids: HashMap<String, String>,
) -> Result<(), (usize, ApplyError)> {
    let mut applying = Applying { api, host, pool, ids, secrets: HashMap::new(), has_created: false };
    for (i, step) in plan.steps.iter().enumerate() {
        applying.step(step).map_err(|error| (i, error))?;
        host.done(i + 1, plan.steps.len(), step);
    }
    Ok(())
}

struct Applying<'a, A, H> {
    api: &'a A,
    host: &'a H,
    pool: &'a Pool,
    /// The ids of app clients, by name.
    ids: HashMap<String, String>,
    /// The secrets of new app clients, by name.
    secrets: HashMap<String, Secret>,
    /// Whether something was created in this run, which may not be known everywhere yet.
    has_created: bool,
}

impl<A: Api, H: Host> Applying<'_, A, H> {
    fn step(&mut self, step: &Step) -> Result<(), ApplyError> {
        match &step.action {
            Action::CreateResourceServer(request) => self.create("CreateResourceServer", request).map(drop),
            Action::UpdateResourceServer { identifier, described, request } => {
                let describe = || describe_resource_server(self.api, &self.pool.id, identifier);
                self.update("UpdateResourceServer", identifier, described, request, describe)
            }
            Action::CreateProvider { request, .. } => self.create("CreateIdentityProvider", request).map(drop),
            Action::UpdateProvider { name, described, request } => {
                let describe = || describe_provider(self.api, &self.pool.id, name);
                self.update("UpdateIdentityProvider", name, described, request, describe)
            }
            Action::CreateClient { name, request, .. } => self.create_client(name, request),
            Action::UpdateClient { name, id, described, request } => {
                let describe = || describe_client(self.api, &self.pool.id, id);
                self.update("UpdateUserPoolClient", name, described, request, describe)
            }
            Action::SetReuse { client, minutes } => {
                let request = json!({ "ClientId": self.id(client), "SSOSession": { "MaxValidityMinutes": minutes } });
                self.write_until_done("SetUserPoolClientSessionConfiguration", &fields(request)).map(drop)
            }
            Action::CreateBranding { client, request } => {
                let mut request = request.clone();
                request.insert("ClientId".to_owned(), self.id(client).into());
                self.write_until_done("CreateManagedLoginBranding", &request).map(drop)
            }
            Action::KeepSecret { client, .. } => self.keep_secret(client),
            Action::Record { client, machine } => {
                let organization = step.organization.as_deref().unwrap_or_default();
                self.host.record(organization, machine.as_deref(), self.id(client)).map_err(ApplyError::Host)
            }
        }
    }

    /// The id of an app client. The plan creates an app client before it uses it.
    fn id(&self, client: &str) -> &str {
        self.ids.get(client).map(String::as_str).unwrap_or_default()
    }

    /// Changes something, unless somebody else has changed it since the plan was made. Before each attempt it is
    /// described again.
    fn update(
        &self,
        operation: &'static str,
        name: &str,
        planned: &Fields,
        request: &Fields,
        describe: impl Fn() -> Result<Fields, ApiError>,
    ) -> Result<(), ApplyError> {
        let mut attempt = 0;
        loop {
            if !is_unchanged(planned, &describe()?) {
                return Err(ApplyError::ChangedMeanwhile(name.to_owned()));
            }
            match self.write(operation, request) {
                Err(ApplyError::Api(error)) if error.is_conflict() && attempt + 1 < ATTEMPTS => {
                    self.host.wait(attempt);
                    attempt += 1;
                }
                done => return done.map(drop),
            }
        }
    }

    fn create(&mut self, operation: &'static str, request: &Fields) -> Result<Value, ApplyError> {
        let response = self.write_until_done(operation, request)?;
        self.has_created = true;
        Ok(response)
    }

    /// Calls an operation with a request that does not depend on what is there, so that it may be made again after a
    /// conflict with another call.
    fn write_until_done(&self, operation: &'static str, request: &Fields) -> Result<Value, ApplyError> {
        let mut attempt = 0;
        loop {
            match self.write(operation, request) {
                Err(ApplyError::Api(error)) if error.is_conflict() && attempt + 1 < ATTEMPTS => {
                    self.host.wait(attempt);
                    attempt += 1;
                }
                done => return done,
            }
        }
    }

    /// Calls an operation that changes the pool. What was created a moment ago may not be known to it yet, so it is
    /// tried again.
    fn write(&self, operation: &'static str, request: &Fields) -> Result<Value, ApplyError> {
        let mut request = request.clone();
        request.insert("UserPoolId".to_owned(), self.pool.id.clone().into());
        let request = Value::Object(request);
        let mut attempt = 0;
        loop {
            match self.api.call(Operation::cognito(operation), &request) {
                Err(error) if self.has_created && attempt + 1 < ATTEMPTS && may_be_unknown_yet(&error) => {
                    self.host.wait(attempt);
                    attempt += 1;
                }
                done => return Ok(done?),
            }
        }
    }

    fn create_client(&mut self, name: &str, request: &Fields) -> Result<(), ApplyError> {
        let client = object(self.create("CreateUserPoolClient", request)?, "UserPoolClient");
        let text = |field: &str| client.get(field).and_then(Value::as_str).map(str::to_owned);
        let Some(id) = text("ClientId") else {
            let reason = "there is no ClientId in the response".to_owned();
            return Err(ApiError::NoResponse { operation: Operation::cognito("CreateUserPoolClient"), reason }.into());
        };
        self.ids.insert(name.to_owned(), id);
        self.secrets.extend(text("ClientSecret").map(|secret| (name.to_owned(), Secret::new(secret))));
        Ok(())
    }

    /// Keeps the secret of a new app client, or of one that an earlier run has created.
    fn keep_secret(&mut self, client: &str) -> Result<(), ApplyError> {
        let secret = match self.secrets.remove(client) {
            Some(secret) => secret,
            None => rotation::only_secret(self.api, &self.pool.id, self.id(client))?,
        };
        self.host.keep_secret(client, self.id(client), &secret).map_err(ApplyError::Host)
    }
}

/// Whether a refusal can mean that something new is not known everywhere yet.
fn may_be_unknown_yet(error: &ApiError) -> bool {
    match error {
        ApiError::Refused { code, message, .. } => match code.as_str() {
            "ResourceNotFoundException" | "ScopeDoesNotExistException" => true,
            "InvalidParameterException" => message.contains("does not exist"),
            _ => false,
        },
        ApiError::Denied { .. } | ApiError::NoResponse { .. } => false,
    }
}
