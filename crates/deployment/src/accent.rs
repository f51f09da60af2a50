//! The brand's colour, adjusted until text in it can be read: WCAG 2.2 wants a contrast of 4.5 to 1
//! ([1.4.3](https://www.w3.org/TR/WCAG22/#contrast-minimum)).

use std::fmt::Write;

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent([u8; 3]);

const BLACK: Accent = Accent([0; 3]);
const WHITE: Accent = Accent([255; 3]);
/// The background of the card in the dark scheme of `style/picker.css`. In the light scheme it is white.
const DARK_CARD: Accent = Accent([0x1a, 0x1e, 0x25]);
/// A little more than 4.5, because `f32` rounds.
const CONTRAST_MIN: f32 = 4.501;

impl Accent {
    /// Reads `#rgb` or `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix('#')?;
        let digits: Vec<u8> =
            hex.chars().map(|c| c.to_digit(16).and_then(|d| d.try_into().ok())).collect::<Option<_>>()?;
        match digits[..] {
            [r, g, b] => Some(Self([r * 17, g * 17, b * 17])),
            [a, b, c, d, e, f] => Some(Self([a * 16 + b, c * 16 + d, e * 16 + f])),
            _ => None,
        }
    }

    /// The colour as CSS writes it: `#rrggbb`.
    pub fn css(self) -> String {
        let mut css = "#".to_owned();
        for part in self.0 {
            let _ = write!(css, "{part:02x}");
        }
        css
    }

    /// The colour of text on a background of this colour: white, or black where white has too little contrast.
    pub fn text_on_it(self) -> &'static str {
        if self.contrast(WHITE) >= CONTRAST_MIN { "#fff" } else { "#000" }
    }

    /// The nearest shade that can be read on the light card.
    pub fn readable_on_light(self) -> Self {
        self.readable_on(WHITE, BLACK)
    }

    /// The nearest shade that can be read on the dark card.
    pub fn readable_on_dark(self) -> Self {
        self.readable_on(DARK_CARD, WHITE)
    }

    fn readable_on(self, ground: Self, towards: Self) -> Self {
        let shade = |step: u16| {
            let mix = |i: usize| ((u16::from(self.0[i]) * (20 - step) + u16::from(towards.0[i]) * step) / 20) as u8;
            Self([mix(0), mix(1), mix(2)])
        };
        (0..=20).map(shade).find(|shade| shade.contrast(ground) >= CONTRAST_MIN).unwrap_or(towards)
    }

    /// WCAG 2.2, "contrast ratio": 1 to 21.
    fn contrast(self, other: Self) -> f32 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// WCAG 2.2, "relative luminance".
    fn luminance(self) -> f32 {
        let [r, g, b] = self.0.map(|part| {
            let part = f32::from(part) / 255.0;
            if part <= 0.04045 {
                return part / 12.92;
            }
            // x^2.4 is x² times the square of x's fifth root, and Newton's method for that is lighter than a power
            // function in the wasm.
            let x = (part + 0.055) / 1.055;
            let root = (0..8).fold(1.0, |y: f32, _| (4.0 * y + x / (y * y * y * y)) / 5.0);
            x * x * root * root
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// To the letter of WCAG 2.2.
    fn exact_contrast(a: Accent, b: Accent) -> f64 {
        let luminance = |Accent(parts): Accent| {
            let [r, g, b] = parts.map(|part| {
                let part = f64::from(part) / 255.0;
                if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn reads_both_ways_of_writing_and_nothing_else() {
        assert_eq!(Accent::parse("#0b57d0").map(Accent::css).as_deref(), Some("#0b57d0"));
        assert_eq!(Accent::parse("#123456").map(Accent::css).as_deref(), Some("#123456"));
        assert_eq!(Accent::parse("#Fa3").map(Accent::css).as_deref(), Some("#ffaa33"));
        for text in ["", "#", "0b57d0", "#0b57d", "#0b57d0f", "#0b57dg", "red", "#ééé"] {
            assert_eq!(Accent::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_colour_that_can_be_read_stays_as_it_is() {
        let blue = Accent::parse("#0b57d0").unwrap();
        assert_eq!(blue.readable_on_light(), blue);
        assert_eq!(blue.text_on_it(), "#fff");
        assert_eq!(Accent::parse("#ffd400").unwrap().text_on_it(), "#000");
    }

    proptest! {
        #[test]
        fn every_colour_ends_up_readable(parts: [u8; 3]) {
            let accent = Accent(parts);
            let text = Accent::parse(accent.text_on_it()).unwrap();
            prop_assert!(exact_contrast(accent, text) >= 4.5, "{} on {}", text.css(), accent.css());
            prop_assert!(exact_contrast(accent.readable_on_light(), WHITE) >= 4.5, "{} on light", accent.css());
            prop_assert!(exact_contrast(accent.readable_on_dark(), DARK_CARD) >= 4.5, "{} on dark", accent.css());
        }
    }
}
