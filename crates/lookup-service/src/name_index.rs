//! A map from names to values, packed for a million names. No I/O.
//!
//! A map with `String` keys needs an allocation for each, and a lookup in a map of that size consists mostly of cache
//! misses. Here a lookup reads the table, which has the value, then the name (docs/service-performance.md).

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// The end of a name: a byte that UTF-8 does not have.
const END: u8 = 0xff;

/// The names, or what they stand for, would be more than 4 GB: offsets have 32 bits, which makes the tables half as large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("all names and all responses together may have 4 GB")]
pub struct Full;

/// The offset of what is added to a text that is so long.
///
/// # Errors
/// If it has no 32 bits.
pub(crate) fn offset(length: usize) -> Result<u32, Full> {
    u32::try_from(length).map_err(|_| Full)
}

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
    name: u32,
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
    ///
    /// # Errors
    /// If there is no room for it.
    pub(crate) fn insert(&mut self, name: &str, value: T) -> Result<Option<&mut T>, Full> {
        let (name, names, hasher) = (name.as_bytes(), &mut self.names, &self.hasher);
        let start = offset(names.len())?;
        let hash = hasher.hash_one(name);
        let slot = self.table.entry(
            hash,
            |slot| name_at(names, slot.name, name),
            |slot| hasher.hash_one(names[slot.name as usize..].split(|&byte| byte == END).next().unwrap_or_default()),
        );
        Ok(match slot {
            Entry::Occupied(slot) => Some(&mut slot.into_mut().value),
            Entry::Vacant(slot) => {
                slot.insert(Slot { name: start, value });
                names.extend_from_slice(name);
                names.push(END);
                None
            }
        })
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

fn name_at(names: &[u8], start: u32, name: &[u8]) -> bool {
    names[start as usize..].strip_prefix(name).is_some_and(|rest| rest.first() == Some(&END))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{HashMap, HashSet};

    #[test]
    fn an_offset_that_has_no_32_bits_is_refused() {
        assert_eq!(offset(u32::MAX as usize), Ok(u32::MAX));
        assert_eq!(offset(u32::MAX as usize + 1), Err(Full));
    }

    proptest! {
        #[test]
        fn a_name_keeps_the_value_that_it_was_added_with(names in prop::collection::vec("[ab\n]{0,3}|\\PC{0,3}", 0..64), other in "[ab]{0,3}") {
            let (mut index, mut map) = (NameIndex::with_room_for(0), HashMap::new());
            for (i, name) in names.iter().enumerate() {
                prop_assert_eq!(index.insert(name, i), Ok(map.get_mut(name)));
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
