//! The keys of the table's items. No I/O.

use lookup_service::directory::Key;
use std::fmt;

/// The key of the item that says which generation and revision count.
pub const POINTER: &str = "ptr";
/// The key of the item that says which bulk load is under way.
pub const LOADING: &str = "loading";

/// A name of the directory, as it stands in a key behind the generation: `d#acme.example`, `c#acme`, `i#1h57…`, and
/// `x#3p1w…` for the app client of a back end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameKey(String);

impl NameKey {
    /// The key of a name as it was written into the log of changes. `None` if it is no such key.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once('#')?;
        (matches!(kind, "c" | "d" | "i" | "x") && !name.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The key of the app client of a back end. Lookups do not ask for it.
    pub fn of_machine(client_id: &str) -> Self {
        Self(format!("x#{client_id}"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it belongs to one organization alone. A domain may belong to several.
    pub fn is_for_one(&self) -> bool {
        !self.0.starts_with("d#")
    }

    /// The code, if this is the key of a code.
    pub fn code(&self) -> Option<&str> {
        self.0.strip_prefix("c#")
    }
}

impl From<Key<'_>> for NameKey {
    fn from(key: Key<'_>) -> Self {
        Self(match key {
            Key::Code(code) => format!("c#{code}"),
            Key::Domain(domain) => format!("d#{domain}"),
            Key::ClientId(id) => format!("i#{id}"),
        })
    }
}

impl fmt::Display for NameKey {
    /// As a person would say it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_at_checked(2) {
            Some(("c#", code)) => write!(f, "the code {code}"),
            Some(("d#", domain)) => write!(f, "the domain {domain}"),
            Some((_, id)) => write!(f, "the app client {id}"),
            None => f.write_str(&self.0),
        }
    }
}

/// The key of a person's memberships. They are of no generation: a load leaves them alone.
pub fn person(issuer: &str, subject: &str) -> String {
    format!("m#{issuer}#{subject}")
}

/// The number of a bulk load. All its items have it in their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Generation(pub u64);

impl Generation {
    /// The key of what was before the first tenant in the file.
    pub fn head(self) -> String {
        format!("{}#head", self.0)
    }

    /// The key of an organization's record, by its code in lower case.
    pub fn record(self, code: &str) -> String {
        format!("{}#t#{code}", self.0)
    }

    /// The key of a name.
    pub fn name(self, name: &NameKey) -> String {
        format!("{}#{}", self.0, name.as_str())
    }

    /// The key of the log of a revision.
    pub fn log(self, revision: u64) -> String {
        format!("{}#log#{revision}", self.0)
    }

    /// Whether a key is that of a log of this generation.
    pub(crate) fn is_log(self, key: &str) -> bool {
        key.strip_prefix(&self.prefix()).is_some_and(|rest| rest.starts_with("log#"))
    }

    /// What all keys of this generation begin with.
    pub fn prefix(self) -> String {
        format!("{}#", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back_from_the_log() {
        for key in [Key::Code("acme"), Key::Domain("acme.example"), Key::ClientId("1h57")] {
            let name = NameKey::from(key);
            assert_eq!(NameKey::parse(name.as_str()), Some(name));
        }
        for text in ["", "c", "c#", "t#acme", "head", "log#1"] {
            assert_eq!(NameKey::parse(text), None, "{text}");
        }
    }
}
