//! How a call to the platform fails.

use crate::codes;

/// Business codes that callers tell apart.
pub mod code {
    /// Nothing by that number. Documented.
    pub const NOT_FOUND: i64 = 404;
    /// The platform does not accept what was sent. Documented.
    pub const UNPROCESSABLE: i64 = 422;
    /// Too many calls. A guess, after the status of the same number.
    pub const TOO_OFTEN: i64 = 429;
    /// The platform failed inside. Documented.
    pub const INTERNAL: i64 = 417;
    /// The card is out of service for good. A guess: the payment service's table of codes is not public.
    pub const CARD_TERMINATED: i64 = 10_101;
    /// The package is not sold any more. A guess, for the same reason.
    pub const PRODUCT_NOT_ON_SALE: i64 = 10_102;
}

/// Why there is no good answer. What matters to whoever spends money is whether the call may have had an effect.
///
/// `Display` is fit for a log: it holds no address, no card number, no secret and no words of the platform's, which may
/// repeat what was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The call was not sent: the token was not granted this permission.
    #[error("the token was not granted {0}")]
    NotPermitted(&'static str),
    /// The call surely had no effect: it was not sent, or was turned away at the door.
    #[error("the card platform cannot be reached: {0}")]
    Unreachable(String),
    /// The call may have had its effect, and nobody told.
    #[error("the card platform gave no usable answer: {0}")]
    Unknown(String),
    /// The platform answered that it will not.
    #[error("the card platform refused with code {code} ({name})", name = name(*.code))]
    Refused {
        /// Its business code.
        code: i64,
        /// Its words, not for a log.
        message: String,
    },
}

impl Error {
    /// Whether the platform refused with this code.
    #[must_use]
    pub fn is_refusal(&self, expected: i64) -> bool {
        matches!(self, Error::Refused { code, .. } if *code == expected)
    }

    pub(crate) fn unknown(what: &str) -> Error {
        Error::Unknown(what.to_owned())
    }

    /// A failure of the network or of the answer's body, without the address that the library would add.
    pub(crate) fn of_transport(error: reqwest::Error) -> Error {
        let error = error.without_url();
        if error.is_connect() {
            Error::Unreachable("no connection".into())
        } else if error.is_builder() {
            Error::Unreachable("the request could not be built".into())
        } else if error.is_timeout() {
            Error::Unknown("no answer in time".into())
        } else {
            Error::Unknown("the answer was cut off".into())
        }
    }
}

fn name(code: i64) -> &'static str {
    match code {
        code::CARD_TERMINATED => "Card_Terminated",
        code::PRODUCT_NOT_ON_SALE => "Product_NotOnSale",
        _ => codes::describe(code).map_or("not a listed code", |row| row.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_in_the_log_repeats_nothing_that_was_sent() {
        let error = Error::Refused {
            code: code::CARD_TERMINATED,
            message: "898607B2091701418584 已销号".into(),
        };
        assert_eq!(
            error.to_string(),
            "the card platform refused with code 10101 (Card_Terminated)"
        );
        assert!(error.is_refusal(code::CARD_TERMINATED));
        assert!(!error.is_refusal(code::NOT_FOUND));
    }
}
