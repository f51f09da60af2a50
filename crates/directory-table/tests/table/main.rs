//! The table at a DynamoDB implementation in this process (dynoxide).
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod bad_tables;
mod loading;
mod outages;
mod program;
mod readers;
mod small_changes;

use directory_table::contents::Contents;
use directory_table::load::{Loaded, Progress, Stage};
use directory_table::table::Table;
use local_table::Engine;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A clock that a test sets, and what a load has said of its progress.
#[derive(Default)]
pub(crate) struct Clock {
    pub(crate) now: AtomicU64,
    pub(crate) writing: AtomicU64,
    /// How many seconds pass with each page that is read back.
    pub(crate) page_takes: AtomicU64,
}

impl Progress for Clock {
    fn at(&self, what: Stage, done: usize, _: usize) {
        if what == Stage::Writing {
            self.writing.store(done as u64, Ordering::Relaxed);
        }
        if what == Stage::Verifying {
            self.now.fetch_add(self.page_takes.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    fn now(&self) -> u64 {
        1_000_000 + self.now.load(Ordering::Relaxed)
    }
}

/// An engine with an empty table.
pub(crate) fn engine() -> Engine {
    let engine = Engine::start();
    engine.block_on(table(&engine).create()).unwrap();
    engine
}

/// The table for somebody who waits.
pub(crate) fn table(engine: &Engine) -> Table {
    Table::new(engine.client(Duration::from_secs(10)), "tenants".to_owned(), Duration::from_secs(20))
}

/// The table for lookups, which wait for 600 ms at most.
pub(crate) fn impatient_table(engine: &Engine) -> Table {
    Table::new(engine.client(Duration::from_millis(300)), "tenants".to_owned(), Duration::from_millis(600))
}

/// Loads a text that has to be loaded.
pub(crate) fn load(engine: &Engine, text: &str) -> Loaded {
    engine.block_on(table(engine).load(&Contents::read(text).unwrap(), false, &Clock::default())).unwrap()
}

/// The table as a file.
pub(crate) fn dump(engine: &Engine) -> String {
    engine.block_on(table(engine).records()).unwrap().text()
}

/// A tenant of a file.
pub(crate) fn tenant(code: &str, domains: &[&str]) -> String {
    let head = format!("[[tenants]]\ncode = \"{code}\"\nname = \"{code}\"\nclient_id = \"{code}client\"\n");
    format!("{head}identity_provider = \"COGNITO\"\ndomains = {domains:?}\n")
}
