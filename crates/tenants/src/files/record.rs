//! Writes into tenants.toml what `apply` has found out, and leaves the rest of the file as it is: comments, order and
//! spelling. No I/O.

use toml_edit::{DocumentMut, Table, TableLike, value};

/// What to write down about an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry<'a> {
    /// The id of its app client. From then on the lookup finds it.
    ClientId(&'a str),
    /// The id of the app client of a machine.
    MachineClientId {
        /// The machine's name.
        machine: &'a str,
        /// The app client's id.
        client_id: &'a str,
    },
    /// It is taken out of service.
    Disabled,
    /// It is gone.
    Removed,
}

/// The organization is not in the file, or the file is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("tenants.toml has no [[tenants]] with the code {0}, or its machine is gone: was it changed meanwhile?")]
pub struct Gone(String);

/// The text of tenants.toml with this entry for the organization with this code.
///
/// # Errors
/// If somebody has removed the organization, or its machine, from the file in the meantime.
pub fn record(text: &str, code: &str, entry: &Entry<'_>) -> Result<String, Gone> {
    let gone = || Gone(code.to_owned());
    let mut document: DocumentMut = text.parse().map_err(|_| gone())?;
    let tenants = document.get_mut("tenants").and_then(|item| item.as_array_of_tables_mut()).ok_or_else(gone)?;
    let is_named = |table: &Table| table.get("code").and_then(|item| item.as_str()) == Some(code);
    let index = tenants.iter().position(is_named).ok_or_else(gone)?;
    if *entry == Entry::Removed {
        tenants.remove(index);
        return Ok(document.to_string());
    }
    let tenant = tenants.get_mut(index).ok_or_else(gone)?;
    match entry {
        Entry::ClientId(client_id) => set(tenant, "client_id", (*client_id).into()),
        Entry::Disabled => set(tenant, "disabled", true.into()),
        Entry::MachineClientId { machine, client_id } => {
            let machines = tenant.get_mut("machines").ok_or_else(gone)?;
            if let Some(tables) = machines.as_array_of_tables_mut() {
                let is_named = |table: &&mut Table| table.get("name").and_then(|item| item.as_str()) == Some(machine);
                set(tables.iter_mut().find(is_named).ok_or_else(gone)?, "client_id", (*client_id).into());
            } else {
                let list = machines.as_array_mut().ok_or_else(gone)?;
                let mut tables = list.iter_mut().filter_map(|item| item.as_inline_table_mut());
                let found = tables.find(|table| table.get("name").and_then(|name| name.as_str()) == Some(machine));
                let found = found.ok_or_else(gone)?;
                set(found, "client_id", (*client_id).into());
                found.fmt();
            }
        }
        Entry::Removed => {}
    }
    Ok(document.to_string())
}

fn set(table: &mut dyn TableLike, name: &str, to: toml_edit::Value) {
    table.insert(name, value(to));
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"# All of them.
issuers = ["https://a.example"]   # only one

[[tenants]]
name = 'Acme'  # single quotes
code = "acme"
domains = [
  "acme.example", # the main one
]

[tenants.provider]
type = "SAML"

[[tenants.machines]]
name = "reports"

[[tenants]]
code = "globex"
client_id = "old"
provider = { type = "OIDC" }
machines = [{ name = "a" }, { name = "b" }]
"#;

    #[test]
    fn only_the_entry_is_added_and_all_else_stays_as_it_was_written() {
        let recorded = record(TEXT, "acme", &Entry::ClientId("1")).unwrap();
        assert_eq!(recorded, TEXT.replace("main one\n]\n", "main one\n]\nclient_id = \"1\"\n"));
        let replaced = record(TEXT, "globex", &Entry::ClientId("new")).unwrap();
        assert_eq!(replaced, TEXT.replace("\"old\"", "\"new\""));
        let disabled = record(TEXT, "acme", &Entry::Disabled).unwrap();
        assert_eq!(disabled, TEXT.replace("main one\n]\n", "main one\n]\ndisabled = true\n"));
    }

    #[test]
    fn machines_are_found_in_either_notation() {
        let entry = |machine| Entry::MachineClientId { machine, client_id: "1" };
        let recorded = record(TEXT, "acme", &entry("reports")).unwrap();
        assert_eq!(recorded, TEXT.replace("name = \"reports\"\n", "name = \"reports\"\nclient_id = \"1\"\n"));
        let recorded = record(TEXT, "globex", &entry("b")).unwrap();
        assert_eq!(recorded, TEXT.replace("{ name = \"b\" }", "{ name = \"b\", client_id = \"1\" }"));
        assert!(record(TEXT, "globex", &entry("c")).is_err());
    }

    #[test]
    fn a_removed_organization_takes_its_tables_with_it() {
        let removed = record(TEXT, "acme", &Entry::Removed).unwrap();
        assert!(!removed.contains("SAML") && !removed.contains("reports") && removed.contains("globex"), "{removed}");
        assert!(record(&removed, "acme", &Entry::Disabled).is_err(), "it is gone");
    }
}
