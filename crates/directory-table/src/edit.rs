//! Makes small changes: reads what an edit touches, and writes the change in one transaction, if nobody else has changed
//! the table in between.

use crate::change::{self, Change, ChangeError, Edit};
use crate::error::TableError;
use crate::item::{Item, Listed, Pointer, Record, log_attributes, place_of_new};
use crate::key::{Generation, NameKey};
use crate::table::{Action, Consistency, Table};
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::sleep;

/// How long the log of a change is kept. Who has been away for longer reads everything anew.
const LOG_KEPT: Duration = Duration::from_secs(24 * 3600);
/// How often an edit is tried that others get in the way of.
const ATTEMPTS: u32 = 8;
/// How long the first repetition waits. Each further one waits that much longer.
const PAUSE: Duration = Duration::from_millis(30);

/// Why an edit was not made.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The table cannot be read or written.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The change cannot be made.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// Whoever wants the edit has refused it after a look at what is there, in words.
    #[error("{0}")]
    Refused(String),
}

impl Table {
    /// Changes an organization. `edit` gets its part of the file, if it is there, and returns what it shall be; `None`
    /// removes it. If somebody else changes the table at the same time, it is asked again. `now` is in seconds since the
    /// Unix epoch.
    ///
    /// # Errors
    /// Why nothing was changed.
    pub async fn edit(
        &self,
        code: &str,
        now: u64,
        edit: impl Fn(Option<&str>) -> Result<Option<String>, String>,
    ) -> Result<(), EditError> {
        let code = code.to_ascii_lowercase();
        for attempt in 1..ATTEMPTS {
            match self.try_edit(&code, now, &edit).await {
                Err(EditError::Table(TableError::Stale)) => sleep(PAUSE * attempt).await,
                done => return done,
            }
        }
        self.try_edit(&code, now, &edit).await
    }

    async fn try_edit(
        &self,
        code: &str,
        now: u64,
        edit: impl Fn(Option<&str>) -> Result<Option<String>, String>,
    ) -> Result<(), EditError> {
        let pointer = self.pointer(Consistency::Strong).await?.ok_or(TableError::Empty)?;
        let (head, before) = self.head_and_record(pointer.generation, code).await?;
        let toml = edit(before.as_ref().map(|record| record.toml.as_str())).map_err(EditError::Refused)?;
        // A new organization comes after all others.
        let order = before.as_ref().map_or(place_of_new(&pointer, 0), |record| record.order);
        let after = toml.map(|toml| Record { code: code.to_owned(), order, toml });
        if before == after {
            return Ok(());
        }
        self.commit(&pointer, &head, &[Edit { before, after }], now).await
    }

    async fn head_and_record(&self, g: Generation, code: &str) -> Result<(String, Option<Record>), TableError> {
        let found = self.get([g.head(), g.record(code)], Consistency::Strong).await?;
        let (mut head, mut record) = (None, None);
        for attributes in found.values() {
            match Item::read(g, attributes)? {
                Item::Head(toml) => head = Some(toml),
                Item::Record(found) => record = Some(found),
                Item::Name(..) => {}
            }
        }
        Ok((head.ok_or_else(|| no_head(g))?, record))
    }

    /// Makes a change in one transaction.
    ///
    /// # Errors
    /// [`TableError::Stale`] if the pointer is not this one any more.
    pub(crate) async fn commit(
        &self,
        pointer: &Pointer,
        head: &str,
        edits: &[Edit],
        now: u64,
    ) -> Result<(), EditError> {
        let g = pointer.generation;
        let names: Vec<NameKey> = change::names(head, edits)?.into_iter().collect();
        let listed = self.listed(g, &names, Consistency::Strong).await?;
        let change = change::plan(pointer, head, edits, &listed)?;
        self.transact(actions(g, pointer, change, now)).await?;
        Ok(())
    }

    /// What is listed under names. Those with nobody are left out.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) async fn listed(
        &self,
        g: Generation,
        names: &[NameKey],
        consistency: Consistency,
    ) -> Result<HashMap<NameKey, Vec<Listed>>, TableError> {
        let found = self.get(names.iter().map(|name| g.name(name)), consistency).await?;
        let mut listed = HashMap::with_capacity(found.len());
        for attributes in found.values() {
            if let Item::Name(name, list) = Item::read(g, attributes)? {
                listed.insert(name, list);
            }
        }
        Ok(listed)
    }
}

pub(crate) fn no_head(g: Generation) -> TableError {
    TableError::NotWhole { generation: g.0, found: "no head".to_owned(), expected: "one".to_owned() }
}

fn actions(g: Generation, pointer: &Pointer, change: Change, now: u64) -> Vec<Action> {
    let names: Vec<NameKey> = change.names.into_iter().collect();
    let log = log_attributes(g, change.pointer.revision, &names, now + LOG_KEPT.as_secs());
    let puts = change.puts.iter().map(|item| Action::Put(item.attributes(g)));
    let deletes =
        change.emptied.iter().map(|name| g.name(name)).chain(change.removed.iter().map(|code| g.record(code)));
    let mut actions: Vec<Action> = puts.chain(deletes.map(Action::Delete)).collect();
    actions.extend([Action::Put(log), Action::PutIf(change.pointer.attributes(), expected(pointer))]);
    actions
}

/// What the pointer must be for a change to be made.
pub(crate) fn expected(pointer: &Pointer) -> Vec<(&'static str, AttributeValue)> {
    let number = |value: u64| AttributeValue::N(value.to_string());
    vec![("generation", number(pointer.generation.0)), ("revision", number(pointer.revision))]
}
