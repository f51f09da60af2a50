//! A small change: which items of the table have to change with an organization. No I/O.

use crate::contents::{ContentsError, client_items, in_words, name_item};
use crate::item::{ITEM_MAX, Item, Listed, Pointer, Record};
use crate::key::NameKey;
use crate::table::TRANSACTION_MAX;
use lookup_service::directory::Key;
use lookup_service::directory_file;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most bytes of a transaction: DynamoDB takes 4 MB.
const BYTES_MAX: usize = 3_800_000;

/// What is to become of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Its record so far. `None` adds one.
    pub before: Option<Record>,
    /// Its record from now on. `None` removes it.
    pub after: Option<Record>,
}

/// Why a change cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The new text has errors, or an item would be too large.
    #[error(transparent)]
    Contents(#[from] ContentsError),
    /// A code or an app client belongs to another organization.
    #[error("{name} belongs to the tenant {owner} already")]
    Taken {
        /// What belongs to it.
        name: NameKey,
        /// The code of the one that has it.
        owner: String,
    },
    /// The items of the change are too large for one transaction, which takes 4 MB.
    #[error("the change has {0} bytes, which is too much for one transaction")]
    TooManyBytes(usize),
    /// The change is too large for one transaction.
    #[error("the change needs {0} actions, and a transaction takes {TRANSACTION_MAX}")]
    TooManyActions(usize),
}

/// The names that edits may change: those that the organizations had and those that they get.
///
/// # Errors
/// If a text cannot be read.
pub fn names(head: &str, edits: &[Edit]) -> Result<BTreeSet<NameKey>, ChangeError> {
    let mut names = BTreeSet::new();
    for record in edits.iter().flat_map(|edit| [&edit.before, &edit.after]).flatten() {
        names.extend(listings(head, record)?.into_keys());
    }
    Ok(names)
}

/// What an organization is listed under.
///
/// # Errors
/// If its text cannot be read.
pub(crate) fn listings(head: &str, record: &Record) -> Result<BTreeMap<NameKey, Listed>, ChangeError> {
    Ok(Served::read(head, record)?.listings)
}

/// What is listed of an organization: its app clients alone, if it is not served.
struct Served {
    listings: BTreeMap<NameKey, Listed>,
    count: u64,
}

impl Served {
    fn read(head: &str, record: &Record) -> Result<Self, ChangeError> {
        let text = format!("{head}{}", record.toml);
        let directory = directory_file::parse(&text).map_err(ContentsError::Findings)?;
        let names = directory.keys().map(|key| name_item(&directory, key, |_| Some(record.order)));
        let listing = |item| match item {
            Item::Name(name, mut listed) => Some((name, listed.pop()?)),
            _ => None,
        };
        let listings = names.chain(client_items(&directory, record)).filter_map(listing).collect();
        Ok(Self { listings, count: directory.tenants() as u64 })
    }
}

/// The change of the table that edits are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The items to put.
    pub puts: Vec<Item>,
    /// The names that nobody has any more.
    pub emptied: Vec<NameKey>,
    /// The organizations whose records are removed, by their codes.
    pub removed: Vec<String>,
    /// All names that have changed and the codes of all edited organizations, for the log.
    pub names: BTreeSet<NameKey>,
    /// The pointer from then on.
    pub pointer: Pointer,
}

/// Works out the change. `listed` has what is under the [`names`] of the edits now.
///
/// # Errors
/// Why it cannot be made.
pub fn plan(
    pointer: &Pointer,
    head: &str,
    edits: &[Edit],
    listed: &HashMap<NameKey, Vec<Listed>>,
) -> Result<Change, ChangeError> {
    let mut pointer = Pointer { revision: pointer.revision + 1, ..*pointer };
    let mut now: BTreeMap<NameKey, Vec<Listed>> = listed.iter().map(|(n, list)| (n.clone(), list.clone())).collect();
    // All that goes goes first, so that what one organization gives up another one can have.
    for record in edits.iter().filter_map(|edit| edit.before.as_ref()) {
        let served = Served::read(head, record)?;
        now.values_mut().for_each(|list| list.retain(|listed| listed.code != record.code));
        pointer.organizations = pointer.organizations.saturating_sub(1);
        pointer.served = pointer.served.saturating_sub(served.count);
        pointer.sum -= Item::Record(record.clone()).sum();
    }
    for record in edits.iter().filter_map(|edit| edit.after.as_ref()) {
        let served = Served::read(head, record)?;
        for (name, new) in served.listings {
            let list = now.entry(name).or_default();
            let at = list.partition_point(|listed| listed.order < new.order);
            list.insert(at, new);
        }
        pointer.organizations += 1;
        pointer.served += served.count;
        pointer.sum += Item::Record(record.clone()).sum();
    }
    let change = Change::between(pointer, edits, listed, now)?;
    change.check_sizes()?;
    Ok(change)
}

impl Change {
    fn between(
        pointer: Pointer,
        edits: &[Edit],
        before: &HashMap<NameKey, Vec<Listed>>,
        now: BTreeMap<NameKey, Vec<Listed>>,
    ) -> Result<Self, ChangeError> {
        let codes = edits.iter().flat_map(|edit| [&edit.before, &edit.after]).flatten().map(|record| &record.code);
        let mut change = Self {
            puts: edits.iter().filter_map(|edit| edit.after.clone()).map(Item::Record).collect(),
            emptied: Vec::new(),
            removed: Vec::new(),
            names: codes.map(|code| Key::Code(code).into()).collect(),
            pointer,
        };
        let is_gone = |edit: &&Edit| edit.after.is_none();
        change.removed.extend(edits.iter().filter(is_gone).filter_map(|edit| Some(edit.before.as_ref()?.code.clone())));
        for (name, list) in now {
            if let (true, [owner, _, ..]) = (name.is_for_one(), list.as_slice()) {
                return Err(ChangeError::Taken { name, owner: owner.code.clone() });
            }
            if before.get(&name).map(Vec::as_slice).unwrap_or_default() == list {
                continue;
            }
            change.names.insert(name.clone());
            if list.is_empty() { change.emptied.push(name) } else { change.puts.push(Item::Name(name, list)) }
        }
        Ok(change)
    }

    fn check_sizes(&self) -> Result<(), ChangeError> {
        // Beside these there are the log and the pointer.
        let actions = self.puts.len() + self.emptied.len() + self.removed.len() + 2;
        if actions > TRANSACTION_MAX {
            return Err(ChangeError::TooManyActions(actions));
        }
        let bytes = self.puts.iter().map(Item::size).sum();
        if bytes > BYTES_MAX {
            return Err(ChangeError::TooManyBytes(bytes));
        }
        match self.puts.iter().find(|item| item.size() > ITEM_MAX) {
            Some(item) => Err(ContentsError::TooLarge { what: in_words(item), size: item.size() }.into()),
            None => Ok(()),
        }
    }
}
