//! The number by which a person names their card.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Carrier;

/// A well-formed card number: an ICCID or an MSISDN.
///
/// It holds the cleaned number: no blanks, ASCII digits, upper-case letters. `Debug` and `Display` show the masked
/// form, so that a full number cannot slip into a log; [`CardNumber::as_str`] gives the full one.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CardNumber {
    text: String,
    kind: CardKind,
}

/// What sort of number a [`CardNumber`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CardKind {
    /// The number printed on the card: 19 or 20 hexadecimal digits.
    Iccid,
    /// The number by which the network calls the card: 11 or 13 digits.
    Msisdn,
}

/// Why what was typed is not a card number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardNumberError {
    /// Nothing was typed.
    Empty,
    /// It holds a character that no card number has.
    BadCharacter,
    /// It has a length that no card number has; how many characters it has is told.
    BadLength(usize),
    /// It has the length of an MSISDN but does not begin like one.
    BadPrefix,
}

impl CardNumber {
    /// Reads what a person typed, pasted or scanned.
    ///
    /// Blanks, hyphens and the invisible marks that come with pasted text are dropped, full-width characters and lower
    /// case are forgiven, and so is `+86` before an MSISDN. The check digit is not demanded, since real cards are sold
    /// without a valid one: see [`CardNumber::luhn_fails`].
    ///
    /// # Errors
    /// [`CardNumberError`] says which rule was broken; it never holds the number.
    pub fn parse(typed: &str) -> Result<CardNumber, CardNumberError> {
        // A number is short; what is far longer is not worth cleaning.
        if typed.len() > 256 {
            return Err(CardNumberError::BadLength(typed.len()));
        }
        let mut text: String = typed
            .chars()
            .filter(|&c| !is_filler(c))
            .map(narrow)
            .collect();
        text.make_ascii_uppercase();
        if let Some(rest) = text.strip_prefix("+86") {
            text = rest.to_owned();
        }
        if text.is_empty() {
            return Err(CardNumberError::Empty);
        }
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(CardNumberError::BadCharacter);
        }
        let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.len() {
            19 | 20 => Ok(CardNumber {
                text,
                kind: CardKind::Iccid,
            }),
            11 | 13 if !all_digits => Err(CardNumberError::BadCharacter),
            13 if text.starts_with("86") && is_msisdn(&text[2..]) => Ok(CardNumber {
                text: text[2..].to_owned(),
                kind: CardKind::Msisdn,
            }),
            11 | 13 if is_msisdn(&text) => Ok(CardNumber {
                text,
                kind: CardKind::Msisdn,
            }),
            11 | 13 => Err(CardNumberError::BadPrefix),
            length => Err(CardNumberError::BadLength(length)),
        }
    }

    /// The full number. It must not reach a log, an error or a URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is an ICCID or an MSISDN.
    #[must_use]
    pub fn kind(&self) -> CardKind {
        self.kind
    }

    /// The carrier, where the number tells it.
    #[must_use]
    pub fn carrier(&self) -> Option<Carrier> {
        match self.kind {
            CardKind::Iccid => Carrier::of_iccid(&self.text),
            CardKind::Msisdn => Carrier::of_msisdn(&self.text),
        }
    }

    /// The number as it may be shown to anyone: `8986 07B2 **** 8584`, `138 **** 5678`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (head, tail) = self.text.split_at(self.text.len() - 4);
        match self.kind {
            CardKind::Iccid => format!("{} {} **** {tail}", &head[..4], &head[4..8]),
            CardKind::Msisdn if self.text.len() == 13 => format!("{} **** {tail}", &head[..5]),
            CardKind::Msisdn => format!("{} **** {tail}", &head[..3]),
        }
    }

    /// Whether an all-digit ICCID fails its check digit: a hint that a digit may be mistyped, never a reason to refuse.
    #[must_use]
    pub fn luhn_fails(&self) -> bool {
        self.kind == CardKind::Iccid
            && self.text.bytes().all(|byte| byte.is_ascii_digit())
            && !luhn(&self.text)
    }
}

/// Whether digits satisfy the Luhn check.
#[must_use]
pub fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            if at % 2 == 0 {
                digit
            } else {
                digit * 2 / 10 + digit * 2 % 10
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

fn is_msisdn(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    match bytes.len() {
        11 => bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1]),
        13 => {
            matches!(
                &bytes[..4],
                [b'1', b'4', b'1' | b'4', b'0']
                    | [b'1', b'4', b'4', b'1']
                    | [b'1', b'4', b'6' | b'8', _]
            ) || matches!(&bytes[..5], [b'1', b'0', b'6', b'4', b'6'..=b'9'])
        }
        _ => false,
    }
}

/// Full-width ASCII, as Chinese keyboards type it, in its plain form.
fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

/// Blanks, hyphens, and the marks without width that pasted text carries.
fn is_filler(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '－' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}')
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.masked())
    }
}

impl fmt::Display for CardNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.masked())
    }
}

impl fmt::Display for CardNumberError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CardNumberError::Empty => out.write_str("a card number is needed"),
            CardNumberError::BadCharacter => {
                out.write_str("a card number has only digits and the letters A to F")
            }
            CardNumberError::BadLength(length) => {
                write!(
                    out,
                    "a card number has 19, 20, 11 or 13 characters, not {length}"
                )
            }
            CardNumberError::BadPrefix => {
                out.write_str("no number of this length begins like this")
            }
        }
    }
}

impl std::error::Error for CardNumberError {}

impl Serialize for CardNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for CardNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CardNumber, D::Error> {
        CardNumber::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_people_type() {
        let check = |typed: &str, expected: Result<(&str, CardKind), CardNumberError>| {
            let parsed = CardNumber::parse(typed);
            let parts = parsed
                .as_ref()
                .map(|number| (number.as_str(), number.kind()))
                .map_err(|error| *error);
            assert_eq!(parts, expected, "{typed:?}");
        };
        let iccid = Ok(("898607B2091701418584", CardKind::Iccid));
        check("898607B2091701418584", iccid);
        check(" 8986 07b2 0917 0141 8584\u{200B}\n", iccid);
        check("８９８６０７Ｂ２０９１７０１４１８５８４", iccid);
        check("8986-07B2-0917-0141-8584", iccid);
        check(
            "8986040310187272047",
            Ok(("8986040310187272047", CardKind::Iccid)),
        );
        check("13800138000", Ok(("13800138000", CardKind::Msisdn)));
        check("+86 138 0013 8000", Ok(("13800138000", CardKind::Msisdn)));
        check("8613800138000", Ok(("13800138000", CardKind::Msisdn)));
        check("1440012345678", Ok(("1440012345678", CardKind::Msisdn)));
        check("1064812345678", Ok(("1064812345678", CardKind::Msisdn)));
        check("", Err(CardNumberError::Empty));
        check("  ", Err(CardNumberError::Empty));
        check("12345", Err(CardNumberError::BadLength(5)));
        check("12800138000", Err(CardNumberError::BadPrefix));
        check("1470012345678", Err(CardNumberError::BadPrefix));
        check("1380013800A", Err(CardNumberError::BadCharacter));
        check("8986010110231170983S", Err(CardNumberError::BadCharacter));
        check(
            "898607B2091701418584'--",
            Err(CardNumberError::BadCharacter),
        );
        check("<img src=x>", Err(CardNumberError::BadCharacter));
        check("٨٩٨٦٠٧٢٠٩١٧٠١٤١٨٥٨٤٠", Err(CardNumberError::BadCharacter));
    }

    #[test]
    fn masks() {
        let check = |number: &str, expected: &str| {
            assert_eq!(
                CardNumber::parse(number).map(|number| number.to_string()),
                Ok(expected.to_owned())
            );
        };
        check("898607B2091701418584", "8986 07B2 **** 8584");
        check("13800138000", "138 **** 8000");
        check("1064812345678", "10648 **** 5678");
    }

    #[test]
    fn carrier_comes_from_the_prefix() {
        let check = |number: &str, expected: Option<Carrier>| {
            assert_eq!(
                CardNumber::parse(number).map(|number| number.carrier()),
                Ok(expected),
                "{number}"
            );
        };
        check("898607B2091701418584", Some(Carrier::Mobile));
        check("89860620091701418584", Some(Carrier::Unicom));
        check("89861120091701418584", Some(Carrier::Telecom));
        check("89990000000000000000", None);
        check("1064912345678", Some(Carrier::Telecom));
        check("13800138000", None);
    }

    #[test]
    fn a_wrong_check_digit_is_only_a_hint() {
        let fails = |number: &str| CardNumber::parse(number).map(|number| number.luhn_fails());
        assert_eq!(fails("89860403101872720478"), Ok(true));
        assert_eq!(fails("89860070310112094320"), Ok(false));
        assert_eq!(fails("898607B2091701418584"), Ok(false));
    }

    proptest! {
        #[test]
        fn no_text_panics(typed in "\\PC{0,40}") {
            if let Ok(number) = CardNumber::parse(&typed) {
                let again = CardNumber::parse(number.as_str()).expect("a cleaned number is a number");
                prop_assert_eq!(again.as_str(), number.as_str());
                prop_assert!(!number.masked().contains(number.as_str()));
            }
        }

        #[test]
        fn blanks_change_nothing(number in "[0-9A-F]{20}", at in 0_usize..20) {
            let spaced = format!("{} {}", &number[..at], &number[at..]);
            prop_assert_eq!(CardNumber::parse(&spaced).ok(), CardNumber::parse(&number).ok());
        }
    }
}
