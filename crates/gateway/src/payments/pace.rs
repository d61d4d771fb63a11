//! How much one channel is asked: a budget that all questions share, and the rest that it asks for when it has too much.
//!
//! Jobs and callers (buyers who wait, notices, recharges under way) have a share each, so that neither a crowd of unpaid
//! payments nor a crowd of impatient buyers takes the other's.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use reqwest::{
    StatusCode,
    header::{HeaderMap, RETRY_AFTER},
};

/// Questions a second by jobs; twice as many may come at once.
const BY_JOBS: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// Questions a second for callers, and at once.
const FOR_CALLERS: NonZeroU32 = NonZeroU32::new(100).unwrap();
/// The rest after a first failure; it doubles with each failure that follows.
const FIRST_REST: Duration = Duration::from_millis(500);
const LONGEST_REST: Duration = Duration::from_secs(60);
/// A channel that asks for more is asked again after this all the same.
const LONGEST_WISH: Duration = Duration::from_secs(3600);
/// So many failures in a row, and callers wait too: their questions would only be more of the same.
const OUTAGE: u32 = 5;

/// One channel's budget and rest.
pub struct Pace {
    by_jobs: DefaultDirectRateLimiter,
    for_callers: DefaultDirectRateLimiter,
    rest: Mutex<Rest>,
    look: Arc<tokio::sync::Mutex<()>>,
}

/// For whom is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A job, since nothing was heard.
    Job,
    /// Somebody who waits, or a notice.
    Caller,
}

/// Why a channel is not asked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNow {
    /// It wanted a rest, or is failing.
    Rests,
    /// It was asked as much as it may be; a moment later there is more.
    UsedUp,
}

#[derive(Default)]
struct Rest {
    failures: u32,
    jobs_until: Option<Instant>,
    all_until: Option<Instant>,
}

impl Default for Pace {
    fn default() -> Pace {
        let burst = BY_JOBS.saturating_add(BY_JOBS.get());
        Pace {
            by_jobs: RateLimiter::direct(Quota::per_second(BY_JOBS).allow_burst(burst)),
            for_callers: RateLimiter::direct(Quota::per_second(FOR_CALLERS)),
            rest: Mutex::default(),
            look: Arc::default(),
        }
    }
}

impl Pace {
    /// Takes a question out of the budget.
    ///
    /// # Errors
    /// There is none left, or the channel rests.
    pub fn ask(&self, asker: Asker) -> Result<(), NotNow> {
        if self.rests(asker, Instant::now()) {
            return Err(NotNow::Rests);
        }
        let share = match asker {
            Asker::Job => &self.by_jobs,
            Asker::Caller => &self.for_callers,
        };
        share.check().map_err(|_| NotNow::UsedUp)
    }

    /// One job at a time looks for what to ask this channel; whoever holds it is the one.
    pub(super) fn look(&self) -> Option<tokio::sync::OwnedMutexGuard<()>> {
        self.look.clone().try_lock_owned().ok()
    }

    /// An answer came: too many questions, and failures of the channel's own, make it rest.
    pub fn heard(&self, status: StatusCode, headers: &HeaderMap) {
        let wish = headers
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| wished(text, SystemTime::now()));
        match status {
            StatusCode::TOO_MANY_REQUESTS => self.busy(wish),
            status if status.is_server_error() => self.failed(wish, Instant::now()),
            _ => self.rest().failures = 0,
        }
    }

    /// It wants fewer questions, and perhaps told for how long it wants none.
    pub fn busy(&self, wish: Option<Duration>) {
        let at = Instant::now();
        let mut rest = self.rest();
        if rest.all_until.is_some_and(|until| at < until) && wish.is_none() {
            return;
        }
        rest.failures = rest.failures.saturating_add(1);
        let wait = wish.unwrap_or_else(|| after(rest.failures));
        tracing::warn!(
            seconds = wait.as_secs_f64(),
            "a channel wants fewer questions"
        );
        rest.all_until = rest.all_until.max(Some(at + wait));
    }

    fn failed(&self, wish: Option<Duration>, at: Instant) {
        let mut rest = self.rest();
        if let Some(wait) = wish {
            rest.all_until = rest.all_until.max(Some(at + wait));
        }
        // What was under way when the rest began tells nothing new.
        if rest.jobs_until.is_some_and(|until| at < until) {
            return;
        }
        rest.failures = rest.failures.saturating_add(1);
        let until = Some(at + after(rest.failures));
        rest.jobs_until = until;
        if rest.failures >= OUTAGE {
            rest.all_until = rest.all_until.max(until);
        }
    }

    fn rests(&self, asker: Asker, at: Instant) -> bool {
        let rest = self.rest();
        let waits = |until: Option<Instant>| until.is_some_and(|until| at < until);
        waits(rest.all_until) || asker == Asker::Job && waits(rest.jobs_until)
    }

    fn rest(&self) -> std::sync::MutexGuard<'_, Rest> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn after(failures: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
    FIRST_REST.saturating_mul(doubled).min(LONGEST_REST)
}

/// `Retry-After`: seconds, or a time.
fn wished(text: &str, now: SystemTime) -> Option<Duration> {
    let wish = match text.trim().parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(text.trim())
            .ok()?
            .duration_since(now)
            .unwrap_or_default(),
    };
    Some(wish.clamp(FIRST_REST, LONGEST_WISH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_read() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let check = |text: &str, seconds: Option<f64>| {
            assert_eq!(
                wished(text, now).map(|wish| wish.as_secs_f64()),
                seconds,
                "{text}"
            );
        };
        check("7", Some(7.0));
        check(" 120 ", Some(120.0));
        check("0", Some(0.5));
        check("86400", Some(3600.0));
        check("99999999999999999999", None);
        check("Sun, 06 Nov 1994 08:49:47 GMT", Some(10.0));
        check("Sun, 06 Nov 1994 08:00:00 GMT", Some(0.5));
        check("soon", None);
        check("-1", None);
    }

    #[test]
    fn a_rest_grows_and_has_an_end() {
        let seconds: Vec<f64> = [1, 2, 3, 7, 8, 9, 99]
            .map(|count| after(count).as_secs_f64())
            .into();
        assert_eq!(seconds, [0.5, 1.0, 2.0, 32.0, 60.0, 60.0, 60.0]);
    }

    #[test]
    fn too_many_questions_make_everybody_wait() {
        let pace = Pace::default();
        let mut headers = HeaderMap::new();
        pace.heard(StatusCode::OK, &headers);
        assert!(pace.ask(Asker::Job).is_ok() && pace.ask(Asker::Caller).is_ok());
        headers.insert(RETRY_AFTER, "30".parse().expect("a header"));
        pace.heard(StatusCode::TOO_MANY_REQUESTS, &headers);
        // What was under way then is answered well: the wish stands.
        pace.heard(StatusCode::OK, &HeaderMap::new());
        assert!(pace.ask(Asker::Job).is_err() && pace.ask(Asker::Caller).is_err());
        let (soon, later) = (Duration::from_secs(29), Duration::from_secs(31));
        assert!(pace.rests(Asker::Caller, Instant::now() + soon));
        assert!(!pace.rests(Asker::Job, Instant::now() + later));
    }

    #[test]
    fn failures_make_jobs_wait_and_an_outage_everybody() {
        let pace = Pace::default();
        let mut at = Instant::now();
        for count in 1..=OUTAGE {
            pace.failed(None, at);
            pace.failed(None, at);
            assert!(pace.rests(Asker::Job, at), "{count}");
            assert_eq!(pace.rests(Asker::Caller, at), count == OUTAGE, "{count}");
            at += after(count);
            assert!(!pace.rests(Asker::Job, at), "{count}");
        }
        pace.heard(StatusCode::OK, &HeaderMap::new());
        pace.failed(None, at);
        assert!(!pace.rests(Asker::Caller, at), "it began anew");
    }

    #[test]
    fn the_budget_has_an_end() {
        let pace = Pace::default();
        let jobs = (0..1000).filter(|_| pace.ask(Asker::Job).is_ok()).count();
        assert!((40..80).contains(&jobs), "{jobs}");
        assert!(
            pace.ask(Asker::Caller).is_ok(),
            "the callers' share is left"
        );
        let callers = (0..1000)
            .filter(|_| pace.ask(Asker::Caller).is_ok())
            .count();
        assert!((99..200).contains(&callers), "{callers}");
    }
}
