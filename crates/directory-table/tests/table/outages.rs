//! A table that throttles, hangs, fails or is away: what is known is answered, and nothing is answered wrongly.

use crate::readers::{PACE, ask, by_name, domain, in_memory};
use crate::{engine, impatient_table, load, table, tenant};
use directory_table::in_memory::InMemory;
use directory_table::pace::Pace;
use local_table::Fault;
use lookup_service::organizations::{Elsewhere, Unavailable};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A domain of its own below that of another organization, which has its subdomains.
fn parent_and_child() -> String {
    let parent = tenant("parent", &["acme.example"]).replace("domains", "subdomains = true\ndomains");
    format!("{parent}{}", tenant("child", &["lab.acme.example"]))
}

const FAULTS: [(&str, Fault); 4] = [
    ("throttles", Fault::Throttles),
    ("hangs", Fault::Hangs),
    ("fails", Fault::Fails),
    ("unprocessed", Fault::LeavesUnprocessed),
];

#[test]
fn by_name_answers_what_it_knows_and_nothing_else() {
    let engine = engine();
    load(&engine, &parent_and_child());
    let directory = by_name(&engine);
    let known = ["lab.acme.example", "x.acme.example", "nobody.example"].map(domain);
    for (fault_name, fault) in FAULTS {
        let answers: Vec<_> = known.iter().map(|request| ask(&engine, &*directory, request)).collect();
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        engine.has(fault);
        std::thread::sleep(Duration::from_millis(250));
        let again: Vec<_> = known.iter().map(|request| ask(&engine, &*directory, request)).collect();
        assert_eq!(again, answers, "{fault:?}");
        let unknown = format!("{fault_name}.acme.example");
        for unknown in [&unknown, "other.example"] {
            assert_eq!(ask(&engine, &*directory, &domain(unknown)), Err(Unavailable), "{fault:?}: {unknown}");
        }
        assert!(!directory.is_ready(), "{fault:?}");
        engine.has(None);
        assert_eq!(ask(&engine, &*directory, &domain(&unknown)).unwrap(), ["parent"], "{fault:?}");
        assert!(directory.is_ready(), "{fault:?}");
        load(&engine, &parent_and_child().replace("name = \"parent\"", &format!("name = \"{fault_name}\"")));
        std::thread::sleep(Duration::from_millis(250));
    }
}

#[test]
fn by_name_is_ready_again_without_a_lookup_as_soon_as_the_table_responds() {
    let engine = engine();
    load(&engine, &parent_and_child());
    let directory = by_name(&engine);
    engine.has(Fault::Fails);
    assert_eq!(ask(&engine, &*directory, &domain("lab.acme.example")), Err(Unavailable));
    assert!(!directory.is_ready());
    engine.has(None);
    let start = Instant::now();
    while !directory.is_ready() {
        assert!(start.elapsed() < Duration::from_secs(20), "it never was");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_key_that_is_left_unprocessed_is_unknown_and_its_organization_does_not_go_to_the_parents() {
    let engine = engine();
    load(&engine, &parent_and_child());
    let directory = by_name(&engine);
    // The first key in the order of the request is answered: "1#d#acme.example" comes before "1#d#lab.acme.example".
    engine.has(Fault::AnswersOne);
    let found = ask(&engine, &*directory, &domain("lab.acme.example"));
    assert_eq!(found, Ok(vec!["child".to_owned()]), "what is left is asked for again");
    engine.has(Fault::LeavesUnprocessed);
    assert_eq!(ask(&engine, &*directory, &domain("x.lab.acme.example")), Err(Unavailable));
}

#[test]
fn a_table_that_hangs_does_not_make_known_names_wait() {
    let engine = engine();
    load(&engine, &parent_and_child());
    let directory = by_name(&engine);
    ask(&engine, &*directory, &domain("lab.acme.example")).unwrap();
    engine.has(Fault::Hangs);
    std::thread::sleep(Duration::from_millis(250));
    let start = Instant::now();
    for _ in 0..20 {
        ask(&engine, &*directory, &domain("lab.acme.example")).unwrap();
    }
    // One of them waits for the pointer, for 300 ms; each would take 600 ms if it waited to the end.
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[test]
fn in_memory_answers_while_the_table_is_away() {
    let engine = engine();
    load(&engine, &parent_and_child());
    let pace = Pace { out_of_reach: Duration::from_secs(60), ..PACE };
    let directory: Arc<dyn Elsewhere> =
        engine.block_on(InMemory::open(table(&engine), impatient_table(&engine), pace)).unwrap();
    for (_, fault) in FAULTS {
        engine.has(fault);
        std::thread::sleep(Duration::from_millis(250));
        assert_eq!(ask(&engine, &*directory, &domain("lab.acme.example")).unwrap(), ["child"], "{fault:?}");
        assert_eq!(ask(&engine, &*directory, &domain("x.acme.example")).unwrap(), ["parent"], "{fault:?}");
        assert_eq!(ask(&engine, &*directory, &domain("nobody.example")), Ok(Vec::new()), "{fault:?}");
    }
}

#[test]
fn after_a_while_without_the_table_a_name_that_was_not_there_is_unknown() {
    let engine = engine();
    load(&engine, &parent_and_child());
    let directory = in_memory(&engine);
    assert!(directory.is_ready());
    engine.has(Fault::Hangs);
    std::thread::sleep(Duration::from_millis(1_200));
    assert!(!directory.is_ready());
    assert_eq!(ask(&engine, &*directory, &domain("lab.acme.example")).unwrap(), ["child"]);
    for unknown in ["nobody.example", "x.acme.example"] {
        assert_eq!(ask(&engine, &*directory, &domain(unknown)), Err(Unavailable), "{unknown} may be somebody's by now");
    }
}
