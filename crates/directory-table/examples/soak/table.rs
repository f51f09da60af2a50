//! The table, and all that happens to it.

use crate::organizations::{COUNT, Organizations};
use directory_table::contents::Contents;
use directory_table::load::{Progress, Stage};
use directory_table::table;
use local_table::{Engine, Fault};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long a fault lasts. The table that is away for 15 seconds is the longest.
const FAULTS: [(&str, Fault, u64); 6] = [
    ("throttles", Fault::Throttles, 5),
    ("hangs", Fault::Hangs, 5),
    ("leaves keys unprocessed", Fault::LeavesUnprocessed, 5),
    ("answers one key of a request", Fault::AnswersOne, 5),
    ("fails", Fault::Fails, 5),
    ("is away", Fault::Fails, 15),
];
/// How long the table is left alone but for changes, between two faults.
const QUIET: Duration = Duration::from_secs(12);
/// How often an organization changes.
const CHANGE_EVERY: Duration = Duration::from_millis(100);

pub(crate) struct Table {
    engine: Engine,
    table: table::Table,
}

struct Quiet;

impl Progress for Quiet {
    fn at(&self, _: Stage, _: usize, _: usize) {}

    fn now(&self) -> u64 {
        now()
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

impl Table {
    pub(crate) fn start(organizations: &Organizations) -> Self {
        let engine = Engine::start();
        let patience = Duration::from_secs(30);
        let table = table::Table::new(engine.client(patience), "tenants".to_owned(), patience);
        let started = Self { engine, table };
        started.engine.block_on(started.table.create()).unwrap();
        started.load(organizations);
        started
    }

    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.engine.address)
    }

    /// Loads everything as a new generation.
    fn load(&self, organizations: &Organizations) {
        let file = organizations.file();
        let contents = Contents::read(&file).unwrap();
        self.engine.block_on(self.table.load(&contents, true, &Quiet)).unwrap();
    }

    /// Changes organizations, loads all of them, and lets faults happen, one after the other, until the end.
    pub(crate) fn disturb(&self, organizations: &Organizations, end: Instant) {
        let mut changes = 0;
        for (name, fault, seconds) in FAULTS.iter().cycle() {
            self.change(organizations, &mut changes, Instant::now() + QUIET);
            if Instant::now() + Duration::from_secs(seconds + 10) > end {
                return;
            }
            println!("{changes} changes; the table {name}");
            organizations.fault_begins();
            self.engine.has(*fault);
            thread::sleep(Duration::from_secs(*seconds));
            self.engine.has(None);
            organizations.fault_ends();
            if *name == "is away" {
                println!("a whole load");
                self.load(organizations);
            }
        }
    }

    fn change(&self, organizations: &Organizations, changes: &mut usize, until: Instant) {
        while Instant::now() < until {
            let i = *changes * 7 % COUNT;
            let text = organizations.toml(i, true);
            self.engine.block_on(self.table.edit(&format!("t{i}"), now(), |_| Ok(Some(text.clone())))).unwrap();
            organizations.committed(i);
            *changes += 1;
            thread::sleep(CHANGE_EVERY);
        }
    }
}
