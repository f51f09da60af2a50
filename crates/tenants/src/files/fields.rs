//! Reads TOML strictly: every field has a type and a rule, unknown fields are refused, and everything that is wrong is
//! collected with its line.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::ops::RangeInclusive;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One thing that is wrong with a file. `Display` writes `LINE: FIELD: REASON`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line, from 1.
    pub line: usize,
    /// The path of the field, such as `tenants[3].provider.metadata_url` (the first tenant is 0). Empty for the file.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "" => write!(f, "{}: {}", self.line, self.reason),
            field => write!(f, "{}: {field}: {}", self.line, self.reason),
        }
    }
}

/// A table of the file with its path, by which its fields are named.
#[derive(Debug, Clone)]
pub(super) struct Table<'a> {
    table: &'a DeTable<'a>,
    path: String,
    start: usize,
}

impl<'a> Table<'a> {
    /// The table of the whole file.
    pub(super) fn root(table: &'a DeTable<'a>) -> Self {
        Self { table, path: String::new(), start: 0 }
    }

    /// The path of one of its fields.
    pub(super) fn field(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.table.contains_key(name)
    }

    fn get(&self, name: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(name)
    }

    /// Where a field is, or the table if it has no such field.
    fn offset(&self, name: &str) -> usize {
        self.get(name).map_or(self.start, |value| value.span().start)
    }
}

/// Reads fields and collects what is wrong with them.
#[derive(Debug)]
pub(super) struct Reader<'t> {
    text: &'t str,
    findings: Vec<Finding>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, findings: Vec::new() }
    }

    /// What was read, or everything that is wrong with it in the order of lines.
    pub(super) fn finish<T>(mut self, read: Option<T>) -> Result<T, Vec<Finding>> {
        self.findings.sort_by_key(|finding| finding.line);
        match read {
            Some(read) if self.findings.is_empty() => Ok(read),
            _ => Err(self.findings),
        }
    }

    fn line_at(&self, offset: usize) -> usize {
        1 + self.text.as_bytes()[..offset.min(self.text.len())].iter().filter(|&&byte| byte == b'\n').count()
    }

    /// Records what is wrong at an offset of the file.
    pub(super) fn refuse_at(&mut self, offset: usize, field: String, reason: impl Into<String>) {
        self.findings.push(Finding { line: self.line_at(offset), field, reason: reason.into() });
    }

    /// Records what is wrong with a field.
    pub(super) fn refuse(&mut self, table: &Table<'_>, name: &str, reason: impl Into<String>) {
        self.refuse_at(table.offset(name), table.field(name), reason);
    }

    /// Refuses every field that is not among the known ones.
    pub(super) fn refuse_unknown(&mut self, table: &Table<'_>, known: &[&str]) {
        for key in table.table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            self.refuse_at(key.span().start, table.field(key.get_ref()), "unknown field");
        }
    }

    fn typed<'a, T>(
        &mut self,
        table: &Table<'a>,
        name: &str,
        expected: &str,
        read: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<T> {
        let value = table.get(name)?.get_ref();
        let read = read(value);
        if read.is_none() {
            self.refuse(table, name, format!("must be {expected}, and is {}", value.type_str()));
        }
        read
    }

    pub(super) fn string(&mut self, table: &Table<'_>, name: &str) -> Option<String> {
        self.typed(table, name, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// A string that must be there and obey a rule.
    pub(super) fn required(
        &mut self,
        table: &Table<'_>,
        name: &str,
        rule: impl FnOnce(&str) -> Result<(), String>,
    ) -> Option<String> {
        if !table.has(name) {
            self.refuse(table, name, "is missing");
        }
        self.ruled(table, name, rule)
    }

    /// A string that may be left out and must obey a rule.
    pub(super) fn ruled(
        &mut self,
        table: &Table<'_>,
        name: &str,
        rule: impl FnOnce(&str) -> Result<(), String>,
    ) -> Option<String> {
        let text = self.string(table, name)?;
        rule(&text).map_err(|reason| self.refuse(table, name, reason)).ok().map(|()| text)
    }

    pub(super) fn boolean(&mut self, table: &Table<'_>, name: &str) -> Option<bool> {
        self.typed(table, name, "true or false", DeValue::as_bool)
    }

    pub(super) fn integer(&mut self, table: &Table<'_>, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let number = self.typed(table, name, "a whole number", |value| {
            let integer = value.as_integer()?;
            i64::from_str_radix(integer.as_str(), integer.radix()).ok()
        })?;
        if !range.contains(&number) {
            self.refuse(table, name, format!("must be {} to {}, and is {number}", range.start(), range.end()));
            return None;
        }
        Some(number)
    }

    /// A list of strings that each obey a rule. Empty if it is left out.
    pub(super) fn strings(
        &mut self,
        table: &Table<'_>,
        name: &str,
        rule: impl Fn(&str) -> Result<(), String>,
    ) -> Vec<String> {
        let Some(list) = self.typed(table, name, "a list of strings", |value| value.as_array()) else {
            return Vec::new();
        };
        let mut texts: Vec<String> = Vec::new();
        for (i, item) in list.iter().enumerate() {
            let field = table.field(&format!("{name}[{i}]"));
            let start = item.span().start;
            match item.get_ref().as_str() {
                None => self.refuse_at(start, field, format!("must be a string, and is {}", item.get_ref().type_str())),
                Some(text) if texts.iter().any(|known| known == text) => {
                    self.refuse_at(start, field, "is in the list twice");
                }
                Some(text) => match rule(text) {
                    Ok(()) => texts.push(text.to_owned()),
                    Err(reason) => self.refuse_at(start, field, reason),
                },
            }
        }
        texts
    }

    /// [`Reader::strings`] of a list that must have an entry.
    pub(super) fn some_strings(
        &mut self,
        table: &Table<'_>,
        name: &str,
        rule: impl Fn(&str) -> Result<(), String>,
    ) -> Vec<String> {
        let before = self.findings.len();
        let texts = self.strings(table, name, rule);
        if texts.is_empty() && self.findings.len() == before {
            self.refuse(table, name, if table.has(name) { "must not be empty" } else { "is missing" });
        }
        texts
    }

    /// A table of strings. Empty if it is left out.
    pub(super) fn map(&mut self, table: &Table<'_>, name: &str) -> BTreeMap<String, String> {
        let Some(table) = self.table(table, name) else { return BTreeMap::new() };
        let names: Vec<String> = table.table.keys().map(|key| key.get_ref().to_string()).collect();
        names.into_iter().filter_map(|name| Some((name.clone(), self.string(&table, &name)?))).collect()
    }

    pub(super) fn table<'a>(&mut self, table: &Table<'a>, name: &str) -> Option<Table<'a>> {
        let value = self.typed(table, name, "a table", DeValue::as_table)?;
        Some(Table { table: value, path: table.field(name), start: table.offset(name) })
    }

    /// A list of tables. Empty if it is left out.
    pub(super) fn tables<'a>(&mut self, table: &Table<'a>, name: &str) -> Vec<Table<'a>> {
        let Some(list) = self.typed(table, name, "a list of tables", |value| value.as_array()) else {
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(list.len());
        for (i, item) in list.iter().enumerate() {
            let (path, start) = (table.field(&format!("{name}[{i}]")), item.span().start);
            match item.get_ref().as_table() {
                Some(table) => tables.push(Table { table, path, start }),
                None => self.refuse_at(start, path, format!("must be a table, and is {}", item.get_ref().type_str())),
            }
        }
        tables
    }
}

/// Reads the tree of a file.
///
/// # Errors
/// If it is not TOML: each error of the parser.
pub(super) fn tree(text: &str) -> Result<DeTable<'_>, Vec<Finding>> {
    let (root, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(root.into_inner());
    }
    let mut reader = Reader::new(text);
    for error in errors {
        reader.refuse_at(
            error.span().map_or(0, |span| span.start),
            String::new(),
            format!("not TOML: {}", error.message()),
        );
    }
    reader.finish(None)
}
