//! Both ways of answering from the table find what the file finds, and notice changes.

use crate::{engine, impatient_table, load, table, tenant};
use directory_table::by_name::ByName;
use directory_table::in_memory::InMemory;
use directory_table::members::Belongs;
use directory_table::pace::Pace;
use futures_util::future::join_all;
use local_table::Engine;
use lookup_api::{LookupRequest, Tenant};
use lookup_service::directory::Name;
use lookup_service::organizations::{Elsewhere, Unavailable};
use platform::json::Json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use toml::de::{DeTable, DeValue};

/// Ten times as fast as in earnest.
pub(crate) const PACE: Pace =
    Pace { look_every: Duration::from_millis(100), out_of_reach: Duration::from_millis(1000) };

pub(crate) fn by_name(engine: &Engine) -> Arc<dyn Elsewhere> {
    engine.block_on(ByName::open(impatient_table(engine), PACE, 1 << 20)).unwrap()
}

pub(crate) fn in_memory(engine: &Engine) -> Arc<dyn Elsewhere> {
    engine.block_on(InMemory::open(table(engine), impatient_table(engine), PACE)).unwrap()
}

/// The codes that a request finds.
pub(crate) fn ask(
    engine: &Engine,
    directory: &dyn Elsewhere,
    request: &LookupRequest,
) -> Result<Vec<String>, Unavailable> {
    let Some(name) = Name::of(request) else { return Ok(Vec::new()) };
    let code = |json: Arc<str>| Tenant::from_json(&Json::parse(&json).unwrap()).unwrap().code.to_string();
    engine.block_on(directory.find(&name)).map(|found| found.into_iter().map(code).collect())
}

pub(crate) fn domain(text: &str) -> LookupRequest {
    LookupRequest::Domain(text.to_owned())
}

fn texts(value: Option<&DeValue<'_>>) -> Vec<String> {
    let list = value.map(|value| value.as_array().unwrap().iter()).into_iter().flatten();
    list.map(|item| item.get_ref().as_str().unwrap().to_owned()).collect()
}

/// Asks all of matching.toml twice: the second time by-name answers from its cache.
fn check_matching(engine: &Engine, directory: &dyn Elsewhere) {
    let root = DeTable::parse(include_str!("../../../lookup-service/matching.toml")).unwrap().into_inner();
    let cases = root["cases"].get_ref().as_array().unwrap();
    for case in cases.iter().chain(cases.iter()) {
        let case = case.get_ref().as_table().unwrap();
        let given = |name: &str| texts(case.get(name).map(|value| value.get_ref()));
        let requests = given("domain").into_iter().map(LookupRequest::Domain);
        let requests = requests.chain(given("code").into_iter().map(LookupRequest::Code));
        for request in requests.chain(given("client_id").into_iter().map(LookupRequest::ClientId)) {
            let rule = case["rule"].get_ref().as_str().unwrap();
            assert_eq!(ask(engine, directory, &request), Ok(given("finds")), "{rule}: {request:?}");
        }
    }
}

fn matching_directory() -> String {
    let root = DeTable::parse(include_str!("../../../lookup-service/matching.toml")).unwrap().into_inner();
    root["directory"].get_ref().as_str().unwrap().to_owned()
}

#[test]
fn both_find_what_the_file_finds() {
    let engine = engine();
    load(&engine, &matching_directory());
    check_matching(&engine, &*in_memory(&engine));
    check_matching(&engine, &*by_name(&engine));
}

#[test]
fn a_directory_that_was_built_by_small_changes_finds_the_same() {
    let engine = engine();
    let text = matching_directory();
    let (head, sections) = lookup_service::directory_file::sections(&text).unwrap();
    // From one organization on, one by one, and each with another name at first.
    load(&engine, &format!("{head}{}", sections[0]));
    let (memory, name) = (in_memory(&engine), by_name(&engine));
    for i in 1..sections.len() {
        let with = sections[..i].concat();
        load(&engine, &format!("{head}{with}{}", sections[i].replace("name = ", "name = \"Old \" #")));
        load(&engine, &format!("{head}{with}{}", sections[i]));
    }
    let last = LookupRequest::Code("pied-piper".to_owned());
    wait_for(|| ask(&engine, &*memory, &last) == Ok(vec!["Pied-Piper".to_owned()]));
    check_matching(&engine, &*memory);
    std::thread::sleep(Duration::from_millis(250));
    check_matching(&engine, &*name);
}

/// Waits until something is true, and returns how long it took.
fn wait_for(is_true: impl Fn() -> bool) -> Duration {
    let start = Instant::now();
    while !is_true() {
        assert!(start.elapsed() < Duration::from_secs(20), "it never was");
        std::thread::sleep(Duration::from_millis(20));
    }
    start.elapsed()
}

#[test]
fn a_change_is_noticed_whether_small_or_a_whole_load() {
    let engine = engine();
    let (acme, globex) = (tenant("acme", &["acme.example"]), tenant("globex", &["globex.example"]));
    load(&engine, &acme);
    for directory in [in_memory(&engine), by_name(&engine)] {
        let finds = |text: &str, code: &str| ask(&engine, &*directory, &domain(text)) == Ok(vec![code.to_owned()]);
        load(&engine, &acme);
        wait_for(|| finds("acme.example", "acme"));
        assert_eq!(ask(&engine, &*directory, &domain("globex.example")), Ok(Vec::new()));
        load(&engine, &format!("{acme}{globex}"));
        wait_for(|| finds("globex.example", "globex"));
        load(&engine, &format!("{acme}{}", tenant("globex", &["acme.example"])));
        wait_for(|| ask(&engine, &*directory, &domain("acme.example")).is_ok_and(|found| found.len() == 2));
        assert_eq!(ask(&engine, &*directory, &domain("globex.example")), Ok(Vec::new()));
        // Another order needs another generation.
        load(&engine, &format!("{}{acme}", tenant("hooli", &["hooli.example"])));
        wait_for(|| finds("hooli.example", "hooli"));
        wait_for(|| finds("acme.example", "acme"));
    }
}

#[test]
fn by_name_asks_once_for_a_name_and_all_domains_above_it_and_then_not_again() {
    let engine = engine();
    load(&engine, &tenant("acme", &["acme.example"]).replace("domains", "subdomains = true\ndomains"));
    let directory = by_name(&engine);
    engine.seen();
    let (start, mut asked) = (Instant::now(), 0);
    for text in ["a.b.acme.example", "a.b.acme.example", "b.acme.example"] {
        assert_eq!(ask(&engine, &*directory, &domain(text)), Ok(vec!["acme".to_owned()]));
        asked += engine.seen().iter().filter(|operation| *operation == "BatchGetItem").count();
    }
    // And the pointer, if that was due.
    assert!(asked <= 1 + start.elapsed().as_millis() as usize / 100, "{asked}");
}

#[test]
fn both_know_who_belongs_by_name() {
    let engine = engine();
    load(&engine, &tenant("acme", &[]));
    let (issuer, table) = ("https://idp.example/pool", table(&engine));
    engine.block_on(table.set_member(issuer, "6a1b", "Acme", Belongs::Yes)).unwrap();
    for directory in [in_memory(&engine), by_name(&engine)] {
        assert_eq!(engine.block_on(directory.codes_of(issuer, "6a1b")), Ok(vec!["acme".to_owned()]));
        assert_eq!(engine.block_on(directory.codes_of(issuer, "other")), Ok(Vec::new()));
        assert_eq!(engine.block_on(directory.codes_of("https://other.example", "6a1b")), Ok(Vec::new()));
    }
}

#[test]
fn a_name_that_is_too_long_for_a_key_is_nobodys() {
    let engine = engine();
    load(&engine, &tenant("acme", &[]));
    for directory in [in_memory(&engine), by_name(&engine)] {
        for request in [LookupRequest::Code("x".repeat(3_000)), LookupRequest::ClientId("x".repeat(3_000))] {
            assert_eq!(ask(&engine, &*directory, &request), Ok(Vec::new()));
        }
    }
}

#[test]
fn a_table_that_was_emptied_and_loaded_again_is_noticed() {
    let engine = engine();
    for loads in [1, 2] {
        for _ in 0..loads {
            load(&engine, &tenant("acme", &["acme.example"]));
            load(&engine, &format!("# Other head.\n\n{}", tenant("acme", &["acme.example"])));
        }
        let directories = [in_memory(&engine), by_name(&engine)];
        for directory in &directories {
            ask(&engine, &**directory, &domain("acme.example")).unwrap();
        }
        let (items, _) = engine.block_on(table(&engine).scan("", (0, 1), None)).unwrap();
        let keys = items.iter().map(|item| item["k"].as_s().unwrap().clone()).collect();
        engine.block_on(table(&engine).write(Vec::new(), keys)).unwrap();
        load(&engine, &tenant("globex", &["acme.example"]));
        for directory in &directories {
            wait_for(|| ask(&engine, &**directory, &domain("acme.example")) == Ok(vec!["globex".to_owned()]));
        }
    }
}

#[test]
fn after_an_idle_time_no_lookup_is_answered_from_an_old_cache() {
    let engine = engine();
    load(&engine, &tenant("acme", &["acme.example"]));
    let directory = by_name(&engine);
    ask(&engine, &*directory, &domain("acme.example")).unwrap();
    load(&engine, &tenant("acme", &["acme.example"]).replace("acmeclient", "newclient"));
    std::thread::sleep(Duration::from_millis(500));
    let request = domain("acme.example");
    let name = Name::of(&request).unwrap();
    let found = engine.block_on(join_all((0..4).map(|_| directory.find(&name))));
    assert!(found.iter().all(|found| found.as_ref().unwrap()[0].contains("newclient")), "{found:?}");
}
