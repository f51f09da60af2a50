//! Reads all organizations of the table, and makes the text of a file of them.

use crate::edit::no_head;
use crate::error::TableError;
use crate::item::{Item, Pointer, Record, Sum, read_log};
use crate::key::NameKey;
use crate::table::{Consistency, SEGMENTS, Table};
use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use std::collections::HashMap;

/// All organizations of a revision.
#[derive(Debug)]
pub struct Records {
    /// The pointer that they belong to.
    pub pointer: Pointer,
    /// What is before the first one in the file.
    pub head: String,
    /// The organizations, by their codes in lower case.
    pub by_code: HashMap<String, Record>,
}

impl Records {
    /// The text of the file.
    pub fn text(self) -> String {
        let mut records: Vec<Record> = self.by_code.into_values().collect();
        records.sort_by(|a, b| (a.order, &a.code).cmp(&(b.order, &b.code)));
        let size = self.head.len() + records.iter().map(|record| record.toml.len() + 1).sum::<usize>();
        let mut text = String::with_capacity(size);
        text.push_str(&self.head);
        for record in records {
            // The last tenant of a file may have no line end.
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&record.toml);
        }
        text
    }

    fn sum(&self) -> Sum {
        let mut sum = Item::Head(self.head.clone()).sum();
        self.by_code.values().for_each(|record| sum += Item::Record(record.clone()).sum());
        sum
    }

    /// Compares with what the pointer says.
    fn check(self) -> Result<Self, TableError> {
        if self.sum() == self.pointer.sum {
            return Ok(self);
        }
        Err(TableError::NotWhole {
            generation: self.pointer.generation.0,
            found: format!("{} organizations with the sum {}", self.by_code.len(), self.sum()),
            expected: format!("{} with the sum {}, by the pointer", self.pointer.organizations, self.pointer.sum),
        })
    }
}

impl Table {
    /// All organizations. Changes that are made while they are read are read, too.
    ///
    /// # Errors
    /// If they cannot be read, or are not what the pointer says.
    pub async fn records(&self) -> Result<Records, TableError> {
        let pointer = self.pointer(Consistency::Strong).await?.ok_or(TableError::Empty)?;
        let g = pointer.generation;
        let head = self.get([g.head()], Consistency::Strong).await?;
        let head = head.get(&g.head()).ok_or_else(|| no_head(g))?;
        let Item::Head(head) = Item::read(g, head)? else { return Err(no_head(g)) };
        let segments = try_join_all((0..SEGMENTS).map(|segment| self.segment(pointer, segment))).await?;
        let by_code = segments.into_iter().flatten().map(|record| (record.code.clone(), record)).collect();
        self.caught_up(Records { pointer, head, by_code }).await?.check()
    }

    async fn segment(&self, pointer: Pointer, segment: i32) -> Result<Vec<Record>, TableError> {
        let (g, mut records) = (pointer.generation, Vec::new());
        let mut pages = self.pages(g.record(""), segment);
        while let Some(page) = pages.try_next().await? {
            for attributes in page {
                if let Item::Record(record) = Item::read(g, &attributes)? {
                    records.push(record);
                }
            }
        }
        Ok(records)
    }

    /// Reads again what has changed since the pointer was read, until nothing has.
    async fn caught_up(&self, mut records: Records) -> Result<Records, TableError> {
        loop {
            let now = self.pointer(Consistency::Strong).await?.ok_or(TableError::Empty)?;
            if now.generation != records.pointer.generation {
                return Err(TableError::Stale);
            }
            if now.revision == records.pointer.revision {
                return Ok(Records { pointer: now, ..records });
            }
            let names = self.changed(&records.pointer, &now).await?.ok_or(TableError::Stale)?;
            self.read_again(&mut records, &names).await?;
            records.pointer = now;
        }
    }

    async fn read_again(&self, records: &mut Records, names: &[NameKey]) -> Result<(), TableError> {
        let g = records.pointer.generation;
        let codes: Vec<&str> = names.iter().filter_map(NameKey::code).collect();
        let found = self.get(codes.iter().map(|code| g.record(code)), Consistency::Strong).await?;
        for code in codes {
            match found.get(&g.record(code)).map(|attributes| Item::read(g, attributes)).transpose()? {
                Some(Item::Record(record)) => drop(records.by_code.insert(code.to_owned(), record)),
                _ => drop(records.by_code.remove(code)),
            }
        }
        Ok(())
    }

    /// The names that have changed between two revisions of a generation. `None` if the log does not say: it does not go
    /// back that far, or the table was emptied and loaded again.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub(crate) async fn changed(&self, old: &Pointer, new: &Pointer) -> Result<Option<Vec<NameKey>>, TableError> {
        const FAR: u64 = 1_000;
        if new.revision <= old.revision || new.revision - old.revision > FAR {
            return Ok(None);
        }
        let revisions = old.revision + 1..=new.revision;
        let keys: Vec<String> = revisions.map(|revision| new.generation.log(revision)).collect();
        let found = self.get(keys.iter().cloned(), Consistency::Strong).await?;
        let mut names = Vec::new();
        for key in &keys {
            let Some(attributes) = found.get(key) else { return Ok(None) };
            names.extend(read_log(attributes)?);
        }
        names.sort();
        names.dedup();
        Ok(Some(names))
    }
}
