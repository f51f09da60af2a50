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

/// Why nothing can be written down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Somebody has broken the file.
    #[error("tenants.toml is not TOML any more")]
    Broken,
    /// Somebody has removed the organization or its machine from the file.
    #[error("tenants.toml has no [[tenants]] with the code {0} any more, or its machine is gone")]
    Gone(String),
}

/// The text of tenants.toml with this entry for the organization with this code.
///
/// # Errors
/// If somebody has changed the file in the meantime.
pub fn record(text: &str, code: &str, entry: &Entry<'_>) -> Result<String, RecordError> {
    // TOML's own line ends are those of Unix. The file keeps its own, and its byte order mark.
    let (mark, text) = text.strip_prefix('\u{feff}').map_or(("", text), |text| ("\u{feff}", text));
    let has_windows_lines = text.contains("\r\n");
    let mut document: DocumentMut = text.replace("\r\n", "\n").parse().map_err(|_| RecordError::Broken)?;
    add(&mut document, code, entry).ok_or_else(|| RecordError::Gone(code.to_owned()))?;
    let text = document.to_string();
    Ok(format!("{mark}{}", if has_windows_lines { text.replace('\n', "\r\n") } else { text }))
}

/// `None` if the organization or its machine is not there.
fn add(document: &mut DocumentMut, code: &str, entry: &Entry<'_>) -> Option<()> {
    let tenants = document.get_mut("tenants")?.as_array_of_tables_mut()?;
    let index = tenants.iter().position(|table| text(table, "code") == Some(code))?;
    let tenant = tenants.get_mut(index)?;
    match entry {
        Entry::ClientId(client_id) => set(tenant, "client_id", (*client_id).into()),
        Entry::Disabled => set(tenant, "disabled", true.into()),
        Entry::MachineClientId { machine, client_id } => set_machine(tenant, machine, client_id)?,
        Entry::Removed => remove(document, index)?,
    }
    Some(())
}

fn text<'a>(table: &'a dyn TableLike, name: &str) -> Option<&'a str> {
    table.get(name)?.as_str()
}

fn set_machine(tenant: &mut Table, machine: &str, client_id: &str) -> Option<()> {
    let machines = tenant.get_mut("machines")?;
    if let Some(tables) = machines.as_array_of_tables_mut() {
        let table = tables.iter_mut().find(|table| text(*table, "name") == Some(machine))?;
        set(table, "client_id", client_id.into());
    } else {
        let mut tables = machines.as_array_mut()?.iter_mut().filter_map(|item| item.as_inline_table_mut());
        let table = tables.find(|table| text(*table, "name") == Some(machine))?;
        set(table, "client_id", client_id.into());
        table.fmt();
    }
    Some(())
}

/// Sets a field. The comment behind an old value stays.
fn set(table: &mut dyn TableLike, name: &str, to: toml_edit::Value) {
    match table.get_mut(name).and_then(|item| item.as_value_mut()) {
        Some(old) => {
            let decor = old.decor().clone();
            *old = to;
            *old.decor_mut() = decor;
        }
        None => drop(table.insert(name, value(to))),
    }
}

/// Removes an organization, and of the comments before it those that follow the last empty line.
fn remove(document: &mut DocumentMut, index: usize) -> Option<()> {
    let tenants = document.get_mut("tenants")?.as_array_of_tables_mut()?;
    let before = tenants.get(index)?.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
    let kept = before.rfind("\n\n").map_or(String::new(), |at| before[..=at].to_owned());
    tenants.remove(index);
    match tenants.get_mut(index) {
        Some(next) => {
            let own = next.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
            let prefix = format!("{kept}{own}");
            next.decor_mut().set_prefix(prefix);
        }
        None => {
            let after = document.trailing().as_str().unwrap_or_default();
            let trailing = format!("{kept}{after}");
            document.set_trailing(trailing);
        }
    }
    Some(())
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
        assert!(removed.starts_with("# All of them.\nissuers"), "{removed}");
    }

    #[test]
    fn comments_of_others_stay_where_an_organization_was() {
        let text = "# All.\n\n# The first.\n[[tenants]]\ncode = \"a\"\n# end of a\n\n# The second.\n[[tenants]]\ncode = \"b\"\n\n# Last.\n";
        let removed = record(text, "a", &Entry::Removed).unwrap();
        assert_eq!(removed, "# All.\n# end of a\n\n# The second.\n[[tenants]]\ncode = \"b\"\n\n# Last.\n");
        let removed = record(text, "b", &Entry::Removed).unwrap();
        assert_eq!(removed, "# All.\n\n# The first.\n[[tenants]]\ncode = \"a\"\n# end of a\n\n# Last.\n");
    }

    #[test]
    fn line_ends_a_byte_order_mark_and_the_comment_behind_a_value_stay() {
        let text = "\u{feff}[[tenants]]\r\ncode = \"a\"\r\nclient_id =  \"old\" # since 2020\r\n";
        let recorded = record(text, "a", &Entry::ClientId("new")).unwrap();
        assert_eq!(recorded, text.replace("old", "new"));
        assert_eq!(record("[[tenants\n", "a", &Entry::Disabled), Err(RecordError::Broken));
    }
}
