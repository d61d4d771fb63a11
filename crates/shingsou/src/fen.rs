//! Money: decimal yuan on the wire, whole fen here, without a float on the way.

use std::fmt;

use thiserror::Error;

/// An amount in fen, the hundredth of a yuan.
///
/// The platform shows prices as decimal yuan. They are read and written exactly.
///
/// ```
/// use shingsou::Fen;
///
/// assert_eq!(Fen(1800).to_yuan(), "18.00");
/// assert_eq!(Fen::from_yuan("24.1"), Ok(Fen(2410)));
/// assert!(Fen::from_yuan("1e2").is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(pub i64);

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FenError {
    /// Something else than digits with at most one point between them.
    #[error("an amount is digits with at most one point between them")]
    NotDecimal,
    /// It is no whole number of fen.
    #[error("an amount has no part of a fen")]
    FractionOfFen,
    /// It is larger than can be held.
    #[error("the amount is too large")]
    TooLarge,
}

impl Fen {
    /// Reads decimal yuan: ASCII digits, and a point with digits after it or none. No sign, blank, exponent or grouping
    /// mark. Zeros beyond the second digit change nothing.
    ///
    /// # Errors
    /// Names the rule that the text breaks.
    pub fn from_yuan(text: &str) -> Result<Fen, FenError> {
        let (yuan, part) = text.split_once('.').unwrap_or((text, "0"));
        let is_digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(yuan) || !is_digits(part) {
            return Err(FenError::NotDecimal);
        }
        let part = part.trim_end_matches('0');
        if part.len() > 2 {
            return Err(FenError::FractionOfFen);
        }
        // Digits without a point are the number of fen.
        format!("{yuan}{part:0<2}")
            .parse()
            .map(Fen)
            .map_err(|_| FenError::TooLarge)
    }

    /// Decimal yuan with two digits after the point.
    #[must_use]
    pub fn to_yuan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.to_yuan())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimal_text_is_read_exactly_or_not_at_all() {
        let check = |text: &str, expected: Result<i64, FenError>| {
            assert_eq!(Fen::from_yuan(text), expected.map(Fen), "{text:?}");
        };
        check("0.01", Ok(1));
        check("18", Ok(1800));
        check("24.1", Ok(2410));
        check("012.500", Ok(1250));
        check("92233720368547758.07", Ok(i64::MAX));
        check("92233720368547758.08", Err(FenError::TooLarge));
        check("18.001", Err(FenError::FractionOfFen));
        for text in [
            "", ".", "1.", ".5", "-1", "+1", "1e2", "1,00", "1 2", "１８", "1.2.3", "1.+2", "1\n",
        ] {
            check(text, Err(FenError::NotDecimal));
        }
    }

    proptest! {
        #[test]
        fn text_goes_round(fen in 0..=i64::MAX) {
            prop_assert_eq!(Fen::from_yuan(&Fen(fen).to_yuan()), Ok(Fen(fen)));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = Fen::from_yuan(&text);
        }
    }
}
