//! Reads pool.toml: what all organizations of a user pool share. No I/O beside the given way to read a file.

use super::fields::{Finding, Reader, Table, tree};
use super::{ReadFile, web_address};
use lookup_api::Isolation;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Attributes of Cognito by its name, and what the provider calls each.
pub type Mapping = BTreeMap<String, String>;

/// What all organizations of a user pool share.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// The AWS region, such as `eu-west-1`.
    pub region: String,
    /// The user pool's id. Begins with its region.
    pub id: String,
    /// The address of the user pool's domain, without a slash at the end. Only back ends need to know it.
    pub hosted_ui: Option<String>,
    /// The callback URLs of every app client.
    pub callback_urls: Vec<String>,
    /// The sign-out URLs of every app client.
    pub sign_out_urls: Vec<String>,
    /// The scopes of every app client. Contains `openid`.
    pub scopes: Vec<String>,
    /// How far apart organizations are kept, if they do not say it themselves.
    pub isolation: Isolation,
    /// How long tokens live.
    pub tokens: Tokens,
    /// How long an app client reuses a session of the hosted UI. `None`: it is left as it is.
    pub sessions: Option<Sessions>,
    /// Which attributes are taken over from the organizations' providers.
    pub attributes: Attributes,
    /// The branding style of every app client's managed login pages. `None`: it is left as it is.
    pub branding: Option<Branding>,
    /// The API that machine clients ask for.
    pub resource_server: Option<ResourceServer>,
    /// What machine clients share.
    pub machines: Machines,
    /// How much the pool may hold.
    pub quotas: Quotas,
}

/// How long tokens live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// The access token, in minutes.
    pub access_minutes: i64,
    /// The ID token, in minutes.
    pub id_minutes: i64,
    /// The refresh token, in days.
    pub refresh_days: i64,
    /// For how many seconds a refresh token is still accepted after it was replaced. `None`: it is never replaced.
    pub rotation_grace_seconds: Option<i64>,
}

/// How long an app client reuses a session of the hosted UI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sessions {
    /// In minutes. Organizations with strict isolation never reuse one.
    pub reuse_minutes: i64,
}

/// Which attributes are taken over from the organizations' providers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attributes {
    /// By SAML.
    pub saml: Mapping,
    /// By OpenID Connect.
    pub oidc: Mapping,
    /// What app clients may read beside the standard and the mapped attributes.
    pub also_read: Vec<String>,
}

/// The branding style of managed login.
#[derive(Debug, Clone, PartialEq)]
pub enum Branding {
    /// Cognito's own style.
    Cognito,
    /// Settings in the format of `CreateManagedLoginBranding`.
    Settings(Value),
}

/// The API that machine clients ask for. There is one for all organizations, because a pool has room for few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceServer {
    /// The first part of its scopes.
    pub identifier: String,
    /// Its name in the console.
    pub name: String,
    /// The scopes, each with a description.
    pub scopes: BTreeMap<String, String>,
}

impl ResourceServer {
    /// Whether it has this scope, which is written `identifier/name`.
    pub fn has_scope(&self, scope: &str) -> bool {
        let name = scope.strip_prefix(&self.identifier).and_then(|rest| rest.strip_prefix('/'));
        name.is_some_and(|name| self.scopes.contains_key(name))
    }
}

/// What machine clients share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machines {
    /// How long their access tokens live, in minutes.
    pub access_minutes: i64,
    /// Where their secrets are kept.
    pub secrets: SecretsPlace,
}

/// Where the secrets of machine clients are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretsPlace {
    /// A folder, with one file of mode 600 for each machine client.
    Folder(PathBuf),
    /// AWS Secrets Manager, where their names begin with this.
    SecretsManager(String),
}

/// How much the pool may hold
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html>). The defaults are Cognito's; an account may
/// have been given more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// App clients, those of machines included.
    pub app_clients: usize,
    /// Identity providers.
    pub identity_providers: usize,
    /// Resource servers.
    pub resource_servers: usize,
    /// Branding styles. This one cannot be raised.
    pub branding_styles: usize,
}

const KNOWN: [&str; 14] = [
    "region",
    "user_pool_id",
    "hosted_ui",
    "callback_urls",
    "sign_out_urls",
    "scopes",
    "isolation",
    "tokens",
    "sessions",
    "attributes",
    "branding",
    "resource_server",
    "machines",
    "quotas",
];

/// Reads the text of pool.toml. `read` opens the files that it names.
///
/// # Errors
/// Everything that is wrong with it, in the order of lines.
pub fn parse(text: &str, read: &ReadFile<'_>) -> Result<Pool, Vec<Finding>> {
    let tree = tree(text)?;
    let root = Table::root(&tree);
    let mut reader = Reader::new(text);
    reader.refuse_unknown(&root, &KNOWN);
    let pool = pool(&mut reader, &root, read);
    reader.finish(pool)
}

fn pool(reader: &mut Reader<'_>, root: &Table<'_>, read: &ReadFile<'_>) -> Option<Pool> {
    let region = reader.required(root, "region", |text| {
        if is_region(text) { Ok(()) } else { Err("is not an AWS region, such as eu-west-1".to_owned()) }
    });
    let id = reader.required(root, "user_pool_id", |text| match (text.split_once('_'), &region) {
        (None, _) => Err("is not the id of a user pool, such as eu-west-1_EXAMPLE".to_owned()),
        (Some((of, _)), Some(region)) if of != region => Err(format!("is a pool of {of}, and region is {region}")),
        _ => Ok(()),
    });
    let hosted_ui = reader.ruled(root, "hosted_ui", |text| web_address(text).map(drop));
    let callback_urls = reader.some_strings(root, "callback_urls", redirect_url);
    let sign_out_urls = reader.some_strings(root, "sign_out_urls", redirect_url);
    let scopes = reader.some_strings(root, "scopes", |_| Ok(()));
    if !scopes.is_empty() && !scopes.iter().any(|scope| scope == "openid") {
        reader.refuse(root, "scopes", "must contain openid: without it, there is no ID token");
    }
    let isolation = reader.ruled(root, "isolation", super::isolation).and_then(|text| Isolation::parse(&text));
    let tokens = tokens(reader, root);
    let sessions = sessions(reader, root);
    let attributes = attributes(reader, root);
    let branding = branding(reader, root, read);
    let resource_server = resource_server(reader, root);
    let machines = machines(reader, root);
    let quotas = quotas(reader, root);
    Some(Pool {
        region: region?,
        id: id?,
        hosted_ui: hosted_ui.map(|address| address.trim_end_matches('/').to_owned()),
        callback_urls,
        sign_out_urls,
        scopes,
        isolation: isolation.unwrap_or(Isolation::Shared),
        tokens,
        sessions,
        attributes,
        branding,
        resource_server,
        machines: machines?,
        quotas,
    })
}

/// Whether it looks like an AWS region, such as `eu-west-1`.
pub fn is_region(text: &str) -> bool {
    text.contains('-') && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Cognito's rule for callback and sign-out URLs: https, or http for this machine, and no fragment
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html>).
fn redirect_url(text: &str) -> Result<(), String> {
    web_address(text)?;
    if text.contains('#') { Err("must not have a fragment".to_owned()) } else { Ok(()) }
}

fn tokens(reader: &mut Reader<'_>, root: &Table<'_>) -> Tokens {
    let mut tokens = Tokens { access_minutes: 60, id_minutes: 60, refresh_days: 30, rotation_grace_seconds: None };
    let Some(table) = reader.table(root, "tokens") else { return tokens };
    reader.refuse_unknown(&table, &["access_minutes", "id_minutes", "refresh_days", "rotation_grace_seconds"]);
    let mut read = |name, range, value: &mut i64| *value = reader.integer(&table, name, range).unwrap_or(*value);
    read("access_minutes", 5..=1440, &mut tokens.access_minutes);
    read("id_minutes", 5..=1440, &mut tokens.id_minutes);
    read("refresh_days", 1..=3650, &mut tokens.refresh_days);
    tokens.rotation_grace_seconds = reader.integer(&table, "rotation_grace_seconds", 0..=60);
    tokens
}

fn sessions(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<Sessions> {
    let table = reader.table(root, "sessions")?;
    reader.refuse_unknown(&table, &["reuse_minutes"]);
    Some(Sessions { reuse_minutes: reader.integer(&table, "reuse_minutes", 0..=129_600).unwrap_or(60) })
}

fn attributes(reader: &mut Reader<'_>, root: &Table<'_>) -> Attributes {
    let Some(table) = reader.table(root, "attributes") else { return Attributes::default() };
    reader.refuse_unknown(&table, &["saml", "oidc", "also_read"]);
    Attributes {
        saml: reader.map(&table, "saml"),
        oidc: reader.map(&table, "oidc"),
        also_read: reader.strings(&table, "also_read", |_| Ok(())),
    }
}

fn branding(reader: &mut Reader<'_>, root: &Table<'_>, read: &ReadFile<'_>) -> Option<Branding> {
    let table = reader.table(root, "branding")?;
    reader.refuse_unknown(&table, &["settings_file"]);
    let Some(file) = reader.string(&table, "settings_file") else { return Some(Branding::Cognito) };
    let settings = read(&file).and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
    settings
        .map_err(|error| reader.refuse(&table, "settings_file", format!("{file}: {error}")))
        .ok()
        .map(Branding::Settings)
}

fn resource_server(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<ResourceServer> {
    let table = reader.table(root, "resource_server")?;
    reader.refuse_unknown(&table, &["identifier", "name", "scopes"]);
    let identifier = reader.required(&table, "identifier", |text| {
        let fit = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
        if fit { Ok(()) } else { Err("must be printable ASCII without spaces and quotes".to_owned()) }
    });
    let name = reader.string(&table, "name");
    let scopes = reader.map(&table, "scopes");
    let identifier = identifier?;
    Some(ResourceServer { name: name.unwrap_or_else(|| identifier.clone()), identifier, scopes })
}

fn machines(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<Machines> {
    let folder = SecretsPlace::Folder(PathBuf::from("secrets"));
    let Some(table) = reader.table(root, "machines") else {
        return Some(Machines { access_minutes: 60, secrets: folder });
    };
    reader.refuse_unknown(&table, &["access_minutes", "secrets_folder", "secrets_manager"]);
    let access_minutes = reader.integer(&table, "access_minutes", 5..=1440).unwrap_or(60);
    let (in_folder, in_manager) = (reader.string(&table, "secrets_folder"), reader.string(&table, "secrets_manager"));
    let secrets = match (in_folder, in_manager) {
        (Some(_), Some(_)) => {
            reader.refuse(&table, "secrets_manager", "secrets are kept at one place: remove this or secrets_folder");
            return None;
        }
        (Some(path), None) => SecretsPlace::Folder(PathBuf::from(path)),
        (None, Some(prefix)) => SecretsPlace::SecretsManager(prefix),
        (None, None) => folder,
    };
    Some(Machines { access_minutes, secrets })
}

fn quotas(reader: &mut Reader<'_>, root: &Table<'_>) -> Quotas {
    let mut quotas = Quotas { app_clients: 1000, identity_providers: 300, resource_servers: 25, branding_styles: 20 };
    let Some(table) = reader.table(root, "quotas") else { return quotas };
    reader.refuse_unknown(&table, &["app_clients", "identity_providers", "resource_servers"]);
    for (name, quota) in [
        ("app_clients", &mut quotas.app_clients),
        ("identity_providers", &mut quotas.identity_providers),
        ("resource_servers", &mut quotas.resource_servers),
    ] {
        let number = reader.integer(&table, name, 1..=100_000).and_then(|number| usize::try_from(number).ok());
        *quota = number.unwrap_or(*quota);
    }
    quotas
}
