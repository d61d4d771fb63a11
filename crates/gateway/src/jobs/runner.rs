//! When each job runs.

use std::time::Duration;

use futures_util::{StreamExt, stream};

use super::{fulfil, outbox};
use crate::{
    App, oauth,
    orders::{expire, hub},
    payments::silent,
    refunds,
};

/// How often each job looks for work.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How soon a merchant that was changed through another process is changed here.
const FOLLOW_EVERY: Duration = Duration::from_secs(2);
/// How often what has run out is thrown away.
const FORGET_EVERY: Duration = Duration::from_secs(60);
/// A look that takes longer hangs, on a database that is gone without a word, say. It is given up as a crash would.
const LONGEST_LOOK: Duration = Duration::from_secs(300);
/// Pieces of work under way at once, so that one slow answer delays no other.
const AT_ONCE: usize = 16;
/// Effects claimed in one look: as many as are begun at once, so that no claim runs out or outlives the process unused.
const CLAIMED: i64 = AT_ONCE as i64;

/// Starts every job; they end when the gateway stops, after the work they hold.
pub fn spawn(app: &App) {
    app.tasks
        .spawn(every(LOOK_EVERY, app.clone(), "outbox", carry_out));
    app.tasks
        .spawn(every(LOOK_EVERY, app.clone(), "ask", ask_silent));
    app.tasks
        .spawn(every(LOOK_EVERY, app.clone(), "expire", expire_orders));
    app.tasks.spawn(every(
        FOLLOW_EVERY,
        app.clone(),
        "merchants",
        follow_merchants,
    ));
    app.tasks
        .spawn(every(FORGET_EVERY, app.clone(), "forget", forget));
    app.tasks.spawn(hub::run(app.clone()));
}

/// Runs a job again and again, whatever one look comes to: a panic ends that look, not the job. When the gateway stops,
/// a look begins nothing more and finishes what it has begun.
async fn every<F, Fut>(period: Duration, app: App, name: &'static str, job: F)
where
    F: Fn(App) -> Fut,
    Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while app.stop.run_until_cancelled(ticks.tick()).await.is_some() {
        let look = tokio::time::timeout(LONGEST_LOOK, job(app.clone()));
        let outcome = match app.tasks.spawn(look).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(anyhow::anyhow!("it took too long and was given up")),
            Err(panic) => Err(panic.into()),
        };
        if let Err(error) = outcome {
            metrics::counter!("job_failures_total", "job" => name).increment(1);
            tracing::error!(
                job = name,
                error = format!("{error:#}"),
                "a job failed; it goes on"
            );
        }
    }
}

async fn carry_out(app: App) -> anyhow::Result<()> {
    let effects = outbox::claim(&app, CLAIMED).await?;
    stream::iter(effects)
        .for_each_concurrent(AT_ONCE, |effect| {
            let app = app.clone();
            async move {
                let carried = match effect.effect.as_str() {
                    outbox::REFUND => refunds::carry::run(&app, &effect).await,
                    _ => fulfil::run(&app, &effect).await,
                };
                if let Err(error) = carried {
                    tracing::error!(
                        effect = effect.effect,
                        error = format!("{error:#}"),
                        "an effect failed"
                    );
                }
            }
        })
        .await;
    #[expect(
        clippy::cast_precision_loss,
        reason = "a gauge takes a float, and no queue is that long"
    )]
    metrics::gauge!("outbox_waiting").set(outbox::depth(&app).await? as f64);
    Ok(())
}

/// Sees what the operator changed through another process.
async fn follow_merchants(app: App) -> anyhow::Result<()> {
    app.channels.reload(&app.db, &app.vault).await
}

async fn forget(app: App) -> anyhow::Result<()> {
    oauth::payers::forget(&app).await?;
    Ok(())
}

async fn ask_silent(app: App) -> anyhow::Result<()> {
    silent::ask_due(&app).await
}

async fn expire_orders(app: App) -> anyhow::Result<()> {
    expire::expire_due(&app).await
}
