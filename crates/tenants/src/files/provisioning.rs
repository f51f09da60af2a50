//! Reads what `tenants` needs of tenants.toml: which provider an organization has, and its machine clients. The lookup
//! service reads the rest of the file, and its rules are checked first.

use super::fields::{Finding, Reader, Table, tree};
use super::pool_file::{Mapping, Pool};
use super::{ReadFile, web_address};
use crate::secret::Secret;
use lookup_api::Isolation;
use lookup_service::directory_file;
use std::collections::HashMap;
use toml_edit::DocumentMut;

/// The name by which app clients know the pool's own accounts.
pub const NATIVE: &str = "COGNITO";

/// An organization, as it should be in the user pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its code, which is the name of its app client as well.
    pub code: String,
    /// The id of its app client. `None` as long as there is none.
    pub client_id: Option<String>,
    /// The provider's name in the user pool, or [`NATIVE`].
    pub identity_provider: String,
    /// How far apart it is kept from others.
    pub isolation: Isolation,
    /// Its provider. `None` if somebody else sets it up.
    pub provider: Option<Provider>,
    /// The clients of its back ends.
    pub machines: Vec<Machine>,
    /// Whether it was taken out of service.
    pub is_disabled: bool,
}

/// An identity provider, as it should be in the user pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// How it is reached.
    pub kind: ProviderKind,
    /// Attributes that this one calls otherwise than the pool's mapping says.
    pub mapping: Mapping,
}

/// How an identity provider is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderKind {
    /// The user pool's own accounts.
    Native,
    /// SAML.
    Saml(Metadata),
    /// OpenID Connect, with discovery.
    Oidc {
        /// Its issuer.
        issuer: String,
        /// The client that the organization has registered for the user pool.
        client_id: String,
        /// The client's secret.
        client_secret: Option<Secret>,
        /// The scopes that the user pool asks for, separated by spaces.
        scopes: String,
    },
}

/// SAML metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Metadata {
    /// An address that Cognito fetches them from.
    Url(String),
    /// The document itself.
    Document(String),
}

/// A client of an organization's back end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Its name within the organization.
    pub name: String,
    /// Its scopes, each written `identifier/name`.
    pub scopes: Vec<String>,
    /// The id of its app client. `None` as long as there is none.
    pub client_id: Option<String>,
}

/// Reads the text of tenants.toml: the organizations of this pool. `read` opens the files that it names.
///
/// # Errors
/// Everything that is wrong with it, in the order of lines.
pub fn parse(text: &str, pool: &Pool, read: &ReadFile<'_>) -> Result<Vec<Organization>, Vec<Finding>> {
    directory_file::parse(text).map_err(|findings| findings.into_iter().map(Finding::from).collect::<Vec<_>>())?;
    let tree = tree(text)?;
    let mut reader = Reader::new(text);
    let root = Table::root(&tree);
    let tables = reader.tables(&root, "tenants");
    if !can_be_recorded(text) {
        reader.refuse(&root, "tenants", "must be written with a line [[tenants]] for each organization");
    }
    let issuers = reader.strings(&root, "issuers", |_| Ok(()));
    let mut organizations = Vec::with_capacity(tables.len());
    let mut uses = Uses::default();
    for table in &tables {
        let issuer = reader.string(table, "issuer").or_else(|| issuers.first().filter(|_| issuers.len() == 1).cloned());
        if issuer.is_some_and(|issuer| issuer.rsplit('/').next() != Some(&pool.id)) {
            continue;
        }
        if let Some(organization) = organization(&mut reader, table, pool, read) {
            uses.check(&mut reader, table, &organization);
            organizations.push(organization);
        }
    }
    reader.finish(Some(organizations))
}

/// Whether `record` can add to the organizations.
fn can_be_recorded(text: &str) -> bool {
    let document: Result<DocumentMut, _> = text.parse();
    document.is_ok_and(|document| document.get("tenants").is_some_and(|tenants| tenants.is_array_of_tables()))
}

impl From<lookup_service::finding::Finding> for Finding {
    fn from(finding: lookup_service::finding::Finding) -> Self {
        Self { line: finding.line, field: finding.field, reason: finding.reason.to_string() }
    }
}

fn organization(reader: &mut Reader<'_>, table: &Table<'_>, pool: &Pool, read: &ReadFile<'_>) -> Option<Organization> {
    // The lookup service's rules have been checked, so these are there and sound.
    let code = reader.string(table, "code")?;
    let identity_provider = reader.string(table, "identity_provider")?;
    let isolation = reader.string(table, "isolation").and_then(|text| Isolation::parse(&text));
    let client_id = reader.string(table, "client_id");
    let is_disabled = reader.boolean(table, "disabled").unwrap_or_default();
    let provider = match reader.table(table, "provider") {
        None => None,
        Some(provider) => Some(read_provider(reader, &provider, table, &identity_provider, read)?),
    };
    let machines = machines(reader, table, pool);
    let isolation = isolation.unwrap_or(pool.isolation);
    Some(Organization { code, client_id, identity_provider, isolation, provider, machines, is_disabled })
}

fn read_provider(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    tenant: &Table<'_>,
    name: &str,
    read: &ReadFile<'_>,
) -> Option<Provider> {
    let kind = reader.required(table, "type", |text| match (text, name == NATIVE) {
        (NATIVE, true) | ("SAML" | "OIDC", false) => Ok(()),
        (NATIVE, false) => Err(format!("is {NATIVE}, so identity_provider must be {NATIVE} too")),
        ("SAML" | "OIDC", true) => Err(format!("is {text}, so identity_provider cannot be {NATIVE}")),
        _ => Err(format!("must be SAML, OIDC or {NATIVE}")),
    })?;
    if kind != NATIVE
        && let Err(reason) = new_provider_name(name)
    {
        reader.refuse(tenant, "identity_provider", reason);
    }
    let kind = match kind.as_str() {
        "SAML" => ProviderKind::Saml(saml(reader, table, read)?),
        "OIDC" => oidc(reader, table, read)?,
        _ => {
            reader.refuse_unknown(table, &["type"]);
            ProviderKind::Native
        }
    };
    Some(Provider { kind, mapping: reader.map(table, "mapping") })
}

/// Cognito's rule for the name of a new provider
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html>).
fn new_provider_name(name: &str) -> Result<(), String> {
    let fits = (3..=32).contains(&name.chars().count()) && !name.contains(|c: char| c == '_' || c.is_whitespace());
    if fits { Ok(()) } else { Err("must have 3 to 32 characters without space and underscore".to_owned()) }
}

fn saml(reader: &mut Reader<'_>, table: &Table<'_>, read: &ReadFile<'_>) -> Option<Metadata> {
    reader.refuse_unknown(table, &["type", "mapping", "metadata_url", "metadata_file"]);
    let url = reader.ruled(table, "metadata_url", |text| web_address(text).map(drop));
    let file = reader.string(table, "metadata_file");
    match (url, file) {
        (Some(_), Some(_)) => {
            reader.refuse(table, "metadata_file", "metadata come from one place: remove this or metadata_url");
            None
        }
        (Some(url), None) => Some(Metadata::Url(url)),
        (None, Some(file)) => {
            let document = read(&file).and_then(|text| saml_metadata(&text).map(|()| text));
            let refused = |reason| reader.refuse(table, "metadata_file", format!("{file}: {reason}"));
            document.map_err(refused).ok().map(Metadata::Document)
        }
        (None, None) => {
            if !table.has("metadata_url") && !table.has("metadata_file") {
                reader.refuse(table, "metadata_url", "is missing (or metadata_file)");
            }
            None
        }
    }
}

/// Refuses what is not SAML metadata. Cognito parses the rest.
fn saml_metadata(text: &str) -> Result<(), String> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let beginning = text.get(..text.len().min(512)).unwrap_or(text).to_ascii_lowercase();
    if beginning.starts_with("<!doctype html") || beginning.contains("<html") {
        return Err("is a web page (HTML) and no SAML metadata: its address may lead to a sign-in page".to_owned());
    }
    if !text.starts_with('<') || !text.contains("EntityDescriptor") {
        return Err("is not SAML metadata: there is no EntityDescriptor in it".to_owned());
    }
    Ok(())
}

fn oidc(reader: &mut Reader<'_>, table: &Table<'_>, read: &ReadFile<'_>) -> Option<ProviderKind> {
    reader.refuse_unknown(table, &["type", "mapping", "issuer", "client_id", "client_secret_file", "scopes"]);
    let issuer = reader.required(table, "issuer", |text| web_address(text).map(drop));
    let client_id = reader.required(table, "client_id", |text| match text.trim() {
        "" => Err("must not be empty".to_owned()),
        _ => Ok(()),
    });
    let secret = reader.string(table, "client_secret_file").map(|file| match read(&file) {
        Ok(text) if !text.trim().is_empty() => Some(Secret::new(text.trim().to_owned())),
        Ok(_) => {
            reader.refuse(table, "client_secret_file", format!("{file}: is empty"));
            None
        }
        Err(reason) => {
            reader.refuse(table, "client_secret_file", format!("{file}: {reason}"));
            None
        }
    });
    let scopes = reader.strings(table, "scopes", |_| Ok(()));
    let scopes = if scopes.is_empty() { "openid email profile".to_owned() } else { scopes.join(" ") };
    Some(ProviderKind::Oidc { issuer: issuer?, client_id: client_id?, client_secret: secret.flatten(), scopes })
}

fn machines(reader: &mut Reader<'_>, table: &Table<'_>, pool: &Pool) -> Vec<Machine> {
    let mut machines: Vec<Machine> = Vec::new();
    for table in reader.tables(table, "machines") {
        reader.refuse_unknown(&table, &["name", "scopes", "client_id"]);
        let name = reader.required(&table, "name", |text| {
            let fit = (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if !fit {
                Err("must be 1 to 32 letters a to z, digits and hyphens".to_owned())
            } else if machines.iter().any(|other| other.name.eq_ignore_ascii_case(text)) {
                Err("is the name of another machine client of this organization".to_owned())
            } else {
                Ok(())
            }
        });
        let scopes = reader.some_strings(&table, "scopes", |scope| match &pool.resource_server {
            None => Err("pool.toml has no [resource_server], so there are no scopes for machines".to_owned()),
            Some(server) if !server.has_scope(scope) => {
                Err(format!("is not a scope of pool.toml: {}/ and one of its names", server.identifier))
            }
            Some(_) => Ok(()),
        });
        let client_id = reader.ruled(&table, "client_id", |text| {
            let fit = (1..=128).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+'));
            if fit { Ok(()) } else { Err("is not an app client id".to_owned()) }
        });
        machines.extend(name.map(|name| Machine { name, scopes, client_id }));
    }
    machines
}

/// What the organizations before have used.
#[derive(Default)]
struct Uses {
    /// By provider: the codes and the isolation of its organizations.
    organizations: HashMap<String, Vec<(String, Isolation)>>,
    /// By provider: how it is set up, and the code of the organization that says so.
    providers: HashMap<String, (Provider, String)>,
    /// By app client: the code of the organization.
    clients: HashMap<String, String>,
}

impl Uses {
    fn check(&mut self, reader: &mut Reader<'_>, table: &Table<'_>, organization: &Organization) {
        self.check_clients(reader, table, organization);
        if organization.identity_provider != NATIVE && !organization.is_disabled {
            self.check_provider(reader, table, organization);
        }
    }

    /// Refuses a machine with the app client of another one, or of an organization. The lookup service's rules have
    /// refused two organizations with one.
    fn check_clients(&mut self, reader: &mut Reader<'_>, table: &Table<'_>, organization: &Organization) {
        let own = organization.client_id.iter();
        let machines = organization.machines.iter().filter_map(|machine| machine.client_id.as_ref());
        for client in own.chain(machines) {
            if let Some(other) = self.clients.insert(client.clone(), organization.code.clone()) {
                let reason = format!("{client} is an app client of {other} already");
                reader.refuse(table, "machines", reason);
            }
        }
    }

    /// Refuses two different set-ups of one provider, and a provider that a strictly isolated organization shares:
    /// whoever is signed in there gets into both
    /// (<https://docs.aws.amazon.com/cognito/latest/developerguide/multi-tenant-application-best-practices.html>).
    fn check_provider(&mut self, reader: &mut Reader<'_>, table: &Table<'_>, organization: &Organization) {
        let Organization { identity_provider: name, isolation, code, provider, .. } = organization;
        let others = self.organizations.entry(name.clone()).or_default();
        let is_strict = |of: Isolation| of == Isolation::Strict;
        let beside = others.iter().find(|(_, other)| is_strict(*other) || is_strict(*isolation));
        if let Some((other, _)) = beside {
            let reason = format!("is the provider of {other} too, and one of the two has strict isolation");
            reader.refuse(table, "identity_provider", reason);
        }
        others.push((code.clone(), *isolation));
        let Some(provider) = provider else { return };
        match self.providers.get(name) {
            Some((known, other)) if known != provider => {
                reader.refuse(table, "provider", format!("differs from the same provider's at {other}"));
            }
            Some(_) => {}
            None => drop(self.providers.insert(name.clone(), (provider.clone(), code.clone()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::pool_file;
    use super::*;
    use proptest::prelude::*;

    const POOL: &str = include_str!("../../sample/pool.toml");
    const TENANTS: &str = include_str!("../../sample/tenants.toml");

    fn no_file(_: &str) -> Result<String, String> {
        Err("no such file".to_owned())
    }

    fn sample_pool() -> Pool {
        pool_file::parse(POOL, &no_file).unwrap()
    }

    #[test]
    fn the_sample_has_no_errors() {
        let organizations = parse(TENANTS, &sample_pool(), &no_file).unwrap();
        assert_eq!(organizations.len(), 3);
        assert_eq!(organizations[0].machines[0].scopes, ["api/reports.read"]);
        assert_eq!(organizations[1].isolation, Isolation::Strict);
        assert_eq!(organizations[2].provider.as_ref().unwrap().kind, ProviderKind::Native);
    }

    #[test]
    fn metadata_are_xml_with_an_entity_descriptor() {
        assert!(saml_metadata("\u{feff} <?xml version=\"1.0\"?><md:EntityDescriptor/>").is_ok());
        for text in ["<!DOCTYPE HTML><html></html>", "\n<html lang=en>"] {
            assert!(saml_metadata(text).unwrap_err().contains("web page"), "{text}");
        }
        for text in ["", "{}", "<xml/>", "EntityDescriptor"] {
            assert!(saml_metadata(text).unwrap_err().contains("no EntityDescriptor"), "{text}");
        }
    }

    #[test]
    fn one_provider_of_two_organizations_is_set_up_once_and_never_beside_strict_isolation() {
        let two = |first: &str, second: &str| {
            let organization = |code: &str, more: &str| {
                format!(
                    "[[tenants]]\ncode = \"{code}\"\nname = \"A\"\nclient_id = \"{code}\"\nidentity_provider = \"Same\"\n{more}\n"
                )
            };
            let text = organization("a", first) + &organization("b", second);
            parse(&text, &sample_pool(), &no_file).map(|list| list.len()).map_err(|list| list[0].to_string())
        };
        let saml = |url: &str| format!("provider = {{ type = \"SAML\", metadata_url = \"https://{url}.example/\" }}");
        assert_eq!(two("", ""), Ok(2));
        assert_eq!(two(&saml("x"), &saml("x")), Ok(2));
        assert_eq!(two(&saml("x"), ""), Ok(2));
        assert!(two(&saml("x"), &saml("y")).unwrap_err().ends_with("differs from the same provider's at a"));
        assert!(two("isolation = \"strict\"", "").unwrap_err().contains("strict isolation"));
        assert_eq!(two("isolation = \"strict\"\ndisabled = true", ""), Ok(2));
    }

    #[test]
    fn no_two_clients_have_one_id_and_lists_can_be_recorded() {
        let with = |from: &str, to: &str| {
            assert!(TENANTS.contains(from), "{from}");
            parse(&TENANTS.replacen(from, to, 1), &sample_pool(), &no_file)
                .map(|_| ())
                .map_err(|list| list[0].to_string())
        };
        let machine = "name = \"reports\"";
        assert_eq!(with(machine, &format!("{machine}\nclient_id = \"m1\"")), Ok(()));
        for (from, to, reason) in [
            (machine, "name = \"reports\"\nclient_id = \"bad id!\"", "is not an app client id"),
            (machine, "name = \"reports\"\nclient_id = \"\"", "is not an app client id"),
            (
                "code = \"acme\"",
                "code = \"acme\"\nclient_id = \"m1\"\nmachines = [{ name = \"a\", scopes = [\"api/reports.read\"], client_id = \"m1\" }]\n#",
                "TOML",
            ),
        ] {
            assert!(with(from, to).unwrap_err().contains(reason), "{to}");
        }
        let twice = "code = \"initech\"\nclient_id = \"c1\"\nmachines = [{ name = \"a\", scopes = [\"api/reports.read\"], client_id = \"c1\" }]";
        let refused = with("code = \"initech\"", twice).unwrap_err();
        assert!(refused.ends_with("c1 is an app client of initech already"), "{refused}");
        let inline = "# [[tenants]]\ntenants = [{ code = \"a\", name = \"A\", client_id = \"1\", identity_provider = \"Aaa\" }]\n";
        let refused = parse(inline, &sample_pool(), &no_file).unwrap_err();
        assert!(refused[0].reason.contains("a line [[tenants]] for each"), "{refused:?}");
    }

    #[test]
    fn organizations_of_another_pool_are_left_alone() {
        let with = |text: &str| parse(&format!("{text}\n{TENANTS}"), &sample_pool(), &no_file).unwrap().len();
        assert_eq!(with("issuers = [\"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_LocalPool\"]"), 3);
        assert_eq!(with("issuers = [\"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other\"]"), 0);
    }

    proptest! {
        #[test]
        fn a_changed_file_is_read_or_refused_without_a_panic(
            from in 0..TENANTS.len(),
            length in 0..60_usize,
            insert in prop::sample::select(vec!["", "\"", "[", "]", "{", "\n", "= 1\n", "[[tenants]]\n", "[tenants.provider]\n", "type = \"SAML\"\n"]),
        ) {
            let end = (from + length).min(TENANTS.len());
            let text = [&TENANTS[..from], insert, &TENANTS[end..]].concat();
            if let Err(findings) = parse(&text, &sample_pool(), &no_file) {
                prop_assert!(!findings.is_empty());
                prop_assert!(findings.iter().all(|finding| finding.line <= text.lines().count() + 1));
            }
            let pool_end = end.min(POOL.len());
            let text = [&POOL[..from.min(pool_end)], insert, &POOL[pool_end..]].concat();
            prop_assert!(pool_file::parse(&text, &no_file).err().is_none_or(|findings| !findings.is_empty()));
        }
    }
}
