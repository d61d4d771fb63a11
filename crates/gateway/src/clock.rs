//! The time, by a clock that people and networks put forward and back.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contract::Timestamp;

/// So far apart the clocks of several processes may be, in milliseconds. What was written down at a time that is further
/// ahead was written by a clock that has been put back since.
pub const APART_MS: i64 = 10_000;

/// The present moment by this machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    of_system(SystemTime::now())
}

/// A moment of the standard library's; what is below a millisecond is cut off, and none is before 1970.
#[must_use]
pub fn of_system(moment: SystemTime) -> Timestamp {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The same moment for the standard library; none is before 1970.
#[must_use]
pub fn to_system(moment: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(moment.0).unwrap_or_default())
}
