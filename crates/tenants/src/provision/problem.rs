//! Why a plan cannot be done, and what the operator can do about it.

/// Why steps cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The provider is neither in the pool nor in tenants.toml.
    #[error(
        "{organization}: the pool has no identity provider {provider}, and tenants.toml does not say how to make it"
    )]
    NoProvider {
        /// The organization's code.
        organization: String,
        /// The provider's name.
        provider: String,
    },
    /// A provider's type cannot be changed.
    #[error("{organization}: the identity provider {provider} is {there} in the pool and {wanted} in tenants.toml")]
    ProviderType {
        /// The organization's code.
        organization: String,
        /// The provider's name.
        provider: String,
        /// Its type in the pool.
        there: String,
        /// Its type in tenants.toml.
        wanted: String,
    },
    /// The app client to be used cannot be told.
    #[error("{organization}: {count} app clients of the pool are named {name}")]
    SeveralClients {
        /// The organization's code.
        organization: String,
        /// The name.
        name: String,
        /// How many.
        count: usize,
    },
    /// The page cannot use an app client with a secret, and a secret cannot be removed.
    #[error("{organization}: the app client {id} has a secret")]
    ClientSecret {
        /// The organization's code.
        organization: String,
        /// The app client's id.
        id: String,
    },
    /// A machine's app client was made without a secret, and cannot be given a first one.
    #[error("{organization}: the app client {id} of the machine {machine} has no secret")]
    NoSecret {
        /// The organization's code.
        organization: String,
        /// The machine's name.
        machine: String,
        /// The app client's id.
        id: String,
    },
    /// The files are those of another pool, most likely.
    #[error("none of the {count} app clients that tenants.toml names is in the pool {pool}")]
    OtherPool {
        /// How many tenants.toml names.
        count: usize,
        /// The pool's id.
        pool: String,
    },
    /// The pool would hold more than it may.
    #[error("the pool would have {needed} {of}, and may have {quota}")]
    Quota {
        /// What there would be too many of.
        of: &'static str,
        /// How many there would be.
        needed: usize,
        /// How many there may be.
        quota: usize,
    },
}

impl Problem {
    /// The stable code, for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoProvider { .. } => "no_provider",
            Self::ProviderType { .. } => "provider_type",
            Self::SeveralClients { .. } => "several_clients",
            Self::ClientSecret { .. } => "client_secret",
            Self::NoSecret { .. } => "no_secret",
            Self::OtherPool { .. } => "other_pool",
            Self::Quota { .. } => "quota",
        }
    }

    /// What the operator can do.
    pub fn what_to_do(&self) -> &'static str {
        match self {
            Self::NoProvider { .. } => "Add [tenants.provider] to the organization, or correct identity_provider.",
            Self::OtherPool { .. } => {
                "Correct user_pool_id in pool.toml. If this is the pool, remove the client_ids from tenants.toml."
            }
            Self::ProviderType { .. } => "Give the provider another name in tenants.toml. People sign in anew then.",
            Self::SeveralClients { .. } => {
                "Write the client_id of the right one into tenants.toml, or rename the others."
            }
            Self::ClientSecret { .. } => "Rename or delete that app client, and remove client_id from tenants.toml.",
            Self::NoSecret { .. } => "Delete that app client, and remove the machine's client_id from tenants.toml.",
            Self::Quota { .. } => {
                "Ask AWS for a higher quota and write it into [quotas] of pool.toml, or use a second pool. \
                 The quota of branding styles cannot be raised: remove [branding]."
            }
        }
    }
}
