//! Loading files.

use crate::{Clock, dump, engine, load, table, tenant};
use directory_table::contents::{Contents, ContentsError};
use directory_table::error::TableError;
use directory_table::key::Generation;
use directory_table::load::{LoadError, Loaded, Progress, Stage};
use lookup_service::directory_file::SAMPLE;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, mpsc};
use std::thread;

/// A file with so many tenants.
fn many(count: usize) -> String {
    let domains = |i| [format!("t{i}.example"), format!("shared{}.example", i / 10)];
    (0..count).map(|i| tenant(&format!("t{i}"), &domains(i).each_ref().map(String::as_str))).collect()
}

#[test]
fn what_was_loaded_is_dumped_as_it_was_written() {
    let engine = engine();
    assert_eq!(load(&engine, SAMPLE), Loaded::Generation(Generation(1)));
    assert_eq!(dump(&engine), SAMPLE);
    assert_eq!(load(&engine, SAMPLE), Loaded::Nothing);
}

#[test]
fn a_dump_after_small_changes_is_not_a_change() {
    let engine = engine();
    load(&engine, &many(3));
    let changed = many(4).replace("name = \"t1\"", "name = \"Other\"");
    assert!(matches!(load(&engine, &changed), Loaded::Change(_)));
    assert_eq!(dump(&engine), changed);
    assert_eq!(load(&engine, &dump(&engine)), Loaded::Nothing);
}

#[test]
fn a_load_says_what_it_would_change() {
    let engine = engine();
    load(&engine, &many(4));
    let text = format!("{}{}", many(3).replace("name = \"t1\"", "name = \"Other\""), tenant("new", &[]));
    let contents = Contents::read(&text).unwrap();
    let (_, difference) = engine.block_on(table(&engine).difference(&contents, &Clock::default())).unwrap().unwrap();
    assert_eq!(
        (difference.added, difference.changed, difference.removed),
        (vec!["new".into()], vec!["t1".into()], vec!["t3".into()])
    );
    assert!(!difference.head && !difference.order);
    assert_eq!(dump(&engine), many(4), "nothing was changed");
}

#[test]
fn a_load_that_was_killed_goes_on_where_it_was() {
    let engine = engine();
    load(&engine, &many(2));
    let text = many(400);
    let contents = Contents::read(&text).unwrap();
    // 800 items are 32 requests, and then the progress is kept.
    engine.refuses_after_writes(1 + 32 + 1 + 10);
    let killed = engine.block_on(table(&engine).load(&contents, false, &Clock::default()));
    assert!(matches!(killed, Err(LoadError::Table(TableError::Unreachable(_)))), "{killed:?}");
    engine.refuses_after_writes(None);
    assert_eq!(dump(&engine), many(2), "the old directory is in use until the new one is whole");
    engine.seen();
    let clock = Clock::default();
    let refused = engine.block_on(table(&engine).load(&contents, false, &clock));
    assert!(matches!(refused, Err(LoadError::Busy { .. })), "it may still be at work: {refused:?}");
    clock.now.store(21, Ordering::Relaxed);
    let done = engine.block_on(table(&engine).load(&contents, false, &clock)).unwrap();
    assert_eq!(done, Loaded::Generation(Generation(2)));
    assert_eq!(dump(&engine), text);
    let writes = engine.seen().iter().filter(|operation| *operation == "BatchWriteItem").count();
    let (items, kept) = (contents.len(), 800);
    assert!(writes >= (items - kept) / 25 && writes < items / 25 - 20, "{writes} requests for {items} items");
}

#[test]
fn a_load_that_reads_back_for_long_says_that_it_is_at_work() {
    let engine = engine();
    let text = many(100);
    let contents = Contents::read(&text).unwrap();
    let transactions = |page_takes| {
        let clock = Clock::default();
        clock.page_takes.store(page_takes, Ordering::Relaxed);
        engine.block_on(table(&engine).load(&contents, true, &clock)).unwrap();
        engine.seen().iter().filter(|operation| *operation == "TransactWriteItems").count()
    };
    let (quick, slow) = (transactions(0), transactions(8));
    // Eight pages, one for each segment, take 64 seconds. Without a word for 20 it counts as given up.
    assert!(slow >= quick + 3, "{slow} and {quick}");
}

/// A load that stands still once it has written something, as on a machine that sleeps, until it is told to go on.
struct Paused(mpsc::Sender<()>, Mutex<mpsc::Receiver<()>>);

impl Progress for Paused {
    fn at(&self, what: Stage, _: usize, _: usize) {
        if what == Stage::Writing && self.0.send(()).is_ok() {
            let _ = self.1.lock().unwrap().recv();
        }
    }

    fn now(&self) -> u64 {
        Clock::default().now()
    }
}

#[test]
fn a_load_that_another_one_has_taken_over_stops() {
    let engine = engine();
    let text = many(400);
    let contents = Contents::read(&text).unwrap();
    let (has_written, written) = mpsc::channel();
    let (go_on, told) = mpsc::channel();
    let (engine, contents, paused) = (&engine, &contents, Paused(has_written, Mutex::new(told)));
    thread::scope(|scope| {
        let first = scope.spawn(move || engine.block_on(table(engine).load(contents, false, &paused)));
        written.recv().unwrap();
        let clock = Clock::default();
        clock.now.store(21, Ordering::Relaxed);
        let second = engine.block_on(table(engine).load(contents, false, &clock));
        assert_eq!(second.unwrap(), Loaded::Generation(Generation(1)));
        drop((written, go_on));
        let first = first.join().unwrap();
        assert!(matches!(first, Err(LoadError::Busy { .. })), "{first:?}");
    });
    assert_eq!(dump(engine), text);
}

#[test]
fn of_two_loads_of_different_files_the_second_is_refused_until_the_first_is_given_up() {
    let engine = engine();
    load(&engine, &many(2));
    let (first, second) = (many(50), many(60));
    let [first, second] = [&first, &second].map(|text| Contents::read(text).unwrap());
    engine.refuses_after_writes(4);
    let clock = Clock::default();
    assert!(engine.block_on(table(&engine).load(&first, false, &clock)).is_err());
    engine.refuses_after_writes(None);
    let refused = engine.block_on(table(&engine).load(&second, false, &clock));
    assert!(matches!(refused, Err(LoadError::Busy { seconds: 20 })), "{refused:?}");
    clock.now.store(21, Ordering::Relaxed);
    let done = engine.block_on(table(&engine).load(&second, false, &clock)).unwrap();
    // Not the number of the first, which may still be writing.
    assert_eq!(done, Loaded::Generation(Generation(3)));
    assert_eq!(dump(&engine), many(60));
}

#[test]
fn a_load_that_began_before_somebody_elses_change_does_not_undo_it() {
    let engine = engine();
    load(&engine, &many(2));
    let text = many(50);
    let contents = Contents::read(&text).unwrap();
    engine.refuses_after_writes(4);
    assert!(engine.block_on(table(&engine).load(&contents, false, &Clock::default())).is_err());
    engine.refuses_after_writes(None);
    let renamed = many(2).replace("name = \"t1\"", "name = \"Renamed\"");
    assert!(matches!(load(&engine, &renamed), Loaded::Change(_)));
    let clock = Clock::default();
    let refused = engine.block_on(table(&engine).load(&contents, false, &clock));
    assert!(matches!(refused, Err(LoadError::Busy { .. })), "it began from another revision: {refused:?}");
    assert_eq!(dump(&engine), renamed);
}

#[test]
fn old_generations_are_removed_but_for_the_last() {
    let engine = engine();
    let clock = Clock::default();
    for i in 1..=4 {
        clock.now.store(i * 1_000, Ordering::Relaxed);
        let text = format!("# {i}\n\n{}", many(3));
        engine.block_on(table(&engine).load(&Contents::read(&text).unwrap(), false, &clock)).unwrap();
    }
    let (items, _) = engine.block_on(table(&engine).scan("", (0, 1), None)).unwrap();
    let mut generations: Vec<String> =
        items.iter().map(|item| item["k"].as_s().unwrap().split('#').next().unwrap().to_owned()).collect();
    generations.sort();
    generations.dedup();
    assert_eq!(generations, ["3", "4", "ptr"]);
}

#[test]
fn what_dynamodb_would_refuse_is_refused_before_anything_is_written() {
    let long = tenant("acme", &[]).replace("name = \"acme\"", &format!("name = \"{}\"", "x".repeat(400_000)));
    let refused = Contents::read(&long).unwrap_err().to_string();
    assert!(refused.starts_with("the tenant acme would be an item of 400"), "{refused}");
    let crowded: String = (0..3_000).map(|i| tenant(&format!("tenant{i}"), &["shared.example"])).collect();
    let refused = Contents::read(&crowded).unwrap_err().to_string();
    assert!(refused.starts_with("the domain shared.example with 3000 tenants would be"), "{refused}");
    assert_eq!(
        Contents::read("tenants = [{ code = \"a\", name = \"a\", client_id = \"a\", identity_provider = \"a\" }]")
            .unwrap_err(),
        ContentsError::NotInSections
    );
}

#[test]
fn what_was_not_verified_is_loaded_as_another_generation() {
    let engine = engine();
    load(&engine, &many(4));
    // Of a table whose pointer is lost, the old items are in the way of the first generation.
    engine.block_on(table(&engine).write(Vec::new(), vec!["ptr".to_owned()])).unwrap();
    let text = many(3);
    let contents = Contents::read(&text).unwrap();
    let refused = engine.block_on(table(&engine).load(&contents, false, &Clock::default()));
    assert!(matches!(refused, Err(LoadError::NotVerified { .. })), "{refused:?}");
    load(&engine, &text);
    assert_eq!(dump(&engine), text);
}

#[test]
fn a_back_ends_app_client_that_is_there_twice_is_refused() {
    let machine = "machines = [{ name = \"a\", client_id = \"m1\" }]\n";
    let twice = format!("{}{machine}{}{machine}", tenant("acme", &[]), tenant("globex", &[]));
    assert_eq!(Contents::read(&twice).unwrap_err(), ContentsError::MachineTwice("m1".to_owned()));
    let empty = format!("{}{}", tenant("acme", &[]), machine.replace("m1", ""));
    load(&engine(), &empty);
}
