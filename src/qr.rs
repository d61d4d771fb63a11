//! QR codes as the path of an SVG.

use qrcode::{Color, EcLevel, QrCode};

/// The modules of white that a reader needs around a code.
pub const QUIET_ZONE: usize = 4;

/// A code, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// The side in modules, with the quiet zone.
    pub side: usize,
    /// The dark modules, as the `d` of one path.
    pub path: String,
}

/// Draws a text as a code; `None` where it is too long for one.
#[must_use]
pub fn draw(text: &str) -> Option<Drawing> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let colors = code.to_colors();
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row[x..]
                .iter()
                .take_while(|color| **color == Color::Dark)
                .count();
            if run > 0 {
                let (left, top) = (x + QUIET_ZONE, y + QUIET_ZONE);
                path.push_str(&format!("M{left} {top}h{run}v1h-{run}z"));
            }
            x += run.max(1);
        }
    }
    Some(Drawing {
        side: width + 2 * QUIET_ZONE,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drawing_has_every_dark_module_once() {
        let text = "https://example.com/cashier/00112233445566778899aabbccddeeff";
        let drawing = draw(text).expect("it fits");
        let code = QrCode::with_error_correction_level(text, EcLevel::M).expect("it fits");
        let dark = code
            .to_colors()
            .iter()
            .filter(|color| **color == Color::Dark)
            .count();
        let drawn: usize = drawing
            .path
            .split('h')
            .skip(1)
            .step_by(2)
            .map(|part| {
                part.split('v')
                    .next()
                    .and_then(|run| run.parse::<usize>().ok())
                    .unwrap_or(0)
            })
            .sum();
        assert_eq!(drawn, dark);
        assert_eq!(drawing.side, code.width() + 8);
        assert!(
            drawing.path.starts_with("M4 4h7"),
            "the finder begins behind the quiet zone"
        );
    }

    #[test]
    fn what_is_too_long_is_no_code() {
        assert_eq!(draw(&"x".repeat(5000)), None);
    }
}
