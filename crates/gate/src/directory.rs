//! Where the gate finds what it has to know: in a file beside the program, or in a table.

use crate::event::{Request, Trigger};
use crate::membership::{Facts, Refusal};
use directory_table::by_name::ByName;
use lookup_api::{LookupRequest, Tenant};
use lookup_service::directory::{Directory, Name};
use lookup_service::directory_file::{self, sections};
use lookup_service::machine_clients::machine_clients;
use lookup_service::organizations::Elsewhere;
use platform::json::Json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How old what is known may be, if the table does not respond. An organization may be out of service by then.
const AGE_MAX: Duration = Duration::from_secs(300);

/// The organizations, and the app clients of their back ends.
#[derive(Debug)]
pub enum Organizations {
    /// Read from a file.
    InMemory {
        /// The organizations.
        directory: Box<Directory>,
        /// The organizations' codes, by the app clients of their back ends.
        machines: BTreeMap<String, String>,
    },
    /// Asked for by name.
    Table(Arc<ByName>),
}

impl Organizations {
    /// Reads the text of tenants.toml.
    ///
    /// # Errors
    /// Everything that is wrong with it, a line each.
    pub fn read(tenants: &str) -> Result<Self, Vec<String>> {
        let directory = directory_file::parse(tenants);
        let directory = directory.map_err(|findings| findings.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        // Part by part: the tree of a whole large file takes twenty times its memory.
        let machines = match sections(tenants) {
            Some((_, sections)) => sections.into_iter().flat_map(machine_clients).collect(),
            None => machine_clients(tenants),
        };
        Ok(Self::InMemory { directory: Box::new(directory), machines })
    }

    /// What the directory says about a request.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`], if it cannot be asked.
    pub async fn facts(&self, request: &Request) -> Result<Facts, Refusal> {
        let facts = self.found(request).await?;
        match self {
            Self::Table(table) if table.age() > AGE_MAX => Err(Refusal::Unavailable),
            _ => Ok(facts),
        }
    }

    async fn found(&self, request: &Request) -> Result<Facts, Refusal> {
        if request.trigger == Trigger::ClientCredentials {
            let of_machine = self.of_machine(&request.client_id).await?;
            return Ok(Facts { of_machine, ..Facts::default() });
        }
        let client = LookupRequest::ClientId(request.client_id.clone());
        let tenant = self.find(&client).await?.into_iter().next();
        let is_native = tenant.as_ref().is_some_and(|tenant| tenant.identity_provider.is_native());
        let domain = request.verified_email.as_deref().and_then(|email| email.rsplit_once('@'));
        let of_domain = match domain.filter(|_| is_native) {
            Some((_, domain)) => self.find(&LookupRequest::Domain(domain.to_owned())).await?,
            None => Vec::new(),
        };
        let of_domain = of_domain.into_iter().map(|tenant| tenant.code.as_str().to_owned()).collect();
        Ok(Facts { tenant, of_machine: None, of_domain })
    }

    async fn find(&self, request: &LookupRequest) -> Result<Vec<Tenant>, Refusal> {
        let tenant = |json: &str| Tenant::from_json(&Json::parse(json).ok()?).ok();
        match self {
            Self::InMemory { directory, .. } => Ok(directory.find(request).into_iter().filter_map(tenant).collect()),
            Self::Table(table) => {
                let Some(name) = Name::of(request) else { return Ok(Vec::new()) };
                let found = table.find(&name).await.map_err(|_| Refusal::Unavailable)?;
                Ok(found.iter().filter_map(|json| tenant(json)).collect())
            }
        }
    }

    async fn of_machine(&self, client_id: &str) -> Result<Option<String>, Refusal> {
        match self {
            Self::InMemory { machines, .. } => Ok(machines.get(client_id).cloned()),
            Self::Table(table) => {
                let json = table.of_machine(client_id).await.map_err(|_| Refusal::Unavailable)?;
                let tenant = json.and_then(|json| Tenant::from_json(&Json::parse(&json).ok()?).ok());
                Ok(tenant.map(|tenant| tenant.code.as_str().to_owned()))
            }
        }
    }
}
