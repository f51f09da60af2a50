//! Who belongs to the organization of an app client.

use crate::event::{Request, Trigger};
use lookup_api::{LookupRequest, Tenant};
use lookup_service::directory::Directory;
use lookup_service::directory_file;
use platform::json::Json;
use std::collections::HashMap;
use toml::de::DeTable;

/// What the names of groups begin with that make somebody a member: `tenant-acme`.
const GROUP_PREFIX: &str = "tenant-";

/// The organizations, and the app clients of their back ends.
#[derive(Debug)]
pub struct Gate {
    directory: Directory,
    /// The organizations' codes, by the app clients of their back ends.
    machines: HashMap<String, String>,
}

/// Why somebody gets no tokens. Cognito hands the words on, and the picker shows them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No organization has this app client, or it is out of service.
    #[error("This application is not open to any organization")]
    UnknownClient,
    /// The profile is not linked to the organization's provider.
    #[error("This account does not belong to {organization}. Sign in with the account that {organization} gave you")]
    OtherProvider {
        /// The organization's name.
        organization: String,
    },
    /// The account is not a member of an organization with native accounts.
    #[error("This account is not a member of {organization}. Ask its administrator to add you")]
    NoMember {
        /// The organization's name.
        organization: String,
    },
}

impl Gate {
    /// Reads the text of tenants.toml.
    ///
    /// # Errors
    /// Everything that is wrong with it, a line each.
    pub fn new(tenants: &str) -> Result<Self, Vec<String>> {
        let directory = directory_file::parse(tenants);
        let directory = directory.map_err(|findings| findings.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        Ok(Self { directory, machines: machines(tenants) })
    }

    /// The code of the organization that the tokens are for.
    ///
    /// # Errors
    /// [`Refusal`], if whoever asks does not belong to it.
    pub fn admit(&self, request: &Request) -> Result<String, Refusal> {
        if request.trigger == Trigger::ClientCredentials {
            return self.machines.get(&request.client_id).cloned().ok_or(Refusal::UnknownClient);
        }
        let tenant = self.tenant(&request.client_id).ok_or(Refusal::UnknownClient)?;
        let organization = || tenant.name.clone();
        if tenant.identity_provider.is_native() {
            if !self.is_member(request, &tenant) {
                return Err(Refusal::NoMember { organization: organization() });
            }
        } else if !comes_from(request, tenant.identity_provider.as_str()) {
            return Err(Refusal::OtherProvider { organization: organization() });
        }
        Ok(tenant.code.as_str().to_owned())
    }

    fn tenant(&self, client_id: &str) -> Option<Tenant> {
        let found = self.directory.find(&LookupRequest::ClientId(client_id.to_owned()));
        Tenant::from_json(&Json::parse(found.first()?).ok()?).ok()
    }

    /// Whether a native account belongs to the organization: by a group, or by the domain of its verified email
    /// address. A profile without a password in the pool belongs to the provider that it came from, and its email is
    /// that provider's word, so only a group counts.
    fn is_member(&self, request: &Request, tenant: &Tenant) -> bool {
        let in_group = |group: &String| group.strip_prefix(GROUP_PREFIX) == Some(tenant.code.as_str());
        if request.groups.iter().any(in_group) {
            return true;
        }
        let domain =
            request.verified_email.as_deref().and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain);
        let Some(domain) = domain.filter(|_| !request.is_external) else { return false };
        let found = self.directory.find(&LookupRequest::Domain(domain.to_owned()));
        let codes = found.iter().filter_map(|json| Tenant::from_json(&Json::parse(json).ok()?).ok());
        codes.into_iter().any(|other| other.code == tenant.code)
    }
}

/// Whether the profile is linked to the provider and, where each provider sets an attribute to its own name, has come
/// from it now. At a refresh the attribute may be of another sign-in since.
fn comes_from(request: &Request, provider: &str) -> bool {
    let is_linked = request.providers.iter().any(|name| name == provider);
    let is_current = match (&request.provider_attribute, request.trigger) {
        (Some(name), Trigger::SignIn) => name == provider,
        _ => true,
    };
    is_linked && is_current
}

/// The codes of the organizations in service, by the app clients of their back ends. The file has been checked.
fn machines(text: &str) -> HashMap<String, String> {
    let (root, _) = DeTable::parse_recoverable(text);
    let mut machines = HashMap::new();
    let tenants = root.get_ref().get("tenants").and_then(|value| value.get_ref().as_array());
    for tenant in tenants.into_iter().flatten().filter_map(|value| value.get_ref().as_table()) {
        let text = |name: &str| tenant.get(name).and_then(|value| value.get_ref().as_str());
        let is_disabled = tenant.get("disabled").is_some_and(|value| value.get_ref().as_bool() == Some(true));
        let list = tenant.get("machines").and_then(|value| value.get_ref().as_array());
        for machine in list.into_iter().flatten().filter_map(|value| value.get_ref().as_table()) {
            let client = machine.get("client_id").and_then(|value| value.get_ref().as_str());
            if let (Some(client), Some(code), false) = (client, text("code"), is_disabled) {
                machines.insert(client.to_owned(), code.to_owned());
            }
        }
    }
    machines
}
