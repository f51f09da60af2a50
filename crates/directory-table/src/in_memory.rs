//! The directory of the table in the memory of a server: read once as a whole, and kept fresh by the log of changes.

use crate::error::TableError;
use crate::item::{self, Pointer};
use crate::key::NameKey;
use crate::matching::{Candidate, choose};
use crate::pace::Pace;
use crate::table::{Consistency, Table};
use arc_swap::ArcSwap;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use lookup_service::directory::{Directory, Key, Listed, Name};
use lookup_service::directory_file;
use lookup_service::organizations::{Elsewhere, Unavailable};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// After how many changed names everything is read anew, so that they do not fill the memory.
const CHANGED_MAX: usize = 10_000;

/// A directory that is kept up to date with the table.
#[derive(Debug)]
pub struct InMemory {
    /// For reading everything, which may take long.
    table: Table,
    /// For the pointer and the log, which must not.
    quick: Table,
    pace: Pace,
    now: ArcSwap<Revision>,
    /// When the table was reached last, in milliseconds since `start`.
    reached: AtomicU64,
    start: Instant,
}

/// The directory at a revision.
#[derive(Debug)]
struct Revision {
    pointer: Pointer,
    /// As it was when it was read as a whole.
    directory: Arc<Directory>,
    /// What has changed since.
    changed: HashMap<NameKey, Arc<[item::Listed]>>,
}

impl InMemory {
    /// Reads the table, and follows its changes until the returned directory is dropped. `table` and `quick` are the same
    /// table, for requests that may take long and for those that a change waits for.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn open(table: Table, quick: Table, pace: Pace) -> Result<Arc<Self>, TableError> {
        let now = Revision::read(&table).await?;
        let start = Instant::now();
        let now = ArcSwap::from_pointee(now);
        let opened = Arc::new(Self { table, quick, pace, now, reached: AtomicU64::new(0), start });
        tokio::spawn(follow(Arc::downgrade(&opened), pace.look_every));
        Ok(opened)
    }

    /// Whether the table was reached not long ago.
    fn is_in_reach(&self) -> bool {
        let reached = Duration::from_millis(self.reached.load(Ordering::Relaxed));
        self.start.elapsed().saturating_sub(reached) < self.pace.out_of_reach
    }

    async fn look(&self) -> Result<(), TableError> {
        let pointer = self.quick.pointer(Consistency::Strong).await?.ok_or(TableError::Empty)?;
        // It is in reach even if reading what has changed takes long.
        let reached = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.reached.store(reached, Ordering::Relaxed);
        let now = self.now.load_full();
        // All of it is compared: a table that was emptied and loaded again may have the same revision.
        if now.pointer != pointer {
            let next = match now.followed_by(pointer, &self.quick).await? {
                Some(next) => next,
                None => Revision::read(&self.table).await?,
            };
            tracing::info!(
                generation = next.pointer.generation.0,
                revision = next.pointer.revision,
                tenants = next.pointer.served,
                "took a new revision of the directory"
            );
            self.now.store(Arc::new(next));
        }
        Ok(())
    }
}

/// Looks at the table again and again. What is wrong with it is logged once, and not each time.
async fn follow(directory: Weak<InMemory>, every: Duration) {
    let mut fault = None;
    loop {
        sleep(every).await;
        let Some(directory) = directory.upgrade() else { return };
        let found = directory.look().await.err();
        if found != fault {
            match &found {
                Some(error) => tracing::error!(code = error.code(), "the table cannot be followed: {error}"),
                None => tracing::info!("the table can be followed again"),
            }
            fault = found;
        }
    }
}

impl Revision {
    async fn read(table: &Table) -> Result<Self, TableError> {
        let mut read = table.records().await;
        // A new generation may take the place of the old one while that is read.
        for _ in 0..3 {
            if !matches!(read, Err(TableError::Stale)) {
                break;
            }
            read = table.records().await;
        }
        let records = read?;
        let pointer = records.pointer;
        // A file without organizations is a mistake. In a table, the last one was removed.
        let directory = if records.by_code.is_empty() {
            Directory::default()
        } else {
            directory_file::parse(&records.text()).map_err(|findings| TableError::NotWhole {
                generation: pointer.generation.0,
                found: format!("a file with {} errors", findings.len()),
                expected: "one without".to_owned(),
            })?
        };
        Ok(Self { pointer, directory: Arc::new(directory), changed: HashMap::new() })
    }

    /// The revision that this one has become. `None` if everything has to be read anew.
    async fn followed_by(&self, pointer: Pointer, table: &Table) -> Result<Option<Self>, TableError> {
        if pointer.generation != self.pointer.generation {
            return Ok(None);
        }
        let Some(names) = table.changed(&self.pointer, &pointer).await? else { return Ok(None) };
        if self.changed.len() + names.len() > CHANGED_MAX {
            return Ok(None);
        }
        let mut listed = table.listed(pointer.generation, &names, Consistency::Strong).await?;
        let mut changed = self.changed.clone();
        changed.extend(names.into_iter().map(|name| {
            let list = listed.remove(&name).unwrap_or_default();
            (name, list.into())
        }));
        Ok(Some(Self { pointer, directory: self.directory.clone(), changed }))
    }

    fn find(&self, name: &Name<'_>) -> Vec<Arc<str>> {
        if self.changed.is_empty() {
            return self.directory.find_by_name(name).into_iter().map(Arc::from).collect();
        }
        choose(name.keys().map(|key| self.under(key)))
    }

    fn under(&self, key: Key<'_>) -> Vec<Candidate> {
        match self.changed.get(&NameKey::from(key)) {
            Some(list) => Candidate::served(list).collect(),
            None => {
                let candidate = |l: Listed<'_>| Candidate { json: l.json.into(), subdomains: l.subdomains };
                self.directory.under(key).into_iter().map(candidate).collect()
            }
        }
    }

    /// Whether organizations are listed under the name itself, and not under a domain above it.
    fn has_exactly(&self, name: &Name<'_>) -> bool {
        name.keys().next().is_some_and(|key| !self.under(key).is_empty())
    }
}

impl Elsewhere for InMemory {
    fn find<'a>(&'a self, name: &'a Name<'a>) -> BoxFuture<'a, Result<Vec<Arc<str>>, Unavailable>> {
        let now = self.now.load();
        // A name that was not there when the table was reached last may be there by now, and so may an organization
        // that goes before the one which is found by a domain above.
        let is_known = self.is_in_reach() || now.has_exactly(name);
        ready(if is_known { Ok(now.find(name)) } else { Err(Unavailable) }).boxed()
    }

    fn codes_of<'a>(&'a self, issuer: &'a str, subject: &'a str) -> BoxFuture<'a, Result<Vec<String>, Unavailable>> {
        async move { self.quick.codes_of(issuer, subject).await.map_err(|_| Unavailable) }.boxed()
    }

    fn tenants(&self) -> usize {
        usize::try_from(self.now.load().pointer.served).unwrap_or(usize::MAX)
    }

    fn is_ready(&self) -> bool {
        self.is_in_reach()
    }
}
