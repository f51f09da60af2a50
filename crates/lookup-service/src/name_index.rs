//! A map from names to values, packed for a million names. No I/O.
//!
//! A map with `String` keys needs an allocation for each, and a lookup in a map of that size consists mostly of cache
//! misses. Here a lookup reads the table, which has the value, then the name (docs/performance.md).

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// The end of a name: a byte that UTF-8 does not have.
const END: u8 = 0xff;

/// Names, each once, with a value for each.
#[derive(Debug)]
pub(crate) struct NameIndex<T> {
    /// The names, one after the other.
    names: Vec<u8>,
    table: HashTable<Slot<T>>,
    /// With a random key, since clients choose the names that are looked up.
    hasher: RandomState,
}

#[derive(Debug)]
struct Slot<T> {
    /// The offset at which the name begins.
    name: usize,
    value: T,
}

impl<T> NameIndex<T> {
    /// An empty index with room for so many names. A table that grows has to hash all names again.
    pub(crate) fn with_room_for(names: usize) -> Self {
        Self { names: Vec::new(), table: HashTable::with_capacity(names), hasher: RandomState::new() }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        let name = name.as_bytes();
        let slot = self.table.find(self.hasher.hash_one(name), |slot| name_at(&self.names, slot.name, name))?;
        Some(&slot.value)
    }

    /// Adds a name with its value. If the name is there already, nothing is changed, and its value is returned.
    pub(crate) fn insert(&mut self, name: &str, value: T) -> Option<&mut T> {
        let (name, names, hasher) = (name.as_bytes(), &mut self.names, &self.hasher);
        let hash = hasher.hash_one(name);
        let slot = self.table.entry(
            hash,
            |slot| name_at(names, slot.name, name),
            |slot| hasher.hash_one(names[slot.name..].split(|&byte| byte == END).next().unwrap_or_default()),
        );
        match slot {
            Entry::Occupied(slot) => Some(&mut slot.into_mut().value),
            Entry::Vacant(slot) => {
                slot.insert(Slot { name: names.len(), value });
                names.extend_from_slice(name);
                names.push(END);
                None
            }
        }
    }

    /// The names, in the order in which they were added.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let ends = self.names.split(|&byte| byte == END);
        // Behind the last name there is an end and nothing more.
        ends.take(self.len()).filter_map(|name| str::from_utf8(name).ok())
    }

    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }
}

fn name_at(names: &[u8], start: usize, name: &[u8]) -> bool {
    names[start..].strip_prefix(name).is_some_and(|rest| rest.first() == Some(&END))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{HashMap, HashSet};

    proptest! {
        #[test]
        fn a_name_keeps_the_value_that_it_was_added_with(names in prop::collection::vec("[ab\n]{0,3}|\\PC{0,3}", 0..64), other in "[ab]{0,3}") {
            let (mut index, mut map) = (NameIndex::with_room_for(0), HashMap::new());
            for (i, name) in names.iter().enumerate() {
                prop_assert_eq!(index.insert(name, i), map.get_mut(name));
                map.entry(name).or_insert(i);
            }
            for name in names.iter().chain([&other]) {
                prop_assert_eq!(index.get(name), map.get(name));
            }
            prop_assert_eq!(index.len(), map.len());
            let mut seen = HashSet::new();
            let added: Vec<&str> = names.iter().map(String::as_str).filter(|name| seen.insert(*name)).collect();
            prop_assert_eq!(index.names().collect::<Vec<_>>(), added);
        }
    }
}
