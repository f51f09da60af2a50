//! What a file with organizations becomes in the table. No I/O.

use crate::item::{ITEM_MAX, Item, Listed, Record, Sum};
use crate::key::NameKey;
use lookup_api::Tenant;
use lookup_service::directory::{Directory, Key};
use lookup_service::directory_file::{self, sections};
use lookup_service::finding::Finding;
use platform::json::Json;
use std::collections::HashSet;
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
    /// The places that served organizations have in the directory, with those that they have in the file. In order.
    served: Vec<(u32, u32)>,
}

impl<'t> Contents<'t> {
    /// Reads the text of tenants.toml.
    ///
    /// # Errors
    /// Why it cannot be loaded: what a lookup service would refuse, and what DynamoDB would.
    pub fn read(text: &'t str) -> Result<Self, ContentsError> {
        let directory = directory_file::parse(text).map_err(ContentsError::Findings)?;
        let (head, sections) = sections(text).ok_or(ContentsError::NotInSections)?;
        let (mut served, mut machines) = (Vec::with_capacity(directory.tenants()), HashSet::new());
        for (i, section) in (0..).zip(&sections) {
            let ids = Ids::read(section);
            served.extend(directory.under(Key::Code(&ids.code)).first().map(|listed| (listed.place, i)));
            if let Some(twice) = ids.machines.into_iter().find_map(|client| machines.replace(client)) {
                return Err(ContentsError::MachineTwice(twice));
            }
        }
        let contents = Self { head, sections, directory, served };
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
        let clients = self.records().map(|record| client_items(&self.directory, &record).len()).sum::<usize>();
        1 + self.sections.len() + self.directory.keys().count() + clients
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
            code: Ids::read(section).code,
            order: order_of(i as u64),
            toml: (*section).to_owned(),
        })
    }

    /// All items, always in the same order.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        let names = self.directory.keys().map(move |key| name_item(&self.directory, key, |place| self.order_at(place)));
        let clients = self.records().flat_map(|record| client_items(&self.directory, &record));
        let head = [Item::Head(self.head.to_owned())].into_iter();
        head.chain(self.records().map(Item::Record)).chain(names).chain(clients)
    }

    /// The place in the file of the organization that has this one in the directory.
    fn order_at(&self, place: u32) -> Option<u64> {
        let at = self.served.binary_search_by_key(&place, |&(place, _)| place).ok()?;
        Some(order_of(self.served[at].1.into()))
    }

    /// The sum of records and head, by which two files are compared.
    pub fn sum(&self) -> Sum {
        let mut sum = Item::Head(self.head.to_owned()).sum();
        self.records().for_each(|record| sum += Item::Record(record).sum());
        sum
    }
}

/// The place of the organization with this number, from 0.
fn order_of(number: u64) -> u64 {
    (number + 1) * ORDER_STEP
}

/// What an organization is told apart by, from its part of a file that has been read before.
struct Ids {
    /// The code, in lower case.
    code: String,
    /// The app client, if it has one so far.
    client: Option<String>,
    /// The app clients of its back ends.
    machines: Vec<String>,
}

impl Ids {
    fn read(section: &str) -> Self {
        let (root, _) = DeTable::parse_recoverable(section);
        let tenants = root.get_ref().get("tenants").and_then(|value| value.get_ref().as_array());
        let tenant = tenants.and_then(|tenants| tenants.first()?.get_ref().as_table());
        let text = |table: &DeTable<'_>, name: &str| {
            let text = table.get(name)?.get_ref().as_str()?;
            (!text.is_empty()).then(|| text.to_owned())
        };
        let machines = tenant.and_then(|tenant| tenant.get("machines")?.get_ref().as_array()).into_iter().flatten();
        Self {
            code: tenant.and_then(|tenant| text(tenant, "code")).unwrap_or_default().to_ascii_lowercase(),
            client: tenant.and_then(|tenant| text(tenant, "client_id")),
            machines: machines.filter_map(|machine| text(machine.get_ref().as_table()?, "client_id")).collect(),
        }
    }
}

/// The item of a name. `order` gives the place of an organization in the table by that in the directory.
pub(crate) fn name_item(directory: &Directory, key: Key<'_>, order: impl Fn(u32) -> Option<u64>) -> Item {
    let listed = directory.under(key).into_iter().filter_map(|listed| {
        let tenant = Tenant::from_json(&Json::parse(listed.json).ok()?).ok()?;
        let code = tenant.code.as_str().to_ascii_lowercase();
        Some(Listed { order: order(listed.place)?, code, json: listed.json.into(), subdomains: listed.subdomains })
    });
    Item::Name(NameKey::from(key), listed.collect())
}

/// The items of the app clients that lookups do not ask for: those of an organization's back ends, and its own if it is not
/// served. Nobody is found by the clients of an organization that is not served, and no other one can have them.
pub(crate) fn client_items(directory: &Directory, record: &Record) -> Vec<Item> {
    let ids = Ids::read(&record.toml);
    let served = match name_item(directory, Key::Code(&record.code), |_| Some(record.order)) {
        Item::Name(_, listed) => listed.into_iter().next(),
        _ => None,
    };
    let own = ids.client.as_deref().filter(|_| served.is_none()).map(|id| NameKey::from(Key::ClientId(id)));
    let listed = served.unwrap_or_else(|| Listed::not_served(record));
    let machines = ids.machines.iter().map(|id| NameKey::of_machine(id));
    own.into_iter().chain(machines).map(|name| Item::Name(name, vec![listed.clone()])).collect()
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
    fn a_file_becomes_items_for_records_for_names_that_are_served_and_for_all_app_clients() {
        let contents = Contents::read(TENANTS).unwrap();
        let keys: Vec<String> = contents.items().map(|item| item.key(crate::key::Generation(1))).collect();
        let served = ["1#head", "1#t#acme", "1#t#hooli", "1#c#acme", "1#i#acmeclient", "1#d#acme.example"];
        let expected = [&served[..], &["1#x#acmemachine", "1#i#hooliclient", "1#x#hoolimachine"]].concat();
        assert_eq!(keys, expected);
        assert_eq!(contents.len(), expected.len());
        assert_eq!((contents.organizations(), contents.served()), (2, 1));
    }
}
