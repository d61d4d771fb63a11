//! Why a call gave no answer.

use std::fmt;

use thiserror::Error;

/// Codes of what was turned away since there were too many calls.
pub(crate) const TOO_OFTEN: [&str; 3] = [
    "FREQUENCY_LIMITED",
    "FREQUENCY_LIMIT_EXCEED",
    "RATELIMIT_EXCEEDED",
];

/// Refusals of a refund after which no money moves under its number.
const REFUND_ENDED: [&str; 5] = [
    "INVALID_REQUEST",
    "MCH_NOT_EXISTS",
    "NOT_ENOUGH",
    "RESOURCE_NOT_EXISTS",
    "USER_ACCOUNT_ABNORMAL",
];

/// Why a call gave no answer; what may be done next is different for each.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// WeChat surely did nothing: it was not reached, or turned the call away before it looked at it.
    #[error("WeChat was not reached: {0}")]
    Unreachable(String),
    /// It may have done what it was asked for, and gave no answer that can be believed. Ask how it stands, or send the
    /// same again under the same number; never under another.
    #[error("WeChat may or may not have done it: {0}")]
    Unknown(String),
    /// It refused, under its signature, and did nothing.
    #[error("WeChat refused: {0}")]
    Refused(Refusal),
}

/// What WeChat says when it refuses. Shown, it has no control characters, and at most 200 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// WeChat Pay's word in capitals, such as `NOT_ENOUGH`, or an official account's `errcode` and its number.
    pub code: String,
    /// Its words for a person, which may repeat what was sent.
    pub message: String,
}

impl Refusal {
    /// Whether the number of a payment is in use for other terms: another way to pay, or another buyer.
    #[must_use]
    pub fn is_number_used(&self) -> bool {
        self.code == "OUT_TRADE_NO_USED"
    }

    /// Whether a refund that is refused so is over: no money moves under its number. After any other refusal the same is
    /// sent again.
    #[must_use]
    pub fn ends_refund(&self) -> bool {
        REFUND_ENDED.contains(&self.code.as_str())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = match self.message.as_str() {
            "" => self.code.clone(),
            message => format!("{} {message}", self.code),
        };
        let plain = said.chars().filter(|char| !char.is_control()).take(200);
        out.write_str(&plain.collect::<String>())
    }
}

impl Error {
    pub(crate) fn unknown(cause: impl ToString) -> Error {
        Error::Unknown(cause.to_string())
    }

    /// A refusal to tell how something stands is no verdict on it.
    pub(crate) fn of_question(self) -> Error {
        match self {
            Error::Refused(refusal) => Error::unknown(refusal),
            error => error,
        }
    }
}
