//! One spelling for texts that look the same.
//!
//! People copy addresses from mails, chats and documents. The copy may hold invisible characters (zero-width space,
//! soft hyphen, direction marks) and characters that look like others (full-width letters, dashes for hyphens). Both
//! the picker and the lookup endpoint normalise them with these functions, so that they agree.

use alloc::borrow::Cow;
use alloc::string::String;
use platform::unicode::nfkc;

/// The text without invisible characters, and with compatibility characters replaced by what they stand for ([`nfkc`]):
/// `ａｃｍｅ` becomes `acme`. ASCII is returned unchanged.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let seen: String = text.chars().filter(|&c| !is_invisible(c)).collect();
    Cow::Owned(nfkc(&seen))
}

/// The text with every dash replaced by a hyphen: mail programs and word processors turn hyphens into dashes.
pub fn with_hyphens(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.contains(is_dash) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(is_dash, "-"))
}

/// Whether a character has no width of its own (those of Unicode's Default_Ignorable_Code_Point that occur in copied
/// text) or only sets the direction of the text.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}')
}

/// Whether a character is a dash that NFKC leaves as it is.
fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{fe58}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn invisible_characters_are_removed_and_look_alikes_become_one_spelling() {
        for (text, expected) in [
            ("acme", "acme"),
            ("ac\u{200b}me", "acme"),
            ("pied\u{ad}piper", "piedpiper"),
            ("\u{202d}acme\u{202c}\u{2066}\u{2069}\u{feff}\u{2060}", "acme"),
            ("ａｃｍｅ＠ｘ．ｙ", "acme@x.y"),
            ("e\u{301}", "é"),
        ] {
            assert_eq!(visible(text), expected, "{text:?}");
        }
        assert_eq!(with_hyphens("a\u{2010}b\u{2013}c\u{2014}d\u{2212}e-f_g"), "a-b-c-d-e-f_g");
    }

    proptest! {
        #[test]
        fn a_normalised_text_is_not_changed_again(text in "\\PC{0,60}") {
            let once = visible(&text).into_owned();
            prop_assert_eq!(visible(&once), once.as_str());
        }
    }
}
