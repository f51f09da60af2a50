//! What a file with organizations becomes in the table. No I/O.

use crate::item::{ITEM_MAX, Item, Listed, Record, Sum};
use crate::key::NameKey;
use lookup_api::Tenant;
use lookup_service::directory::{Directory, Key};
use lookup_service::directory_file::{self, sections};
use lookup_service::finding::Finding;
use lookup_service::machine_clients::machine_clients;
use platform::json::Json;
use std::collections::{HashMap, HashSet};
use toml::de::DeTable;

/// The distance between the places of two organizations of a file, so that others fit between them.
pub const ORDER_STEP: u64 = 1024;

/// Why a file cannot be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentsError {
    /// The file has errors.
    #[error("{} problems", .0.len())]
    Findings(Vec<Finding>),
    /// A tenant is not under a header of its own, so the file cannot be cut into tenants.
    #[error("each tenant must be under a [[tenants]] of its own, not in a list")]
    NotInSections,
    /// Two back ends have the same app client.
    #[error("the app client {0} of a back end is there twice")]
    MachineTwice(String),
    /// An item would be too large for DynamoDB.
    #[error("{what} would be an item of {size} bytes, and DynamoDB takes {ITEM_MAX}")]
    TooLarge {
        /// Whose item, in words.
        what: String,
        /// Its size.
        size: usize,
    },
}

/// A file with organizations, cut into what the table has.
#[derive(Debug)]
pub struct Contents<'t> {
    head: &'t str,
    sections: Vec<&'t str>,
    directory: Directory,
}

impl<'t> Contents<'t> {
    /// Reads the text of tenants.toml.
    ///
    /// # Errors
    /// Why it cannot be loaded: what a lookup service would refuse, and what DynamoDB would.
    pub fn read(text: &'t str) -> Result<Self, ContentsError> {
        let directory = directory_file::parse(text).map_err(ContentsError::Findings)?;
        let (head, sections) = sections(text).ok_or(ContentsError::NotInSections)?;
        let contents = Self { head, sections, directory };
        let mut machines = HashSet::new();
        for client in contents.sections.iter().flat_map(|section| machine_clients(section).into_keys()) {
            if let Some(twice) = machines.replace(client) {
                return Err(ContentsError::MachineTwice(twice));
            }
        }
        let too_large = contents.items().find(|item| item.size() > ITEM_MAX);
        match too_large {
            Some(item) => Err(ContentsError::TooLarge { what: in_words(&item), size: item.size() }),
            None => Ok(contents),
        }
    }

    /// How many organizations there are, with those that are not served.
    pub fn organizations(&self) -> usize {
        self.sections.len()
    }

    /// How many of them are served.
    pub fn served(&self) -> usize {
        self.directory.tenants()
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        let machines = self.sections.iter().map(|section| machine_clients(section).len()).sum::<usize>();
        1 + self.sections.len() + self.directory.keys().count() + machines
    }

    /// Whether there are none, which a file with organizations never has.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is before the first organization.
    pub fn head(&self) -> &'t str {
        self.head
    }

    /// The organizations, in order.
    pub fn records(&self) -> impl Iterator<Item = Record> + '_ {
        self.sections.iter().enumerate().map(|(i, section)| Record {
            code: code_of(section),
            order: (i as u64 + 1) * ORDER_STEP,
            toml: (*section).to_owned(),
        })
    }

    /// All items, always in the same order.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        let orders: HashMap<String, u64> = self.records().map(|record| (record.code, record.order)).collect();
        let names =
            self.directory.keys().map(move |key| name_item(&self.directory, key, |code| orders.get(code).copied()));
        let machines = self.records().flat_map(|record| machine_items(&self.directory, &record));
        let head = [Item::Head(self.head.to_owned())].into_iter();
        head.chain(self.records().map(Item::Record)).chain(names).chain(machines)
    }

    /// The sum of records and head, by which two files are compared.
    pub fn sum(&self) -> Sum {
        let mut sum = Item::Head(self.head.to_owned()).sum();
        self.records().for_each(|record| sum += Item::Record(record).sum());
        sum
    }
}

/// The code of an organization, in lower case, from its part of the file, which has been read before.
pub(crate) fn code_of(section: &str) -> String {
    let (root, _) = DeTable::parse_recoverable(section);
    let tenant = root.get_ref().get("tenants").and_then(|value| value.get_ref().as_array()?.first());
    let code = tenant.and_then(|tenant| tenant.get_ref().as_table()?.get("code")?.get_ref().as_str());
    code.unwrap_or_default().to_ascii_lowercase()
}

/// The item of a name. `order` gives the place of an organization by its code in lower case.
pub(crate) fn name_item(directory: &Directory, key: Key<'_>, order: impl Fn(&str) -> Option<u64>) -> Item {
    let listed = directory.under(key).into_iter().filter_map(|listed| {
        let tenant = Tenant::from_json(&Json::parse(listed.json).ok()?).ok()?;
        let code = tenant.code.as_str().to_ascii_lowercase();
        Some(Listed { order: order(&code)?, code, json: listed.json.into(), subdomains: listed.subdomains })
    });
    Item::Name(NameKey::from(key), listed.collect())
}

/// The items of an organization's back ends, in order. Each has the organization alone.
pub(crate) fn machine_items(directory: &Directory, record: &Record) -> Vec<Item> {
    let clients = machine_clients(&record.toml).into_keys();
    let item = |client: String| match name_item(directory, Key::Code(&record.code), |_| Some(record.order)) {
        Item::Name(_, listed) if !listed.is_empty() => Some(Item::Name(NameKey::of_machine(&client), listed)),
        _ => None,
    };
    clients.filter_map(item).collect()
}

/// What an item is, for an operator.
pub(crate) fn in_words(item: &Item) -> String {
    match item {
        Item::Head(_) => "what is before the first tenant".to_owned(),
        Item::Record(record) => format!("the tenant {}", record.code),
        Item::Name(name, listed) => format!("{name} with {} tenants", listed.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANTS: &str = r#"# All.
[[tenants]]
code = "Acme"
name = "Acme"
client_id = "acmeclient"
identity_provider = "AcmeSAML"
domains = ["acme.example"]

[[tenants.machines]]
name = "reports"
client_id = "acmemachine"

[[tenants]]
code = "hooli"
name = "Hooli"
client_id = "hooliclient"
identity_provider = "COGNITO"
disabled = true
machines = [{ name = "a", client_id = "hoolimachine" }]
"#;

    #[test]
    fn a_file_becomes_an_item_for_each_record_and_for_each_name_of_those_that_are_served() {
        let contents = Contents::read(TENANTS).unwrap();
        let keys: Vec<String> = contents.items().map(|item| item.key(crate::key::Generation(1))).collect();
        let expected =
            ["1#head", "1#t#acme", "1#t#hooli", "1#c#acme", "1#i#acmeclient", "1#d#acme.example", "1#x#acmemachine"];
        assert_eq!(keys, expected);
        assert_eq!(contents.len(), expected.len());
        assert_eq!((contents.organizations(), contents.served()), (2, 1));
    }
}
