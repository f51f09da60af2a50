//! What can be wrong with tenants.toml, where, and in which words.

use std::fmt;

use crate::domain_name::DomainNameError;
use crate::format_guess::Format;

/// One thing that is wrong with the file. Reads `LINE: FIELD: REASON`, to be put after the file's name and a colon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// From 1.
    pub line: usize,
    /// The field's path, such as `tenants[3].client_id` (the first tenant is 0); empty for the file as a whole.
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

/// Why a field is refused. The sentences are for the directory's author.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Bytes that are no text.
    #[error("the file is not UTF-8 text")]
    NotUtf8,
    /// Not TOML; the parser's own words.
    #[error("not TOML: {0}")]
    Syntax(String),
    /// Not TOML because it is something else.
    #[error("this looks like {0} (the directory is TOML)")]
    OtherFormat(Format),
    /// An empty file, or one cut short before its first tenant.
    #[error("the file names no tenant")]
    NoTenants,
    /// A field that nobody reads is a misspelt one.
    #[error("unknown field")]
    Unknown,
    /// A required field is not there.
    #[error("is missing")]
    Missing,
    /// Another TOML type.
    #[error("must be {expected}, and is {found}")]
    Type {
        /// What it should be, with its article.
        expected: &'static str,
        /// TOML's name of what it is.
        found: &'static str,
    },
    /// Not a code.
    #[error("must be 1 to 64 letters a to z, digits and hyphens")]
    Code,
    /// Codes name one organization each, in any case.
    #[error("is the code of another tenant already (line {line})")]
    CodeTaken {
        /// The line of the first use.
        line: usize,
    },
    /// Not one of the ways of keeping organizations apart.
    #[error("must be shared or strict")]
    Isolation,
    /// Nothing a person could recognise.
    #[error("must not be empty")]
    EmptyName,
    /// A character that is not seen, and can make a name look like another one.
    #[error("has a control or text direction character in it (U+{:04X})", u32::from(*.0))]
    Invisible(char),
    /// Cognito: `[\w+]+`, 1 to 128.
    #[error("is not an app client id: 1 to 128 letters a to z, digits, underscores and plus signs")]
    ClientId,
    /// Two tenants behind one client could not be told apart at the callback.
    #[error("is the app client of another tenant already (line {line}); every tenant has its own")]
    ClientTaken {
        /// The line of the first use.
        line: usize,
    },
    /// Cognito: 1 to 32 characters, no white space.
    #[error("is not the name of an identity provider: 1 to 32 characters without space, or COGNITO")]
    IdentityProvider,
    /// IDNA refuses it.
    #[error("{0}")]
    Domain(#[from] DomainNameError),
    /// Anybody could register a name below it.
    #[error("is a public suffix, below which anybody may register a name")]
    PublicSuffix,
    /// Anybody could have an address there.
    #[error("belongs to a consumer mailbox provider, where anybody may have an address")]
    ConsumerDomain,
    /// The same domain in another spelling counts.
    #[error("is listed for this tenant already (line {line})")]
    DomainTwice {
        /// The line of the first use.
        line: usize,
    },
    /// Not an address to derive key sets from.
    #[error("is not an issuer: an https address without user name, query or fragment (http for localhost only)")]
    Issuer,
    /// The same issuer twice in the file's list.
    #[error("is listed already (line {line})")]
    IssuerTwice {
        /// The line of the first use.
        line: usize,
    },
    /// An issuer that the file's list does not have.
    #[error("is not among the file's issuers")]
    UnknownIssuer,
    /// With several user pools, each tenant says which is its own.
    #[error("is missing, and the file names {0} issuers")]
    IssuerNeeded(usize),
    /// Images of other hosts are kept out by the page's content security policy.
    #[error("must be a path on the picker's own origin that begins with one slash, such as /logos/acme.svg")]
    Logo,
}
