//! The log on standard output, which no stranger can make grow.
//!
//! Whoever reaches the gateway can make it write lines: one for each request, for each made-up notice, for each refusal.
//! So each line of the code may write only so often, the one about answers so often for each route and status, and all
//! of a level together. What is left out is counted, and told by number. Lines about money are always written: they are
//! as many as there are orders.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::Context;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use tracing::{
    Event, Level,
    callsite::Identifier,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter, Layer, fmt,
    layer::{self, SubscriberExt},
    util::SubscriberInitExt,
};

use crate::config;

/// How often a second one line may be written, and how many at once after a pause.
const ONE: [NonZeroU32; 2] = [NonZeroU32::new(10).unwrap(), NonZeroU32::new(100).unwrap()];
/// The same of all lines of a level.
const ALL: [NonZeroU32; 2] = [NonZeroU32::new(50).unwrap(), NonZeroU32::new(500).unwrap()];
/// What was left out is told so often.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// Where the lines about money and about what an operator did are written.
const KEPT: [&str; 10] = [
    "gateway::admin::audit",
    "gateway::jobs::outbox",
    "gateway::jobs::recharge",
    "gateway::jobs::recharge::sent",
    "gateway::log",
    "gateway::orders::transition",
    "gateway::payments::evidence",
    "gateway::refunds::carry",
    "gateway::refunds::decide",
    "gateway::server",
];

/// Decides which lines are written.
#[derive(Clone)]
pub struct Sampled(Arc<Samples>);

struct Samples {
    one: DefaultKeyedRateLimiter<Line>,
    errors: DefaultDirectRateLimiter,
    warnings: DefaultDirectRateLimiter,
    others: DefaultDirectRateLimiter,
    // By the module that would have written.
    left_out: Mutex<HashMap<&'static str, u64>>,
}

/// A place in the code, and what it says: few things each, whoever asks.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Line {
    place: Identifier,
    says: u64,
}

/// Begins to write the log to standard output.
///
/// # Errors
/// The filter of the configuration is none.
pub fn to_stdout(log: &config::Log) -> anyhow::Result<Sampled> {
    let filter = EnvFilter::try_new(&log.filter).context("log.filter")?;
    let sampled = Sampled::new();
    let lines = if log.json {
        fmt::layer().json().boxed()
    } else {
        fmt::layer().boxed()
    };
    let log = tracing_subscriber::registry().with(filter);
    log.with(sampled.clone()).with(lines).init();
    Ok(sampled)
}

impl Sampled {
    fn new() -> Sampled {
        let quota = |[second, burst]: [NonZeroU32; 2]| Quota::per_second(second).allow_burst(burst);
        Sampled(Arc::new(Samples {
            one: RateLimiter::keyed(quota(ONE)),
            errors: RateLimiter::direct(quota(ALL)),
            warnings: RateLimiter::direct(quota(ALL)),
            others: RateLimiter::direct(quota(ALL)),
            left_out: Mutex::default(),
        }))
    }

    /// Tells from time to time how much was left out, for as long as the process runs.
    pub async fn tell(self) {
        let mut ticks = tokio::time::interval(TOLD_EVERY);
        loop {
            ticks.tick().await;
            self.tell_now();
        }
    }

    fn tell_now(&self) {
        let left_out = std::mem::take(&mut *self.left_out());
        for (module, lines) in left_out {
            tracing::warn!(module, lines, "lines were left out of the log");
        }
    }

    fn is_written(&self, event: &Event<'_>) -> bool {
        let about = event.metadata();
        // Finer lines come only where an operator asks for them.
        if *about.level() > Level::INFO || KEPT.contains(&about.target()) {
            return true;
        }
        let mut says = Says::default();
        event.record(&mut says);
        let line = Line {
            place: about.callsite(),
            says: says.0.finish(),
        };
        let of_level = match *about.level() {
            Level::ERROR => &self.0.errors,
            Level::WARN => &self.0.warnings,
            _ => &self.0.others,
        };
        let written = self.0.one.check_key(&line).is_ok() && of_level.check().is_ok();
        if !written {
            *self.left_out().entry(about.target()).or_default() += 1;
            metrics::counter!("log_lines_left_out_total", "level" => about.level().as_str())
                .increment(1);
        }
        written
    }

    fn left_out(&self) -> MutexGuard<'_, HashMap<&'static str, u64>> {
        let left_out = self.0.left_out.lock();
        left_out.unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: tracing::Subscriber> Layer<S> for Sampled {
    fn event_enabled(&self, event: &Event<'_>, _: layer::Context<'_, S>) -> bool {
        self.is_written(event)
    }
}

/// The fields of a line of which there are few values: a route's template and a status.
#[derive(Default)]
struct Says(DefaultHasher);

impl Visit for Says {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "route" {
            value.hash(&mut self.0);
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "status" {
            value.hash(&mut self.0);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::*;

    /// What was written.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("one thread").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines that come of some work.
    fn written(work: impl FnOnce(&Sampled)) -> Vec<String> {
        let (paper, sampled) = (Paper::default(), Sampled::new());
        let writer = paper.clone();
        let lines = fmt::layer()
            .with_ansi(false)
            .with_writer(move || writer.clone());
        let log = tracing_subscriber::registry().with(EnvFilter::new("info"));
        let log = log.with(sampled.clone()).with(lines);
        tracing::subscriber::with_default(log, || work(&sampled));
        let bytes = paper.0.lock().expect("one thread").clone();
        let text = String::from_utf8(bytes).expect("text");
        text.lines().map(str::to_owned).collect()
    }

    fn count(lines: &[String], what: &str) -> usize {
        lines.iter().filter(|line| line.contains(what)).count()
    }

    #[test]
    fn a_flood_of_one_line_hides_no_other() {
        let lines = written(|sampled| {
            for _ in 0..100_000 {
                tracing::error!(number = "made up", "a flood");
            }
            tracing::error!("something else");
            sampled.tell_now();
        });
        let floods = count(&lines, "a flood");
        assert!((100..300).contains(&floods), "{floods}");
        assert_eq!(count(&lines, "something else"), 1);
        let told = lines.last().expect("lines");
        assert!(told.contains("lines were left out of the log"), "{told}");
        let left_out: usize = told
            .split_once("lines=")
            .and_then(|(_, rest)| rest.split(' ').next()?.parse().ok())
            .expect("a number");
        assert_eq!(left_out + floods, 100_000, "{told}");
    }

    #[test]
    fn answers_are_told_by_route_and_status() {
        let lines = written(|_| {
            let answer = |route: &str, status: u16| tracing::info!(route, status, "answered");
            for _ in 0..10_000 {
                answer("/a", 503);
            }
            answer("/a", 200);
            answer("/b", 503);
        });
        assert!(count(&lines, "answered") < 300);
        assert_eq!(count(&lines, "status=200"), 1);
        assert_eq!(count(&lines, "\"/b\""), 1);
    }

    #[test]
    fn many_kinds_of_lines_have_a_bound_too() {
        let lines = written(|_| {
            for status in 0..20_000_u16 {
                tracing::info!(route = "/a", status, "answered");
            }
            tracing::warn!("of another level");
        });
        assert!(count(&lines, "answered") < 1000);
        assert_eq!(count(&lines, "of another level"), 1);
    }

    #[test]
    fn money_is_always_told() {
        let lines = written(|_| {
            for _ in 0..2_000 {
                tracing::info!(target: "gateway::orders::transition", "order moved");
            }
        });
        assert_eq!(count(&lines, "order moved"), 2_000);
    }
}
