//! Filters a long list of organizations by what was typed: matches at the start of a word come before those within one.

use alloc::vec;
use alloc::vec::Vec;

/// Where in a line a typed word was found. The best position is the least value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Position {
    Start,
    WordStart,
    Within,
}

/// The indices of the lines that contain every word of `typed`: first those that start with one, then those in which a
/// word does, then the others, each in the order of the lines. Letters are compared as they are, so the caller folds
/// case and accents in both texts.
pub fn filter(lines: &str, typed: &str) -> Vec<usize> {
    let mut positions = vec![Some(Position::Start); lines.split('\n').count()];
    for word in typed.split_whitespace() {
        let of_word = positions_of_word(lines, word, positions.len());
        for (position, of_word) in positions.iter_mut().zip(of_word) {
            *position = position.zip(of_word).map(|(one, other)| one.max(other));
        }
    }
    let which =
        |wanted| positions.iter().enumerate().filter(move |(_, position)| **position == Some(wanted)).map(|(i, _)| i);
    [Position::Start, Position::WordStart, Position::Within].into_iter().flat_map(which).collect()
}

/// Where in each line the word is; `None` if it is not there. One search goes through all lines, since starting one for
/// each line would take longer than the search.
fn positions_of_word(lines: &str, word: &str, count: usize) -> Vec<Option<Position>> {
    let mut positions: Vec<Option<Position>> = vec![None; count];
    let (mut line, mut counted) = (0, 0);
    for (at, _) in lines.match_indices(word) {
        line += lines[counted..at].matches('\n').count();
        counted = at;
        let position = match lines[..at].chars().next_back() {
            None | Some('\n') => Position::Start,
            Some(before) if before.is_whitespace() || before.is_ascii_punctuation() => Position::WordStart,
            Some(_) => Position::Within,
        };
        positions[line] = Some(positions[line].map_or(position, |best| best.min(position)));
    }
    positions
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
    fn matches_at_the_start_come_first_then_at_word_starts_then_the_others() {
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
    fn without_a_typed_text_every_line_matches() {
        check("", &[0, 1, 2, 3, 4]);
        check("  ", &[0, 1, 2, 3, 4]);
    }

    proptest! {
        #[test]
        fn exactly_the_lines_that_contain_the_text_match(
            entries in prop::collection::vec("[abé ]{0,6}", 1..12), typed in "[abé]{1,2}"
        ) {
            let mut found = filter(&entries.join("\n"), &typed);
            found.sort_unstable();
            let expected: Vec<usize> = (0..entries.len()).filter(|&i| entries[i].contains(&typed)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
