//! Changes of one organization, as `tenants apply` makes them.

use crate::readers::{ask, by_name, domain, in_memory};
use crate::{dump, engine, load, table, tenant};
use directory_table::change::ChangeError;
use directory_table::edit::EditError;
use futures_util::future::try_join_all;
use local_table::Engine;
use lookup_api::LookupRequest;

const NOW: u64 = 1_000_000;

fn replace(engine: &Engine, code: &str, from: &str, to: &str) -> Result<(), EditError> {
    let table = table(engine);
    engine.block_on(table.edit(code, NOW, |text| Ok(Some(text.ok_or("it is gone")?.replace(from, to)))))
}

#[test]
fn an_organization_is_found_as_soon_as_its_app_client_is_written() {
    let engine = engine();
    let waiting = tenant("acme", &["acme.example"]).replace("client_id", "# client_id");
    let waiting = format!("{waiting}[tenants.provider]\ntype = \"SAML\"\n");
    let text = format!("# All.\n\n{}{waiting}", tenant("globex", &["globex.example"]));
    load(&engine, &text);
    let directory = by_name(&engine);
    assert_eq!(ask(&engine, &*directory, &domain("acme.example")), Ok(Vec::new()));
    replace(&engine, "ACME", "# client_id", "client_id").unwrap();
    assert_eq!(dump(&engine), text.replace("# client_id", "client_id"));
    let found = ask(&engine, &*by_name(&engine), &LookupRequest::ClientId("acmeclient".to_owned()));
    assert_eq!(found, Ok(vec!["acme".to_owned()]));
}

#[test]
fn a_change_that_others_get_in_the_way_of_is_made_on_top_of_theirs() {
    let engine = engine();
    load(&engine, &format!("{}{}", tenant("acme", &[]), tenant("globex", &[])));
    let table = table(&engine);
    let change = |i: usize| {
        let edit = move |text: Option<&str>| Ok(Some(format!("{}# {i}\n", text.unwrap_or_default())));
        table.edit(["acme", "globex"][i % 2], NOW, edit)
    };
    engine.block_on(try_join_all((0..4).map(change))).unwrap();
    let text = dump(&engine);
    for i in 0..4 {
        assert!(text.contains(&format!("# {i}\n")), "{text}");
    }
}

#[test]
fn an_app_client_or_code_of_another_organization_is_refused() {
    let engine = engine();
    load(&engine, &format!("{}{}", tenant("acme", &[]), tenant("globex", &[])));
    let before = dump(&engine);
    let refused = replace(&engine, "globex", "globexclient", "acmeclient").unwrap_err();
    assert!(matches!(&refused, EditError::Change(ChangeError::Taken { .. })), "{refused}");
    assert_eq!(refused.to_string(), "the app client acmeclient belongs to the tenant acme already");
    assert_eq!(dump(&engine), before);
}

#[test]
fn a_text_with_errors_is_refused() {
    let engine = engine();
    load(&engine, &tenant("acme", &[]));
    let before = dump(&engine);
    assert!(replace(&engine, "acme", "name", "nome").is_err());
    assert_eq!(replace(&engine, "nobody", "a", "b").unwrap_err().to_string(), "it is gone");
    assert_eq!(dump(&engine), before);
}

#[test]
fn a_removed_organization_leaves_the_names_that_others_have() {
    let engine = engine();
    let text = format!("{}{}", tenant("acme", &["a.example", "b.example"]), tenant("globex", &["b.example"]));
    load(&engine, &text);
    engine.block_on(table(&engine).edit("acme", NOW, |_| Ok(None))).unwrap();
    assert_eq!(dump(&engine), tenant("globex", &["b.example"]));
    let directory = by_name(&engine);
    assert_eq!(ask(&engine, &*directory, &domain("a.example")), Ok(Vec::new()));
    assert_eq!(ask(&engine, &*directory, &domain("b.example")), Ok(vec!["globex".to_owned()]));
}

#[test]
fn an_app_client_of_an_organization_that_is_not_served_stays_its_own_and_finds_nobody() {
    let machine = "machines = [{ name = \"a\", client_id = \"acmemachine\" }]\n";
    let closed = format!("{}disabled = true\n{machine}", tenant("acme", &["acme.example"]));
    let engine = engine();
    load(&engine, &format!("{closed}{}", tenant("globex", &[])));
    let before = dump(&engine);
    let wanted = replace(&engine, "globex", "globexclient", "acmeclient").unwrap_err();
    assert_eq!(wanted.to_string(), "the app client acmeclient belongs to the tenant acme already");
    let other = machine.replace("machines", "domains = []\nmachines");
    let wanted = replace(&engine, "globex", "domains = []\n", &other).unwrap_err();
    assert_eq!(wanted.to_string(), "the app client acmemachine belongs to the tenant acme already");
    assert_eq!(dump(&engine), before);

    // It is changed while it is closed, so that the log names the client.
    replace(&engine, "acme", "name = \"acme\"", "name = \"Acme\"").unwrap();
    let client = LookupRequest::ClientId("acmeclient".to_owned());
    assert_eq!(ask(&engine, &*by_name(&engine), &client), Ok(Vec::new()));
    assert_eq!(ask(&engine, &*in_memory(&engine), &client), Ok(Vec::new()));
    replace(&engine, "acme", "disabled = true\n", "").unwrap();
    assert_eq!(ask(&engine, &*by_name(&engine), &client), Ok(vec!["acme".to_owned()]));
    replace(&engine, "acme", "domains", "disabled = true\ndomains").unwrap();
    assert_eq!(ask(&engine, &*by_name(&engine), &client), Ok(Vec::new()));
}

#[test]
fn a_table_whose_last_organization_was_removed_finds_nobody() {
    let engine = engine();
    load(&engine, &tenant("acme", &["acme.example"]));
    engine.block_on(table(&engine).edit("acme", NOW, |_| Ok(None))).unwrap();
    for directory in [by_name(&engine), in_memory(&engine)] {
        assert_eq!(ask(&engine, &*directory, &domain("acme.example")), Ok(Vec::new()));
        assert!(directory.is_ready());
    }
    load(&engine, &tenant("globex", &[]));
    assert_eq!(dump(&engine), tenant("globex", &[]));
}
