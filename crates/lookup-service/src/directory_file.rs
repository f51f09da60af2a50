//! tenants.toml, read strictly: a directory, or everything that is wrong with the file in one go.
//!
//! The file is walked as a tree of spanned values and not deserialised into structs: serde stops at the first fault,
//! and knows neither the line of a field that is missing nor the one where a value was used first.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::path::Path;
use std::{fs, io};

use lookup_api::{ClientId, IdentityProvider, Isolation, Issuer, Tenant, TenantCode};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::consumer_domains::is_consumer_domain;
use crate::directory::{Directory, Entry};
use crate::domain_name::DomainName;
use crate::finding::{Finding, Reason};
use crate::native_url::parse_url;

/// The directory that the program carries for trying it out.
pub const SAMPLE: &str = include_str!("../tenants.toml");

/// Why there is no directory.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be opened or read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The file was read, and is not a directory. At least one finding, in the order of lines.
    #[error("{} problems", .0.len())]
    Findings(Vec<Finding>),
}

impl LoadError {
    /// One line for each thing that is wrong, beginning with the file's name.
    pub fn lines(&self, file: &str) -> Vec<String> {
        match self {
            Self::Unreadable(_) => vec![format!("{file}: {self}")],
            Self::Findings(findings) => findings.iter().map(|finding| format!("{file}:{finding}")).collect(),
        }
    }
}

/// Reads the directory file at `path`.
pub fn load(path: &Path) -> Result<Directory, LoadError> {
    let bytes = fs::read(path)?;
    let text = str::from_utf8(&bytes).map_err(|e| {
        let line = 1 + bytes[..e.valid_up_to()].iter().filter(|&&b| b == b'\n').count();
        LoadError::Findings(vec![Finding { line, field: String::new(), reason: Reason::NotUtf8 }])
    })?;
    parse(text).map_err(LoadError::Findings)
}

/// Reads the text of a directory file; if there is anything wrong with it, all of that, in the order of lines.
pub fn parse(text: &str) -> Result<Directory, Vec<Finding>> {
    let mut reader = Reader::new(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        reader.refuse(error.span().map_or(0, |s| s.start), String::new(), Reason::Syntax(error.message().to_owned()));
    }
    // What the parser made of the rest of a broken file is guesswork: nothing more is said about it.
    let entries = if errors.is_empty() { reader.file(root.get_ref()) } else { Vec::new() };
    if reader.findings.is_empty() {
        return Ok(Directory::new(entries));
    }
    reader.findings.sort_by_key(|finding| finding.line);
    Err(reader.findings)
}

/// The first user of a value that only one may use: its byte offset, by the value.
type FirstUse = HashMap<String, usize>;

struct Reader {
    /// The byte offset of every line's end.
    line_ends: Vec<usize>,
    findings: Vec<Finding>,
    issuers: FirstUse,
    codes: FirstUse,
    clients: FirstUse,
}

/// A table of the file and where it is, to name its fields by.
struct Section<'a, 'i> {
    table: &'a DeTable<'i>,
    start: usize,
    index: usize,
}

impl<'a, 'i> Section<'a, 'i> {
    fn field(&self, name: &str) -> String {
        format!("tenants[{}].{name}", self.index)
    }

    fn get(&self, name: &str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.table.get(name)
    }
}

impl Reader {
    fn new(text: &str) -> Self {
        Self {
            line_ends: text.bytes().enumerate().filter(|&(_, b)| b == b'\n').map(|(i, _)| i).collect(),
            findings: Vec::new(),
            issuers: FirstUse::new(),
            codes: FirstUse::new(),
            clients: FirstUse::new(),
        }
    }

    /// The line, from 1, of a byte offset.
    fn line(&self, offset: usize) -> usize {
        1 + self.line_ends.partition_point(|&end| end < offset)
    }

    fn refuse(&mut self, offset: usize, field: String, reason: Reason) {
        self.findings.push(Finding { line: self.line(offset), field, reason });
    }

    fn refuse_type(&mut self, value: &Spanned<DeValue<'_>>, field: String, expected: &'static str) {
        self.refuse(value.span().start, field, Reason::Type { expected, found: value.get_ref().type_str() });
    }

    fn refuse_unknown(&mut self, table: &DeTable<'_>, known: &[&str], path: impl Fn(&str) -> String) {
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            self.refuse(key.span().start, path(key.get_ref()), Reason::Unknown);
        }
    }

    fn file(&mut self, root: &DeTable<'_>) -> Vec<Entry> {
        self.refuse_unknown(root, &["issuers", "tenants"], str::to_owned);
        if let Some(value) = root.get("issuers") {
            self.issuers(value);
        }
        let Some(value) = root.get("tenants") else {
            self.refuse(0, String::new(), Reason::NoTenants);
            return Vec::new();
        };
        let Some(list) = value.get_ref().as_array() else {
            self.refuse_type(value, "tenants".to_owned(), "a list of tables, each under [[tenants]]");
            return Vec::new();
        };
        if list.is_empty() {
            self.refuse(value.span().start, "tenants".to_owned(), Reason::NoTenants);
        }
        list.iter().enumerate().filter_map(|(index, value)| self.tenant(index, value)).collect()
    }

    fn issuers(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(list) = value.get_ref().as_array() else {
            return self.refuse_type(value, "issuers".to_owned(), "a list of strings");
        };
        for (i, item) in list.iter().enumerate() {
            let (start, field) = (item.span().start, format!("issuers[{i}]"));
            let Some(text) = item.get_ref().as_str() else {
                self.refuse_type(item, field, "a string");
                continue;
            };
            if issuer(text).is_none() {
                self.refuse(start, field, Reason::Issuer);
            } else if let Some(line) = first_use(&mut self.issuers, text, start).map(|first| self.line(first)) {
                self.refuse(start, field, Reason::IssuerTwice { line });
            }
        }
    }

    /// One tenant; `None` once anything is wrong with it, after looking at all of it.
    fn tenant(&mut self, index: usize, value: &Spanned<DeValue<'_>>) -> Option<Entry> {
        let Some(table) = value.get_ref().as_table() else {
            self.refuse_type(value, format!("tenants[{index}]"), "a table");
            return None;
        };
        let section = Section { table, start: value.span().start, index };
        const KNOWN: [&str; 9] =
            ["code", "name", "client_id", "identity_provider", "domains", "subdomains", "issuer", "logo", "isolation"];
        self.refuse_unknown(table, &KNOWN, |name| section.field(name));

        let code = self.code(&section);
        let name = self.required(&section, "name", |text| match text.chars().find(|&c| is_deceptive(c)) {
            Some(c) => Err(Reason::Invisible(c)),
            None if text.trim().is_empty() => Err(Reason::EmptyName),
            None => Ok(text.to_owned()),
        });
        let client_id = self.client_id(&section);
        let identity_provider = self.required(&section, "identity_provider", |text| {
            let known = text.chars().count() <= 32 && !text.contains(char::is_whitespace);
            let provider = IdentityProvider::try_from(text.to_owned()).ok();
            provider.filter(|_| known).ok_or(Reason::IdentityProvider)
        });
        let domains = self.domains(&section);
        let subdomains = self.subdomains(&section);
        let issuer = self.issuer(&section);
        let logo = self
            .optional(&section, "logo", |text| if is_own_path(text) { Ok(text.to_owned()) } else { Err(Reason::Logo) });
        let isolation = self.optional(&section, "isolation", |text| Isolation::parse(text).ok_or(Reason::Isolation));

        let (domains, domain) = domains?;
        let tenant = Tenant {
            code: code?,
            name: name?,
            domain,
            client_id: client_id?,
            identity_provider: identity_provider?,
            issuer,
            logo,
            isolation,
        };
        Some(Entry { tenant, domains, subdomains })
    }

    fn code(&mut self, section: &Section<'_, '_>) -> Option<TenantCode> {
        let code = self.required(section, "code", |text| {
            let known = text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            TenantCode::try_from(text.to_owned()).ok().filter(|_| known).ok_or(Reason::Code)
        })?;
        let start = section.get("code")?.span().start;
        let first = first_use(&mut self.codes, &code.as_str().to_ascii_lowercase(), start);
        if let Some(line) = first.map(|first| self.line(first)) {
            self.refuse(start, section.field("code"), Reason::CodeTaken { line });
        }
        Some(code)
    }

    fn client_id(&mut self, section: &Section<'_, '_>) -> Option<ClientId> {
        let client = self.required(section, "client_id", |text| {
            let known =
                text.len() <= 128 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+'));
            ClientId::try_from(text.to_owned()).ok().filter(|_| known).ok_or(Reason::ClientId)
        })?;
        let start = section.get("client_id")?.span().start;
        let first = first_use(&mut self.clients, client.as_str(), start);
        if let Some(line) = first.map(|first| self.line(first)) {
            self.refuse(start, section.field("client_id"), Reason::ClientTaken { line });
        }
        Some(client)
    }

    /// The domains to find the tenant by, and the first of them as written, to be shown.
    fn domains(&mut self, section: &Section<'_, '_>) -> Option<(Vec<DomainName>, Option<String>)> {
        let Some(value) = section.get("domains") else { return Some((Vec::new(), None)) };
        let Some(list) = value.get_ref().as_array() else {
            self.refuse_type(value, section.field("domains"), "a list of strings");
            return None;
        };
        let (mut names, mut seen) = (Vec::with_capacity(list.len()), FirstUse::new());
        for (i, item) in list.iter().enumerate() {
            let start = item.span().start;
            let field = || section.field(&format!("domains[{i}]"));
            let Some(text) = item.get_ref().as_str() else {
                self.refuse_type(item, field(), "a string");
                continue;
            };
            match organization_domain(text) {
                Err(reason) => self.refuse(start, field(), reason),
                Ok(name) => match first_use(&mut seen, name.as_str(), start).map(|first| self.line(first)) {
                    Some(line) => self.refuse(start, field(), Reason::DomainTwice { line }),
                    None => names.push(name),
                },
            }
        }
        let shown = list.iter().next().and_then(|item| item.get_ref().as_str()).map(|text| text.trim().to_owned());
        Some((names, shown))
    }

    fn subdomains(&mut self, section: &Section<'_, '_>) -> bool {
        let Some(value) = section.get("subdomains") else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.refuse_type(value, section.field("subdomains"), "true or false");
            false
        })
    }

    fn issuer(&mut self, section: &Section<'_, '_>) -> Option<Issuer> {
        if section.get("issuer").is_none() {
            return match self.issuers.len() {
                0 => None,
                1 => self.issuers.keys().next().and_then(|only| issuer(only)),
                many => {
                    self.refuse(section.start, section.field("issuer"), Reason::IssuerNeeded(many));
                    None
                }
            };
        }
        let known = std::mem::take(&mut self.issuers);
        let issuer = self.optional(section, "issuer", |text| match issuer(text) {
            None => Err(Reason::Issuer),
            Some(_) if !known.is_empty() && !known.contains_key(text) => Err(Reason::UnknownIssuer),
            Some(issuer) => Ok(issuer),
        });
        self.issuers = known;
        issuer
    }

    fn required<T>(
        &mut self,
        section: &Section<'_, '_>,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, Reason>,
    ) -> Option<T> {
        if section.get(name).is_none() {
            self.refuse(section.start, section.field(name), Reason::Missing);
        }
        self.optional(section, name, read)
    }

    /// A string field, read; `None` if it is left out, and also if it is refused, which leaves a finding.
    fn optional<T>(
        &mut self,
        section: &Section<'_, '_>,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, Reason>,
    ) -> Option<T> {
        let value = section.get(name)?;
        let Some(text) = value.get_ref().as_str() else {
            self.refuse_type(value, section.field(name), "a string");
            return None;
        };
        read(text).map_err(|reason| self.refuse(value.span().start, section.field(name), reason)).ok()
    }
}

/// Notes that `value` is used at `offset`; where it was used before, if it was.
fn first_use(seen: &mut FirstUse, value: &str, offset: usize) -> Option<usize> {
    match seen.entry(value.to_owned()) {
        Slot::Occupied(first) => Some(*first.get()),
        Slot::Vacant(slot) => {
            slot.insert(offset);
            None
        }
    }
}

/// A domain that may name an organization.
fn organization_domain(text: &str) -> Result<DomainName, Reason> {
    let name = DomainName::parse(text)?;
    if is_consumer_domain(&name) {
        Err(Reason::ConsumerDomain)
    } else if name.is_public_suffix() {
        Err(Reason::PublicSuffix)
    } else {
        Ok(name)
    }
}

/// OpenID Connect Core §2 (`iss`): https, no query, no fragment. Kept as written: it is compared to the letter.
fn issuer(text: &str) -> Option<Issuer> {
    let url = parse_url(text, None)?;
    let fit = url.is_secure() && !url.has_credentials && !url.has_query_or_fragment;
    Issuer::try_from(text.to_owned()).ok().filter(|_| fit)
}

/// `//host/x` and `/\host/x` lead elsewhere, and the URL parser drops tabs and line feeds before it looks.
fn is_own_path(text: &str) -> bool {
    text.starts_with('/')
        && !text[1..].starts_with(['/', '\\'])
        && !text.contains(|c: char| c.is_control() || c.is_whitespace())
}

/// Controls, and the embeddings, overrides and isolates that let a name end other than it seems to
/// (UAX #9 §2). The marks LRM and RLM stay: names in mixed scripts need them.
fn is_deceptive(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
