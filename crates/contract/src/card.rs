//! What is known of a card.

use serde::{Deserialize, Serialize};

use crate::{
    CardKind, CardNumber, CardState, Carrier, Timestamp,
    pasted::{is_filler, plain},
};

/// Asks what a card is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardLookup {
    /// The number as it was typed. The gateway cleans it as [`CardNumber::parse`] does.
    #[cfg_attr(feature = "openapi", schema(example = "898607B2091701418584"))]
    pub number: String,
}

/// What a card is, as its holder may see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardSummary {
    /// `8986 07B2 **** 8584`.
    pub number_masked: String,
    /// Which sort of number was given.
    pub kind: CardKind,
    /// Whose network it uses.
    pub carrier: Carrier,
    /// What the carrier says of it.
    pub state: CardState,
    /// The package in use, in the platform's words.
    pub plan: Option<String>,
    /// Data used and left, where the platform tells.
    pub usage: Option<Usage>,
    /// When the package in use, or the card, ends.
    pub expires_at: Option<Timestamp>,
    /// Whether its holder is registered.
    pub realname: Realname,
    /// The categories whose packages fit; empty where the platform names none, then the carrier's fit.
    pub category_ids: Vec<String>,
    /// The number fails its check digit: worth a second look, no more.
    #[serde(default)]
    pub check_digit_differs: bool,
}

/// Data of the present period, in whole MB (rounded up for what is used).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Usage {
    /// Used, in MB.
    pub used_mb: i64,
    /// Bought, in MB.
    pub total_mb: i64,
    /// When the carrier counted.
    pub as_of: Timestamp,
}

/// Whether a card's holder is registered with their real name, and whether they must be before they can buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Realname {
    /// The platform asks for it.
    pub required: bool,
    /// How far it is.
    pub state: RealnameState,
}

/// How far a registration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RealnameState {
    /// Nothing was handed in.
    None,
    /// Handed in, not decided.
    Pending,
    /// Registered.
    Passed,
    /// Refused; it can be handed in again.
    Rejected,
}

/// Hands a real-name registration to the card platform. Nothing of it is stored or logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RealnameSubmission {
    /// The card.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "898607B2091701418584"))]
    pub number: CardNumber,
    /// The holder's name.
    pub name: String,
    /// The holder's resident identity number: 17 digits and a digit or X.
    pub id_number: String,
    /// The holder's own mobile number, 11 digits.
    pub phone: String,
}

/// How far a registration is after it was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RealnameAnswer {
    /// How far.
    pub state: RealnameState,
}

impl RealnameSubmission {
    /// As it is meant, whatever came along when it was pasted.
    #[must_use]
    pub fn tidied(self) -> RealnameSubmission {
        let phone = plain(&self.phone);
        RealnameSubmission {
            number: self.number,
            name: self.name.trim_matches(is_filler).to_owned(),
            id_number: plain(&self.id_number),
            phone: phone.strip_prefix("+86").unwrap_or(&phone).to_owned(),
        }
    }

    /// The name of the first field that cannot be right, if any.
    #[must_use]
    pub fn wrong_field(&self) -> Option<&'static str> {
        if !(2..=40).contains(&self.name.trim().chars().count())
            || self.name.chars().any(char::is_control)
        {
            Some("name")
        } else if !is_identity_number(&self.id_number) {
            Some("id_number")
        } else if !is_phone(&self.phone) {
            Some("phone")
        } else {
            None
        }
    }
}

/// Checks a resident identity number's form and check digit (GB 11643).
fn is_identity_number(number: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let bytes = number.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = WEIGHTS
        .iter()
        .zip(bytes)
        .map(|(weight, byte)| weight * u32::from(byte - b'0'))
        .sum();
    b"10X98765432"[(sum % 11) as usize] == bytes[17].to_ascii_uppercase()
}

fn is_phone(number: &str) -> bool {
    let bytes = number.as_bytes();
    bytes.len() == 11
        && bytes.iter().all(u8::is_ascii_digit)
        && bytes[0] == b'1'
        && bytes[1] >= b'3'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_is_checked_before_it_is_sent() {
        let check = |name: &str, id_number: &str, phone: &str, expected: Option<&str>| {
            let number = CardNumber::parse("898607B2091701418584").expect("a card number");
            let submission = RealnameSubmission {
                number,
                name: name.into(),
                id_number: id_number.into(),
                phone: phone.into(),
            };
            assert_eq!(
                submission.tidied().wrong_field(),
                expected,
                "{name} {id_number} {phone}"
            );
        };
        check("张三", "11010519491231002X", "13800138000", None);
        check("张三", "11010519491231002x", "13800138000", None);
        check(
            "\u{FEFF}张三 ",
            "１１０１０５ 1949\u{2011}1231\u{AD}002x",
            "\u{202A}+86 138\u{2013}0013\u{2013}8000\u{202C}",
            None,
        );
        check("张", "11010519491231002X", "13800138000", Some("name"));
        check(
            "张三",
            "110105194912310021",
            "13800138000",
            Some("id_number"),
        );
        check("张三", "1101051949123100", "13800138000", Some("id_number"));
        check("张三", "11010519491231002X", "1380013800", Some("phone"));
    }
}
