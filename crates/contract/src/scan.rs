//! Scanning a card's code: what a scanner's text holds, and what WeChat's scanner wants first.

use serde::{Deserialize, Serialize};

use crate::CardNumber;

/// Asks for what lets a page of ours use WeChat's scanner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignPage {
    /// The page's address without its fragment: on iOS the one that it was opened by, elsewhere the present one.
    pub url: String,
}

/// What WeChat's bridge wants before it opens its scanner: the signature of the page's address (`preVerifyJSAPI`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PageSignature {
    /// The official account's id.
    pub app_id: String,
    /// Seconds since 1970, as the text that was signed.
    pub timestamp: String,
    /// What makes the signature one of its own.
    pub nonce_str: String,
    /// SHA-1, hexadecimal.
    pub signature: String,
}

/// What the box for a card number gets of what a scanner told.
///
/// Scanners tell a bare number, a number after the name of its kind of code (`CODE_128,8986…`), or a link that has it as
/// `card` or `iccid`. What holds no card number comes back as it was, so that the buyer sees what was read.
#[must_use]
pub fn scanned(text: &str) -> &str {
    let mut code = text.trim();
    if let Some((kind, named)) = code.split_once(',')
        && is_symbology(kind)
    {
        code = named.trim();
    }
    let mut name = "";
    for part in code.split(['?', '#', '&', '=']) {
        let is_asked = name.eq_ignore_ascii_case("card") || name.eq_ignore_ascii_case("iccid");
        if is_asked && CardNumber::parse(part).is_ok() {
            return part;
        }
        name = part;
    }
    code
}

/// `CODE_128`, `EAN-13`, `QR_CODE`, `DATA MATRIX`: a letter first, and shorter than an ICCID.
fn is_symbology(kind: &str) -> bool {
    let bytes = kind.as_bytes();
    bytes.len() < 19
        && bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_- ".contains(byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_number_is_found_in_what_scanners_tell() {
        let check = |told: &str, expected: &str| assert_eq!(scanned(told), expected, "{told:?}");
        let number = "898607B2091701418584";
        check(number, number);
        check(" 898607B2091701418584\n", number);
        for kind in [
            "CODE_128",
            "code_39",
            "EAN-13",
            "QR_CODE",
            "DATA MATRIX",
            "ITF",
        ] {
            check(&format!("{kind},{number}"), number);
            check(&format!("{kind} , {number} "), number);
        }
        check(
            "CODE_128,８９８６０７Ｂ２０９１７０１４１８５８４",
            "８９８６０７Ｂ２０９１７０１４１８５８４",
        );
        check(
            "CODE_128,8986 07B2 0917 0141 8584",
            "8986 07B2 0917 0141 8584",
        );
        check(
            "https://shop.example/#card=898607B2091701418584&package=1102",
            number,
        );
        check(
            "https://carrier.example/a?b=c&ICCID=898607B2091701418584",
            number,
        );
        check(
            "QR_CODE,https://carrier.example/?iccid=898607B2091701418584#top",
            number,
        );
        check(
            "https://shop.example/?card=&iccid=898607B2091701418584",
            number,
        );
    }

    #[test]
    fn what_is_no_card_number_stays_as_it_was() {
        let check = |told: &str| assert_eq!(scanned(told), told, "{told:?}");
        check("");
        check("6901234567892");
        check("https://shop.example/");
        check("https://shop.example/?card=none");
        check("https://shop.example/?discard=898607B2091701418584");
        check("1,898607B2091701418584");
        check("898607B2091701418584,898607B2091701418585");
        check("姓名,898607B2091701418584");
        check("a very long sentence of words,898607B2091701418584");
        check(",898607B2091701418584");
    }

    #[test]
    fn the_kind_of_code_is_taken_off_whatever_it_named() {
        assert_eq!(scanned("EAN_13,6901234567892"), "6901234567892");
        assert_eq!(
            scanned("QR_CODE,https://a.example/?b,c"),
            "https://a.example/?b,c"
        );
        assert_eq!(scanned("CODE_128,"), "");
    }

    proptest! {
        #[test]
        fn no_text_panics_and_twice_is_once(told in "\\PC{0,60}") {
            let once = scanned(&told);
            prop_assert!(told.contains(once));
            prop_assert_eq!(CardNumber::parse(&told).ok(), CardNumber::parse(once).ok());
        }

        #[test]
        fn a_plain_number_is_itself(number in "89[0-9A-Fa-f]{17,18}|1[3-9][0-9]{9}", kind in "[A-Z][A-Z0-9_-]{1,12}") {
            prop_assert_eq!(scanned(&number), number.as_str());
            let named = format!("{kind},{number}");
            prop_assert_eq!(scanned(&named), number.as_str());
            prop_assert_eq!(scanned(scanned(&named)), number.as_str());
        }
    }
}
