//! Whether a file's bytes are UTF-8 text, and if not, what its author has to know.

/// Why bytes are not read as text. Windows' editors and shells write UTF-16 when asked for "Unicode".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// Two bytes a character.
    #[error("is UTF-16 text; save it as UTF-8")]
    Utf16,
    /// Another encoding, or no text at all.
    #[error("is not UTF-8 text (line {line})")]
    NotUtf8 {
        /// The line, from 1, of the first byte that is none.
        line: usize,
    },
}

/// The text that these bytes are.
pub(crate) fn decode(bytes: &[u8]) -> Result<&str, EncodingError> {
    // First, since UTF-16 without its mark is UTF-8 as well: every other character is NUL.
    if is_utf16(bytes) {
        return Err(EncodingError::Utf16);
    }
    str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        EncodingError::NotUtf8 { line: 1 + before.iter().filter(|&&b| b == b'\n').count() }
    })
}

/// By its byte order mark, or by its first two characters, which are ASCII in every file that we read (as in RFC 4627 §3).
fn is_utf16(bytes: &[u8]) -> bool {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [a, b, c, d, ..] => [a, b, c, d].map(|&byte| byte == 0) == [*a == 0, *a != 0, *a == 0, *a != 0],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn utf16_is_told_in_either_byte_order_with_and_without_its_mark() {
        for text in ["[[tenants]]\nname = \"さくら\"\n", "\u{feff}[[tenants]]", "\u{feff}さ", "{}"] {
            assert_eq!(decode(&utf16(text, u16::to_le_bytes)), Err(EncodingError::Utf16), "{text}");
            assert_eq!(decode(&utf16(text, u16::to_be_bytes)), Err(EncodingError::Utf16), "{text}");
        }
    }

    #[test]
    fn utf8_is_read_and_a_single_nul_makes_no_utf16_of_it() {
        for text in ["", "a", "{}", "\u{feff}{}", "さくら", "a\0bc", "\0abc", "a\0\0b", "\0\0\0\0"] {
            assert_eq!(decode(text.as_bytes()), Ok(text));
        }
    }

    #[test]
    fn other_bytes_name_the_line_of_the_first_one() {
        assert_eq!(decode(b"one\ntwo \xe9\n\xff"), Err(EncodingError::NotUtf8 { line: 2 }));
    }
}
