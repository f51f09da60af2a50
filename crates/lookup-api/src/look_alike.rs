//! What somebody may have meant whose domain or code nobody has.
//!
//! [`look_alike`] compares with what this browser knows already and with common endings. [`alternatives`] are questions for the
//! directory, which answers them as it answers everybody: there is no list of customers here.

use crate::Identifier;
use alloc::string::String;
use alloc::vec::Vec;

/// Endings that are mistyped often; `example` is the one of the samples.
const ENDINGS: [&str; 7] = ["com", "org", "net", "edu", "gov", "info", "example"];

/// How many alternatives are worth a question each.
const ALTERNATIVES_MAX: usize = 8;

/// What else the directory may be asked, the likeliest first: a domain that was given as a code, the domains above a domain, and
/// the domain without one slip of the finger (two letters swapped, or one typed twice).
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

/// The domain that `typed` was probably meant for: one of `known`, or the same with a common ending.
pub fn look_alike<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    // ASCII's case alone: Unicode's would bring its tables into the wasm, for names that few people type in capitals.
    let typed = typed.to_ascii_lowercase();
    let known = known
        .into_iter()
        .map(str::to_ascii_lowercase)
        .find(|name| *name != typed && slips(&typed, name) <= (name.chars().count() / 4).min(2));
    known.or_else(|| {
        let (name, ending) = typed.rsplit_once('.')?;
        let meant = ENDINGS.iter().find(|known| slips(ending, known) == 1)?;
        let taken = ENDINGS.contains(&ending) || ending.chars().count() < 3;
        (!taken).then(|| [name, ".", meant].concat())
    })
}

/// How many slips of the finger lie between two words: a letter too many, too few or wrong, or two swapped (the optimal
/// string alignment distance).
fn slips(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = alloc::vec![alloc::vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let wrong = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + wrong);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_swapped_missing_or_doubled_letter_is_one_slip() {
        for (a, b, n) in [
            ("", "", 0),
            ("acme", "acme", 0),
            ("exmaple", "example", 1),
            ("acm", "acme", 1),
            ("accme", "acme", 1),
            ("acne", "acme", 1),
            ("emac", "acme", 4),
        ] {
            assert_eq!(slips(a, b), n, "{a} {b}");
        }
    }

    #[test]
    fn a_domain_that_this_browser_knows_comes_first() {
        assert_eq!(look_alike("acem.example", ["globex.example", "acme.example"]).as_deref(), Some("acme.example"));
        assert_eq!(look_alike("ACME.exmaple", ["acme.example"]).as_deref(), Some("acme.example"));
        assert_eq!(look_alike("acme.example", ["acme.example"]), None);
        assert_eq!(look_alike("other.example", ["acme.example"]), None);
        assert_eq!(look_alike("ab.de", ["cd.de"]), None, "two letters make another word of a short one");
    }

    #[test]
    fn a_common_ending_is_put_right() {
        assert_eq!(look_alike("acme.exmaple", []).as_deref(), Some("acme.example"));
        assert_eq!(look_alike("acme.cmo", []).as_deref(), Some("acme.com"));
        for sound in ["acme.com", "acme.co", "acme.de", "acme.test", "acme"] {
            assert_eq!(look_alike(sound, []), None, "{sound}");
        }
    }

    #[test]
    fn the_directory_is_asked_for_what_may_have_been_meant() {
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

    proptest! {
        #[test]
        fn the_distance_is_the_same_both_ways_and_none_to_itself(a in "[ab.]{0,6}", b in "[ab.]{0,6}") {
            prop_assert_eq!(slips(&a, &b), slips(&b, &a));
            prop_assert_eq!(slips(&a, &a), 0);
        }
    }
}
