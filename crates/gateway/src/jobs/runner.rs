//! When each job runs.

use std::time::Duration;

use super::{keep, lanes, set_right};
use crate::{
    App,
    orders::{expire, hub},
    payments::silent,
};

/// How often each job looks for work.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How soon a merchant that was changed through another process is changed here.
const FOLLOW_EVERY: Duration = Duration::from_secs(2);
/// How often it is looked whether the clock was put back.
const SET_RIGHT_EVERY: Duration = Duration::from_secs(1);
/// How often the effects that wait are counted.
const COUNT_EVERY: Duration = Duration::from_secs(15);
/// How often what has run out is thrown away.
const FORGET_EVERY: Duration = Duration::from_secs(60);
/// A look that takes longer hangs, on a database that is gone without a word, say. It is given up as a crash would.
const LONGEST_LOOK: Duration = Duration::from_secs(300);

/// Starts every job; they end when the gateway stops, after the work they hold.
pub fn spawn(app: &App) {
    lanes::spawn(app);
    app.tasks
        .spawn(every(COUNT_EVERY, app.clone(), "count", lanes::count));
    app.tasks.spawn(every(
        SET_RIGHT_EVERY,
        app.clone(),
        "set_right",
        async |app: App| set_right::set_right(&app).await,
    ));
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

/// Sees what the operator changed through another process.
async fn follow_merchants(app: App) -> anyhow::Result<()> {
    app.channels.reload(&app.db, &app.vault).await
}

async fn forget(app: App) -> anyhow::Result<()> {
    keep::forget(&app).await?;
    Ok(())
}

async fn ask_silent(app: App) -> anyhow::Result<()> {
    silent::ask_due(&app);
    Ok(())
}

async fn expire_orders(app: App) -> anyhow::Result<()> {
    expire::expire_due(&app).await
}
