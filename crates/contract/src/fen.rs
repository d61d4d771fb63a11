//! Money.

use std::{fmt, iter::Sum, str::FromStr};

use serde::{Deserialize, Serialize};

/// An amount of money in fen, the hundredth of a yuan.
///
/// On the wire it is a JSON integer. Decimal text of yuan, which the outside platforms speak, is read and written
/// exactly by [`Fen::from_yuan`] and [`Fen::to_yuan`]; no float is involved anywhere.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Fen(pub i64);

/// Why decimal text is not an amount of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FenError {
    /// The text is not plain decimal digits with at most one point.
    NotDecimal,
    /// More than two digits that are not zero stand after the point: it is not a whole number of fen.
    FractionOfFen,
    /// The amount is larger than can be held.
    TooLarge,
}

impl Fen {
    /// No money.
    pub const ZERO: Fen = Fen(0);

    /// Reads decimal yuan, such as `24.1`, `18` or `0.01`, exactly.
    ///
    /// Signs, blanks, exponents, grouping marks and digits of other scripts are refused. Zeros at the end of a longer
    /// fraction are accepted, since `12.000` is the same amount as `12`.
    ///
    /// # Errors
    /// [`FenError`] says which rule the text broke.
    pub fn from_yuan(text: &str) -> Result<Fen, FenError> {
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(FenError::NotDecimal),
            Some(parts) => parts,
            None => (text, ""),
        };
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return Err(FenError::NotDecimal);
        }
        let significant = fraction.trim_end_matches('0');
        if significant.len() > 2 {
            return Err(FenError::FractionOfFen);
        }
        let digit = |at: usize| {
            significant
                .as_bytes()
                .get(at)
                .map_or(0, |byte| i64::from(byte - b'0'))
        };
        whole
            .bytes()
            .try_fold(0_i64, |sum, byte| {
                sum.checked_mul(10)?.checked_add(i64::from(byte - b'0'))
            })
            .and_then(|yuan| yuan.checked_mul(100)?.checked_add(digit(0) * 10 + digit(1)))
            .map(Fen)
            .ok_or(FenError::TooLarge)
    }

    /// Decimal yuan with two digits after the point, such as `18.00`: the form that payment platforms want.
    #[must_use]
    pub fn to_yuan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let amount = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", amount / 100, amount % 100)
    }

    /// Decimal yuan without needless zeros, such as `18` or `24.1`: the form for a price tag.
    #[must_use]
    pub fn to_short_yuan(self) -> String {
        let text = self.to_yuan();
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// The sum, or `None` where it cannot be held.
    #[must_use]
    pub fn checked_add(self, other: Fen) -> Option<Fen> {
        self.0.checked_add(other.0).map(Fen)
    }

    /// What is left, or `None` where it cannot be held.
    #[must_use]
    pub fn checked_sub(self, other: Fen) -> Option<Fen> {
        self.0.checked_sub(other.0).map(Fen)
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Fen>>(amounts: I) -> Fen {
        Fen(amounts.map(|amount| amount.0).sum())
    }
}

impl FromStr for Fen {
    type Err = FenError;

    fn from_str(text: &str) -> Result<Fen, FenError> {
        Fen::from_yuan(text)
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.to_yuan())
    }
}

impl fmt::Display for FenError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            FenError::NotDecimal => "an amount is plain decimal digits with at most one point",
            FenError::FractionOfFen => "an amount has at most two digits after the point",
            FenError::TooLarge => "the amount is too large",
        })
    }
}

impl std::error::Error for FenError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_decimal_text_exactly() {
        let check = |text: &str, expected: Result<i64, FenError>| {
            assert_eq!(Fen::from_yuan(text), expected.map(Fen), "{text:?}");
        };
        check("0", Ok(0));
        check("12", Ok(1200));
        check("24.1", Ok(2410));
        check("24.10", Ok(2410));
        check("12.000", Ok(1200));
        check("0.01", Ok(1));
        check("0012.5", Ok(1250));
        check("92233720368547758.07", Ok(i64::MAX));
        check("92233720368547758.08", Err(FenError::TooLarge));
        check("99999999999999999999", Err(FenError::TooLarge));
        check("0.001", Err(FenError::FractionOfFen));
        for text in [
            "", ".", "1.", ".5", "-1", "+1", "1e2", "12,00", "1 2", "１２", "1.2.3", "0x10", "NaN",
            "12\n",
        ] {
            check(text, Err(FenError::NotDecimal));
        }
    }

    #[test]
    fn writes_a_price_tag() {
        let check = |fen: i64, expected: &str| assert_eq!(Fen(fen).to_short_yuan(), expected);
        check(1800, "18");
        check(2410, "24.1");
        check(2401, "24.01");
        check(10_000, "100");
        check(0, "0");
    }

    proptest! {
        #[test]
        fn text_goes_round(fen in 0..=i64::MAX) {
            prop_assert_eq!(Fen::from_yuan(&Fen(fen).to_yuan()), Ok(Fen(fen)));
            prop_assert_eq!(Fen::from_yuan(&Fen(fen).to_short_yuan()), Ok(Fen(fen)));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = Fen::from_yuan(&text);
        }
    }
}
