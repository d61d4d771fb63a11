//! Payments of which nothing was heard: a notice may be lost, so the channel is asked.

use futures_util::{StreamExt, stream};

use super::{ask, row};
use crate::{App, clock::now, jobs::piece::isolated};

/// Questions under way at once, so that one slow answer delays no other.
const AT_ONCE: usize = 16;
/// Payments taken in one look.
const BATCH: i64 = 64;
/// After this time a last question that failed is asked again, in milliseconds.
const LAST_AGAIN_MS: i64 = ask::LONGEST_MS;

/// Asks for the payments whose time it is.
///
/// # Errors
/// The database cannot be read.
pub async fn ask_due(app: &App) -> anyhow::Result<()> {
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
        .take_until(app.stop.cancelled())
        .for_each_concurrent(
            AT_ONCE,
            |(out_trade_no, created_at, expires_at)| async move {
                let asked = ask_one(
                    app,
                    &out_trade_no,
                    at,
                    ask::next_ask(created_at, expires_at),
                );
                if let Err(error) = isolated(asked).await {
                    tracing::warn!(
                        out_trade_no,
                        error = format!("{error:#}"),
                        "a silent payment cannot be asked"
                    );
                }
            },
        )
        .await;
    Ok(())
}

/// Takes a payment's turn to be asked, so that no other process asks it too, and asks. The last question, after which
/// there is no delay, counts only when it was answered.
async fn ask_one(
    app: &App,
    out_trade_no: &str,
    due: i64,
    delay: Option<i64>,
) -> anyhow::Result<()> {
    let at = now().0;
    let mut tx = app.db.begin_write().await?;
    let mine = sqlx::query(
        "update payments set next_ask_at = $1, ask_noted_at = $4 where out_trade_no = $2 and next_ask_at <= $3",
    )
    .bind(at + delay.unwrap_or(LAST_AGAIN_MS))
    .bind(out_trade_no)
    .bind(due)
    .bind(at)
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
    if delay.is_none() {
        let mut tx = app.db.begin_write().await?;
        sqlx::query("update payments set next_ask_at = null where out_trade_no = $1")
            .bind(out_trade_no)
            .execute(tx.conn())
            .await?;
        tx.commit().await?;
    }
    Ok(())
}
