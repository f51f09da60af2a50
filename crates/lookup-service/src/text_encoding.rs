//! Whether the bytes of a file are UTF-8 text, and if not, what its author has to know.

/// Why bytes are not UTF-8 text. Editors and shells of Windows write UTF-16 when they are told to write "Unicode".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// The file is UTF-16.
    #[error("is UTF-16 text; save it as UTF-8")]
    Utf16,
    /// The file has another encoding, or is no text.
    #[error("is not UTF-8 text (line {line})")]
    NotUtf8 {
        /// The line, from 1, of the first byte that is not UTF-8.
        line: usize,
    },
}

/// The text of these bytes.
///
/// # Errors
/// If they are not UTF-8.
pub fn decode(bytes: &[u8]) -> Result<&str, EncodingError> {
    // Checked first: UTF-16 of ASCII is also valid UTF-8, in which every other character is NUL.
    if is_utf16(bytes) {
        return Err(EncodingError::Utf16);
    }
    str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        EncodingError::NotUtf8 { line: 1 + before.iter().filter(|&&b| b == b'\n').count() }
    })
}

/// By the byte order mark, or by the first two characters, which are ASCII in every file that is read here.
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
    fn utf16_is_recognised_in_both_byte_orders_with_and_without_its_mark() {
        for text in ["[[tenants]]\nname = \"さくら\"\n", "\u{feff}[[tenants]]", "\u{feff}さ", "{}"] {
            assert_eq!(decode(&utf16(text, u16::to_le_bytes)), Err(EncodingError::Utf16), "{text}");
            assert_eq!(decode(&utf16(text, u16::to_be_bytes)), Err(EncodingError::Utf16), "{text}");
        }
    }

    #[test]
    fn utf8_is_read_even_with_a_nul_in_it() {
        for text in ["", "a", "{}", "\u{feff}{}", "さくら", "a\0bc", "\0abc", "a\0\0b", "\0\0\0\0"] {
            assert_eq!(decode(text.as_bytes()), Ok(text));
        }
    }

    #[test]
    fn the_line_of_the_first_wrong_byte_is_named() {
        assert_eq!(decode(b"one\ntwo \xe9\n\xff"), Err(EncodingError::NotUtf8 { line: 2 }));
    }
}
