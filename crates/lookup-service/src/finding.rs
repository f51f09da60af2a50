//! What can be wrong with tenants.toml, with line, field and reason.

use std::fmt;

use crate::domain_name::DomainNameError;
use crate::format_guess::Format;
use crate::name_index::Full;

/// One thing that is wrong with the file. `Display` writes `LINE: FIELD: REASON`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line, from 1.
    pub line: usize,
    /// The path of the field, such as `tenants[3].client_id` (the first tenant is 0). Empty for the file as a whole.
    pub field: String,
    /// What is wrong with it.
    pub reason: Reason,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "" => write!(f, "{}: {}", self.line, self.reason),
            field => write!(f, "{}: {field}: {}", self.line, self.reason),
        }
    }
}

/// Why a field is refused. The messages are for the author of the directory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The file is not UTF-8.
    #[error("the file is not UTF-8 text")]
    NotUtf8,
    /// The file is not TOML. Has the parser's message.
    #[error("not TOML: {0}")]
    Syntax(String),
    /// The file is not TOML, but another format.
    #[error("this looks like {0} (the directory is TOML)")]
    OtherFormat(Format),
    /// There is more in the file than a directory has room for.
    #[error("too large: {0}")]
    TooLarge(#[from] Full),
    /// The file is empty, or was cut off before its first tenant.
    #[error("the file names no tenant")]
    NoTenants,
    /// The field does not exist; most likely it is misspelt.
    #[error("unknown field")]
    Unknown,
    /// A required field is missing.
    #[error("is missing")]
    Missing,
    /// The value has another TOML type.
    #[error("must be {expected}, and is {found}")]
    Type {
        /// The type that it should have, with an article.
        expected: &'static str,
        /// The type that it has, as TOML calls it.
        found: &'static str,
    },
    /// The text is no code.
    #[error("must be 1 to 64 letters a to z, digits and hyphens")]
    Code,
    /// Another tenant has this code, perhaps in another case.
    #[error("is the code of another tenant already (line {line})")]
    CodeTaken {
        /// The line of the first use.
        line: usize,
    },
    /// The value is neither shared nor strict.
    #[error("must be shared or strict")]
    Isolation,
    /// The name is empty.
    #[error("must not be empty")]
    EmptyName,
    /// The name has an invisible character, which could make it look like another name.
    #[error("has a control or text direction character in it (U+{:04X})", u32::from(*.0))]
    Invisible(char),
    /// The text is no app client id. Cognito's are `[\w+]+`, 1 to 128 characters.
    #[error("is not an app client id: 1 to 128 letters a to z, digits, underscores and plus signs")]
    ClientId,
    /// Another tenant has this app client. The callback could not tell the two apart.
    #[error("is the app client of another tenant already (line {line}); every tenant has its own")]
    ClientTaken {
        /// The line of the first use.
        line: usize,
    },
    /// The text is no provider name. Cognito's have 1 to 32 characters and no white space.
    #[error("is not the name of an identity provider: 1 to 32 characters without space, or COGNITO")]
    IdentityProvider,
    /// The text is no domain.
    #[error("{0}")]
    Domain(#[from] DomainNameError),
    /// Anybody can register names below this domain.
    #[error("is a public suffix, below which anybody may register a name")]
    PublicSuffix,
    /// Anybody can have an address at this domain.
    #[error("belongs to a consumer mailbox provider, where anybody may have an address")]
    ConsumerDomain,
    /// The tenant has this domain already, perhaps in another spelling.
    #[error("is listed for this tenant already (line {line})")]
    DomainTwice {
        /// The line of the first use.
        line: usize,
    },
    /// The text is no issuer.
    #[error("is not an issuer: an https address without user name, query or fragment (http for localhost only)")]
    Issuer,
    /// The issuer is in the list twice.
    #[error("is listed already (line {line})")]
    IssuerTwice {
        /// The line of the first use.
        line: usize,
    },
    /// The issuer is not in the file's list.
    #[error("is not among the file's issuers")]
    UnknownIssuer,
    /// The file names several user pools, and the tenant does not say which is its own.
    #[error("is missing, and the file names {0} issuers")]
    IssuerNeeded(usize),
    /// The logo is on another host, from which the page's content security policy does not load images.
    #[error("must be a path on the picker's own origin that begins with one slash, such as /logos/acme.svg")]
    Logo,
}
