//! When each job runs.

use std::time::Duration;

use futures_util::{StreamExt, stream};

use super::{fulfil, outbox};
use crate::{
    App,
    clock::now,
    orders::{expire, hub},
    payments::{ask, row},
};

/// How often each job looks for work.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Pieces of work under way at once, so that one slow answer delays no other.
const AT_ONCE: usize = 16;
/// Pieces of work taken in one look.
const BATCH: i64 = 64;

/// Starts every job; they end when the gateway stops, after the work they hold.
pub fn spawn(app: &App) {
    app.tasks.spawn(every(app.clone(), "outbox", carry_out));
    app.tasks.spawn(every(app.clone(), "ask", ask_silent));
    app.tasks.spawn(every(app.clone(), "expire", expire_orders));
    app.tasks.spawn(hub::run(app.clone()));
}

/// Runs a job again and again. Work is stopped only between two looks, never in the middle.
async fn every<F, Fut>(app: App, name: &'static str, job: F)
where
    F: Fn(App) -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while app.stop.run_until_cancelled(ticks.tick()).await.is_some() {
        if let Err(error) = job(app.clone()).await {
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
    let effects = outbox::claim(&app, BATCH).await?;
    stream::iter(effects)
        .for_each_concurrent(AT_ONCE, |effect| {
            let app = app.clone();
            async move {
                if let Err(error) = fulfil::run(&app, &effect).await {
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

/// Finds payments whose notice was lost.
async fn ask_silent(app: App) -> anyhow::Result<()> {
    let at = now().0;
    let due: Vec<(String, i64, i64)> = sqlx::query_as(
        "select out_trade_no, created_at, expires_at from payments
         where next_ask_at <= $1 and state <> 'succeeded' order by next_ask_at limit $2",
    )
    .bind(at)
    .bind(BATCH)
    .fetch_all(app.db.pool())
    .await?;
    stream::iter(due)
        .for_each_concurrent(AT_ONCE, |(out_trade_no, created_at, expires_at)| {
            let app = app.clone();
            async move {
                if let Err(error) = ask_one(
                    &app,
                    &out_trade_no,
                    at,
                    ask::next_ask(created_at, expires_at),
                )
                .await
                {
                    tracing::warn!(
                        out_trade_no,
                        error = format!("{error:#}"),
                        "a silent payment cannot be asked"
                    );
                }
            }
        })
        .await;
    Ok(())
}

/// Takes a payment's turn to be asked, so that no other process asks it too, and asks.
async fn ask_one(
    app: &App,
    out_trade_no: &str,
    due: i64,
    delay: Option<i64>,
) -> anyhow::Result<()> {
    let mut tx = app.db.begin_write().await?;
    let mine = sqlx::query(
        "update payments set next_ask_at = $1 where out_trade_no = $2 and next_ask_at <= $3",
    )
    .bind(delay.map(|delay| now().0 + delay))
    .bind(out_trade_no)
    .bind(due)
    .execute(tx.conn())
    .await?
    .rows_affected();
    tx.commit().await?;
    if mine == 0 {
        return Ok(());
    }
    let mut conn = app.db.pool().acquire().await?;
    let payment = row::find(&mut conn, out_trade_no).await?;
    drop(conn);
    if let Some(payment) = payment {
        ask::ask(app, &payment).await?;
    }
    Ok(())
}

async fn expire_orders(app: App) -> anyhow::Result<()> {
    expire::expire_due(&app).await.map(|_| ())
}
