//! Slows down who guesses codes: many unknown codes from one network, and it has to wait before the next code.
//!
//! While a network waits, all codes that it asks for are refused alike, before the directory is asked. If known ones were
//! answered, the refusal itself would say which codes are unknown, and nothing would be slowed. Answered meanwhile are
//! domains, app clients, and the codes that the network has found before: people who have chosen their organization once
//! notice nothing, and nobody learns anything new.
//!
//! The memory is bounded by two tables of a fixed size. A network that does not fit displaces the one with the fewest
//! unknown codes; a found code displaces another one.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Unknown codes are counted over so much time, from the first one on.
const COUNTED: Duration = Duration::from_secs(10 * 60);
/// The first wait. Each further unknown code doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(15);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(10 * 60);
/// A network that has asked for no unknown code for so long starts anew.
const FORGOTTEN: Duration = Duration::from_secs(30 * 60);
/// How long one code keeps others out, after a wait: as long as a lookup can take.
const ONE_AT_A_TIME: Duration = Duration::from_secs(10);

/// How many groups of networks there are, each with a lock of its own.
const GROUPS: usize = 2048;
/// How many networks a group has.
const GROUP: usize = 4;
/// How many found codes are remembered.
const FOUND: usize = 1 << 15;

/// The limit, and what is known of each network.
#[derive(Debug)]
pub(crate) struct UnknownCodes {
    /// How many unknown codes a network may ask for without waiting.
    allowed: u32,
    start: Instant,
    groups: Box<[Mutex<[Network; GROUP]>]>,
    /// The hashes of codes that were found, each with the network that found it.
    found: Box<[AtomicU64]>,
    /// With a random key, so that nobody can choose which networks share a group.
    hasher: RandomState,
}

/// What is known of a network. All zero if nothing is.
#[derive(Debug, Clone, Copy, Default)]
struct Network {
    /// The hash of its address.
    id: u64,
    /// How many unknown codes it has asked for.
    unknown: u32,
    /// How often it had to wait.
    waits: u32,
    /// When it asked for the first of them.
    first: Duration,
    /// When it asked for the last one.
    last: Duration,
    /// Until when it waits.
    until: Duration,
}

/// A code that may be looked up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt {
    network: u64,
    /// The hash of network and code.
    code: u64,
    /// Whether other codes of the network are kept out meanwhile.
    alone: bool,
}

impl UnknownCodes {
    /// A limit of `allowed` unknown codes in ten minutes.
    pub(crate) fn new(allowed: NonZeroU32) -> Self {
        Self {
            allowed: allowed.get(),
            start: Instant::now(),
            groups: (0..GROUPS).map(|_| Mutex::default()).collect(),
            found: (0..FOUND).map(|_| AtomicU64::new(0)).collect(),
            hasher: RandomState::new(),
        }
    }

    /// Whether this network may look up this code now.
    ///
    /// # Errors
    /// In how many seconds it may.
    pub(crate) fn check(&self, network: IpAddr, code: &str) -> Result<Attempt, u64> {
        self.check_at(self.start.elapsed(), network, code)
    }

    /// Takes the result of the lookup.
    pub(crate) fn note(&self, attempt: Attempt, is_known: bool) {
        if is_known {
            self.note_known(attempt);
        } else {
            self.note_unknown_at(self.start.elapsed(), attempt);
        }
    }

    fn check_at(&self, now: Duration, network: IpAddr, code: &str) -> Result<Attempt, u64> {
        let network = self.hasher.hash_one(network).max(1);
        let mut attempt = Attempt { network, code: self.hasher.hash_one((network, code)), alone: false };
        let mut group = self.group(network);
        let Some(known) = group.iter_mut().find(|known| known.id == network) else { return Ok(attempt) };
        if known.waits == 0 || known.is_forgotten(now) || self.was_found(attempt) {
            return Ok(attempt);
        }
        if known.until > now {
            return Err((known.until - now).as_millis().div_ceil(1000) as u64);
        }
        // Otherwise everything that is sent at once after the wait would be answered.
        known.until = now + ONE_AT_A_TIME;
        attempt.alone = true;
        Ok(attempt)
    }

    fn note_known(&self, attempt: Attempt) {
        self.slot(attempt).store(attempt.code, Ordering::Relaxed);
        if attempt.alone {
            let mut group = self.group(attempt.network);
            if let Some(known) = group.iter_mut().find(|known| known.id == attempt.network) {
                known.until = Duration::ZERO;
            }
        }
    }

    fn note_unknown_at(&self, now: Duration, attempt: Attempt) {
        let mut group = self.group(attempt.network);
        let known = entry(&mut group, attempt.network, now);
        if known.is_forgotten(now) || (known.waits == 0 && now - known.first > COUNTED) {
            *known = Network { id: attempt.network, first: now, ..Network::default() };
        }
        known.unknown = known.unknown.saturating_add(1);
        known.last = now;
        if known.unknown > self.allowed {
            let wait = FIRST_WAIT.saturating_mul(1 << known.waits.min(16)).min(LONGEST_WAIT);
            known.waits += 1;
            known.until = now + wait;
        }
    }

    fn was_found(&self, attempt: Attempt) -> bool {
        self.slot(attempt).load(Ordering::Relaxed) == attempt.code
    }

    fn slot(&self, attempt: Attempt) -> &AtomicU64 {
        &self.found[attempt.code as usize % FOUND]
    }

    fn group(&self, network: u64) -> MutexGuard<'_, [Network; GROUP]> {
        self.groups[network as usize % GROUPS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Network {
    fn is_forgotten(&self, now: Duration) -> bool {
        now.saturating_sub(self.last.max(self.until)) > FORGOTTEN
    }
}

/// The network's place in its group: its own, or that of the one that is missed least.
fn entry(group: &mut [Network; GROUP], id: u64, now: Duration) -> &mut Network {
    let own = group.iter().position(|known| known.id == id);
    let least = || (0..GROUP).min_by_key(|&i| (!group[i].is_forgotten(now), group[i].waits, group[i].unknown));
    let place = own.or_else(least).unwrap_or_default();
    let known = &mut group[place];
    if known.id != id {
        *known = Network { id, first: now, last: now, ..Network::default() };
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn ip(n: u32) -> IpAddr {
        IpAddr::V4(n.into())
    }

    fn limit(allowed: u32) -> UnknownCodes {
        UnknownCodes::new(NonZeroU32::new(allowed).unwrap())
    }

    /// Looks a code up at a time.
    fn look_up(limit: &UnknownCodes, now: Duration, network: u32, code: &str) -> Result<(), u64> {
        let attempt = limit.check_at(now, ip(network), code)?;
        if code.starts_with("known") {
            limit.note_known(attempt)
        } else {
            limit.note_unknown_at(now, attempt)
        }
        Ok(())
    }

    #[test]
    fn who_asks_for_many_unknown_codes_waits_longer_each_time_but_not_for_ever() {
        let limit = limit(3);
        let mut now = SECOND;
        for i in 0..4 {
            assert_eq!(look_up(&limit, now, 1, &format!("a{i}")), Ok(()));
        }
        let mut waits = Vec::new();
        for i in 0..9 {
            let wait = look_up(&limit, now, 1, "x").unwrap_err();
            waits.push(wait);
            now += SECOND * u32::try_from(wait).unwrap();
            assert_eq!(look_up(&limit, now, 1, &format!("b{i}")), Ok(()));
        }
        assert_eq!(waits, [15, 30, 60, 120, 240, 480, 600, 600, 600]);
        assert_eq!(look_up(&limit, now, 2, "x"), Ok(()), "another network");
        now += LONGEST_WAIT + FORGOTTEN + SECOND;
        for i in 0..4 {
            assert_eq!(look_up(&limit, now, 1, &format!("c{i}")), Ok(()));
        }
        assert_eq!(look_up(&limit, now, 1, "x"), Err(15), "it has started anew");
    }

    #[test]
    fn the_refusal_does_not_tell_whether_a_code_is_known() {
        let limit = limit(1);
        for code in ["a", "b"] {
            assert_eq!(look_up(&limit, SECOND, 1, code), Ok(()));
        }
        assert_eq!(look_up(&limit, SECOND, 1, "known"), look_up(&limit, SECOND, 1, "unknown"));
        assert_eq!(look_up(&limit, SECOND, 1, "known"), Err(15));
    }

    #[test]
    fn a_code_that_the_network_has_found_before_is_answered_while_it_waits() {
        let limit = limit(1);
        for code in ["known-1", "a", "b"] {
            assert_eq!(look_up(&limit, SECOND, 1, code), Ok(()));
        }
        assert_eq!(look_up(&limit, SECOND, 1, "known-1"), Ok(()));
        assert_eq!(look_up(&limit, SECOND, 1, "known-2"), Err(15));
        assert_eq!(look_up(&limit, SECOND, 2, "known-1"), Ok(()));
    }

    #[test]
    fn known_codes_and_a_few_mistakes_are_never_slowed() {
        let limit = limit(3);
        for minute in 0..1000 {
            // Three mistakes every eleven minutes.
            let code = if minute % 11 < 3 { "mistake" } else { "known" };
            assert_eq!(look_up(&limit, SECOND * 60 * minute, 1, code), Ok(()), "{minute}");
        }
    }

    #[test]
    fn after_a_wait_one_code_at_a_time_is_looked_up() {
        let limit = limit(1);
        for code in ["a", "b"] {
            assert_eq!(look_up(&limit, SECOND, 1, code), Ok(()));
        }
        let later = SECOND * 16;
        let first = limit.check_at(later, ip(1), "known-1").unwrap();
        assert_eq!(limit.check_at(later, ip(1), "known-2").unwrap_err(), 10);
        limit.note_known(first);
        assert!(limit.check_at(later, ip(1), "known-2").is_ok(), "what was found costs nothing");
    }

    #[test]
    fn many_networks_do_not_displace_one_that_guesses() {
        let limit = limit(10);
        for i in 0..=10 {
            assert_eq!(look_up(&limit, SECOND, 1, &format!("a{i}")), Ok(()));
        }
        for other in 2..100_000 {
            assert_eq!(look_up(&limit, SECOND, other, "a"), Ok(()));
        }
        assert_eq!(look_up(&limit, SECOND, 1, "x"), Err(15));
    }
}
