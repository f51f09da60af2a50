//! Finding one of many organizations by a few letters: word starts before word middles.

use alloc::vec;
use alloc::vec::Vec;

/// How well an entry fits what was typed; the better fit is the lesser value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Start,
    WordStart,
    Within,
}

/// The entries, one a line, that contain `typed`, by index: those that start with it, then those with a word that does, then
/// the rest, each in the order given. Both sides are to be folded by the caller (case, accents): here letters are compared as
/// they are. What was typed may be several words; every one of them must be there.
pub fn filter(lines: &str, typed: &str) -> Vec<usize> {
    let mut fits = vec![Some(Fit::Start); lines.split('\n').count()];
    for word in typed.split_whitespace() {
        let of_word = fits_of_word(lines, word, fits.len());
        for (fit, of_word) in fits.iter_mut().zip(of_word) {
            *fit = fit.zip(of_word).map(|(one, other)| one.max(other));
        }
    }
    let which = |wanted| fits.iter().enumerate().filter(move |(_, fit)| **fit == Some(wanted)).map(|(i, _)| i);
    [Fit::Start, Fit::WordStart, Fit::Within].into_iter().flat_map(which).collect()
}

/// How well each line fits one word. All lines are gone through in one search: to begin one for each takes longer than the
/// search itself.
fn fits_of_word(lines: &str, word: &str, count: usize) -> Vec<Option<Fit>> {
    let mut fits: Vec<Option<Fit>> = vec![None; count];
    let (mut line, mut counted) = (0, 0);
    for (at, _) in lines.match_indices(word) {
        line += lines[counted..at].matches('\n').count();
        counted = at;
        let fit = match lines[..at].chars().next_back() {
            None | Some('\n') => Fit::Start,
            Some(before) if before.is_whitespace() || before.is_ascii_punctuation() => Fit::WordStart,
            Some(_) => Fit::Within,
        };
        fits[line] = Some(fits[line].map_or(fit, |best| best.min(fit)));
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ENTRIES: [&str; 5] = ["miskatonic library", "the library of acme", "acme", "macmend", "globex acme.example"];

    #[track_caller]
    fn check(typed: &str, expected: &[usize]) {
        assert_eq!(filter(&ENTRIES.join("\n"), typed), expected, "{typed}");
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
            entries in prop::collection::vec("[abé ]{0,6}", 1..12), typed in "[abé]{1,2}"
        ) {
            let mut found = filter(&entries.join("\n"), &typed);
            found.sort_unstable();
            let expected: Vec<usize> = (0..entries.len()).filter(|&i| entries[i].contains(&typed)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
