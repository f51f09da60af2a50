//! Finding one of many organizations by a few letters: word starts before word middles.

use alloc::vec::Vec;

/// How well an entry fits what was typed; the better fit is the lesser value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Start,
    WordStart,
    Within,
}

/// The entries that contain `typed`, by index: those that start with it, then those with a word that does, then the rest,
/// each in the order given. Both sides are to be folded by the caller (case, accents): here letters are compared as they
/// are. What was typed may be several words; every one of them must be there.
pub fn filter<'a>(entries: impl IntoIterator<Item = &'a str>, typed: &str) -> Vec<usize> {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let mut found: Vec<(Fit, usize)> = entries
        .into_iter()
        .enumerate()
        .filter_map(|(i, entry)| {
            Some((
                words.iter().map(|word| fit(entry, word)).try_fold(Fit::Start, |worst, fit| Some(worst.max(fit?)))?,
                i,
            ))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, i)| i).collect()
}

fn fit(entry: &str, word: &str) -> Option<Fit> {
    let mut best = None;
    for (at, _) in entry.match_indices(word) {
        let fit = match entry[..at].chars().next_back() {
            None => Fit::Start,
            Some(before) if before.is_whitespace() || before.is_ascii_punctuation() => Fit::WordStart,
            Some(_) => Fit::Within,
        };
        best = Some(best.map_or(fit, |best: Fit| best.min(fit)));
        if fit != Fit::Within {
            break;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ENTRIES: [&str; 5] = ["miskatonic library", "the library of acme", "acme", "macmend", "globex acme.example"];

    #[track_caller]
    fn check(typed: &str, expected: &[usize]) {
        assert_eq!(filter(ENTRIES, typed), expected, "{typed}");
    }

    #[test]
    fn starts_come_first_then_word_starts_then_the_rest() {
        check("acm", &[2, 1, 4, 3]);
        check("lib", &[0, 1]);
    }

    #[test]
    fn every_word_must_be_there_in_any_order() {
        check("acme lib", &[1]);
        check(" LIB", &[]);
        check("zzz", &[]);
    }

    #[test]
    fn nothing_typed_leaves_the_list_as_it_is() {
        check("", &[0, 1, 2, 3, 4]);
        check("  ", &[0, 1, 2, 3, 4]);
    }

    proptest! {
        #[test]
        fn what_is_found_contains_what_was_typed_and_nothing_else_does(
            entries in prop::collection::vec("[abé ]{0,6}", 0..12), typed in "[abé]{1,2}"
        ) {
            let mut found = filter(entries.iter().map(alloc::string::String::as_str), &typed);
            found.sort_unstable();
            let expected: Vec<usize> = (0..entries.len()).filter(|&i| entries[i].contains(&typed)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
