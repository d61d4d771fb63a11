//! Amounts in fen, on the wire as a decimal number of yuan.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

/// An amount of money in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fen(pub(crate) i64);

impl Fen {
    /// Reads yuan with at most two decimals. Negative amounts pass, so that tests can report them.
    pub(crate) fn parse(yuan: &str) -> Option<Self> {
        let (sign, digits) = match yuan.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, yuan),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(part) || part.len() > 2 {
            return None;
        }
        let fen = format!("{whole}{part:0<2}").parse::<i64>().ok()?;
        Some(Self(sign * fen))
    }
}

impl std::fmt::Display for Fen {
    /// The shortest form, as the platform writes it: `18`, `24.1`, `0.05`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (yuan, fen) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        match (fen, fen % 10) {
            (0, _) => write!(f, "{sign}{yuan}"),
            (_, 0) => write!(f, "{sign}{yuan}.{}", fen / 10),
            _ => write!(f, "{sign}{yuan}.{fen:02}"),
        }
    }
}

impl Serialize for Fen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = RawValue::from_string(self.to_string()).map_err(serde::ser::Error::custom)?;
        number.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fen {
    /// Takes a number or a text of the same digits.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::parse(raw.get().trim_matches('"'))
            .ok_or_else(|| de::Error::custom("expected yuan with at most two decimals"))
    }
}

/// With both decimals, as wallets write amounts.
pub(crate) fn yuan(amount: Fen) -> String {
    format!("{}.{:02}", amount.0 / 100, amount.0.unsigned_abs() % 100)
}

#[cfg(test)]
mod tests {
    use super::Fen;

    #[test]
    fn yuan_go_in_and_out() {
        for (text, fen, out) in [
            ("18", 1800, "18"),
            ("24.1", 2410, "24.1"),
            ("24.10", 2410, "24.1"),
            ("0.05", 5, "0.05"),
            ("-0.01", -1, "-0.01"),
            ("329.99", 32999, "329.99"),
        ] {
            assert_eq!(Fen::parse(text), Some(Fen(fen)), "{text}");
            assert_eq!(serde_json::to_string(&Fen(fen)).unwrap(), out);
        }
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "1.234",
            "1e2",
            "+1",
            "１",
            "99999999999999999999",
        ] {
            assert_eq!(Fen::parse(text), None, "{text}");
        }
    }
}
