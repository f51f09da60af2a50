//! What `tenants apply` makes, in which order, and what it does when it is cut off.

use crate::operator::{Operator, native, undisturbed};
use control_plane::Options;
use serde_json::json;

#[test]
fn an_empty_pool_gets_all_that_the_files_say_and_the_lookup_finds_it() {
    let operator = Operator::new();
    assert_eq!(operator.client_id("acme"), "", "nobody is sent to an app client that is not there");
    let plan = operator.run(&["plan"]);
    assert_eq!(plan.code, 0, "{plan:?}");
    assert!(plan.out.contains("acme\n  + create the identity provider AcmeSAML (SAML)\n"), "{}", plan.out);
    assert!(operator.writes().is_empty(), "a plan changes nothing");

    operator.apply();
    let acme = operator.client("acme");
    assert_eq!(acme["SupportedIdentityProviders"], json!(["AcmeSAML"]));
    assert_eq!(acme["CallbackURLs"], json!(["https://login.example.com/callback"]));
    assert_eq!(acme["AllowedOAuthFlows"], json!(["code"]));
    assert_eq!(acme["PreventUserExistenceErrors"], "ENABLED");
    assert_eq!(acme["ReadAttributes"].as_array().unwrap().len(), 19, "all that the scope `profile` can name");
    assert_eq!(acme["WriteAttributes"], json!(["email", "name"]));
    assert_eq!(acme["ExplicitAuthFlows"], json!(["ALLOW_REFRESH_TOKEN_AUTH"]), "no password beside the provider");
    assert!(acme.get("ClientSecret").is_none());
    let minutes = |code: &str| {
        let client = json!({ "ClientId": operator.client_id(code) });
        operator.ask("GetUserPoolClientSessionConfiguration", client)["SSOSession"]["MaxValidityMinutes"].clone()
    };
    assert_eq!([minutes("acme"), minutes("globex")], [json!(60), json!(0)], "strict isolation never reuses a session");
    operator.ask("DescribeManagedLoginBrandingByClient", json!({ "ClientId": operator.client_id("initech") }));

    let text = operator.read("tenants.toml");
    assert!(text.starts_with("# Our organizations.\n") && text.contains("# their only one"), "{text}");
    for command in ["plan", "drift"] {
        let printed = operator.run(&[command]);
        assert_eq!(
            (printed.code, printed.out.as_str()),
            (0, "3 organizations: all is as the files say\n"),
            "{command}"
        );
    }
    assert_eq!(operator.apply().out, "3 organizations: all is as the files say\n");
}

#[test]
fn the_provider_comes_before_the_client_and_there_is_one_write_at_a_time() {
    let operator = Operator::new();
    operator.apply();
    let writes = operator.writes();
    let at = |name: &str| writes.iter().position(|write| write == name).unwrap();
    assert!(at("CreateIdentityProvider") < at("CreateUserPoolClient"), "{writes:?}");
    assert!(!operator.aws.had_parallel_writes());
}

#[test]
fn a_run_that_ends_after_any_write_is_finished_by_the_next_one() {
    let (wanted, count) = undisturbed();
    for writes in 0..count {
        let operator = Operator::new();
        operator.aws.die_after(writes);
        let printed = operator.run(&["apply", "--yes"]);
        assert_eq!(printed.code, 2, "after {writes} writes: {printed:?}");
        assert!(printed.err.contains("what is done stays done"), "{}", printed.err);
        operator.aws.revive();
        operator.apply();
        assert_eq!(operator.pool(), wanted, "after {writes} writes");
        assert_eq!(operator.run(&["drift"]).code, 0);
        assert!(operator.path("secrets/acme.reports.json").exists(), "after {writes} writes");
    }
}

#[test]
fn a_write_whose_response_is_lost_is_not_done_twice() {
    let (wanted, count) = undisturbed();
    for write in 1..=count {
        let operator = Operator::new();
        operator.aws.drop_answer_of(write);
        assert_eq!(operator.run(&["apply", "--yes"]).code, 2, "write {write}");
        operator.apply();
        assert_eq!(operator.pool(), wanted, "write {write}");
    }
}

#[test]
fn too_many_calls_and_things_that_are_not_known_everywhere_yet_are_waited_for() {
    let operator = Operator::new();
    operator.aws.throttle(3);
    operator.aws.conflict(2);
    operator.aws.lag(2);
    operator.apply();
    operator.aws.lag(0);
    assert_eq!(operator.pool(), undisturbed().0);
}

#[test]
fn required_attributes_can_be_written_as_cognito_demands() {
    let options =
        Options { required_attributes: vec!["email".to_owned(), "given_name".to_owned()], ..Options::default() };
    let operator = Operator::with(options);
    operator.apply();
    assert_eq!(operator.client("acme")["WriteAttributes"], json!(["email", "given_name", "name"]));
    assert_eq!(operator.run(&["drift"]).code, 0);
}

#[test]
fn hundreds_of_organizations_are_set_up_page_by_page() {
    let options = Options { max_clients: 10_000, max_providers: 10_000, ..Options::default() };
    let operator = Operator::with(options);
    operator.edit("pool.toml", "[resource_server]", "[quotas]\nidentity_providers = 1000\n\n[resource_server]");
    operator.edit("pool.toml", "[branding]", "");
    let count: usize = std::env::var("ORGANIZATIONS").map_or(150, |count| count.parse().unwrap());
    let organization = |number| {
        format!(
            "[[tenants]]\ncode = \"org-{number}\"\nname = \"Organization {number}\"\nidentity_provider = \"Provider{number}\"\n\
             [tenants.provider]\ntype = \"SAML\"\nmetadata_url = \"https://idp-{number}.example/metadata\"\n\n"
        )
    };
    operator.write("tenants.toml", &(0..count).map(organization).collect::<String>());
    operator.apply();
    let done = format!("{count} organizations: all is as the files say\n");
    assert_eq!(operator.run(&["drift"]).out, done);
    assert_ne!(operator.client_id(&format!("org-{}", count - 1)), "");
}

#[test]
fn an_app_client_stays_with_the_organization_that_names_it_whatever_its_name_is() {
    let operator = Operator::new();
    operator.write("tenants.toml", &native(&["acme"]));
    operator.apply();
    let old = operator.client_id("acme");
    operator.edit("tenants.toml", "code = \"acme\"", "code = \"acme-old\"");
    let renamed = operator.read("tenants.toml");
    operator.write("tenants.toml", &format!("{renamed}{}", native(&["acme"])));
    let plan = operator.run(&["plan"]);
    assert!(plan.out.contains("create the app client acme"), "{}", plan.out);
    operator.apply();
    assert_eq!(operator.client_id("acme-old"), old);
    assert_ne!(operator.client_id("acme"), old);
    operator.run(&["remove", "acme", "--confirm", "acme"]);
    assert_eq!(operator.run(&["remove", "acme", "--delete", "--confirm", "acme"]).code, 0);
    operator.ask("DescribeUserPoolClient", json!({ "ClientId": old }));
}

#[test]
fn a_provider_that_two_share_is_set_up_by_whichever_says_how() {
    let shared = |code: &str, provider: &str| {
        format!(
            "[[tenants]]\ncode = \"{code}\"\nname = \"A\"\nclient_id = \"{code}\"\nidentity_provider = \"Shared\"\n{provider}\n"
        )
    };
    let definition = "provider = { type = \"SAML\", metadata_url = \"https://idp.example/\" }";
    let operator = Operator::new();
    operator.write(
        "tenants.toml",
        &(shared("a", "").replace("client_id = \"a\"\n", &format!("{definition}\n")) + &shared("b", "")),
    );
    operator.edit("tenants.toml", "client_id = \"b\"\n", "");
    let printed = operator.run(&["apply", "--yes"]);
    assert!(printed.err.contains("tenants[1].client_id: is missing"), "{printed:?}");
    operator.write("tenants.toml", &(shared("a", "") + &shared("b", definition)));
    operator.ask("CreateUserPoolClient", json!({ "ClientName": "b" }));
    let plan = operator.run(&["plan"]);
    assert!(plan.out.contains("create the identity provider Shared (SAML)"), "{}", plan.out);
}
