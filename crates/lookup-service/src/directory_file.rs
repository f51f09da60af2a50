//! Reads tenants.toml strictly: returns a directory, or everything that is wrong with the file.
//!
//! The file is read as a tree of values with positions, and not deserialized into structs: serde stops at the first
//! error, and does not know the line of a missing field or where a value was used first. The tree of a large file takes
//! twenty times its size, so the file is read in blocks of whole tenants.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::mem;
use std::ops::Range;
use std::path::Path;

use lookup_api::{ClientId, IdentityProvider, Isolation, Issuer, Tenant, TenantCode};
use platform::WebUrl;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::consumer_domains::is_consumer_domain;
use crate::directory::{Directory, Entry, Key};
use crate::domain_name::DomainName;
use crate::finding::{Finding, Reason};
use crate::format_guess::instead_of_toml;
use crate::name_index::{Full, NameIndex, offset};
use crate::regular_file::{self, ReadError};
use crate::text_encoding::{EncodingError, decode};

/// The directory in the program, to try it out.
pub const SAMPLE: &str = include_str!("../tenants.toml");

/// Why there is no directory.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be opened or read.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// The file is UTF-16, so its errors have no lines yet.
    #[error(transparent)]
    Encoding(EncodingError),
    /// The file has errors: at least one finding, in the order of lines.
    #[error("{} problems", .0.len())]
    Findings(Vec<Finding>),
}

impl LoadError {
    /// A line for each finding, beginning with the name of the file. If there are many, only the first ones.
    pub fn lines(&self, file: &str) -> Vec<String> {
        let Self::Findings(findings) = self else { return vec![format!("{file}: {self}")] };
        let shown = findings.iter().take(FINDINGS_SHOWN).map(|finding| format!("{file}:{finding}"));
        let more = findings.len().saturating_sub(FINDINGS_SHOWN);
        shown.chain((more > 0).then(|| format!("{file}: and {more} more"))).collect()
    }
}

/// How many findings are listed. A file with more has one mistake many times.
const FINDINGS_SHOWN: usize = 20;

/// Reads the directory file at `path`.
///
/// # Errors
/// Why there is no directory.
pub fn load(path: &Path) -> Result<Directory, LoadError> {
    let bytes = regular_file::read(path)?;
    let text = decode(&bytes).map_err(|error| match error {
        EncodingError::NotUtf8 { line } => {
            LoadError::Findings(vec![Finding { line, field: String::new(), reason: Reason::NotUtf8 }])
        }
        EncodingError::Utf16 => LoadError::Encoding(error),
    })?;
    parse(text).map_err(LoadError::Findings)
}

/// Reads the text of a directory file.
///
/// # Errors
/// Everything that is wrong with it, in the order of lines.
pub fn parse(text: &str) -> Result<Directory, Vec<Finding>> {
    if offset(text.len()).is_err() {
        return Err(vec![Finding { line: 1, field: String::new(), reason: Reason::TooLarge(Full) }]);
    }
    parse_in_blocks(text, BLOCK_SIZE).unwrap_or_else(|| parse_whole(text))
}

/// The size of a block in bytes: large enough that the parser's fixed cost does not matter, and small enough that the
/// tree stays in the processor's cache and in the process's memory (glibc returns more than 128 kB to the system each
/// time, a fifth of the loading time).
const BLOCK_SIZE: usize = 8 * 1024;

/// The header of a tenant. A block begins with one that is at the beginning of a line.
const HEADER: &str = "[[tenants]]";

fn parse_whole(text: &str) -> Result<Directory, Vec<Finding>> {
    let mut reader = Reader::new(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    if let Some(format) = (!errors.is_empty()).then(|| instead_of_toml(text)).flatten() {
        reader.refuse(0, String::new(), Reason::OtherFormat(format));
        return reader.finish();
    }
    for error in &errors {
        reader.refuse(error.span().map_or(0, |s| s.start), String::new(), Reason::Syntax(error.message().to_owned()));
    }
    // Where the TOML itself is broken, nothing else is reported: the parser has guessed the rest.
    if errors.is_empty() {
        reader.file(root.get_ref());
    }
    reader.finish()
}

/// Reads what is before the first tenant, then block by block. `None` if the result could differ from that of reading
/// the whole file.
///
/// Reading the whole file takes 680 MB at 200,000 tenants, because the parser keeps each value with its position. In
/// blocks it takes 100 MB.
///
/// It is the same if every block is TOML by itself, since then no string or list continues from one block into the
/// next, and if no block after the first has anything but tenants. Everything else is left to the parser: broken text,
/// a header within a string, the list in another notation, tables beside it.
fn parse_in_blocks(text: &str, size: usize) -> Option<Result<Directory, Vec<Finding>>> {
    let mut reader = Reader::new(text);
    let mut start = next_tenant(text, 0);
    let before = tree(text, 0..start)?;
    if start == text.len() || before.contains_key("tenants") {
        return None;
    }
    reader.before_tenants(&before);
    while start < text.len() {
        let end = next_tenant(text, start + size);
        let block = tree(text, start..end)?;
        let tenants = block.get("tenants").filter(|_| block.len() == 1)?;
        reader.base = start;
        reader.tenants(tenants.get_ref().as_array()?);
        start = end;
    }
    Some(reader.finish())
}

/// The text before the first tenant, and the text of each tenant with the comment right before it. Together they are the
/// whole text. `None` if a tenant is not under a `[[tenants]]` of its own, or if there is none.
pub fn sections(text: &str) -> Option<(&str, Vec<&str>)> {
    let start = next_tenant(text, 0);
    let mut from = with_comment(text, 0, start);
    let before = &text[..from];
    if start == text.len() || tree(text, 0..from)?.contains_key("tenants") {
        return None;
    }
    let (mut sections, mut header) = (Vec::with_capacity(text.matches(HEADER).count()), start);
    while header < text.len() {
        let next = next_tenant(text, header + HEADER.len());
        let to = with_comment(text, header, next);
        let block = tree(text, from..to)?;
        let tenants = block.get("tenants").filter(|_| block.len() == 1)?;
        if tenants.get_ref().as_array()?.len() != 1 {
            return None;
        }
        sections.push(&text[from..to]);
        (from, header) = (to, next);
    }
    Some((before, sections))
}

/// Where the comment begins that is right before a header, but not before `after`.
fn with_comment(text: &str, after: usize, header: usize) -> usize {
    let lines = text[after..header].split_inclusive('\n').rev();
    let comment = lines.take_while(|line| header < text.len() && line.starts_with('#'));
    header - comment.map(str::len).sum::<usize>()
}

/// The offset of the next line from `from` on that begins a tenant, or the end of the text.
fn next_tenant(text: &str, from: usize) -> usize {
    if from == 0 && text.starts_with(HEADER) {
        return 0;
    }
    let from = (from..text.len()).find(|&i| text.is_char_boundary(i)).unwrap_or(text.len());
    let is_line = |&(i, _): &(usize, &str)| text[..from + i].ends_with('\n');
    text[from..].match_indices(HEADER).find(is_line).map_or(text.len(), |(i, _)| from + i)
}

/// The tree of a part of the text. `None` if there is an error in it.
fn tree(text: &str, part: Range<usize>) -> Option<DeTable<'_>> {
    let (root, errors) = DeTable::parse_recoverable(&text[part]);
    errors.is_empty().then(|| root.into_inner())
}

/// Where values that must be unique were used first, by byte offset. Files whose offsets have no 32 bits are not read.
type FirstUse = NameIndex<u32>;

/// Where the code and the app client of an organization are that is in the directory, by byte offset.
struct Uses {
    /// The organization's place in the directory.
    place: u32,
    code: u32,
    client: u32,
}

struct Reader<'t> {
    text: &'t str,
    /// The byte offsets of the ends of all lines. Computed when the first error is found.
    line_ends: OnceCell<Vec<usize>>,
    /// The byte offset at which the part of the text begins that positions refer to.
    base: usize,
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
    fn new(text: &'t str) -> Self {
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

    fn finish(mut self) -> Result<Directory, Vec<Finding>> {
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
    fn refuse(&mut self, offset: usize, field: String, reason: Reason) {
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

    fn file(&mut self, root: &DeTable<'_>) {
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

    fn before_tenants(&mut self, root: &DeTable<'_>) {
        self.refuse_unknown(root, &["issuers", "tenants"], str::to_owned);
        if let Some(value) = root.get("issuers") {
            self.issuers(value);
        }
    }

    fn tenants(&mut self, list: &DeArray<'_>) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use lookup_api::LookupRequest;
    use proptest::prelude::*;

    /// The result of reading a file in a form that can be compared: its findings, or what every code of `text` finds.
    fn outcome(text: &str, read: Result<Directory, Vec<Finding>>) -> Result<Vec<String>, Vec<Finding>> {
        let codes = text.lines().filter_map(|line| line.strip_prefix("code = \"")?.strip_suffix('"'));
        read.map(|directory| {
            codes.map(|code| directory.find(&LookupRequest::Code(code.to_owned())).join(",")).collect()
        })
    }

    /// Whether a file was read in blocks. Then the result must be that of reading the whole file.
    #[track_caller]
    fn check(text: &str, size: usize) -> bool {
        let Some(read) = parse_in_blocks(text, size) else { return false };
        assert_eq!(outcome(text, read), outcome(text, parse_whole(text)), "{text}");
        true
    }

    #[test]
    fn the_sample_is_read_in_blocks_of_any_size_with_the_same_result() {
        for size in (1..=SAMPLE.len()).step_by(97) {
            assert!(check(SAMPLE, size), "{size}");
        }
    }

    #[test]
    fn sections_are_the_whole_text_and_comments_go_with_the_tenant_behind_them() {
        let (before, list) = sections(SAMPLE).unwrap();
        assert_eq!(format!("{before}{}", list.concat()), SAMPLE);
        assert_eq!(list.len(), parse(SAMPLE).unwrap().tenants());

        let text =
            "# All.\n\n# a\n# first\n[[tenants]]\ncode = 1\n[tenants.provider]\n\n# b\n[[tenants]]\ncode = 2\n# end\n";
        let (before, list) = sections(text).unwrap();
        assert_eq!(before, "# All.\n\n");
        assert_eq!(
            list,
            ["# a\n# first\n[[tenants]]\ncode = 1\n[tenants.provider]\n\n", "# b\n[[tenants]]\ncode = 2\n# end\n"]
        );
        for text in
            ["", "x = 1\n", "tenants = [{}]\n", "[[tenants]]\nx = \"\"\"\n[[tenants]]\n\"\"\"\n", "[[tenants]]\n[x]\n"]
        {
            assert_eq!(sections(text), None, "{text}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_in_blocks_is_read_as_a_whole() {
        let tenant = "[[tenants]]\ncode = \"a\"\nname = \"A\"\nclient_id = \"a\"\nidentity_provider = \"A\"\n";
        assert!(check(tenant, 1));
        assert!(check(&tenant.repeat(3), 1), "the codes and clients of another tenant are findings");
        let faults = "y = 1\n[tenants.z]\n";
        assert!(check(&format!("issuers = [7]\nx = 1\n{tenant}{faults}{tenant}{faults}"), 1));
        for text in [
            "",
            "tenants = []",
            &format!("tenants = []\n{tenant}"),
            &format!("[tenants]\n{tenant}"),
            &format!("{tenant}[issuers]\n"),
            &format!("{tenant}[issuers]\n{tenant}[issuers]\n"),
            &format!("{tenant}logo = \"\"\"\n{tenant}\"\"\"\n"),
            &format!("x = [\n{tenant}]\n"),
            &format!("{tenant}{tenant}code = \"twice\"\n"),
            &format!("{tenant}[[tenants\n"),
        ] {
            assert!(!check(text, 1), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_changed_file_has_the_same_result_in_blocks(
            from in 0..SAMPLE.len(),
            length in 0..40_usize,
            insert in prop::sample::select(vec!["", "\n", "\"", "\"\"\"", "[", "]", "#", "[[tenants]]", "\n[[tenants]]\n", "\n[x]\n", "\ncode = \"acme\"\n", "\\"]),
            size in 1..2000_usize,
        ) {
            let boundary = |at: usize| (at..=SAMPLE.len()).find(|&i| SAMPLE.is_char_boundary(i)).unwrap();
            let text = [&SAMPLE[..boundary(from)], insert, &SAMPLE[boundary((from + length).min(SAMPLE.len()))..]].concat();
            check(&text, size);
        }
    }
}
