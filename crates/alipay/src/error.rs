//! Why a call gave no answer.

use serde::Deserialize;
use thiserror::Error;

/// Why a call gave no answer; what may be done next is different for each.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// Alipay surely did nothing: it was not reached, or turned the call away before it looked at it.
    #[error("Alipay was not reached: {0}")]
    Unreachable(String),
    /// It may have done what it was asked for, and gave no answer that can be believed. Ask how it stands, or send the
    /// same again under the same number; never under another.
    #[error("Alipay may or may not have done it: {0}")]
    Unknown(String),
    /// It refused, under its signature, and did nothing.
    #[error("Alipay refused: {0}")]
    Refused(Refusal),
}

/// Alipay's code and the finer one below it, such as `40004` and `ACQ.TRADE_NOT_EXIST`.
///
/// Shown, it is both with a blank between them, as far as they are letters, digits, dots and dashes. Source: Alipay's
/// list of common codes, and the list at the end of each method's reference.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Refusal {
    /// The code of the gateway.
    #[serde(default)]
    pub code: String,
    /// The code of the method.
    #[serde(default)]
    pub sub_code: String,
}

impl Refusal {
    /// Whether the method says that there is no such trade.
    pub(crate) fn is_not_exist(&self) -> bool {
        self.sub_code == "ACQ.TRADE_NOT_EXIST"
    }

    /// Alipay's own trouble: it may have done what it was asked for.
    pub(crate) fn is_undecided(&self) -> bool {
        let ends = ["SYSTEM_ERROR", "UNKNOWN_ERROR", "unknow-error"];
        self.code == "20000"
            || !self.code.starts_with('4') && self.code != "20001"
            || self.sub_code.starts_with("isp.")
            || ends.iter().any(|end| self.sub_code.ends_with(end))
    }
}

impl std::fmt::Display for Refusal {
    /// For an operator. Not everything that comes without a signature is Alipay's.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let plain = |text: &str| -> String {
            text.chars()
                .filter(|char| char.is_ascii_alphanumeric() || "._-".contains(*char))
                .take(80)
                .collect()
        };
        write!(out, "{} {}", plain(&self.code), plain(&self.sub_code))
    }
}

impl Error {
    pub(crate) fn unknown(cause: impl ToString) -> Error {
        Error::Unknown(cause.to_string())
    }
}
