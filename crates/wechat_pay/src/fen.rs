//! Money as WeChat Pay writes it.

use std::fmt;

use serde::Serialize;

/// An amount in fen, the hundredth of a yuan: the whole number that stands in WeChat Pay's fields. It shows itself in
/// yuan.
///
/// ```
/// assert_eq!(wechat_pay::Fen(1805).to_string(), "18.05");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

impl fmt::Display for Fen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(out, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}
