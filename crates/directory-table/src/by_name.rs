//! The directory of the table, asked by name: one request for a lookup, and a cache before it. For Lambda functions, which
//! are started by the dozen and live for minutes.

use crate::edit::no_head;
use crate::error::TableError;
use crate::item::{Attributes, Item, Pointer};
use crate::key::{Generation, NameKey, POINTER};
use crate::matching::{Candidate, choose};
use crate::moment::Moment;
use crate::pace::Pace;
use crate::table::{Consistency, Table, read_pointer};
use arc_swap::ArcSwap;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lookup_service::directory::Name;
use lookup_service::organizations::{Elsewhere, Unavailable};
use moka::Expiry;
use moka::sync::Cache;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};

/// The longest name of an organization, in bytes: a domain, with what is before it in the key.
const NAME_MAX: usize = 260;
/// How long a lookup that is answered from the cache waits for the pointer, if the table has not responded lately.
const WAIT_MAX: Duration = Duration::from_millis(300);
/// How long it waits otherwise: a connection may have to be made anew.
const WAIT_LONG: Duration = Duration::from_secs(2);
/// For how long after a change all reads are consistent ones. Others may be behind, and what they say is kept.
const SETTLING: Duration = Duration::from_secs(10);
/// For how long it is believed that nobody has a name.
const NOBODY_KEPT: Duration = Duration::from_secs(30);

/// A directory that asks the table for names that it does not know.
#[derive(Debug)]
pub struct ByName {
    table: Table,
    pace: Pace,
    cache: Cache<NameKey, Arc<[Candidate]>>,
    now: ArcSwap<Option<Known>>,
    start: Moment,
    /// When the pointer is to be read again, in milliseconds since `start`.
    next_look: AtomicU64,
    /// Whether the last request to the table was answered.
    responds: AtomicBool,
}

/// What is listed under names.
type Lists = HashMap<NameKey, Arc<[Candidate]>>;

/// The pointer that the cache belongs to.
#[derive(Debug, Clone, Copy)]
struct Known {
    pointer: Pointer,
    read_at: Moment,
    /// When it was seen to have changed.
    changed_at: Moment,
}

/// Names that nobody has expire. All others stay until the log says that they have changed.
struct ByContent;

impl Expiry<NameKey, Arc<[Candidate]>> for ByContent {
    fn expire_after_create(&self, _: &NameKey, list: &Arc<[Candidate]>, _: Instant) -> Option<Duration> {
        list.is_empty().then_some(NOBODY_KEPT)
    }

    fn expire_after_update(
        &self,
        _: &NameKey,
        list: &Arc<[Candidate]>,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        list.is_empty().then_some(NOBODY_KEPT)
    }
}

impl ByName {
    /// A directory whose cache takes so many bytes at most. It connects at once. If the table does not respond then, it is
    /// asked again with the first lookup.
    ///
    /// # Errors
    /// If the table is not one that this program can read.
    pub async fn open(table: Table, pace: Pace, cache_bytes: u64) -> Result<Arc<Self>, TableError> {
        let weight = |name: &NameKey, list: &Arc<[Candidate]>| {
            let bytes = 100 + name.as_str().len() + list.iter().map(|c| 40 + c.json.len()).sum::<usize>();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let cache = Cache::builder().max_capacity(cache_bytes).weigher(weight).expire_after(ByContent).build();
        let opened = Self {
            table,
            pace,
            cache,
            now: ArcSwap::from_pointee(None),
            start: Moment::now(),
            next_look: AtomicU64::new(0),
            responds: AtomicBool::new(true),
        };
        match opened.look_at_pointer(None, Vec::new()).await {
            Err(error @ (TableError::Unreachable(_) | TableError::Throttled)) => {
                opened.responds.store(false, Ordering::Relaxed);
                tracing::warn!(code = error.code(), "the table does not respond so far: {error}");
            }
            done => drop(done?),
        }
        let opened = Arc::new(opened);
        tokio::spawn(call_again(Arc::downgrade(&opened), pace.look_every));
        Ok(opened)
    }

    /// How long ago it was known last which revision counts.
    pub fn age(&self) -> Duration {
        (**self.now.load()).map_or(Duration::MAX, |known| known.read_at.elapsed())
    }

    /// The organization whose back end has an app client, as JSON.
    ///
    /// # Errors
    /// If it is not known and the table does not respond.
    pub async fn of_machine(&self, client_id: &str) -> Result<Option<Arc<str>>, TableError> {
        Ok(self.answer(vec![NameKey::of_machine(client_id)]).await?.pop())
    }

    /// The organizations under the first of these keys that has some.
    async fn answer(&self, keys: Vec<NameKey>) -> Result<Vec<Arc<str>>, TableError> {
        // Nobody has a name that long, and DynamoDB refuses the key.
        if keys.iter().any(|key| key.as_str().len() > NAME_MAX) {
            return Ok(Vec::new());
        }
        let mut lists = self.cached(&keys);
        let missing = keys.iter().filter(|key| !lists.contains_key(*key)).cloned().collect();
        if !decides(&keys, &lists) {
            lists.extend(self.look(self.is_due(), missing).await.inspect_err(|error| self.is_silent(error))?);
        } else if (self.is_due() || self.is_outdated()) && self.looks_in_time().await {
            // What was in the cache may have changed.
            return Box::pin(self.answer(keys)).await;
        }
        let mut list = |key: &NameKey| lists.remove(key).map(|list| list.to_vec()).unwrap_or_default();
        Ok(choose(keys.iter().map(&mut list)))
    }

    fn cached(&self, keys: &[NameKey]) -> Lists {
        keys.iter().filter_map(|key| Some((key.clone(), self.cache.get(key)?))).collect()
    }

    /// Whether it is time to read the pointer. Of several lookups at the same time, it is for one.
    fn is_due(&self) -> bool {
        let next = self.next_look.load(Ordering::Relaxed);
        let after = self.in_a_while();
        self.start.elapsed() >= Duration::from_millis(next)
            && self.next_look.compare_exchange(next, after, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Whether nobody has read the pointer for so long that what is known may be too old, though the table responds.
    fn is_outdated(&self) -> bool {
        let is_old = |known: Known| known.read_at.elapsed() >= self.pace.look_every * 2;
        self.responds.load(Ordering::Relaxed) && (**self.now.load()).is_some_and(is_old)
    }

    /// When the pointer is to be read again, if it is read now.
    fn in_a_while(&self) -> u64 {
        u64::try_from((self.start.elapsed() + self.pace.look_every).as_millis()).unwrap_or(u64::MAX)
    }

    /// Reads the pointer, for a lookup that can be answered without it. False if that takes too long.
    async fn looks_in_time(&self) -> bool {
        let now = **self.now.load();
        let wait = if self.responds.load(Ordering::Relaxed) { WAIT_LONG } else { WAIT_MAX };
        let looked = timeout(wait, self.look_at_pointer(now, Vec::new())).await;
        match &looked {
            Err(_) => self.is_silent(&TableError::Unreachable("it took too long".to_owned())),
            Ok(Err(error)) => self.is_silent(error),
            Ok(Ok(_)) => {}
        }
        // The next lookup does not wait again at once.
        self.next_look.store(self.in_a_while(), Ordering::Relaxed);
        matches!(looked, Ok(Ok(_)))
    }

    /// Reads names, and the pointer if that is due. If the pointer has changed, the names are read once more.
    async fn look(&self, is_due: bool, names: Vec<NameKey>) -> Result<Lists, TableError> {
        let now = **self.now.load();
        match now {
            Some(known) if !is_due && known.read_at.elapsed() < self.pace.look_every * 2 => {
                self.read(known, &names).await
            }
            _ => self.look_at_pointer(now, names).await,
        }
    }

    async fn look_at_pointer(&self, now: Option<Known>, names: Vec<NameKey>) -> Result<Lists, TableError> {
        let guess = now.map(|known| known.pointer.generation);
        let keys = names.iter().filter_map(|name| Some(guess?.name(name))).chain([POINTER.to_owned()]);
        let consistency = self.consistency(now);
        let mut found = self.table.get(keys, consistency).await?;
        let mut pointer = read_pointer(&found.remove(POINTER).ok_or(TableError::Empty)?)?;
        let is_behind = now.is_some_and(|known| known.pointer.is_newer_than(&pointer));
        if is_behind && consistency == Consistency::Eventual {
            pointer = self.table.pointer(Consistency::Strong).await?.ok_or(TableError::Empty)?;
        }
        let read_at = Moment::now();
        // All of it is compared: a table that was emptied and loaded again may have the same revision.
        if let Some(known) = now.filter(|known| known.pointer == pointer) {
            self.know(Known { read_at, ..known });
            return self.keep(known, &names, found);
        }
        let changed = self.changed_since(now.map(|known| known.pointer), &pointer).await?;
        let known = Known { pointer, read_at, changed_at: read_at };
        // The pointer first: whoever puts an older name into the cache after this sees that it is older, and takes it out.
        self.know(known);
        match changed {
            Some(names) => names.iter().for_each(|name| self.cache.invalidate(name)),
            None => self.cache.invalidate_all(),
        }
        self.read(known, &names).await
    }

    /// Notes that the table does not respond.
    fn is_silent(&self, error: &TableError) {
        if self.responds.swap(false, Ordering::Relaxed) {
            tracing::error!(code = error.code(), "the table cannot be asked: {error}");
        }
    }

    /// Notes that the table responds.
    fn is_heard(&self) {
        if !self.responds.swap(true, Ordering::Relaxed) {
            tracing::info!("the table can be asked again");
        }
    }

    /// Takes over a pointer. If another lookup has read a newer one meanwhile, the next look finds that again.
    fn know(&self, known: Known) {
        self.is_heard();
        self.now.store(Arc::new(Some(known)));
    }

    /// The names that have changed between two pointers. `None` for all.
    async fn changed_since(&self, old: Option<Pointer>, new: &Pointer) -> Result<Option<Vec<NameKey>>, TableError> {
        match old.filter(|old| old.generation == new.generation) {
            Some(old) => self.table.changed(&old, new).await,
            None => self.check_head(new.generation).await.map(|()| None),
        }
    }

    /// A pointer to a generation that is not there would make all names unknown.
    async fn check_head(&self, g: Generation) -> Result<(), TableError> {
        let found = self.table.get([g.head()], Consistency::Strong).await?;
        if found.is_empty() { Err(no_head(g)) } else { Ok(()) }
    }

    async fn read(&self, known: Known, names: &[NameKey]) -> Result<Lists, TableError> {
        if names.is_empty() {
            return Ok(HashMap::new());
        }
        let g = known.pointer.generation;
        let found = self.table.get(names.iter().map(|name| g.name(name)), self.consistency(Some(known))).await?;
        self.is_heard();
        self.keep(known, names, found)
    }

    /// Puts what was read into the cache, unless the pointer has changed in the meantime.
    fn keep(
        &self,
        known: Known,
        names: &[NameKey],
        mut found: HashMap<String, Attributes>,
    ) -> Result<Lists, TableError> {
        let g = known.pointer.generation;
        let is_current = || {
            let now = **self.now.load();
            now.is_some_and(|now| now.pointer == known.pointer)
        };
        let mut lists = HashMap::with_capacity(names.len());
        for name in names {
            let list = match found.remove(&g.name(name)).map(|attributes| Item::read(g, &attributes)).transpose()? {
                Some(Item::Name(_, list)) => Candidate::served(&list).collect(),
                _ => Arc::from([]),
            };
            self.cache.insert(name.clone(), Arc::clone(&list));
            if !is_current() {
                self.cache.invalidate(name);
            }
            lists.insert(name.clone(), list);
        }
        Ok(lists)
    }

    fn consistency(&self, now: Option<Known>) -> Consistency {
        let is_settling = now.is_none_or(|known| known.changed_at.elapsed() < SETTLING);
        if is_settling { Consistency::Strong } else { Consistency::Eventual }
    }
}

/// Asks a table that does not respond, again and again: who is not ready may get no lookup that would ask.
async fn call_again(directory: Weak<ByName>, every: Duration) {
    loop {
        sleep(every).await;
        let Some(directory) = directory.upgrade() else { return };
        if !directory.responds.load(Ordering::Relaxed) {
            let now = **directory.now.load();
            // The error is that of the lookup which noted it.
            let _ = directory.look_at_pointer(now, Vec::new()).await;
        }
    }
}

/// Whether the answer is known: no name before the one that has it is unknown.
fn decides(keys: &[NameKey], lists: &Lists) -> bool {
    for (i, key) in keys.iter().enumerate() {
        match lists.get(key) {
            None => return false,
            Some(list) if list.iter().any(|candidate| i == 0 || candidate.subdomains) => return true,
            Some(_) => {}
        }
    }
    true
}

impl Elsewhere for ByName {
    fn find<'a>(&'a self, name: &'a Name<'a>) -> BoxFuture<'a, Result<Vec<Arc<str>>, Unavailable>> {
        async move { self.answer(name.keys().map(NameKey::from).collect()).await.map_err(|_| Unavailable) }.boxed()
    }

    fn codes_of<'a>(&'a self, issuer: &'a str, subject: &'a str) -> BoxFuture<'a, Result<Vec<String>, Unavailable>> {
        async move { self.table.codes_of(issuer, subject).await.map_err(|_| Unavailable) }.boxed()
    }

    fn tenants(&self) -> usize {
        let served = self.now.load().map_or(0, |known| known.pointer.served);
        usize::try_from(served).unwrap_or(usize::MAX)
    }

    fn is_ready(&self) -> bool {
        self.now.load().is_some() && self.responds.load(Ordering::Relaxed)
    }
}
