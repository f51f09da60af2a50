//! Texts of somebody else, as reports and messages show them.

/// A text of somebody else for a terminal: short, and without control characters.
pub(crate) fn shown(text: &str) -> String {
    const LENGTH: usize = 200;
    text.chars().filter(|c| !c.is_control()).take(LENGTH).collect()
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
