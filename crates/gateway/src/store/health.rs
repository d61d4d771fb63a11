//! What is known of whether the database takes writes.

use std::{sync::PoisonError, time::Duration};

use tokio::{sync::Mutex, time::Instant};

use super::cause::Cause;

/// However many ask, it is tried once in so long while it goes well.
const GOOD_FOR: Duration = Duration::from_secs(5);
/// The same while it does not, so that it is soon ready again.
const BAD_FOR: Duration = Duration::from_secs(1);
/// So long after a commit that failed nothing is ready, whatever could be written since: on a full disk the small
/// writes still find room in what was freed.
const FAILED_FOR: Duration = Duration::from_secs(3);

/// What is known of it.
#[derive(Default)]
pub(super) struct Health {
    pub(super) known: Mutex<Option<Known>>,
    failed: std::sync::Mutex<Option<(Instant, Cause)>>,
}

pub(super) struct Known {
    pub(super) at: Instant,
    pub(super) outcome: Result<(), Cause>,
}

impl Health {
    /// Takes note of a commit that failed.
    pub(super) fn failed(&self, error: &sqlx::Error) {
        let cause = Cause::of(error);
        if cause.lasts() {
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) =
                Some((Instant::now(), cause));
        }
    }

    /// Why the last commit failed, for a while.
    pub(super) fn failed_lately(&self) -> Option<Cause> {
        let failed = *self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed
            .filter(|(at, _)| at.elapsed() < FAILED_FOR)
            .map(|(_, cause)| cause)
    }
}

impl Known {
    /// Whether it need not be tried again yet.
    pub(super) fn is_fresh(&self) -> bool {
        let fresh = if self.outcome.is_ok() {
            GOOD_FOR
        } else {
            BAD_FOR
        };
        self.at.elapsed() < fresh
    }
}
