//! Texts of somebody else, as reports and messages show them.

/// A text of somebody else for a terminal: short, and without control characters.
pub(crate) fn shown(text: &str) -> String {
    const LENGTH: usize = 200;
    text.chars().filter(|c| !c.is_control()).take(LENGTH).collect()
}

/// A number with its noun, such as `2 keys`.
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_and_has_no_control_characters() {
        assert_eq!(shown("red \u{1b}[31m\n"), "red [31m");
        assert_eq!(shown(&"é".repeat(500)), "é".repeat(200));
    }
}
