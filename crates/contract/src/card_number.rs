//! The number by which a person names their card.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Carrier, pasted::plain, scan::scanned};

/// A well-formed card number: an ICCID or an MSISDN.
///
/// It holds the cleaned number: no blanks, ASCII digits, upper-case letters. `Debug` and `Display` show the masked
/// form, so that a full number cannot slip into a log; [`CardNumber::as_str`] gives the full one.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CardNumber {
    text: String,
    kind: CardKind,
}

/// In bytes; a link that holds a number is read too.
const LONGEST: usize = 512;

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
    /// It is as long as an ICCID but does not begin with 89: a bank card's number, most likely.
    NotIccid,
}

impl CardNumber {
    /// Reads what a person typed, pasted or scanned.
    ///
    /// What [`plain`] drops is dropped and what it forgives is forgiven, and so is what scanners and labels put around a
    /// number (`]C1…`, `*…*`, `ICCID:…`, see [`scanned`] too) and the country's code before an MSISDN. The check digit is
    /// not demanded, since real cards are sold without a valid one: see [`CardNumber::luhn_fails`].
    ///
    /// # Errors
    /// [`CardNumberError`] says which rule was broken; it never holds the number.
    pub fn parse(typed: &str) -> Result<CardNumber, CardNumberError> {
        // A number is short; what is far longer is not worth cleaning.
        if typed.len() > LONGEST {
            return Err(CardNumberError::BadLength(typed.len()));
        }
        let typed = plain(scanned(typed));
        let text = unlabelled(&typed);
        let text = text.strip_prefix("+86").unwrap_or(text);
        if text.is_empty() {
            return Err(if typed.is_empty() {
                CardNumberError::Empty
            } else {
                CardNumberError::BadLength(0)
            });
        }
        if "+86".starts_with(text) {
            return Err(CardNumberError::BadLength(text.len()));
        }
        let abroad = ["86", "0086"]
            .iter()
            .find_map(|code| text.strip_prefix(code).filter(|rest| is_msisdn(rest)));
        if let Some(text) = abroad.or(Some(text).filter(|text| is_msisdn(text))) {
            return Ok(CardNumber {
                text: text.to_owned(),
                kind: CardKind::Msisdn,
            });
        }
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(CardNumberError::BadCharacter);
        }
        match text.len() {
            19 | 20 if text.starts_with("89") => Ok(CardNumber {
                text: text.to_owned(),
                kind: CardKind::Iccid,
            }),
            16..=20 if !text.starts_with("89") => Err(CardNumberError::NotIccid),
            11 | 13 if text.bytes().any(|byte| !byte.is_ascii_digit()) => {
                Err(CardNumberError::BadCharacter)
            }
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

/// What stands behind the marks that readers and labels put around a number: `]C1` (which code was read), the stars of
/// Code 39, and a name such as `ICCID:`, `S/N` or `卡号`.
fn unlabelled(text: &str) -> &str {
    let bytes = text.as_bytes();
    let mut from = match bytes {
        [b']', kind, _, ..] if kind.is_ascii_alphabetic() => 3,
        _ => 0,
    };
    let mut to = bytes.len();
    while from < to && bytes[from] == b'*' {
        from += 1;
    }
    while from < to && bytes[to - 1] == b'*' {
        to -= 1;
    }
    let inner = &bytes[from..to];
    let is_sign = |byte: &u8| matches!(byte, b':' | b'=');
    let is_start = |byte: &u8| byte.is_ascii_digit() || *byte == b'+';
    if let Some(at) = inner.iter().rposition(is_sign)
        && is_name(&inner[..at])
    {
        from += at + 1;
    }
    if let Some(at) = bytes[from..to].iter().position(is_start)
        && is_name(&bytes[from..from + at])
    {
        from += at;
    }
    text.get(from..to).unwrap_or(text)
}

/// A letter first, and something in it that no number has.
fn is_name(text: &[u8]) -> bool {
    let is_letter = |byte: &u8| !byte.is_ascii() || byte.is_ascii_alphabetic();
    let may_stand =
        |byte: &u8| is_letter(byte) || matches!(byte, b'(' | b')' | b'.'..=b':' | b'=' | b'_');
    (2..=40).contains(&text.len())
        && is_letter(&text[0])
        && text.iter().any(|byte| !byte.is_ascii_hexdigit())
        && text.iter().all(may_stand)
}

fn is_msisdn(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    if !bytes.iter().all(u8::is_ascii_digit) {
        return false;
    }
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
            CardNumberError::NotIccid => out.write_str("an ICCID begins with 89"),
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
        check("0086 138 0013 8000", Ok(("13800138000", CardKind::Msisdn)));
        check(" 861440012345678", Ok(("1440012345678", CardKind::Msisdn)));
        check("+861440012345678", Ok(("1440012345678", CardKind::Msisdn)));
        check("+86138001", Err(CardNumberError::BadLength(6)));
        check("+8", Err(CardNumberError::BadLength(2)));
        check("+13800138000", Err(CardNumberError::BadCharacter));
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
        check("6222021234567890123", Err(CardNumberError::NotIccid));
        check("6222 0212 3456 7890", Err(CardNumberError::NotIccid));
        check("4111111111111111", Err(CardNumberError::NotIccid));
        check("62220212345678901234", Err(CardNumberError::NotIccid));
        check("8986040310187272", Err(CardNumberError::BadLength(16)));
        check("٨٩٨٦٠٧٢٠٩١٧٠١٤١٨٥٨٤٠", Err(CardNumberError::BadCharacter));
    }

    #[test]
    fn what_readers_and_labels_put_around_a_number_is_taken_off() {
        let number = "898607B2091701418584";
        let check = |typed: &str| {
            let parsed = CardNumber::parse(typed);
            assert_eq!(
                parsed.as_ref().map(CardNumber::as_str),
                Ok(number),
                "{typed:?}"
            );
        };
        for mark in ["]C0", "]C1", "]A0", "]d2", "]Q3", "]I1", "]e0", "]C1\u{1D}"] {
            check(&format!("{mark}{number}"));
            check(&format!("{mark}*{number}*"));
        }
        check(&format!("*{number}*"));
        for label in [
            "ICCID:",
            "iccid：",
            "ICCID ",
            "ICCID",
            "ICCID = ",
            "SN:",
            "S/N: ",
            "S/N",
            "No. ",
            "SIM1: ",
            "卡号：",
            "卡号",
            "流量卡号: ",
            "ICCID号 ",
            "卡号(ICCID)：",
            "卡 2：",
            "SIM: ICCID: ",
        ] {
            check(&format!("{label}{number}"));
        }
        check(&format!("CODE_128,{number}"));
        check(&format!("https://shop.example/#card={number}&package=1102"));
        assert_eq!(
            CardNumber::parse("手机号：+86 138-0013-8000")
                .as_ref()
                .map(CardNumber::as_str),
            Ok("13800138000")
        );
    }

    #[test]
    fn what_is_no_label_is_not_taken_off() {
        let number = "898607B2091701418584";
        for typed in [
            format!("A{number}"),
            format!("AB{number}"),
            format!("<{number}"),
            format!("姓名,{number}"),
            format!("{number},{number}"),
            format!("{number}*{number}"),
            format!("https://shop.example/?discard={number}"),
            format!("123:{number}"),
            "ICCID".to_owned(),
            "]".to_owned(),
            "]C１".to_owned(),
            "]C中8".to_owned(),
        ] {
            assert!(CardNumber::parse(&typed).is_err(), "{typed}");
        }
        assert_eq!(
            CardNumber::parse("ICCID:"),
            Err(CardNumberError::BadLength(0))
        );
        assert_eq!(
            CardNumber::parse("]C1898607"),
            Err(CardNumberError::BadLength(6))
        );
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
        fn an_iccid_begins_with_89(number in "[0-9A-F]{19,20}") {
            let expected = if number.starts_with("89") { Ok(CardKind::Iccid) } else { Err(CardNumberError::NotIccid) };
            prop_assert_eq!(CardNumber::parse(&number).map(|number| number.kind()), expected);
        }
    }
}
