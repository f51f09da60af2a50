//! Suggestions for a domain or code that no organization has.
//!
//! [`look_alike`] compares it with domains that the browser knows and with common top-level domains. [`alternatives`]
//! returns identifiers to look up. The page has no list of customers; the directory says whether one matches.

use crate::Identifier;
use alloc::string::String;
use alloc::vec::Vec;
use strsim::osa_distance;

/// Top-level domains that people often mistype. `example` is for the sample directory.
const TOP_LEVEL_DOMAINS: [&str; 7] = ["com", "org", "net", "edu", "gov", "info", "example"];

/// The most alternatives to look up.
const ALTERNATIVES_MAX: usize = 8;

/// What the person may have meant, the likeliest first: the code read as a domain; the two parent domains; the domain
/// with two neighbouring letters swapped, or with one of two equal letters removed.
pub fn alternatives(identifier: &Identifier) -> Vec<Identifier> {
    let subject = identifier.subject();
    let mut found = Vec::new();
    let mut add = |domain: &str| match identifier.with_domain(domain) {
        Some(other) if found.len() < ALTERNATIVES_MAX => found.push(other),
        _ => {}
    };
    if let Identifier::Code(_) = identifier {
        add(subject);
        return found;
    }
    let (label, above) = subject.split_once('.').unwrap_or_default();
    add(above);
    add(above.split_once('.').unwrap_or_default().1);
    let letters: Vec<char> = label.chars().collect();
    for i in 1..letters.len() {
        let mut changed = letters.clone();
        if changed[i - 1] == changed[i] {
            changed.remove(i);
        } else {
            changed.swap(i - 1, i);
        }
        let label: String = changed.into_iter().collect();
        add(&[label.as_str(), ".", above].concat());
    }
    found
}

/// The domain that was probably meant: one of `known` that differs in one or two letters, or the typed domain with a
/// common top-level domain. `None` if there is none.
///
/// Two neighbouring letters that are swapped count as one (optimal string alignment distance).
pub fn look_alike<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    // Unicode's lower case would bring its tables into the wasm, for names that few people type in capitals.
    let typed = typed.to_ascii_lowercase();
    let known = known
        .into_iter()
        .map(str::to_ascii_lowercase)
        .find(|name| *name != typed && osa_distance(&typed, name) <= (name.chars().count() / 4).min(2));
    known.or_else(|| {
        let (name, ending) = typed.rsplit_once('.')?;
        let meant = TOP_LEVEL_DOMAINS.iter().find(|known| osa_distance(ending, known) == 1)?;
        let taken = TOP_LEVEL_DOMAINS.contains(&ending) || ending.chars().count() < 3;
        (!taken).then(|| [name, ".", meant].concat())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_that_the_browser_knows_is_suggested_first() {
        assert_eq!(look_alike("acem.example", ["globex.example", "acme.example"]).as_deref(), Some("acme.example"));
        assert_eq!(look_alike("ACME.exmaple", ["acme.example"]).as_deref(), Some("acme.example"));
        assert_eq!(look_alike("acme.example", ["acme.example"]), None);
        assert_eq!(look_alike("other.example", ["acme.example"]), None);
        assert_eq!(look_alike("ab.de", ["cd.de"]), None, "in a short name, two letters make another name");
    }

    #[test]
    fn a_mistyped_top_level_domain_is_corrected() {
        assert_eq!(look_alike("acme.exmaple", []).as_deref(), Some("acme.example"));
        assert_eq!(look_alike("acme.cmo", []).as_deref(), Some("acme.com"));
        for sound in ["acme.com", "acme.co", "acme.de", "acme.test", "acme"] {
            assert_eq!(look_alike(sound, []), None, "{sound}");
        }
    }

    #[test]
    fn the_alternatives_are_the_likeliest_slips() {
        let asked = |identifier: Identifier| -> Vec<String> {
            alternatives(&identifier).iter().map(|i| i.as_text().into()).collect()
        };
        let parse = |text| Identifier::parse(text).unwrap();
        assert_eq!(
            asked(parse("ada@amce.example")),
            ["ada@mace.example", "ada@acme.example", "ada@amec.example"],
            "each two neighbours swapped"
        );
        assert_eq!(asked(parse("www.acme.example"))[0], "acme.example");
        assert_eq!(asked(parse("ada@eu.mail.acme.example"))[..2], ["ada@mail.acme.example", "ada@acme.example"]);
        assert!(asked(parse("accme.example")).contains(&"acme.example".into()), "a letter typed twice");
        assert_eq!(asked(Identifier::parse_code("acme.example").unwrap()), ["acme.example"]);
        assert!(asked(parse("acme")).is_empty());
        assert_eq!(asked(parse("a-rather-long-label.example")).len(), ALTERNATIVES_MAX);
    }
}
