//! The time, by a clock that people and networks put forward and back.

use std::time::{SystemTime, UNIX_EPOCH};

use contract::Timestamp;

/// So far apart the clocks of several processes may be, in milliseconds. What was written down at a time that is further
/// ahead was written by a clock that has been put back since.
pub const APART_MS: i64 = 10_000;

/// The present moment by this machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
