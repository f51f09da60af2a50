//! Compares a file with the table, and makes a small difference in one transaction.

use crate::change::Edit;
use crate::contents::Contents;
use crate::edit::{EditError, no_head};
use crate::error::TableError;
use crate::item::{Item, Pointer, Record, Sum, place_of_new};
use crate::load::{Progress, Stage};
use crate::table::{Consistency, SEGMENTS, Table};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::HashMap;

/// The most organizations of a difference that is tried as one transaction. Each has some four items.
const FEW: usize = 20;

/// What a file would change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// The codes of organizations that are not in the table.
    pub added: Vec<String>,
    /// The codes of organizations that are different there.
    pub changed: Vec<String>,
    /// The codes of organizations that are in the table alone.
    pub removed: Vec<String>,
    /// Whether what is before the first organization is different.
    pub head: bool,
    /// Whether the order is different.
    pub order: bool,
}

/// What is compared of an organization that is in the table. There may be a million of them.
struct Outline {
    code: Box<str>,
    order: u64,
    text: Sum,
}

impl Difference {
    /// Whether the file is what the table has.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it may be one transaction.
    pub(crate) fn is_small(&self) -> bool {
        !self.head && !self.order && self.added.len() + self.changed.len() + self.removed.len() <= FEW
    }
}

impl Table {
    /// What loading the file would change. `None` if nothing was loaded so far.
    ///
    /// # Errors
    /// If the table cannot be read.
    pub async fn difference(
        &self,
        contents: &Contents<'_>,
        progress: &impl Progress,
    ) -> Result<Option<(Pointer, Difference)>, TableError> {
        let Some(pointer) = self.pointer(Consistency::Strong).await? else { return Ok(None) };
        if pointer.sum == contents.sum() {
            return Ok(Some((pointer, Difference::default())));
        }
        let g = pointer.generation;
        let head = self.get([g.head()], Consistency::Strong).await?.remove(&g.head()).ok_or_else(|| no_head(g))?;
        let old = self.outline(pointer, progress).await?;
        let mut is_kept = vec![false; old.len()];
        let mut difference = Difference {
            head: Item::read(g, &head)? != Item::Head(contents.head().to_owned()),
            ..Difference::default()
        };
        let (mut last, mut is_behind) = (0, false);
        for record in contents.records() {
            let Ok(at) = old.binary_search_by(|outline| (*outline.code).cmp(&record.code)) else {
                is_behind = true;
                difference.added.push(record.code);
                continue;
            };
            is_kept[at] = true;
            // New organizations get a place behind all others.
            difference.order |= old[at].order < last || is_behind;
            last = old[at].order;
            if old[at].text != text_sum(&record) {
                difference.changed.push(record.code);
            }
        }
        let removed = old.into_iter().zip(is_kept).filter(|(_, is_kept)| !is_kept);
        difference.removed = removed.map(|(outline, _)| outline.code.into()).collect();
        Ok(Some((pointer, difference)))
    }

    /// The outlines of all organizations, by their codes.
    async fn outline(&self, pointer: Pointer, progress: &impl Progress) -> Result<Vec<Outline>, TableError> {
        let (g, of) = (pointer.generation, usize::try_from(pointer.organizations).unwrap_or_default());
        let mut outline = Vec::new();
        let pages = stream::iter(0..SEGMENTS).map(|segment| self.pages(g.record(""), segment)).flatten_unordered(None);
        let mut pages = std::pin::pin!(pages);
        while let Some(page) = pages.try_next().await? {
            for attributes in page {
                if let Item::Record(record) = Item::read(g, &attributes)? {
                    let (order, text) = (record.order, text_sum(&record));
                    outline.push(Outline { code: record.code.into(), order, text });
                }
            }
            progress.at(Stage::Comparing, outline.len(), of);
        }
        outline.sort_unstable_by(|a, b| a.code.cmp(&b.code));
        Ok(outline)
    }

    /// Makes the change in one transaction. False if it is too large for one.
    pub(crate) async fn change(
        &self,
        contents: &Contents<'_>,
        pointer: &Pointer,
        difference: &Difference,
        now: u64,
    ) -> Result<bool, TableError> {
        let g = pointer.generation;
        let old = difference.changed.iter().chain(&difference.removed).map(|code| g.record(code));
        let mut before = HashMap::new();
        for attributes in self.get(old, Consistency::Strong).await?.values() {
            if let Item::Record(record) = Item::read(g, attributes)? {
                before.insert(record.code.clone(), record);
            }
        }
        let mut edits = Vec::new();
        let is_new = |record: &Record| difference.added.contains(&record.code);
        for (i, record) in contents.records().enumerate() {
            let old = before.remove(&record.code);
            let order = match &old {
                Some(old) => old.order,
                None if is_new(&record) => place_of_new(pointer, i),
                None => continue,
            };
            edits.push(Edit { before: old, after: Some(Record { order, ..record }) });
        }
        edits.extend(before.into_values().map(|record| Edit { before: Some(record), after: None }));
        match self.commit(pointer, contents.head(), &edits, now).await {
            Ok(()) => Ok(true),
            Err(EditError::Table(error)) => Err(error),
            // It is too large. The file itself has no errors: it was read as a whole.
            Err(EditError::Change(_) | EditError::Refused(_)) => Ok(false),
        }
    }
}

fn text_sum(record: &Record) -> Sum {
    Item::Record(Record { order: 0, ..record.clone() }).sum()
}
