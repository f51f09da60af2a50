//! Guesses which other format a file has, after its parser has refused it. An author who saved YAML as a TOML file is
//! told that, instead of the message of the TOML parser.
//!
//! It guesses only if it is certain. A file with at least one line in the right format is a file with a mistake.

use std::fmt;

/// A format that a file may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `key = value`, `[table]`
    Toml,
    /// `{ "key": value }`
    Json,
    /// `key: value`, `- item`
    Yaml,
    /// A line of names, then lines of values.
    Csv,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Toml => "TOML",
            Self::Json => "JSON",
            Self::Yaml => "YAML",
            Self::Csv => "CSV",
        })
    }
}

/// The format of a text that the TOML parser has refused.
pub(crate) fn instead_of_toml(text: &str) -> Option<Format> {
    if begins_as_json(text) {
        Some(Format::Json)
    } else if lines(text).any(is_toml) {
        None
    } else if is_yaml(text) {
        Some(Format::Yaml)
    } else {
        is_csv(text).then_some(Format::Csv)
    }
}

/// The format of a text that the JSON parser has refused.
pub(crate) fn instead_of_json(text: &str) -> Option<Format> {
    if begins_as_json(text) {
        None
    } else if lines(text).next().is_some_and(is_toml) {
        Some(Format::Toml)
    } else {
        is_yaml(text).then_some(Format::Yaml)
    }
}

/// The lines that are neither empty nor comments. `#` begins a comment in TOML and YAML.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim_start_matches('\u{feff}');
    text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.trim_start().starts_with('#'))
}

/// Whether it begins with a brace, or a bracket and a brace. TOML never does.
fn begins_as_json(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('{') || text.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('{'))
}

fn is_toml(line: &str) -> bool {
    let is_name = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '"'))
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '"'))
    };
    let table = line.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let key = line.split_once('=');
    table.is_some_and(|(name, _)| is_name(name.trim_start_matches('[').trim()))
        || key.is_some_and(|(k, _)| is_name(k.trim()))
}

/// Whether every line without indentation begins an entry whose name has no quotation marks (or it would be JSON
/// without its brace) and no spaces (or it would be a sentence).
fn is_yaml(text: &str) -> bool {
    let is_bare = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let is_entry = |line: &str| {
        let key = line.split_once(':').filter(|(_, value)| value.is_empty() || value.starts_with(' '));
        line == "-" || line.starts_with("- ") || line.starts_with("---") || key.is_some_and(|(k, _)| is_bare(k))
    };
    let mut outer = lines(text).filter(|line| !line.starts_with(char::is_whitespace)).peekable();
    outer.peek().is_some() && outer.all(is_entry)
}

/// Whether there is a line of at least two names, and lines below it that have as many values.
fn is_csv(text: &str) -> bool {
    let is_name = |cell: &str| {
        let name = cell.trim().trim_matches('"');
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' '))
    };
    let mut lines = lines(text);
    let (Some(head), Some(second)) = (lines.next(), lines.next()) else { return false };
    let divides = |separator: &char| {
        head.contains(*separator) && head.split(*separator).all(is_name) && second.contains(*separator)
    };
    [',', ';', '\t'].iter().find(|s| divides(s)).is_some_and(|separator| lines.all(|line| line.contains(*separator)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_in_another_format_is_recognised() {
        for (text, expected) in [
            ("tenants:\n  - code: acme\n    name: Acme\n", Format::Yaml),
            ("# ours\n---\n- code: acme\n  domains: [acme.example]\n", Format::Yaml),
            ("tenants:\n- code: acme\n  logo: https://a.example/?a=b\n", Format::Yaml),
            ("{\"tenants\": [{\"code\": \"acme\"}]}", Format::Json),
            ("\u{feff}\n [ { \"code\": \"acme\" }, ", Format::Json),
            ("code,name,client_id\nacme,\"Acme, Inc.\",1a\nglobex,Globex,2b\n", Format::Csv),
            ("code;name\nacme;Acme\n", Format::Csv),
            ("code\tname\nacme\tAcme\n", Format::Csv),
        ] {
            assert_eq!(instead_of_toml(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_directory_with_a_mistake_is_still_toml() {
        for text in [
            "",
            "[[tenants]]\ncode: \"acme\"\n",
            "issuers: []\n[[tenants]]\n",
            "code = \"acme\nname: Acme",
            "name = \"Acme: the company\"\ncode: \"acme\"",
            "code, name\nname = \"Acme, Inc.\"",
            "code, name = 1\n[tenants.a]\nx",
            "code,name",
            "hello",
            "dear all, here it is\nyours",
            "[[tenants\ncode",
            "<tenants/>",
        ] {
            assert_eq!(instead_of_toml(text), None, "{text}");
        }
    }

    #[test]
    fn a_config_json_in_another_format_is_recognised_and_one_with_a_mistake_is_still_json() {
        for (text, expected) in [
            ("lookup_url = \"/v1/lookup\"\n[[user_pools]]\n", Some(Format::Toml)),
            ("# ours\n[branding]\nproduct = \"A\"\n", Some(Format::Toml)),
            ("lookup_url: /v1/lookup\nuser_pools:\n  - issuer: https://idp.example\n", Some(Format::Yaml)),
            ("", None),
            ("{ lookup_url: \"/v1/lookup\" }", None),
            ("{\n\"lookup_url\" = \"/v1/lookup\"\n}", None),
            ("[{]", None),
            ("\"lookup_url\", 7", None),
            ("https://login.example", None),
            ("\"lookup_url\": \"/v1/lookup\",\n\"user_pools\": []", None),
            ("Note to all: this file is kept by hand", None),
        ] {
            assert_eq!(instead_of_json(text), expected, "{text}");
        }
    }
}
