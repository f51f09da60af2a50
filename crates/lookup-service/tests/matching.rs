//! Which organizations a request finds, by the cases of matching.toml.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use lookup_api::{LookupRequest, Tenant};
use lookup_service::directory_file;
use platform::json::Json;
use toml::de::{DeTable, DeValue};

fn texts(value: Option<&DeValue<'_>>) -> Vec<String> {
    let list = value.map(|value| value.as_array().unwrap().iter()).into_iter().flatten();
    list.map(|item| item.get_ref().as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_case_of_the_list_finds_whom_it_says() {
    let text = include_str!("../matching.toml");
    let root = DeTable::parse(text).unwrap().into_inner();
    let directory = directory_file::parse(root["directory"].get_ref().as_str().unwrap()).unwrap();
    let mut asked = 0;
    for case in root["cases"].get_ref().as_array().unwrap() {
        let case = case.get_ref().as_table().unwrap();
        let given = |name: &str| texts(case.get(name).map(|value| value.get_ref()));
        let requests = given("domain").into_iter().map(LookupRequest::Domain);
        let requests = requests.chain(given("code").into_iter().map(LookupRequest::Code));
        for request in requests.chain(given("client_id").into_iter().map(LookupRequest::ClientId)) {
            let code = |json: &str| Tenant::from_json(&Json::parse(json).unwrap()).unwrap().code.to_string();
            let found: Vec<String> = directory.find(&request).into_iter().map(code).collect();
            assert_eq!(found, given("finds"), "{}: {request:?}", case["rule"].get_ref().as_str().unwrap());
            asked += 1;
        }
    }
    assert!(asked > 30, "{asked}");
}
