//! Cuts the text of a directory file into its tenants. No I/O.

use std::ops::Range;

use toml::de::DeTable;

/// The header of a tenant. A block begins with one that is at the beginning of a line.
pub(super) const HEADER: &str = "[[tenants]]";

/// The text before the first tenant, and the text of each tenant with the comment right before it. Together they are the
/// whole text. `None` if a tenant is not under a `[[tenants]]` of its own, or if there is none.
pub fn sections(text: &str) -> Option<(&str, Vec<&str>)> {
    let start = next_tenant(text, 0);
    let mut from = with_comment(text, 0, start);
    let before = &text[..from];
    if start == text.len() || tree(text, 0..from)?.contains_key("tenants") {
        return None;
    }
    let (mut sections, mut header) = (Vec::with_capacity(text.matches(HEADER).count()), start);
    while header < text.len() {
        let next = next_tenant(text, header + HEADER.len());
        let to = with_comment(text, header, next);
        let block = tree(text, from..to)?;
        let tenants = block.get("tenants").filter(|_| block.len() == 1)?;
        if tenants.get_ref().as_array()?.len() != 1 {
            return None;
        }
        sections.push(&text[from..to]);
        (from, header) = (to, next);
    }
    Some((before, sections))
}

/// Where the comment begins that is right before a header, but not before `after`.
fn with_comment(text: &str, after: usize, header: usize) -> usize {
    let lines = text[after..header].split_inclusive('\n').rev();
    let comment = lines.take_while(|line| header < text.len() && line.starts_with('#'));
    header - comment.map(str::len).sum::<usize>()
}

/// The offset of the next line from `from` on that begins a tenant, or the end of the text.
pub(super) fn next_tenant(text: &str, from: usize) -> usize {
    if from == 0 && text.starts_with(HEADER) {
        return 0;
    }
    let from = (from..text.len()).find(|&i| text.is_char_boundary(i)).unwrap_or(text.len());
    let is_line = |&(i, _): &(usize, &str)| text[..from + i].ends_with('\n');
    text[from..].match_indices(HEADER).find(is_line).map_or(text.len(), |(i, _)| from + i)
}

/// The tree of a part of the text. `None` if there is an error in it.
pub(super) fn tree(text: &str, part: Range<usize>) -> Option<DeTable<'_>> {
    let (root, errors) = DeTable::parse_recoverable(&text[part]);
    errors.is_empty().then(|| root.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory_file::{SAMPLE, parse};

    #[test]
    fn sections_are_the_whole_text_and_comments_go_with_the_tenant_behind_them() {
        let (before, list) = sections(SAMPLE).unwrap();
        assert_eq!(format!("{before}{}", list.concat()), SAMPLE);
        assert_eq!(list.len(), parse(SAMPLE).unwrap().tenants());

        let text =
            "# All.\n\n# a\n# first\n[[tenants]]\ncode = 1\n[tenants.provider]\n\n# b\n[[tenants]]\ncode = 2\n# end\n";
        let (before, list) = sections(text).unwrap();
        assert_eq!(before, "# All.\n\n");
        assert_eq!(
            list,
            ["# a\n# first\n[[tenants]]\ncode = 1\n[tenants.provider]\n\n", "# b\n[[tenants]]\ncode = 2\n# end\n"]
        );
        for text in
            ["", "x = 1\n", "tenants = [{}]\n", "[[tenants]]\nx = \"\"\"\n[[tenants]]\n\"\"\"\n", "[[tenants]]\n[x]\n"]
        {
            assert_eq!(sections(text), None, "{text}");
        }
    }
}
