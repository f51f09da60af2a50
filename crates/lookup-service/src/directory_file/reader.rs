//! Reads the tree of a directory file, tenant by tenant, and notes everything that is wrong with it.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::mem;

use lookup_api::{ClientId, IdentityProvider, Isolation, Issuer, Tenant, TenantCode};
use platform::WebUrl;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::sections::HEADER;
use crate::consumer_domains::is_consumer_domain;
use crate::directory::{Directory, Entry, Key};
use crate::domain_name::DomainName;
use crate::finding::{Finding, Reason};
use crate::name_index::{NameIndex, offset};

/// Where values that must be unique were used first, by byte offset. Files whose offsets have no 32 bits are not read.
type FirstUse = NameIndex<u32>;

/// Where the code and the app client of an organization are that is in the directory, by byte offset.
struct Uses {
    /// The organization's place in the directory.
    place: u32,
    code: u32,
    client: u32,
}

pub(super) struct Reader<'t> {
    text: &'t str,
    /// The byte offsets of the ends of all lines. Computed when the first error is found.
    line_ends: OnceCell<Vec<usize>>,
    /// The byte offset at which the part of the text begins that positions refer to.
    pub(super) base: usize,
    /// How many tenants have been read, including those with errors.
    count: usize,
    /// The directory, if the file has no error.
    directory: Directory,
    findings: Vec<Finding>,
    issuers: HashMap<String, usize>,
    /// For each organization of the directory, in order. The directory has the codes and app clients themselves.
    uses: Vec<Uses>,
    /// The codes of organizations that are not in the directory, and their app clients.
    other_codes: FirstUse,
    other_clients: FirstUse,
}

/// A table of the file with its path, by which its fields are named.
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

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let tenants = text.matches(HEADER).count();
        Self {
            text,
            line_ends: OnceCell::new(),
            base: 0,
            count: 0,
            directory: Directory::with_room_for(tenants),
            findings: Vec::new(),
            issuers: HashMap::new(),
            uses: Vec::with_capacity(tenants),
            other_codes: FirstUse::with_room_for(0),
            other_clients: FirstUse::with_room_for(0),
        }
    }

    pub(super) fn finish(mut self) -> Result<Directory, Vec<Finding>> {
        if self.findings.is_empty() {
            return Ok(self.directory);
        }
        self.findings.sort_by_key(|finding| finding.line);
        Err(self.findings)
    }

    /// The line, from 1, of a byte offset in the whole text.
    fn line(&self, offset: usize) -> usize {
        let ends = self.line_ends.get_or_init(|| self.text.match_indices('\n').map(|(i, _)| i).collect());
        1 + ends.partition_point(|&end| end < offset)
    }

    /// Records what is wrong at an offset in the part that is being read.
    pub(super) fn refuse(&mut self, offset: usize, field: String, reason: Reason) {
        self.findings.push(Finding { line: self.line(self.base + offset), field, reason });
    }

    fn refuse_type(&mut self, value: &Spanned<DeValue<'_>>, field: String, expected: &'static str) {
        self.refuse(value.span().start, field, Reason::Type { expected, found: value.get_ref().type_str() });
    }

    fn refuse_unknown(&mut self, table: &DeTable<'_>, known: &[&str], path: impl Fn(&str) -> String) {
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            self.refuse(key.span().start, path(key.get_ref()), Reason::Unknown);
        }
    }

    pub(super) fn file(&mut self, root: &DeTable<'_>) {
        self.before_tenants(root);
        let Some(value) = root.get("tenants") else {
            return self.refuse(0, String::new(), Reason::NoTenants);
        };
        let Some(list) = value.get_ref().as_array() else {
            return self.refuse_type(value, "tenants".to_owned(), "a list of tables, each under [[tenants]]");
        };
        if list.is_empty() {
            self.refuse(value.span().start, "tenants".to_owned(), Reason::NoTenants);
        }
        self.tenants(list);
    }

    pub(super) fn before_tenants(&mut self, root: &DeTable<'_>) {
        self.refuse_unknown(root, &["issuers", "tenants"], str::to_owned);
        if let Some(value) = root.get("issuers") {
            self.issuers(value);
        }
    }

    pub(super) fn tenants(&mut self, list: &DeArray<'_>) {
        for value in list {
            self.tenant(self.count, value);
            self.count += 1;
        }
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
            } else if let Some(&first) = self.issuers.get(text) {
                self.refuse(start, field, Reason::IssuerTwice { line: self.line(first) });
            } else {
                self.issuers.insert(text.to_owned(), start);
            }
        }
    }

    /// Reads one tenant. All of it is read, even if it has an error or is not served.
    fn tenant(&mut self, index: usize, value: &Spanned<DeValue<'_>>) {
        let Some(table) = value.get_ref().as_table() else {
            return self.refuse_type(value, format!("tenants[{index}]"), "a table");
        };
        let section = Section { table, start: value.span().start, index };
        #[rustfmt::skip]
        const KNOWN: [&str; 12] = [
            "code", "name", "client_id", "identity_provider", "domains", "subdomains", "issuer", "logo", "isolation",
            "disabled", "provider", "machines",
        ];
        self.refuse_unknown(table, &KNOWN, |name| section.field(name));

        let code = self.code(&section);
        let name = self.required(&section, "name", |text| match text.chars().find(|&c| is_deceptive(c)) {
            Some(c) => Err(Reason::Invisible(c)),
            None if text.trim().is_empty() => Err(Reason::EmptyName),
            None => Ok(text.to_owned()),
        });
        let is_served = self.is_served(&section);
        let client_id = if is_served || section.get("client_id").is_some() { self.client_id(&section) } else { None };
        let identity_provider = self.required(&section, "identity_provider", |text| {
            let known = text.chars().count() <= 32 && !text.contains(char::is_whitespace);
            let provider = IdentityProvider::try_from(text.to_owned()).ok();
            provider.filter(|_| known).ok_or(Reason::IdentityProvider)
        });
        let domains = self.domains(&section);
        let subdomains = self.boolean(&section, "subdomains");
        let issuer = self.issuer(&section);
        let logo = self
            .optional(&section, "logo", |text| if is_own_path(text) { Ok(text.to_owned()) } else { Err(Reason::Logo) });
        let isolation = self.optional(&section, "isolation", |text| Isolation::parse(text).ok_or(Reason::Isolation));

        if !is_served {
            self.directory.leave_out();
        }
        match (code, client_id, name, identity_provider, domains) {
            (Some(code), Some(client_id), Some(name), Some(identity_provider), Some((domains, domain)))
                if is_served =>
            {
                let tenant = Tenant { code, name, domain, client_id, identity_provider, issuer, logo, isolation };
                self.add(&section, Entry { tenant, domains, subdomains });
            }
            (code, client_id, ..) => self.note(&section, code, client_id),
        }
    }

    fn add(&mut self, section: &Section<'_, '_>, entry: Entry) {
        let (code, client) = (self.offset_of(section, "code"), self.offset_of(section, "client_id"));
        match self.directory.add(entry) {
            Ok(place) => self.uses.push(Uses { place, code, client }),
            Err(full) => self.refuse(section.start, format!("tenants[{}]", section.index), Reason::TooLarge(full)),
        }
    }

    /// Notes the code and the app client of an organization that is not in the directory.
    fn note(&mut self, section: &Section<'_, '_>, code: Option<TenantCode>, client: Option<ClientId>) {
        let (code_at, client_at) = (self.offset_of(section, "code"), self.offset_of(section, "client_id"));
        let noted = code.map(|code| self.other_codes.insert(&code.as_str().to_ascii_lowercase(), code_at).map(drop));
        let noted = [noted, client.map(|client| self.other_clients.insert(client.as_str(), client_at).map(drop))];
        if let Some(full) = noted.into_iter().flatten().find_map(Result::err) {
            self.refuse(section.start, format!("tenants[{}]", section.index), Reason::TooLarge(full));
        }
    }

    /// The offset of a field in the whole text, which is shorter than 4 GB.
    fn offset_of(&self, section: &Section<'_, '_>, name: &str) -> u32 {
        let start = section.get(name).map_or(section.start, |value| value.span().start);
        offset(self.base + start).unwrap_or(u32::MAX)
    }

    /// The line in which a code or an app client was used before.
    fn used_before(&self, key: Key<'_>) -> Option<usize> {
        let in_directory = self.directory.under(key).first().and_then(|listed| {
            let at = self.uses.binary_search_by_key(&listed.place, |uses| uses.place).ok()?;
            Some(&self.uses[at])
        });
        let offset = match key {
            Key::Code(code) => in_directory.map(|uses| uses.code).or(self.other_codes.get(code).copied()),
            Key::ClientId(id) => in_directory.map(|uses| uses.client).or(self.other_clients.get(id).copied()),
            Key::Domain(_) => None,
        };
        offset.map(|offset| self.line(offset as usize))
    }

    /// Whether people may be sent to the tenant: not while it is disabled, and not before `tenants apply` has made its
    /// app client. `provider` and `machines` are for that program, which has rules of its own for what is in them.
    fn is_served(&mut self, section: &Section<'_, '_>) -> bool {
        for (name, expected) in [("provider", "a table"), ("machines", "a list of tables")] {
            match section.get(name) {
                Some(value) if !value.get_ref().is_table() && !value.get_ref().is_array() => {
                    self.refuse_type(value, section.field(name), expected);
                }
                _ => {}
            }
        }
        let is_awaited = section.get("client_id").is_none() && section.get("provider").is_some();
        !self.boolean(section, "disabled") && !is_awaited
    }

    fn code(&mut self, section: &Section<'_, '_>) -> Option<TenantCode> {
        let code = self.required(section, "code", |text| {
            let known = text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            TenantCode::try_from(text.to_owned()).ok().filter(|_| known).ok_or(Reason::Code)
        })?;
        let start = section.get("code")?.span().start;
        if let Some(line) = self.used_before(Key::Code(&code.as_str().to_ascii_lowercase())) {
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
        if let Some(line) = self.used_before(Key::ClientId(client.as_str())) {
            self.refuse(start, section.field("client_id"), Reason::ClientTaken { line });
        }
        Some(client)
    }

    /// The domains, and the first of them as written, which is shown.
    fn domains(&mut self, section: &Section<'_, '_>) -> Option<(Vec<DomainName>, Option<String>)> {
        let Some(value) = section.get("domains") else { return Some((Vec::new(), None)) };
        let Some(list) = value.get_ref().as_array() else {
            self.refuse_type(value, section.field("domains"), "a list of strings");
            return None;
        };
        let mut names = Vec::with_capacity(list.len());
        let mut seen = HashMap::new();
        for (i, item) in list.iter().enumerate() {
            let start = item.span().start;
            let field = || section.field(&format!("domains[{i}]"));
            let Some(text) = item.get_ref().as_str() else {
                self.refuse_type(item, field(), "a string");
                continue;
            };
            let name = match organization_domain(text) {
                Ok(name) => name,
                Err(reason) => {
                    self.refuse(start, field(), reason);
                    continue;
                }
            };
            // Most tenants have one domain, which cannot be there twice.
            let at = self.base + start;
            let first = if list.len() > 1 { *seen.entry(name.clone()).or_insert(at) } else { at };
            if first == at {
                names.push(name);
            } else {
                self.refuse(start, field(), Reason::DomainTwice { line: self.line(first) });
            }
        }
        let shown = list.iter().next().and_then(|item| item.get_ref().as_str()).map(|text| text.trim().to_owned());
        Some((names, shown))
    }

    /// False, if it is left out.
    fn boolean(&mut self, section: &Section<'_, '_>, name: &str) -> bool {
        let Some(value) = section.get(name) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.refuse_type(value, section.field(name), "true or false");
            false
        })
    }

    fn issuer(&mut self, section: &Section<'_, '_>) -> Option<Issuer> {
        if section.get("issuer").is_none() {
            return match self.issuers.len() {
                0 => None,
                1 => self.issuers.keys().next().and_then(|only| Issuer::try_from(only.to_owned()).ok()),
                many => {
                    self.refuse(section.start, section.field("issuer"), Reason::IssuerNeeded(many));
                    None
                }
            };
        }
        let known = mem::take(&mut self.issuers);
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

    /// Reads a string field. `None` if it is missing, or if it is refused, which adds a finding.
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

/// Reads a domain that may belong to an organization.
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

/// Reads an issuer: https, without query and fragment ([OpenID Connect Core
/// §2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)). It is kept as written, because it is compared
/// character by character.
fn issuer(text: &str) -> Option<Issuer> {
    let url = WebUrl::parse(text)?;
    let fit = url.is_secure() && !url.has_credentials && !url.has_query_or_fragment;
    Issuer::try_from(text.to_owned()).ok().filter(|_| fit)
}

/// Whether it is a path of the picker's own origin. `//host/x` and `/\host/x` are other hosts, and URL parsers remove
/// tabs and line feeds.
fn is_own_path(text: &str) -> bool {
    text.starts_with('/')
        && !text[1..].starts_with(['/', '\\'])
        && !text.contains(|c: char| c.is_control() || c.is_whitespace())
}

/// Control characters, and the embeddings, overrides and isolates that let a name end in another way than it seems to
/// ([UAX #9 §2](https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters)). The marks LRM and RLM are
/// allowed: names in mixed scripts need them.
fn is_deceptive(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
