//! Loads a file into the table. A few changed organizations are one transaction. Everything else is a new generation: it
//! is written beside the old one, verified, and then the pointer is set to it, if nobody has changed the table since.
//!
//! A load that was killed goes on where it was, as soon as nothing was heard of it for a while. Its progress is in the
//! table, with the sum of the file, so that it can be continued from another machine.

use crate::contents::Contents;
use crate::difference::Difference;
use crate::edit::expected;
use crate::error::TableError;
use crate::item::{Item, Loading, Pointer, SCHEMA, Sum, key_of};
use crate::key::{Generation, LOADING, POINTER};
use crate::table::{Action, Consistency, SEGMENTS, Table, WRITE_MAX};
use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::try_join_all;
use futures_util::{StreamExt, TryStreamExt, stream};

/// How many requests are under way at the same time.
const CONCURRENT: usize = 16;
/// After how many items the progress is kept in the table.
const KEEP_EVERY: usize = WRITE_MAX * CONCURRENT * 2;
/// For how long a load is believed to be at work if nothing is heard of it, in seconds.
const LEASE: u64 = 20;
/// For how long the generation before is kept, in seconds. A reader may be that late.
const OLD_KEPT: u64 = 60;

/// How a file was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loaded {
    /// The table had it.
    Nothing,
    /// In one transaction.
    Change(Difference),
    /// As a new generation.
    Generation(Generation),
}

/// Why a file was not loaded. The old directory is as it was.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The table cannot be read or written, or somebody else has changed it.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Another load is at work, perhaps of the same file.
    #[error("another load is at work on this table")]
    Busy {
        /// For how many seconds it is believed to be at work if nothing is heard of it.
        seconds: u64,
    },
    /// Not everything was there when it was read back.
    #[error("what was written is not what was read back: {found} of {expected} items, or other ones")]
    NotVerified {
        /// How many items were read.
        found: usize,
        /// How many were written.
        expected: usize,
    },
}

/// Told how far a load is.
pub trait Progress: Sync {
    /// So many of so many items are done.
    fn at(&self, what: Stage, done: usize, of: usize);
    /// The time, in seconds since the Unix epoch.
    fn now(&self) -> u64;
}

/// What a load is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It compares the file with the table.
    Comparing,
    /// It writes.
    Writing,
    /// It reads back what it has written.
    Verifying,
    /// It removes what is not needed any more.
    Tidying,
}

/// The items of a generation: how many, and their sum.
#[derive(Debug, PartialEq, Eq, Default)]
struct Items {
    count: usize,
    sum: Sum,
}

impl Items {
    fn add(&mut self, item: &Item) {
        self.count += 1;
        self.sum += item.sum();
    }
}

impl Table {
    /// Loads the file. `anew` writes a new generation even if the table seems to have it.
    ///
    /// # Errors
    /// Why it was not loaded. What was written is found again by the next try.
    pub async fn load(
        &self,
        contents: &Contents<'_>,
        anew: bool,
        progress: &impl Progress,
    ) -> Result<Loaded, LoadError> {
        // A damaged table can be loaded anew, but not compared with.
        let compared = if anew { None } else { self.difference(contents, progress).await? };
        if let Some((pointer, difference)) = compared {
            if difference.is_none() {
                return Ok(Loaded::Nothing);
            }
            if difference.is_small() && self.change(contents, &pointer, &difference, progress.now()).await? {
                return Ok(Loaded::Change(difference));
            }
        }
        self.load_generation(contents, progress).await.map(Loaded::Generation)
    }

    async fn load_generation(
        &self,
        contents: &Contents<'_>,
        progress: &impl Progress,
    ) -> Result<Generation, LoadError> {
        let found = self.get([POINTER.to_owned(), LOADING.to_owned()], Consistency::Strong).await?;
        // A pointer of another layout is not replaced: another version of the program uses the table.
        let pointer = found.get(POINTER).map(crate::table::read_pointer).transpose()?.unwrap_or_default();
        let other = found.get(LOADING).map(Loading::read).transpose().map_err(TableError::from)?;
        let mut loading = self.begin(contents, &pointer, other, progress.now()).await?;
        let written = self.write_items(contents, &mut loading, progress).await?;
        let verified = self.verify(&written, &mut loading, progress).await;
        if matches!(verified, Err(LoadError::NotVerified { .. })) {
            // The next load takes another generation.
            let failed = Loading { sum: Sum::default(), until: 0, ..loading };
            self.transact(vec![Action::PutIf(failed.attributes(), state(&loading))]).await?;
        }
        verified?;
        self.flip(contents, &pointer, &loading, progress.now()).await?;
        self.tidy(&pointer, loading.generation, progress).await?;
        Ok(loading.generation)
    }

    /// Announces the load, or goes on with one of the same file.
    async fn begin(
        &self,
        contents: &Contents<'_>,
        pointer: &Pointer,
        other: Option<Loading>,
        now: u64,
    ) -> Result<Loading, LoadError> {
        let (sum, from) = (contents.sum(), (pointer.generation, pointer.revision));
        let mut loading =
            Loading { generation: Generation(pointer.generation.0 + 1), sum, from, done: 0, until: now + LEASE };
        let expected = match other {
            // It may be this file, and still be written: two writers of one generation could undo what is changed later.
            Some(other) if other.until > now => return Err(LoadError::Busy { seconds: other.until - now }),
            Some(other) if other.sum == sum && other.from == from => {
                loading = Loading { until: now + LEASE, ..other };
                state(&other)
            }
            Some(other) => {
                // Another number than that of the abandoned load: it may still be writing somewhere.
                loading.generation = Generation(loading.generation.max(other.generation).0 + 1);
                state(&other)
            }
            None => Vec::new(),
        };
        self.announce(loading, expected).await
    }

    /// Keeps in the table how far a load is and until when it is believed to be at work, if what is there is as expected.
    async fn announce(
        &self,
        loading: Loading,
        expected: Vec<(&'static str, AttributeValue)>,
    ) -> Result<Loading, LoadError> {
        match self.transact(vec![Action::PutIf(loading.attributes(), expected)]).await {
            Ok(()) => Ok(loading),
            // Somebody else has begun, or has taken over.
            Err(TableError::Stale) => Err(LoadError::Busy { seconds: LEASE }),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes what is not written yet. Returns what is there then, with what was written before.
    async fn write_items(
        &self,
        contents: &Contents<'_>,
        loading: &mut Loading,
        progress: &impl Progress,
    ) -> Result<Items, LoadError> {
        let (of, g, mut all) = (contents.len(), loading.generation, Items::default());
        let mut items = contents.items();
        items.by_ref().take(usize::try_from(loading.done).unwrap_or(usize::MAX)).for_each(|item| all.add(&item));
        let mut items = items.peekable();
        while items.peek().is_some() {
            let part: Vec<Item> = items.by_ref().take(KEEP_EVERY).collect();
            part.iter().for_each(|item| all.add(item));
            let done = usize::try_from(loading.done).unwrap_or_default();
            let requests = part.chunks(WRITE_MAX).map(|chunk| {
                let attributes = chunk.iter().map(|item| item.attributes(g)).collect();
                self.write(attributes, Vec::new())
            });
            let mut under_way = stream::iter(requests).buffer_unordered(CONCURRENT).enumerate();
            while let Some((i, written)) = under_way.next().await {
                written?;
                progress.at(Stage::Writing, (done + (i + 1) * WRITE_MAX).min(of), of);
            }
            drop(under_way);
            let done = loading.done + part.len() as u64;
            *loading =
                self.announce(Loading { done, until: progress.now() + LEASE, ..*loading }, state(loading)).await?;
        }
        Ok(all)
    }

    /// Reads back what was written.
    async fn verify(&self, written: &Items, loading: &mut Loading, progress: &impl Progress) -> Result<(), LoadError> {
        let (g, mut found) = (loading.generation, Items::default());
        let pages = stream::iter(0..SEGMENTS).map(|segment| self.pages(g.prefix(), segment)).flatten_unordered(None);
        let mut pages = std::pin::pin!(pages);
        while let Some(page) = pages.try_next().await? {
            for attributes in &page {
                found.add(&Item::read(g, attributes).map_err(TableError::from)?);
            }
            progress.at(Stage::Verifying, found.count, written.count);
            if progress.now() + LEASE / 2 > loading.until {
                *loading = self.announce(Loading { until: progress.now() + LEASE, ..*loading }, state(loading)).await?;
            }
        }
        if found == *written {
            return Ok(());
        }
        Err(LoadError::NotVerified { found: found.count, expected: written.count })
    }

    /// Sets the pointer to the new generation, if it is what it was when the load began, and nobody has taken the load over.
    async fn flip(&self, contents: &Contents<'_>, old: &Pointer, loading: &Loading, now: u64) -> Result<(), LoadError> {
        let pointer = Pointer {
            schema: SCHEMA,
            generation: loading.generation,
            revision: 0,
            organizations: contents.organizations() as u64,
            served: contents.served() as u64,
            sum: contents.sum(),
            since: now,
        };
        let expected = if old.schema == 0 { Vec::new() } else { expected(old) };
        let done = Action::DeleteIf(LOADING.to_owned(), state(loading));
        let flip = vec![Action::PutIf(pointer.attributes(), expected), done];
        Ok(self.transact(flip).await?)
    }

    /// Removes the generations before this one, but for the last: somebody may read it for a moment still.
    async fn tidy(&self, old: &Pointer, g: Generation, progress: &impl Progress) -> Result<(), LoadError> {
        let is_old = |key: &str| {
            let number = key.split_once('#').and_then(|(number, _)| number.parse().ok()).map(Generation);
            number.is_some_and(|number| number < g && number != old.generation)
        };
        // If the last one is that young, somebody may read the one before it.
        if progress.now() < old.since + OLD_KEPT {
            return Ok(());
        }
        let tidied = (0..SEGMENTS).map(|segment| async move {
            let mut pages = self.pages(String::new(), segment);
            while let Some(page) = pages.try_next().await? {
                let keys = page.iter().map(key_of).filter(|key| is_old(key)).map(str::to_owned).collect();
                self.write(Vec::new(), keys).await?;
            }
            Ok::<(), TableError>(())
        });
        progress.at(Stage::Tidying, 0, 1);
        try_join_all(tidied).await?;
        progress.at(Stage::Tidying, 1, 1);
        Ok(())
    }
}

/// What a load must be for it to be continued.
fn state(loading: &Loading) -> Vec<(&'static str, AttributeValue)> {
    let number = |value: u64| AttributeValue::N(value.to_string());
    vec![("generation", number(loading.generation.0)), ("done", number(loading.done)), ("until", number(loading.until))]
}
