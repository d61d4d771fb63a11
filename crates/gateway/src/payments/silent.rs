//! Payments of which nothing was heard: a notice may be lost, so the channel is asked, within its budget.

use std::sync::Arc;

use futures_util::{StreamExt, stream};

use super::{
    Channel, ask,
    pace::Asker,
    row,
    schedule::{self, LAST_AGAIN_MS},
};
use crate::{App, clock::now, jobs::piece::isolated, store::in_time};

/// Questions under way at once at one channel, so that one slow answer delays no other.
const AT_ONCE: usize = 16;
/// Payments taken in one look at one channel.
const BATCH: i64 = 64;
/// Where more are due than are taken, one of so many is the one that waits longest; the others are the newest.
const ONE_OLD_IN: usize = 4;

/// A payment whose time it is: its number, when it was made, and when it is due.
type Due = (String, i64, i64);

/// Asks for the payments whose time it is. Each channel has a look of its own, so that one that hangs delays none.
pub fn ask_due(app: &App) {
    for channel in app.channels.all() {
        let Some(turn) = channel.pace().look() else {
            continue;
        };
        let app = app.clone();
        app.tasks.clone().spawn(async move {
            let _turn = turn;
            if let Err(error) = look(&app, &channel).await {
                metrics::counter!("job_failures_total", "job" => "ask").increment(1);
                tracing::error!(
                    channel = channel.name(),
                    error = format!("{error:#}"),
                    "silent payments cannot be looked for"
                );
            }
        });
    }
}

async fn look(app: &App, channel: &Arc<dyn Channel>) -> anyhow::Result<()> {
    let due = in_time(due(app, channel.as_ref())).await?;
    stream::iter(due)
        .take_until(app.stop.cancelled())
        .take_while(|_| std::future::ready(channel.pace().ask(Asker::Job).is_ok()))
        .for_each_concurrent(AT_ONCE, |(out_trade_no, _, due_at)| async move {
            if let Err(error) = isolated(ask_one(app, &out_trade_no, due_at)).await {
                tracing::warn!(
                    out_trade_no,
                    error = format!("{error:#}"),
                    "a silent payment cannot be asked"
                );
            }
        })
        .await;
    Ok(())
}

/// What is due at a channel, the newest payments first: whoever paid just now waits for it.
async fn due(app: &App, channel: &dyn Channel) -> sqlx::Result<Vec<Due>> {
    let mut conn = app.db.pool().acquire().await?;
    let at = now().0;
    let oldest: Vec<Due> = sqlx::query_as(
        "select out_trade_no, created_at, next_ask_at from payments
         where channel = $1 and merchant = $2 and next_ask_at <= $3 order by next_ask_at limit $4",
    )
    .bind(channel.name())
    .bind(channel.merchant())
    .bind(at)
    .bind(BATCH)
    .fetch_all(&mut *conn)
    .await?;
    if oldest.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) {
        let mut all = oldest;
        all.sort_by_key(|(_, created_at, _)| std::cmp::Reverse(*created_at));
        return Ok(all);
    }
    let newest: Vec<Due> = sqlx::query_as(
        "select out_trade_no, created_at, next_ask_at from payments
         where channel = $1 and merchant = $2 and next_ask_at <= $3 order by created_at desc limit $4",
    )
    .bind(channel.name())
    .bind(channel.merchant())
    .bind(at)
    .bind(BATCH)
    .fetch_all(&mut *conn)
    .await?;
    Ok(mixed(&newest, oldest))
}

/// The newest, and among them the one that waits longest each few places, so that nobody waits for ever.
fn mixed(newest: &[Due], oldest: Vec<Due>) -> Vec<Due> {
    let mut mixed = Vec::with_capacity(newest.len());
    let mut old = oldest.into_iter();
    for chunk in newest.chunks(ONE_OLD_IN - 1) {
        mixed.extend_from_slice(chunk);
        mixed.extend(old.next());
    }
    mixed
}

/// Takes a payment's turn to be asked, so that no other process asks it too, and asks; one that was given up here is
/// closed at its channel instead. The last question, after which there is no delay, counts only when it was answered.
async fn ask_one(app: &App, out_trade_no: &str, due_at: i64) -> anyhow::Result<()> {
    let mut conn = app.db.pool().acquire().await?;
    let Some(payment) = row::find(&mut conn, out_trade_no).await? else {
        return Ok(());
    };
    drop(conn);
    let at = now().0;
    let delay = schedule::next(&payment, at);
    let mut tx = app.db.begin_write().await?;
    let mine = sqlx::query(
        "update payments set next_ask_at = $1, ask_noted_at = $4, asks = asks + 1
         where out_trade_no = $2 and next_ask_at = $3",
    )
    .bind(at + delay.unwrap_or(LAST_AGAIN_MS))
    .bind(out_trade_no)
    .bind(due_at)
    .bind(at)
    .execute(tx.conn())
    .await?
    .rows_affected();
    tx.commit().await?;
    if mine == 0 {
        return Ok(());
    }
    if payment.payment_state().is_open() {
        ask::paced(app, &payment).await?;
    } else {
        ask::close_paced(app, &payment).await?;
    }
    if delay.is_none() {
        row::ask_no_more(app, out_trade_no).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_come_first_and_the_oldest_are_not_forgotten() {
        let rows = |ages: std::ops::Range<i64>| -> Vec<Due> {
            ages.map(|age| (age.to_string(), -age, 0)).collect()
        };
        let mixed = mixed(&rows(0..7), rows(90..97));
        let ages: Vec<&str> = mixed.iter().map(|(age, ..)| age.as_str()).collect();
        assert_eq!(ages, ["0", "1", "2", "90", "3", "4", "5", "91", "6", "92"]);
    }
}
