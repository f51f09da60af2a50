//! The keys of the issuers, fetched when they are needed and kept.
//!
//! A key set is fetched anew after an hour, and when a token names a key that is not in it: the issuer may have changed
//! its keys. Tokens come from anybody, so that happens at most once in thirty seconds for an issuer. Where a fetch fails,
//! the keys that are known go on being used.

use deployment::UserPool;
use id_token::jwks::Jwks;
use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::spawn_blocking;
use tokio::time::Instant;

/// After how long a key set is fetched anew.
const FRESH_FOR: Duration = Duration::from_secs(60 * 60);
/// The shortest time between two fetches from one issuer.
const PAUSE: Duration = Duration::from_secs(30);
/// How long a fetch may take.
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// The longest key set that is read, in bytes. Cognito's has a thousand.
const BODY_MAX: u64 = 256 * 1024;

/// There are no keys now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeysUnavailable {
    /// In how many seconds they will be fetched again.
    pub retry_after: u64,
}

/// Where key sets are fetched from.
pub trait KeySource: Clone + Send + Sync + 'static {
    /// The key set at this address.
    ///
    /// # Errors
    /// Why there is none, in words for the log.
    fn fetch(&self, address: &str) -> impl Future<Output = Result<Jwks, String>> + Send;
}

/// The keys of all issuers that were asked for.
#[derive(Debug)]
pub struct Keys<S = Network> {
    source: S,
    /// By the address of the key set. Addresses come from config.json alone, so there are few.
    sets: StdMutex<HashMap<String, Arc<KeySet>>>,
}

/// The keys of one issuer.
#[derive(Debug, Default)]
struct KeySet {
    known: RwLock<Option<Known>>,
    /// The last fetch. Locked while one is under way, so that there is only one.
    last: Arc<Mutex<Option<Fetch>>>,
}

#[derive(Debug, Clone)]
struct Known {
    keys: Arc<Jwks>,
    since: Instant,
}

#[derive(Debug, Clone, Copy)]
struct Fetch {
    began: Instant,
    failed: bool,
}

impl<S: KeySource> Keys<S> {
    /// Keys from this source. None is fetched before it is needed.
    pub fn new(source: S) -> Self {
        Self { source, sets: StdMutex::default() }
    }

    /// The keys of a user pool. If they have no key with this id, that was asked of the issuer within the last thirty
    /// seconds.
    ///
    /// # Errors
    /// [`KeysUnavailable`] if they could not be fetched, and the known ones, if any, do not have it.
    pub async fn of(&self, pool: &UserPool, key_id: &str) -> Result<Arc<Jwks>, KeysUnavailable> {
        let set = self.set(&pool.jwks_uri.href);
        let known = set.known();
        if let Some(keys) = known.as_ref().and_then(|known| known.fresh_with(key_id)) {
            return Ok(keys);
        }
        let last = set.last.clone();
        let with_key = known.and_then(|known| known.with(key_id));
        let last = match (last.clone().try_lock_owned(), with_key) {
            (Ok(last), _) => last,
            // Another request is fetching. The known key will do until then.
            (Err(_), Some(keys)) => return Ok(keys),
            (Err(_), None) => last.lock_owned().await,
        };
        let last = if last.is_some_and(|last| last.began.elapsed() < PAUSE) {
            *last
        } else {
            self.fetch(&set, &pool.jwks_uri.href, last).await
        };
        let known = set.known();
        let waits = last.map_or(PAUSE, |last| PAUSE.saturating_sub(last.began.elapsed()));
        let unavailable = KeysUnavailable { retry_after: waits.as_secs() + 1 };
        match known {
            Some(known) if known.with(key_id).is_some() => Ok(known.keys),
            Some(known) if last.is_some_and(|last| !last.failed) => Ok(known.keys),
            _ => Err(unavailable),
        }
    }

    fn set(&self, address: &str) -> Arc<KeySet> {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        sets.entry(address.to_owned()).or_default().clone()
    }

    /// Fetches the keys in a task of its own: whoever asks may go away, and would otherwise take the result along.
    async fn fetch(&self, set: &Arc<KeySet>, address: &str, mut last: OwnedMutexGuard<Option<Fetch>>) -> Option<Fetch> {
        let (source, set, address) = (self.source.clone(), set.clone(), address.to_owned());
        let began = Instant::now();
        let task = tokio::spawn(async move {
            let fetched = source.fetch(&address).await;
            let fetch = Fetch { began, failed: fetched.is_err() };
            match fetched {
                Ok(keys) => set.keep(keys),
                Err(error) => tracing::warn!("cannot fetch the keys at {address}: {error}"),
            }
            *last = Some(fetch);
            fetch
        });
        task.await.ok()
    }
}

impl KeySet {
    fn known(&self) -> Option<Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, keys: Jwks) {
        let known = Known { keys: Arc::new(keys), since: Instant::now() };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known);
    }
}

impl Known {
    fn with(&self, key_id: &str) -> Option<Arc<Jwks>> {
        self.keys.select(Some(key_id)).map(|_| self.keys.clone())
    }

    fn fresh_with(&self, key_id: &str) -> Option<Arc<Jwks>> {
        self.with(key_id).filter(|_| self.since.elapsed() < FRESH_FOR)
    }
}

/// The network. It follows no redirect: the address is config.json's.
#[derive(Debug, Clone)]
pub struct Network(ureq::Agent);

impl Network {
    /// A client that verifies certificates against the roots of the web.
    pub fn new() -> Self {
        Self::with_time_limit(TIME_LIMIT)
    }

    /// The same with another time limit for a fetch.
    pub fn with_time_limit(time_limit: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(time_limit))
            .user_agent("tenant-picker")
            .build();
        Self(config.into())
    }

    fn get(&self, address: &str) -> Result<Jwks, String> {
        let mut response = self.0.get(address).call().map_err(|error| error.to_string())?;
        if response.status() != 200 {
            return Err(format!("the status is {}", response.status().as_u16()));
        }
        let body = response.body_mut().with_config().limit(BODY_MAX).read_to_string();
        Jwks::parse(&body.map_err(|error| error.to_string())?).map_err(|_| "this is no key set".to_owned())
    }
}

impl Default for Network {
    fn default() -> Self {
        Self::new()
    }
}

impl KeySource for Network {
    async fn fetch(&self, address: &str) -> Result<Jwks, String> {
        let (network, address) = (self.clone(), address.to_owned());
        spawn_blocking(move || network.get(&address)).await.map_err(|error| error.to_string())?
    }
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
