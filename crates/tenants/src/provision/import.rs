//! Writes pool.toml and tenants.toml for a user pool that others have set up. No I/O.

use super::desired::STANDARD_ATTRIBUTES;
use crate::cognito::Fields;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

/// The files for a user pool, and what is not in them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Import {
    /// The text of pool.toml.
    pub pool: String,
    /// The text of tenants.toml.
    pub tenants: String,
    /// SAML metadata, which tenants.toml names: file names and texts.
    pub files: Vec<(String, String)>,
    /// App clients that were left out, and why: a line for each.
    pub left_out: Vec<String>,
    /// How many organizations there are in tenants.toml.
    pub organizations: usize,
}

/// Writes the files. `clients` and `providers` are as Cognito describes them, `providers` by name.
pub fn import(region: &str, pool_id: &str, clients: &[Fields], providers: &BTreeMap<String, Fields>) -> Import {
    let mut import = Import::default();
    let mut adopted = Vec::new();
    for client in clients {
        match provider_of(client) {
            Err(reason) => {
                let (id, name) = (text(client, "ClientId"), text(client, "ClientName"));
                import.left_out.push(format!("{name} ({id}): {reason}"));
            }
            Ok(provider) => adopted.push((client, provider)),
        }
    }
    let shared = Shared::of(&adopted, providers);
    let mut codes = HashSet::new();
    for (client, provider) in &adopted {
        let code = unused(code_for(text(client, "ClientName")), &mut codes);
        organization(&mut import, &code, client, provider, providers.get(*provider), &shared);
    }
    import.organizations = adopted.len();
    let clients: Vec<&Fields> = adopted.into_iter().map(|(client, _)| client).collect();
    import.pool = pool_text(region, pool_id, &clients, &shared);
    import
}

/// Attributes and what the provider calls each, in order.
type Mapping<'a> = Vec<(&'a str, &'a str)>;

/// The attribute mappings that most providers have.
struct Shared<'a> {
    saml: Mapping<'a>,
    oidc: Mapping<'a>,
}

impl<'a> Shared<'a> {
    fn of(adopted: &[(&Fields, &str)], providers: &'a BTreeMap<String, Fields>) -> Self {
        let used: Vec<&Fields> = adopted.iter().filter_map(|(_, provider)| providers.get(*provider)).collect();
        let of_type = |kind: &str| {
            let used: Vec<&Fields> =
                used.iter().copied().filter(|provider| text(provider, "ProviderType") == kind).collect();
            most_common(&used, mapping)
        };
        Self { saml: of_type("SAML"), oidc: of_type("OIDC") }
    }
}

/// The attribute mapping of a provider, without what Cognito maps by itself.
fn mapping(provider: &Fields) -> Mapping<'_> {
    let mapping = provider.get("AttributeMapping").and_then(Value::as_object).into_iter().flatten();
    mapping
        .filter(|(attribute, _)| *attribute != "username")
        .filter_map(|(attribute, claim)| Some((attribute.as_str(), claim.as_str()?)))
        .collect()
}

/// A mapping as TOML writes it.
fn mapping_text(mapping: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        mapping.iter().map(|(name, claim)| format!("{} = {}", quoted(name), quoted(claim))).collect();
    format!("{{ {} }}", pairs.join(", "))
}

/// The provider of an app client through which people of one organization sign in, or why it is none.
fn provider_of(client: &Fields) -> Result<&str, &'static str> {
    if !text(client, "ClientSecret").is_empty() {
        return Err("has a secret, so it is not for a page");
    }
    if !strings(client, "AllowedOAuthFlows").contains(&"code") {
        return Err("does not allow the code grant");
    }
    if !strings(client, "CallbackURLs").iter().any(|url| url.starts_with("http")) {
        return Err("has no callback URL of a page");
    }
    match strings(client, "SupportedIdentityProviders").as_slice() {
        [provider] => Ok(provider),
        [] => Err("has no identity provider"),
        _ => Err("has several identity providers"),
    }
}

fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn strings<'a>(fields: &'a Fields, name: &str) -> Vec<&'a str> {
    fields.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A code for a name: small letters, digits and hyphens.
fn code_for(name: &str) -> String {
    let words = name.to_lowercase();
    let words = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let code: String = words.collect::<Vec<_>>().join("-").chars().take(60).collect();
    if code.is_empty() { "organization".to_owned() } else { code }
}

/// The code, with a number if it is taken.
fn unused(code: String, taken: &mut HashSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{code}-{number}"));
    let found = std::iter::once(code.clone()).chain(numbered).find(|code| !taken.contains(code)).unwrap_or(code);
    taken.insert(found.clone());
    found
}

/// A string as TOML writes it.
fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

fn list(texts: &[&str]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

fn organization(
    import: &mut Import,
    code: &str,
    client: &Fields,
    provider: &str,
    described: Option<&Fields>,
    shared: &Shared<'_>,
) {
    let mut out = String::new();
    // Writing into a string cannot fail.
    let _ = write!(
        out,
        "[[tenants]]\ncode = {}\nname = {}\nclient_id = {}\nidentity_provider = {}\n# domains = [\"…\"]\n",
        quoted(code),
        quoted(text(client, "ClientName")),
        quoted(text(client, "ClientId")),
        quoted(provider)
    );
    if let Some(table) = described.and_then(|described| provider_table(import, provider, described, shared)) {
        let _ = write!(out, "\n[tenants.provider]\n{table}");
    }
    if !import.tenants.is_empty() {
        import.tenants.push('\n');
    }
    import.tenants.push_str(&out);
}

/// The name of the file with this document, which no other document has. Some file systems ignore case.
fn metadata_file(import: &mut Import, provider: &str, document: &str) -> String {
    let name = provider.replace(|c: char| !c.is_alphanumeric() && !"-_.".contains(c), "-");
    let names = std::iter::once(name.clone()).chain((2..).map(|number| format!("{name}-{number}")));
    for file in names.map(|name| format!("{name}.xml")) {
        match import.files.iter().find(|(known, _)| known.to_lowercase() == file.to_lowercase()) {
            Some((known, text)) if text == document => return known.clone(),
            Some(_) => {}
            None => {
                import.files.push((file.clone(), document.to_owned()));
                return file;
            }
        }
    }
    name
}

/// The table of a provider that `tenants` can look after. `None` for others, which stay as they are.
fn provider_table(import: &mut Import, name: &str, described: &Fields, shared: &Shared<'_>) -> Option<String> {
    let details = described.get("ProviderDetails").and_then(Value::as_object)?;
    let mut table = match text(described, "ProviderType") {
        "SAML" => match (text(details, "MetadataURL"), text(details, "MetadataFile")) {
            ("", "") => return None,
            ("", document) => {
                let file = metadata_file(import, name, document);
                format!("type = \"SAML\"\nmetadata_file = {}\n", quoted(&file))
            }
            (url, _) => format!("type = \"SAML\"\nmetadata_url = {}\n", quoted(url)),
        },
        "OIDC" => {
            let scopes: Vec<&str> = text(details, "authorize_scopes").split_whitespace().collect();
            format!(
                "type = \"OIDC\"\nissuer = {}\nclient_id = {}\nscopes = {}\n",
                quoted(text(details, "oidc_issuer")),
                quoted(text(details, "client_id")),
                list(&scopes)
            )
        }
        _ => return None,
    };
    let shared = if text(described, "ProviderType") == "SAML" { &shared.saml } else { &shared.oidc };
    let own: Mapping<'_> = mapping(described).into_iter().filter(|pair| !shared.contains(pair)).collect();
    if !own.is_empty() {
        let _ = writeln!(table, "mapping = {}", mapping_text(&own));
    }
    Some(table)
}

/// pool.toml with the values that most app clients have.
fn pool_text(region: &str, pool_id: &str, clients: &[&Fields], shared: &Shared<'_>) -> String {
    let mut out = format!("region = {}\nuser_pool_id = {}\n", quoted(region), quoted(pool_id));
    for (key, field) in
        [("callback_urls", "CallbackURLs"), ("sign_out_urls", "LogoutURLs"), ("scopes", "AllowedOAuthScopes")]
    {
        let some = clients.iter().copied().filter(|client| !strings(client, field).is_empty()).collect::<Vec<_>>();
        let _ = writeln!(out, "{key} = {}", list(&most_common(&some, |client| strings(client, field))));
        if some.is_empty() {
            out.push_str("# No app client has one: add the picker's.\n");
        }
    }
    let units = |client: &Fields, token: &str| {
        let unit = client.get("TokenValidityUnits").and_then(|units| units.get(token)?.as_str());
        match (unit, token) {
            (Some("seconds"), _) => 1,
            (Some("minutes"), _) => 60,
            (Some("days"), _) | (None, "RefreshToken") => 86_400,
            _ => 3600,
        }
    };
    let life = |token: &'static str, default: i64, unit: i64| {
        most_common(clients, |client| {
            let life = client.get(&format!("{token}Validity")).and_then(Value::as_i64).filter(|&life| life > 0);
            life.map_or(default, |life| (life * units(client, token) / unit).max(1))
        })
    };
    let _ = write!(
        out,
        "\n[tokens]\naccess_minutes = {}\nid_minutes = {}\nrefresh_days = {}\n",
        life("AccessToken", 60, 60).clamp(5, 1440),
        life("IdToken", 60, 60).clamp(5, 1440),
        life("RefreshToken", 30, 86_400).clamp(1, 3650)
    );
    let grace = most_common(clients, |client| {
        let rotation = client.get("RefreshTokenRotation").filter(|rotation| rotation["Feature"] == "ENABLED");
        rotation.map(|rotation| rotation["RetryGracePeriodSeconds"].as_i64().unwrap_or_default())
    });
    if let Some(grace) = grace {
        let _ = writeln!(out, "rotation_grace_seconds = {grace}");
    }
    out.push_str("\n[attributes]\n");
    for (kind, mapping) in [("saml", &shared.saml), ("oidc", &shared.oidc)] {
        if !mapping.is_empty() {
            let _ = writeln!(out, "{kind} = {}", mapping_text(mapping));
        }
    }
    let mapped = |name: &&str| shared.saml.iter().chain(&shared.oidc).any(|(attribute, _)| attribute == name);
    let read = most_common(clients, |client| strings(client, "ReadAttributes"));
    let read: Vec<&str> =
        read.into_iter().filter(|name| !mapped(name) && !STANDARD_ATTRIBUTES.contains(name)).collect();
    if !read.is_empty() {
        let _ = writeln!(out, "also_read = {}", list(&read));
    }
    out
}

/// The value that most app clients have, or the default if there are none.
fn most_common<'a, T: Clone + Default + Eq + std::hash::Hash>(
    clients: &[&'a Fields],
    read: impl Fn(&'a Fields) -> T,
) -> T {
    let mut counts: Vec<(T, usize)> = Vec::new();
    for client in clients {
        let value = read(client);
        match counts.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += 1,
            None => counts.push((value, 1)),
        }
    }
    // Of equal counts, the first one.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(value, _)| value).unwrap_or_default()
}
