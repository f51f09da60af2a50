//! Tables that are not whole, not of this program, or not there.

use crate::readers::PACE;
use crate::{Clock, dump, engine, impatient_table, load, table, tenant};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TimeToLiveStatus,
};
use directory_table::by_name::ByName;
use directory_table::contents::Contents;
use directory_table::error::TableError;
use directory_table::in_memory::InMemory;
use directory_table::load::{LoadError, Loaded};
use directory_table::table::Consistency;
use local_table::{Engine, Fault};
use std::collections::HashMap;
use std::time::Duration;

fn put(engine: &Engine, item: &[(&str, AttributeValue)]) {
    let item: HashMap<String, AttributeValue> =
        item.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    engine.block_on(table(engine).write(vec![item], Vec::new())).unwrap();
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The codes of the errors with which both ways of answering refuse the table.
#[track_caller]
fn check_refused(engine: &Engine, in_memory: &str, by_name: &str) {
    let code = |error: TableError| error.code();
    let read = engine.block_on(InMemory::open(table(engine), impatient_table(engine), PACE)).map(drop).map_err(code);
    assert_eq!(read, Err(in_memory));
    let asked = engine.block_on(ByName::open(impatient_table(engine), PACE, 1 << 20)).map(drop).map_err(code);
    assert_eq!(asked, if by_name.is_empty() { Ok(()) } else { Err(by_name) });
}

#[test]
fn a_table_that_is_empty_or_not_there_is_named() {
    check_refused(&engine(), "empty", "empty");
    check_refused(&Engine::start(), "no_table", "no_table");
}

#[test]
fn a_pointer_to_nothing_is_refused() {
    let engine = engine();
    load(&engine, &tenant("acme", &[]));
    let [g, r, n] = [7, 0, 1].map(number);
    put(
        &engine,
        &[
            ("k", text("ptr")),
            ("schema", number(1)),
            ("generation", g),
            ("revision", r.clone()),
            ("organizations", n),
            ("served", r.clone()),
            ("since", r),
            ("sum", text("0")),
        ],
    );
    check_refused(&engine, "not_whole", "not_whole");
}

#[test]
fn another_layout_is_refused_and_not_written_over() {
    let engine = engine();
    load(&engine, &tenant("acme", &[]));
    put(&engine, &[("k", text("ptr")), ("schema", number(2))]);
    check_refused(&engine, "other_schema", "other_schema");
    let other = tenant("globex", &[]);
    for anew in [false, true] {
        let refused = engine.block_on(table(&engine).load(&Contents::read(&other).unwrap(), anew, &Clock::default()));
        assert!(matches!(refused, Err(LoadError::Table(TableError::OtherSchema(2)))), "{refused:?}");
    }
}

#[test]
fn a_foreign_pointer_is_refused() {
    let engine = engine();
    put(&engine, &[("k", text("ptr")), ("schema", number(1)), ("generation", text("seven"))]);
    check_refused(&engine, "foreign_item", "foreign_item");
}

#[test]
fn items_of_others_beside_the_directory_do_not_matter() {
    let engine = engine();
    load(&engine, &tenant("acme", &[]));
    put(&engine, &[("k", text("1")), ("x", number(1))]);
    put(&engine, &[("k", text("something#else"))]);
    assert_eq!(dump(&engine), tenant("acme", &[]));
}

#[test]
fn a_half_written_generation_is_noticed_and_can_be_loaded_anew() {
    let engine = engine();
    let file = format!("{}{}", tenant("acme", &["acme.example"]), tenant("globex", &[]));
    load(&engine, &file);
    engine.block_on(table(&engine).write(Vec::new(), vec!["1#t#globex".to_owned()])).unwrap();
    check_refused(&engine, "not_whole", "");
    let loaded =
        engine.block_on(table(&engine).load(&Contents::read(&file).unwrap(), true, &Clock::default())).unwrap();
    assert!(matches!(loaded, Loaded::Generation(_)));
    assert_eq!(dump(&engine), file);
}

#[test]
fn a_foreign_record_is_refused_by_its_key() {
    let engine = engine();
    load(&engine, &tenant("acme", &[]));
    put(&engine, &[("k", text("1#t#evil")), ("toml", number(1))]);
    let refused = engine.block_on(table(&engine).records()).unwrap_err();
    assert_eq!(refused.to_string(), "the item 1#t#evil is not one of this program");
}

#[test]
fn a_name_that_its_organization_does_not_have_is_noticed_by_a_check() {
    let engine = engine();
    load(&engine, &format!("{}{}", tenant("acme", &["acme.example"]), tenant("globex", &[])));
    let check = || engine.block_on(table(&engine).check(&Clock::default()));
    assert_eq!(check().map(|pointer| pointer.organizations), Ok(2));
    engine
        .block_on(table(&engine).edit("acme", 1, |text| Ok(text.map(|text| text.replace("acme.ex", "b.ex")))))
        .unwrap();
    assert_eq!(check().map(|pointer| pointer.revision), Ok(1));
    // As if somebody had written the old name again.
    let key = |domain: &str| format!("1#d#{domain}");
    let found = engine.block_on(table(&engine).get([key("b.example")], Consistency::Strong)).unwrap();
    let mut item = found[&key("b.example")].clone();
    item.insert("k".to_owned(), text(&key("acme.example")));
    engine.block_on(table(&engine).write(vec![item], Vec::new())).unwrap();
    assert_eq!(check().map_err(|error| error.code()), Err("not_whole"));
}

#[test]
fn a_table_that_may_not_be_written_is_noticed_without_writing() {
    let engine = engine();
    let check = || engine.block_on(table(&engine).check_writable());
    assert_eq!(check(), Ok(()));
    let pointer = engine.block_on(table(&engine).pointer(Consistency::Strong));
    assert_eq!(pointer, Ok(None), "nothing was written");
    load(&engine, &tenant("acme", &[]));
    assert_eq!(check(), Ok(()));
    assert_eq!(dump(&engine), tenant("acme", &[]));
    engine.has(Fault::Refuses("AccessDeniedException", "not authorized to perform: dynamodb:PutItem"));
    assert_eq!(check().map_err(|error| error.code()), Err("access_denied"));
}

/// Makes a table with a key of this type, as somebody else might.
fn create(engine: &Engine, kind: ScalarAttributeType) {
    let attribute = AttributeDefinition::builder().attribute_name("k").attribute_type(kind).build().unwrap();
    let key = KeySchemaElement::builder().attribute_name("k").key_type(KeyType::Hash).build().unwrap();
    let create = engine.client(Duration::from_secs(10)).create_table().table_name("tenants");
    let create = create.attribute_definitions(attribute).key_schema(key).billing_mode(BillingMode::PayPerRequest);
    engine.block_on(create.send()).unwrap();
}

#[test]
fn a_table_without_expiry_gets_it_and_one_with_a_key_of_another_type_is_refused() {
    let engine = Engine::start();
    create(&engine, ScalarAttributeType::S);
    engine.block_on(table(&engine).create()).unwrap();
    let client = engine.client(Duration::from_secs(10));
    let described = engine.block_on(client.describe_time_to_live().table_name("tenants").send()).unwrap();
    let expiry = described.time_to_live_description.unwrap();
    assert_eq!(expiry.attribute_name.as_deref(), Some("ttl"));
    assert_eq!(expiry.time_to_live_status, Some(TimeToLiveStatus::Enabled));
    engine.block_on(table(&engine).create()).unwrap();

    let engine = Engine::start();
    create(&engine, ScalarAttributeType::N);
    let refused = engine.block_on(table(&engine).create()).unwrap_err();
    assert_eq!(refused.to_string(), "the table's key must be `k`, a string, alone: it is k of type N");
}

#[test]
fn what_aws_says_about_the_request_becomes_a_code_and_words_for_it() {
    let engine = engine();
    for (code, message, expected) in [
        ("ExpiredTokenException", "The security token included in the request is expired", "expired_credentials"),
        ("UnrecognizedClientException", "The security token included in the request is invalid.", "wrong_credentials"),
        ("InvalidSignatureException", "The request signature we calculated does not match", "wrong_credentials"),
        ("InvalidSignatureException", "Signature expired: 20260101T000000Z is now earlier than", "clock_skew"),
        ("InvalidSignatureException", "Signature not yet current: 20260101T000000Z is still later", "clock_skew"),
        ("AccessDeniedException", "User is not authorized to perform: dynamodb:BatchGetItem", "access_denied"),
        ("ResourceNotFoundException", "Requested resource not found", "no_table"),
        ("ValidationException", "The provided key element does not match the schema", "other_key"),
        ("ProvisionedThroughputExceededException", "", "throttled"),
        ("SomethingNewException", "of 2030", "refused"),
    ] {
        engine.has(Fault::Refuses(code, message));
        let refused = engine.block_on(impatient_table(&engine).pointer(Consistency::Strong)).unwrap_err();
        assert_eq!(refused.code(), expected, "{code}: {refused}");
    }
}
