use super::*;
use crate::samples::deployment;
use crate::test_tokens::{other_key, pool_key};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A source that counts, and can be made to fail, to hang, or to have other keys.
#[derive(Clone, Default)]
struct Source(Arc<State>);

#[derive(Default)]
struct State {
    fetches: AtomicUsize,
    is_down: AtomicBool,
    takes: StdMutex<Duration>,
    renamed: AtomicBool,
    addresses: StdMutex<Vec<String>>,
}

impl KeySource for Source {
    async fn fetch(&self, address: &str) -> Result<Jwks, String> {
        let State { fetches, is_down, takes, renamed, addresses } = &*self.0;
        fetches.fetch_add(1, Ordering::Relaxed);
        addresses.lock().unwrap().push(address.to_owned());
        let takes = *takes.lock().unwrap();
        tokio::time::sleep(takes).await;
        if is_down.load(Ordering::Relaxed) {
            return Err("down".to_owned());
        }
        let set = if renamed.load(Ordering::Relaxed) {
            other_key().key_set().replace("pool-key", "new-key")
        } else {
            pool_key().key_set()
        };
        Ok(Jwks::parse(&set).unwrap())
    }
}

impl Source {
    fn fetches(&self) -> usize {
        self.0.fetches.load(Ordering::Relaxed)
    }

    fn is_down(&self, is_down: bool) {
        self.0.is_down.store(is_down, Ordering::Relaxed);
    }
}

fn keys() -> (Source, Arc<Keys<Source>>) {
    let source = Source::default();
    (source.clone(), Arc::new(Keys::new(source)))
}

async fn has(keys: &Keys<Source>, key_id: &str) -> Result<bool, KeysUnavailable> {
    keys.of(&deployment().user_pools[0], key_id).await.map(|keys| keys.select(Some(key_id)).is_some())
}

const UNAVAILABLE: Result<bool, KeysUnavailable> = Err(KeysUnavailable { retry_after: 31 });

#[tokio::test(start_paused = true)]
async fn a_key_set_is_fetched_once_an_hour_from_the_address_of_config_json() {
    let (source, keys) = keys();
    for _ in 0..3 {
        assert_eq!(has(&keys, "pool-key").await, Ok(true));
    }
    assert_eq!(source.fetches(), 1);
    tokio::time::advance(FRESH_FOR).await;
    assert_eq!(has(&keys, "pool-key").await, Ok(true));
    assert_eq!(source.fetches(), 2);
    assert_eq!(source.0.addresses.lock().unwrap()[0], "https://idp.example/pool/.well-known/jwks.json");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_key_fetches_anew_at_most_once_in_thirty_seconds() {
    let (source, keys) = keys();
    assert_eq!(has(&keys, "pool-key").await, Ok(true));
    for _ in 0..5 {
        assert_eq!(has(&keys, "new-key").await, Ok(false));
    }
    assert_eq!(source.fetches(), 1);
    tokio::time::advance(PAUSE).await;
    source.0.renamed.store(true, Ordering::Relaxed);
    assert_eq!(has(&keys, "new-key").await, Ok(true));
    assert_eq!(source.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn known_keys_are_used_while_the_issuer_is_away() {
    let (source, keys) = keys();
    assert_eq!(has(&keys, "pool-key").await, Ok(true));
    source.is_down(true);
    tokio::time::advance(10 * FRESH_FOR).await;
    assert_eq!(has(&keys, "pool-key").await, Ok(true));
    // Whether the issuer has this one cannot be known now.
    assert_eq!(has(&keys, "new-key").await, UNAVAILABLE);
    assert_eq!(source.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn without_any_keys_there_is_no_answer_for_a_while() {
    let (source, keys) = keys();
    source.is_down(true);
    assert_eq!(has(&keys, "pool-key").await, UNAVAILABLE);
    source.is_down(false);
    assert_eq!(has(&keys, "pool-key").await, UNAVAILABLE);
    assert_eq!(source.fetches(), 1);
    tokio::time::advance(PAUSE).await;
    assert_eq!(has(&keys, "pool-key").await, Ok(true));
}

#[tokio::test(start_paused = true)]
async fn a_hundred_requests_make_one_fetch_and_none_is_lost_with_who_goes_away() {
    let (source, keys) = keys();
    *source.0.takes.lock().unwrap() = Duration::from_secs(3);
    let first = tokio::time::timeout(Duration::from_secs(1), has(&keys, "pool-key")).await;
    assert!(first.is_err(), "the first has gone away");
    let others: Vec<_> = (0..100)
        .map(|_| {
            let keys = keys.clone();
            tokio::spawn(async move { has(&keys, "pool-key").await })
        })
        .collect();
    for other in others {
        assert_eq!(other.await.unwrap(), Ok(true));
    }
    assert_eq!(source.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_known_key_does_not_wait_for_a_fetch_that_an_unknown_one_began() {
    let (source, keys) = keys();
    assert_eq!(has(&keys, "pool-key").await, Ok(true));
    tokio::time::advance(FRESH_FOR).await;
    *source.0.takes.lock().unwrap() = Duration::from_secs(1000);
    let slow = keys.clone();
    let slow = tokio::spawn(async move { has(&slow, "new-key").await });
    tokio::task::yield_now().await;
    let known = tokio::time::timeout(Duration::from_secs(1), has(&keys, "pool-key")).await;
    assert_eq!(known, Ok(Ok(true)));
    slow.abort();
}
