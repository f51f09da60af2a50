//! Who gets tokens, by events as Cognito sends them: versions 1 to 3 of AWS's documentation.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use directory_table::by_name::ByName;
use directory_table::contents::Contents;
use directory_table::load::{Progress, Stage};
use directory_table::pace::Pace;
use directory_table::table::Table;
use gate::directory::Organizations;
use gate::event::{Request, add_tenant};
use gate::membership::{Refusal, admit};
use local_table::{Engine, Fault};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;
use std::time::Duration;

const TENANTS: &str = r#"
[[tenants]]
code = "acme"
name = "Acme Corporation"
client_id = "acmeclient"
identity_provider = "AcmeSAML"
domains = ["acme.example"]

[[tenants.machines]]
name = "reports"
client_id = "acmemachine"

[[tenants]]
code = "initech"
name = "Initech"
client_id = "initechclient"
identity_provider = "COGNITO"
domains = ["initech.example"]
subdomains = true

[[tenants]]
code = "hooli"
name = "Hooli"
client_id = "hooliclient"
identity_provider = "COGNITO"
disabled = true
machines = [{ name = "a", client_id = "hoolimachine" }]
"#;

/// Decides about a request, by the file and by a table that was loaded with it. Both say the same.
fn decide(request: &Request) -> Result<String, Refusal> {
    static TABLE: LazyLock<(Engine, Organizations)> = LazyLock::new(table);
    let (engine, table) = &*TABLE;
    let file = Organizations::read(TENANTS).unwrap();
    let [by_file, by_table] = [&file, table].map(|organizations| {
        let facts = engine.block_on(organizations.facts(request)).unwrap();
        admit(request, &facts)
    });
    assert_eq!(by_file, by_table, "{request:?}");
    by_file
}

struct Clock;

impl Progress for Clock {
    fn at(&self, _: Stage, _: usize, _: usize) {}

    fn now(&self) -> u64 {
        1_000_000
    }
}

fn table() -> (Engine, Organizations) {
    let engine = Engine::start();
    let table = Table::new(engine.client(Duration::from_secs(10)), "tenants".to_owned(), Duration::from_secs(20));
    engine.block_on(table.create()).unwrap();
    engine.block_on(table.load(&Contents::read(TENANTS).unwrap(), false, &Clock)).unwrap();
    let by_name = engine.block_on(ByName::open(table, Pace::default(), 1 << 20)).unwrap();
    (engine, Organizations::Table(by_name))
}

/// An event of this version with these attributes.
fn event(version: &str, trigger: &str, client_id: &str, attributes: &Value) -> Value {
    let mut event = json!({
        "version": version,
        "triggerSource": trigger,
        "region": "eu-west-1",
        "userPoolId": "eu-west-1_EXAMPLE",
        "userName": "AcmeSAML_ada",
        "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client_id },
        "request": {
            "userAttributes": { "sub": "6a1b", "cognito:user_status": "CONFIRMED" },
            "groupConfiguration": { "groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": null },
        },
        "response": { "claimsOverrideDetails": null },
    });
    for (name, value) in attributes.as_object().unwrap() {
        match name.as_str() {
            "groups" => event["request"]["groupConfiguration"]["groupsToOverride"] = value.clone(),
            _ => event["request"]["userAttributes"][name] = value.clone(),
        }
    }
    event
}

fn sign_in(client_id: &str, attributes: &Value) -> Result<String, Refusal> {
    let event = event("2", "TokenGeneration_HostedAuth", client_id, attributes);
    decide(&Request::read(&event, None).unwrap())
}

/// A profile that came from these providers.
fn from(providers: &[&str]) -> Value {
    let identities: Vec<Value> =
        providers.iter().map(|name| json!({ "providerName": name, "userId": "ada", "primary": "true" })).collect();
    json!({ "cognito:user_status": "EXTERNAL_PROVIDER", "identities": json!(identities).to_string() })
}

#[test]
fn people_of_the_organizations_provider_get_tokens_and_others_do_not() {
    assert_eq!(sign_in("acmeclient", &from(&["AcmeSAML"])), Ok("acme".to_owned()));
    assert_eq!(sign_in("acmeclient", &from(&["GlobexOIDC", "AcmeSAML"])), Ok("acme".to_owned()), "linked to both");
    let refused = sign_in("acmeclient", &from(&["GlobexOIDC"])).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "This account does not belong to Acme Corporation. Sign in with the account that Acme Corporation gave you"
    );
    for other in
        [json!({}), json!({ "identities": "no list" }), json!({ "email": "a@acme.example", "email_verified": "true" })]
    {
        assert!(matches!(sign_in("acmeclient", &other), Err(Refusal::OtherProvider { .. })), "{other}");
    }
}

#[test]
fn an_app_client_of_no_organization_or_of_one_out_of_service_gives_nobody_tokens() {
    for client in ["unknown", "hooliclient", "acmemachine"] {
        assert_eq!(sign_in(client, &from(&["AcmeSAML"])), Err(Refusal::UnknownClient), "{client}");
    }
}

#[test]
fn a_native_account_belongs_by_its_group_or_by_the_domain_of_its_verified_email() {
    let email = |email: &str, verified: &str| json!({ "email": email, "email_verified": verified });
    for (person, is_member) in [
        (email("bill@initech.example", "true"), true),
        (email("bill@tps.initech.example", "true"), true),
        (email("bill@INITECH.example", "true"), true),
        (email("bill@initech.example", "false"), false),
        (email("bill@initech.example", "True"), false),
        (json!({ "email": "bill@initech.example" }), false),
        (email("bill@acme.example", "true"), false),
        (email("bill@initech.example@acme.example", "true"), false),
        (email("initech.example", "true"), false),
        (json!({ "groups": ["tenant-initech"] }), true),
        (json!({ "groups": ["initech"] }), false),
        (json!({ "groups": ["tenant-acme", "tenant-initech2"] }), false),
        (json!({}), false),
    ] {
        assert_eq!(sign_in("initechclient", &person).is_ok(), is_member, "{person}");
    }
    // The email of a profile that came from a provider is that provider's word.
    let mut federated = from(&["AcmeSAML"]);
    federated["email"] = "bill@initech.example".into();
    federated["email_verified"] = "true".into();
    assert!(sign_in("initechclient", &federated).is_err());
    federated["groups"] = json!(["tenant-initech"]);
    assert_eq!(sign_in("initechclient", &federated), Ok("initech".to_owned()));
}

#[test]
fn the_attribute_that_each_provider_sets_tells_which_one_has_signed_in_now() {
    let admit = |trigger: &str, value: Option<&str>| {
        let mut person = from(&["AcmeSAML", "GlobexOIDC"]);
        if let Some(value) = value {
            person["custom:provider"] = value.into();
        }
        let event = event("2", trigger, "acmeclient", &person);
        decide(&Request::read(&event, Some("custom:provider")).unwrap()).is_ok()
    };
    assert!(admit("TokenGeneration_HostedAuth", Some("AcmeSAML")));
    assert!(!admit("TokenGeneration_HostedAuth", Some("GlobexOIDC")), "the sign-in came from there");
    assert!(!admit("TokenGeneration_HostedAuth", None), "without the attribute it cannot be told");
    assert!(admit("TokenGeneration_RefreshTokens", Some("GlobexOIDC")), "another sign-in since");
}

#[test]
fn back_ends_get_tokens_of_their_own_organization() {
    let admit = |client: &str| {
        let mut event = event("3", "TokenGeneration_ClientCredentials", client, &json!({}));
        event["request"].as_object_mut().unwrap().remove("userAttributes");
        decide(&Request::read(&event, None).unwrap())
    };
    assert_eq!(admit("acmemachine"), Ok("acme".to_owned()));
    assert_eq!(admit("acmeclient"), Err(Refusal::UnknownClient), "a page is no back end");
    assert_eq!(admit("hoolimachine"), Err(Refusal::UnknownClient), "out of service");
}

#[test]
fn the_claim_is_in_the_tokens_that_the_version_can_change() {
    let response = |version: &str| {
        let event = event(version, "TokenGeneration_HostedAuth", "acmeclient", &from(&["AcmeSAML"]));
        let answered = add_tenant(event.clone(), "acme").unwrap();
        assert_eq!(answered["request"], event["request"], "Cognito wants its event back");
        answered["response"].clone()
    };
    let claims = json!({ "claimsToAddOrOverride": { "tenant": "acme" } });
    assert_eq!(response("1"), json!({ "claimsOverrideDetails": claims }));
    for version in ["2", "3"] {
        let both = json!({ "idTokenGeneration": claims, "accessTokenGeneration": claims });
        assert_eq!(response(version), json!({ "claimsAndScopeOverrideDetails": both }));
    }
}

#[test]
fn an_event_that_is_not_understood_gives_nobody_tokens() {
    let sound = event("2", "TokenGeneration_HostedAuth", "acmeclient", &from(&["AcmeSAML"]));
    let without = |path: &[&str], to: Value| {
        let mut event = sound.clone();
        *path.iter().fold(&mut event, |value, name| &mut value[*name]) = to;
        Request::read(&event, None)
    };
    assert!(Request::read(&sound, None).is_ok());
    for (path, value) in [
        (&["version"][..], json!("4")),
        (&["version"], json!(2)),
        (&["callerContext", "clientId"], json!("")),
        (&["callerContext"], json!(null)),
        (&["triggerSource"], json!("PreSignUp_ExternalProvider")),
        (&["request", "userAttributes"], json!(null)),
    ] {
        assert!(without(path, value).is_err(), "{path:?}");
    }
    assert!(Request::read(&json!([]), None).is_err());
}

#[test]
fn a_directory_with_errors_opens_no_gate() {
    let findings = Organizations::read("[[tenants]]\ncode = \"a b\"\n").unwrap_err();
    assert!(findings[0].starts_with("1: tenants[0]"), "{findings:?}");
}

#[test]
fn nobody_gets_tokens_while_it_cannot_be_known_who_belongs() {
    let (engine, organizations) = table();
    let event = event("2", "TokenGeneration_HostedAuth", "acmeclient", &from(&["AcmeSAML"]));
    let request = Request::read(&event, None).unwrap();
    engine.has(Fault::Throttles);
    let refused = engine.block_on(organizations.facts(&request)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "It cannot be checked at the moment whether this account belongs here. Try again in a minute"
    );
    engine.has(None);
    assert_eq!(admit(&request, &engine.block_on(organizations.facts(&request)).unwrap()), Ok("acme".to_owned()));
    engine.has(Fault::Fails);
    assert!(engine.block_on(organizations.facts(&request)).is_ok(), "what was asked for is known");
}

proptest! {
    #[test]
    fn only_a_profile_with_the_very_provider_is_admitted(names in prop::collection::vec("(AcmeSAML|acmesaml|AcmeSAML2|[A-Za-z_]{1,9}|\"|\\\\)", 0..4)) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        prop_assert_eq!(sign_in("acmeclient", &from(&names)).is_ok(), names.contains(&"AcmeSAML"));
    }
}
