//! The items of the table, to and from DynamoDB's attributes. No I/O.

use crate::key::{Generation, LOADING, NameKey, POINTER};
use aws_sdk_dynamodb::types::AttributeValue;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fmt;
use std::ops::{AddAssign, SubAssign};
use std::sync::Arc;

/// The attributes of an item.
pub type Attributes = HashMap<String, AttributeValue>;

/// The name of the table's only key, a string.
pub const KEY: &str = "k";
/// The name of the attribute by which DynamoDB deletes an item, in seconds since the Unix epoch.
pub const EXPIRES: &str = "ttl";
/// The version of this layout.
pub const SCHEMA: u64 = 1;
/// The largest item that is written, in bytes. [DynamoDB takes
/// 400 kB](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items), with the
/// names of attributes.
pub const ITEM_MAX: usize = 390_000;

/// An item is not what this program writes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the item {key} is not one of this program")]
pub struct ForeignItem {
    /// Its key.
    pub key: String,
}

/// Which generation counts. There is one in a table, and it is changed last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pointer {
    /// The version of the layout.
    pub schema: u64,
    /// The generation.
    pub generation: Generation,
    /// How many small changes were made since the generation was loaded.
    pub revision: u64,
    /// How many organizations there are, with those that are not served.
    pub organizations: u64,
    /// How many of them are served.
    pub served: u64,
    /// The sum of the records and what is before them.
    pub sum: Sum,
    /// When the generation was loaded, in seconds since the Unix epoch.
    pub since: u64,
}

/// The place of an organization that is added in the next revision, as the so-many-th of them: behind all others.
pub(crate) fn place_of_new(pointer: &Pointer, index: usize) -> u64 {
    u64::MAX / 2 + (pointer.revision << 24) + index as u64
}

/// A bulk load that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loading {
    /// The generation that it writes.
    pub generation: Generation,
    /// The sum of the file.
    pub sum: Sum,
    /// The pointer's generation and revision when it began.
    pub from: (Generation, u64),
    /// How many items are written, in order.
    pub done: u64,
    /// Until when it is believed to be at work if nothing is heard of it, in seconds since the Unix epoch.
    pub until: u64,
}

/// An organization as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its code, in lower case.
    pub code: String,
    /// Its place among the others.
    pub order: u64,
    /// Its part of the file.
    pub toml: String,
}

/// An organization under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The organization's code, in lower case.
    pub code: String,
    /// Its place among the others.
    pub order: u64,
    /// What a lookup returns. Empty for an organization that is not served.
    pub json: Arc<str>,
    /// Whether it is also found by the domains below this one.
    pub subdomains: bool,
}

/// An item of a generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// What is before the first organization in the file.
    Head(String),
    /// An organization.
    Record(Record),
    /// The organizations under a name, in order.
    Name(NameKey, Vec<Listed>),
}

/// A sum over items, in any order: two sets of items with the same sum are the same. Adding and taking away an item is
/// all that a small change needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum(u128);

impl AddAssign for Sum {
    fn add_assign(&mut self, other: Self) {
        self.0 = self.0.wrapping_add(other.0);
    }
}

impl SubAssign for Sum {
    fn sub_assign(&mut self, other: Self) {
        self.0 = self.0.wrapping_sub(other.0);
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Item {
    /// The item's share of a sum, which does not depend on its generation.
    pub fn sum(&self) -> Sum {
        let mut hash = Sha256::new();
        let mut field = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        match self {
            Self::Head(toml) => [b"head", toml.as_bytes()].into_iter().for_each(field),
            Self::Record(Record { code, order, toml }) => {
                [b"record", code.as_bytes(), &order.to_be_bytes(), toml.as_bytes()].into_iter().for_each(field);
            }
            Self::Name(name, listed) => {
                field(name.as_str().as_bytes());
                for Listed { code, order, json, subdomains } in listed {
                    [code.as_bytes(), &order.to_be_bytes(), json.as_bytes(), &[u8::from(*subdomains)]]
                        .into_iter()
                        .for_each(&mut field);
                }
            }
        }
        let bytes: [u8; 32] = hash.finalize().into();
        Sum(bytes.iter().take(16).fold(0, |sum, &byte| sum << 8 | u128::from(byte)))
    }

    /// About how many bytes it has, counted as DynamoDB does: names and values.
    pub fn size(&self) -> usize {
        100 + match self {
            Self::Head(toml) => toml.len(),
            Self::Record(record) => record.code.len() + record.toml.len(),
            Self::Name(name, listed) => {
                let each = |listed: &Listed| 40 + listed.code.len() + listed.json.len();
                name.as_str().len() + listed.iter().map(each).sum::<usize>()
            }
        }
    }

    /// The key in a generation.
    pub fn key(&self, generation: Generation) -> String {
        match self {
            Self::Head(_) => generation.head(),
            Self::Record(record) => generation.record(&record.code),
            Self::Name(name, _) => generation.name(name),
        }
    }

    /// The item as DynamoDB has it.
    pub fn attributes(&self, generation: Generation) -> Attributes {
        let mut attributes = Attributes::from([text(KEY, self.key(generation))]);
        match self {
            Self::Head(toml) => attributes.extend([text("toml", toml)]),
            Self::Record(Record { order, toml, .. }) => {
                attributes.extend([text("toml", toml), number("order", *order)])
            }
            Self::Name(_, listed) => {
                let list = listed.iter().map(Listed::value).collect();
                attributes.extend([("listed".to_owned(), AttributeValue::L(list))]);
            }
        }
        attributes
    }

    /// Reads an item of a generation.
    ///
    /// # Errors
    /// [`ForeignItem`]
    pub fn read(generation: Generation, attributes: &Attributes) -> Result<Self, ForeignItem> {
        let key = key_of(attributes);
        let read = || {
            let rest = key.strip_prefix(&generation.prefix())?;
            if rest == "head" {
                return Some(Self::Head(read_text(attributes, "toml")?.to_owned()));
            }
            if let Some(code) = rest.strip_prefix("t#") {
                let (order, toml) = (read_number(attributes, "order")?, read_text(attributes, "toml")?.to_owned());
                return Some(Self::Record(Record { code: code.to_owned(), order, toml }));
            }
            let list = attributes.get("listed")?.as_l().ok()?;
            Some(Self::Name(NameKey::parse(rest)?, list.iter().map(Listed::read).collect::<Option<_>>()?))
        };
        read().ok_or_else(|| ForeignItem { key: key.to_owned() })
    }
}

impl Listed {
    /// An organization that nobody finds, but that has what it is listed under.
    pub(crate) fn not_served(record: &Record) -> Self {
        Self { code: record.code.clone(), order: record.order, json: "".into(), subdomains: false }
    }

    fn value(&self) -> AttributeValue {
        AttributeValue::M(HashMap::from([
            text("code", &self.code),
            number("order", self.order),
            text("json", &*self.json),
            ("subdomains".to_owned(), AttributeValue::Bool(self.subdomains)),
        ]))
    }

    fn read(value: &AttributeValue) -> Option<Self> {
        let map = value.as_m().ok()?;
        Some(Self {
            code: read_text(map, "code")?.to_owned(),
            order: read_number(map, "order")?,
            json: read_text(map, "json")?.into(),
            subdomains: *map.get("subdomains")?.as_bool().ok()?,
        })
    }
}

impl Pointer {
    /// Whether it was written after the other one.
    pub fn is_newer_than(&self, other: &Self) -> bool {
        (self.generation, self.revision) > (other.generation, other.revision)
    }

    /// The item as DynamoDB has it.
    pub fn attributes(&self) -> Attributes {
        HashMap::from([
            text(KEY, POINTER),
            number("schema", self.schema),
            number("generation", self.generation.0),
            number("revision", self.revision),
            number("organizations", self.organizations),
            number("served", self.served),
            text("sum", self.sum.to_string()),
            number("since", self.since),
        ])
    }

    /// Reads the pointer. Of one with another schema, the version alone.
    ///
    /// # Errors
    /// [`ForeignItem`]
    pub fn read(attributes: &Attributes) -> Result<Self, ForeignItem> {
        let read = || {
            let schema = read_number(attributes, "schema")?;
            if schema != SCHEMA {
                return Some(Self { schema, ..Self::default() });
            }
            Some(Self {
                schema,
                generation: Generation(read_number(attributes, "generation")?),
                revision: read_number(attributes, "revision")?,
                organizations: read_number(attributes, "organizations")?,
                served: read_number(attributes, "served")?,
                sum: read_sum(attributes)?,
                since: read_number(attributes, "since")?,
            })
        };
        read().ok_or_else(|| ForeignItem { key: POINTER.to_owned() })
    }
}

impl Loading {
    /// The item as DynamoDB has it.
    pub fn attributes(&self) -> Attributes {
        HashMap::from([
            text(KEY, LOADING),
            number("generation", self.generation.0),
            text("sum", self.sum.to_string()),
            number("from_generation", self.from.0.0),
            number("from_revision", self.from.1),
            number("done", self.done),
            number("until", self.until),
        ])
    }

    /// Reads the item.
    ///
    /// # Errors
    /// [`ForeignItem`]
    pub fn read(attributes: &Attributes) -> Result<Self, ForeignItem> {
        let read = || {
            Some(Self {
                generation: Generation(read_number(attributes, "generation")?),
                sum: read_sum(attributes)?,
                from: (
                    Generation(read_number(attributes, "from_generation")?),
                    read_number(attributes, "from_revision")?,
                ),
                done: read_number(attributes, "done")?,
                until: read_number(attributes, "until")?,
            })
        };
        read().ok_or_else(|| ForeignItem { key: LOADING.to_owned() })
    }
}

/// The item of the log for a revision: the names that it has changed. DynamoDB deletes it when it expires, in seconds
/// since the Unix epoch.
pub fn log_attributes(generation: Generation, revision: u64, names: &[NameKey], expires: u64) -> Attributes {
    let names = names.iter().map(|name| AttributeValue::S(name.as_str().to_owned())).collect();
    HashMap::from([
        text(KEY, generation.log(revision)),
        ("names".to_owned(), AttributeValue::L(names)),
        number(EXPIRES, expires),
    ])
}

/// The names in an item of the log.
///
/// # Errors
/// [`ForeignItem`]
pub fn read_log(attributes: &Attributes) -> Result<Vec<NameKey>, ForeignItem> {
    let names = attributes.get("names").and_then(|value| value.as_l().ok());
    let names = names.and_then(|names| names.iter().map(|name| NameKey::parse(name.as_s().ok()?)).collect());
    names.ok_or_else(|| ForeignItem { key: key_of(attributes).to_owned() })
}

/// The key of an item, or an empty text.
pub fn key_of(attributes: &Attributes) -> &str {
    read_text(attributes, KEY).unwrap_or_default()
}

fn text(name: &str, value: impl Into<String>) -> (String, AttributeValue) {
    (name.to_owned(), AttributeValue::S(value.into()))
}

fn number(name: &str, value: u64) -> (String, AttributeValue) {
    (name.to_owned(), AttributeValue::N(value.to_string()))
}

fn read_text<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes.get(name)?.as_s().ok().map(String::as_str)
}

fn read_number(attributes: &Attributes, name: &str) -> Option<u64> {
    attributes.get(name)?.as_n().ok()?.parse().ok()
}

fn read_sum(attributes: &Attributes) -> Option<Sum> {
    u128::from_str_radix(read_text(attributes, "sum")?, 16).ok().map(Sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_item() -> impl Strategy<Value = Item> {
        let listed = ("[a-z]{1,5}", any::<u64>(), ".{0,20}", any::<bool>())
            .prop_map(|(code, order, json, subdomains)| Listed { code, order, json: json.into(), subdomains });
        prop_oneof![
            ".{0,20}".prop_map(Item::Head),
            ("[a-z-]{1,9}", any::<u64>(), ".{0,20}").prop_map(|(code, order, toml)| Item::Record(Record {
                code,
                order,
                toml
            })),
            ("[cdi]#[a-z.#]{1,9}", prop::collection::vec(listed, 0..4))
                .prop_map(|(name, listed)| Item::Name(NameKey::parse(&name).unwrap(), listed)),
        ]
    }

    proptest! {
        #[test]
        fn an_item_is_read_as_it_was_written(item in any_item(), generation in any::<u64>().prop_map(Generation)) {
            let attributes = item.attributes(generation);
            prop_assert_eq!(Item::read(generation, &attributes), Ok(item));
        }

        #[test]
        fn an_item_with_something_missing_or_of_another_type_is_refused(item in any_item(), drop in any::<prop::sample::Index>(), change: bool) {
            let mut attributes = item.attributes(Generation(7));
            let mut names: Vec<String> = attributes.keys().cloned().collect();
            names.sort();
            let name = names[drop.index(names.len())].clone();
            if change { attributes.insert(name, AttributeValue::Bool(true)); } else { attributes.remove(&name); }
            prop_assert!(Item::read(Generation(7), &attributes).is_err());
        }

        #[test]
        fn the_sum_is_the_same_in_any_order_and_another_one_for_another_item(items in prop::collection::vec(any_item(), 1..5), other in any_item()) {
            let sum = |items: &[&Item]| items.iter().fold(Sum::default(), |mut sum, item| { sum += item.sum(); sum });
            let forward: Vec<&Item> = items.iter().collect();
            let backward: Vec<&Item> = items.iter().rev().collect();
            prop_assert_eq!(sum(&forward), sum(&backward));
            if other != items[0] {
                let mut changed = forward.clone();
                changed[0] = &other;
                prop_assert_ne!(sum(&forward), sum(&changed));
            }
        }
    }

    #[test]
    fn pointer_and_loading_are_read_as_they_were_written() {
        let pointer = Pointer {
            schema: SCHEMA,
            generation: Generation(3),
            revision: 4,
            organizations: 5,
            served: 4,
            sum: Sum(u128::MAX),
            since: 6,
        };
        assert_eq!(Pointer::read(&pointer.attributes()), Ok(pointer));
        let loading = Loading { generation: Generation(4), sum: Sum(1), from: (Generation(3), 4), done: 5, until: 6 };
        assert_eq!(Loading::read(&loading.attributes()), Ok(loading));
        assert!(Pointer::read(&loading.attributes()).is_err());
    }

    #[test]
    fn of_a_pointer_with_another_schema_the_version_alone_is_read() {
        let later = HashMap::from([text(KEY, POINTER), number("schema", 2), text("generation", "x")]);
        assert_eq!(Pointer::read(&later).unwrap().schema, 2);
    }
}
