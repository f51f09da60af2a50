//! The table at a DynamoDB implementation in this process (dynoxide).
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod bad_tables;
mod engine;
mod loading;
mod outages;
mod program;
mod readers;
mod small_changes;

use directory_table::contents::Contents;
use directory_table::load::{Loaded, Progress, Stage};
use directory_table::table::Table;
use engine::Engine;
use std::sync::atomic::{AtomicU64, Ordering};

/// A clock that a test sets, and what a load has said of its progress.
#[derive(Default)]
pub(crate) struct Clock {
    pub(crate) now: AtomicU64,
    pub(crate) writing: AtomicU64,
}

impl Progress for Clock {
    fn at(&self, what: Stage, done: usize, _: usize) {
        if what == Stage::Writing {
            self.writing.store(done as u64, Ordering::Relaxed);
        }
    }

    fn now(&self) -> u64 {
        1_000_000 + self.now.load(Ordering::Relaxed)
    }
}

/// Loads a text that has to be loaded.
pub(crate) fn load(engine: &Engine, text: &str) -> Loaded {
    engine.block_on(engine.table().load(&Contents::read(text).unwrap(), false, &Clock::default())).unwrap()
}

/// The table as a file.
pub(crate) fn dump(engine: &Engine) -> String {
    let table: Table = engine.table();
    engine.block_on(table.records()).unwrap().text()
}

/// A tenant of a file.
pub(crate) fn tenant(code: &str, domains: &[&str]) -> String {
    let head = format!("[[tenants]]\ncode = \"{code}\"\nname = \"{code}\"\nclient_id = \"{code}client\"\n");
    format!("{head}identity_provider = \"COGNITO\"\ndomains = {domains:?}\n")
}
