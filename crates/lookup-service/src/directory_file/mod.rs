//! Reads tenants.toml strictly: returns a directory, or everything that is wrong with the file.
//!
//! The file is read as a tree of values with positions, and not deserialized into structs: serde stops at the first
//! error, and does not know the line of a missing field or where a value was used first. The tree of a large file takes
//! twenty times its size, so the file is read in blocks of whole tenants.

mod reader;
mod sections;

use std::path::Path;

use toml::de::DeTable;

use crate::directory::Directory;
use crate::finding::{Finding, Reason};
use crate::format_guess::instead_of_toml;
use crate::name_index::{Full, offset};
use crate::regular_file::{self, ReadError};
use crate::text_encoding::{EncodingError, decode};
use reader::Reader;
pub use sections::sections;
use sections::{next_tenant, tree};

/// The directory in the program, to try it out.
pub const SAMPLE: &str = include_str!("../../tenants.toml");

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
