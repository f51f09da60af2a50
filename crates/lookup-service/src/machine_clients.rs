//! The app clients of organizations' back ends, from tenants.toml. Lookups do not find them; the gate does.

use std::collections::BTreeMap;

use toml::de::DeTable;

/// The codes of the organizations in service, by the app clients of their back ends. `text` is a directory file that has
/// been read without an error, or a part of one.
pub fn machine_clients(text: &str) -> BTreeMap<String, String> {
    let (root, _) = DeTable::parse_recoverable(text);
    let mut machines = BTreeMap::new();
    let tenants = root.get_ref().get("tenants").and_then(|value| value.get_ref().as_array());
    for tenant in tenants.into_iter().flatten().filter_map(|value| value.get_ref().as_table()) {
        let text = |name: &str| tenant.get(name).and_then(|value| value.get_ref().as_str());
        let is_disabled = tenant.get("disabled").is_some_and(|value| value.get_ref().as_bool() == Some(true));
        let list = tenant.get("machines").and_then(|value| value.get_ref().as_array());
        for machine in list.into_iter().flatten().filter_map(|value| value.get_ref().as_table()) {
            let client = machine.get("client_id").and_then(|value| value.get_ref().as_str());
            if let (Some(client), Some(code), false) = (client.filter(|id| !id.is_empty()), text("code"), is_disabled) {
                machines.insert(client.to_owned(), code.to_owned());
            }
        }
    }
    machines
}
