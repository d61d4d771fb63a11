//! The time.

use std::time::{SystemTime, UNIX_EPOCH};

use contract::Timestamp;

/// The present moment by this machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
