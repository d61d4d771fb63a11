//! Who carries effects out: a lane for each kind of effect and channel.
//!
//! So a wallet that hangs keeps neither the other's refunds nor the recharges waiting. Within a lane each effect has a
//! slot, which is filled again when it is free.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    fulfil,
    outbox::{self, Effect, FULFIL, REFUND},
    piece::isolated,
};
use crate::{App, refunds};

/// How often a lane looks for work.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Effects under way at once in one lane.
const SLOTS: usize = 16;
/// Effects claimed at once: fewer than there are slots, so that several processes share what is due.
const CLAIMED: usize = 8;
/// A claim that takes longer is given up; it would have run out.
const LONGEST_CLAIM: Duration = Duration::from_millis(outbox::CLAIM_MS.unsigned_abs());
/// After this time giving back is tried again, where the database failed.
const GIVE_BACK_AGAIN: Duration = Duration::from_secs(1);
/// More waiting effects are not counted.
const COUNTED: i64 = 10_000;

/// Effects of one kind, of payments of one channel.
#[derive(Clone, Copy)]
struct Lane {
    effect: &'static str,
    channel: &'static str,
}

const LANES: [Lane; 6] = [
    Lane::new(FULFIL, "platform"),
    Lane::new(FULFIL, "alipay"),
    Lane::new(FULFIL, "wechat"),
    Lane::new(REFUND, "platform"),
    Lane::new(REFUND, "alipay"),
    Lane::new(REFUND, "wechat"),
];

impl Lane {
    const fn new(effect: &'static str, channel: &'static str) -> Lane {
        Lane { effect, channel }
    }
}

/// Starts every lane; they end when the gateway stops, after the effects they hold.
pub fn spawn(app: &App) {
    for lane in LANES {
        app.tasks.spawn(run(app.clone(), lane));
    }
}

async fn run(app: App, lane: Lane) {
    let slots = Arc::new(Semaphore::new(SLOTS));
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while app.stop.run_until_cancelled(ticks.tick()).await.is_some() {
        if let Err(error) = fill(&app, lane, &slots).await {
            metrics::counter!("job_failures_total", "job" => "outbox").increment(1);
            tracing::error!(
                job = "outbox",
                effect = lane.effect,
                channel = lane.channel,
                error = format!("{error:#}"),
                "a job failed; it goes on"
            );
        }
    }
}

/// Fills the slots that are free, until nothing more is due.
async fn fill(app: &App, lane: Lane, slots: &Arc<Semaphore>) -> anyhow::Result<()> {
    while let Some(free) = free(app, slots).await {
        let most = free.len();
        let claim = outbox::claim(app, lane.effect, lane.channel, i64::try_from(most)?);
        let effects = tokio::time::timeout(LONGEST_CLAIM, isolated(claim)).await??;
        let claimed = effects.len();
        for (effect, slot) in effects.into_iter().zip(free) {
            let app = app.clone();
            app.tasks.clone().spawn(async move {
                carry_out(&app, &effect).await;
                drop(slot);
            });
        }
        if claimed < most {
            break;
        }
    }
    Ok(())
}

/// Slots for the next claim: one at least, unless the gateway stops.
async fn free(app: &App, slots: &Arc<Semaphore>) -> Option<Vec<OwnedSemaphorePermit>> {
    let first = slots.clone().acquire_owned();
    let mut free = vec![app.stop.run_until_cancelled(first).await?.ok()?];
    while free.len() < CLAIMED
        && let Ok(slot) = slots.clone().try_acquire_owned()
    {
        free.push(slot);
    }
    (!app.stop.is_cancelled()).then_some(free)
}

async fn carry_out(app: &App, effect: &Effect) {
    let carried = isolated(async {
        match effect.effect.as_str() {
            REFUND => refunds::carry::run(app, effect).await,
            _ => fulfil::run(app, effect).await,
        }
    });
    if let Err(error) = carried.await {
        let error = format!("{error:#}");
        metrics::counter!("job_failures_total", "job" => "outbox").increment(1);
        tracing::error!(
            effect = effect.effect,
            error,
            "an effect failed; it is tried again"
        );
        give_back(app, effect, &error).await;
    }
}

/// Gives an effect back, so that its claim is not waited out. Where the database still fails, that is tried for as long
/// as the claim lasts.
async fn give_back(app: &App, effect: &Effect, cause: &str) {
    let begun = Instant::now();
    while outbox::later(app, effect, again_ms(effect.attempts), Some(cause))
        .await
        .is_err()
        && begun.elapsed() < LONGEST_CLAIM
        && app
            .stop
            .run_until_cancelled(tokio::time::sleep(GIVE_BACK_AGAIN))
            .await
            .is_some()
    {}
}

/// Soon at first, then about once a minute.
fn again_ms(attempts: i64) -> i64 {
    500 << attempts.clamp(1, 7)
}

/// Counts what waits, for the figures.
///
/// # Errors
/// The database cannot be read.
pub async fn count(app: App) -> anyhow::Result<()> {
    for Lane { effect, channel } in LANES {
        let waiting = outbox::waiting(&app, effect, channel, COUNTED).await?;
        #[expect(
            clippy::cast_precision_loss,
            reason = "a gauge takes a float, and the count is bounded"
        )]
        metrics::gauge!("outbox_waiting", "effect" => effect, "channel" => channel)
            .set(waiting as f64);
    }
    Ok(())
}
