//! Names and what each stands for, packed for a million of them. Pure.
//!
//! A map of strings costs an allocation for each, and a lookup in one of that size is little but cache misses: here one reads the
//! table, then the name, and what the name stands for lies in the table itself (docs/performance.md).

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// What ends a name: a byte that UTF-8 has not.
const END: u8 = 0xff;

/// Different names, each with a value.
#[derive(Debug)]
pub(crate) struct NameIndex<T> {
    /// The names, one behind the other.
    names: Vec<u8>,
    table: HashTable<Slot<T>>,
    /// Keyed at random: others choose what is looked up.
    hasher: RandomState,
}

#[derive(Debug)]
struct Slot<T> {
    /// Where the name begins.
    name: usize,
    value: T,
}

impl<T> NameIndex<T> {
    /// No names yet, and room for so many: a table that grows has to hash every name in it anew.
    pub(crate) fn with_room_for(names: usize) -> Self {
        Self { names: Vec::new(), table: HashTable::with_capacity(names), hasher: RandomState::new() }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        let name = name.as_bytes();
        let slot = self.table.find(self.hasher.hash_one(name), |slot| name_at(&self.names, slot.name, name))?;
        Some(&slot.value)
    }

    /// Lets a new name stand for `value`. Of a known one nothing changes: this is what it stands for.
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
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn a_name_stands_for_what_came_with_it_first(names in prop::collection::vec("[ab\n]{0,3}|\\PC{0,3}", 0..64), other in "[ab]{0,3}") {
            let (mut index, mut map) = (NameIndex::with_room_for(0), HashMap::new());
            for (i, name) in names.iter().enumerate() {
                prop_assert_eq!(index.insert(name, i), map.get_mut(name));
                map.entry(name).or_insert(i);
            }
            for name in names.iter().chain([&other]) {
                prop_assert_eq!(index.get(name), map.get(name));
            }
            prop_assert_eq!(index.len(), map.len());
        }
    }
}
