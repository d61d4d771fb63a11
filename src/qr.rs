//! QR codes as pictures.

mod png;

use qrcode::{Color, EcLevel, QrCode};

/// The modules of white that a reader needs around a code.
pub const QUIET_ZONE: usize = 4;
/// A code is drawn about so many dots wide: enough for what reads it out of an album.
const DOTS: usize = 400;

/// The picture of a text's code, as a PNG with its quiet zone; `None` where the text is too long for one.
#[must_use]
pub fn draw(text: &str) -> Option<Vec<u8>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let colors = code.to_colors();
    let side = width + 2 * QUIET_ZONE;
    let dots = (DOTS / side).max(4);
    let is_dark = |x: usize, y: usize| {
        let at = |dot: usize| {
            (dot / dots)
                .checked_sub(QUIET_ZONE)
                .filter(|&at| at < width)
        };
        at(x)
            .zip(at(y))
            .is_some_and(|(x, y)| colors[y * width + x] == Color::Dark)
    };
    Some(png::square(side * dots, |x, y| !is_dark(x, y)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_a_whole_number_of_dots_a_module() {
        let text = "https://example.com/cashier/00112233445566778899aabbccddeeff";
        let picture = draw(text).expect("it fits");
        let code = QrCode::with_error_correction_level(text, EcLevel::M).expect("it fits");
        let side = code.width() + 2 * QUIET_ZONE;
        let drawn = u32::from_be_bytes([picture[16], picture[17], picture[18], picture[19]]);
        assert_eq!(drawn as usize % side, 0);
        assert!((300..=DOTS).contains(&(drawn as usize)), "{drawn}");
    }

    #[test]
    fn what_is_too_long_is_no_code() {
        assert_eq!(draw(&"x".repeat(5000)), None);
    }
}
