//! Who belongs to the organization of an app client.

use crate::event::{Request, Trigger};
use lookup_api::Tenant;

/// What the names of groups begin with that make somebody a member: `tenant-acme`.
const GROUP_PREFIX: &str = "tenant-";

/// What the directory says about a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The organization that has the app client.
    pub tenant: Option<Tenant>,
    /// The code of the organization whose back end has the app client.
    pub of_machine: Option<String>,
    /// The codes of the organizations that the domain of the verified email address finds.
    pub of_domain: Vec<String>,
}

/// Why somebody gets no tokens. Cognito hands the words on, and the picker shows them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The directory cannot be asked.
    #[error("It cannot be checked at the moment whether this account belongs here. Try again in a minute")]
    Unavailable,
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

/// The code of the organization that the tokens are for.
///
/// # Errors
/// [`Refusal`], if whoever asks does not belong to it.
pub fn admit(request: &Request, facts: &Facts) -> Result<String, Refusal> {
    if request.trigger == Trigger::ClientCredentials {
        return facts.of_machine.clone().ok_or(Refusal::UnknownClient);
    }
    let tenant = facts.tenant.as_ref().ok_or(Refusal::UnknownClient)?;
    let organization = || tenant.name.clone();
    if tenant.identity_provider.is_native() {
        if !is_member(request, tenant.code.as_str(), facts) {
            return Err(Refusal::NoMember { organization: organization() });
        }
    } else if !comes_from(request, tenant.identity_provider.as_str()) {
        return Err(Refusal::OtherProvider { organization: organization() });
    }
    Ok(tenant.code.as_str().to_owned())
}

/// Whether a native account belongs to the organization: by a group, or by the domain of its verified email address. A
/// profile without a password in the pool belongs to the provider that it came from, and its email is that provider's
/// word, so only a group counts.
fn is_member(request: &Request, code: &str, facts: &Facts) -> bool {
    let in_group = |group: &String| group.strip_prefix(GROUP_PREFIX) == Some(code);
    let by_email = !request.is_external && facts.of_domain.iter().any(|other| other == code);
    request.groups.iter().any(in_group) || by_email
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
