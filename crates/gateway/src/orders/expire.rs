//! The end of orders that nobody paid.

use contract::{OrderId, OrderState};
use futures_util::{StreamExt, stream};

use super::{
    cancel::give_up,
    transition::{Cause, hold},
};
use crate::{
    App,
    clock::now,
    jobs::piece::isolated,
    payments::{
        ask::{self, AskError, UNLISTED},
        pace::{Asker, NotNow},
        row as payment_row,
    },
    random,
    store::in_time,
};

/// How many orders one run ends.
const BATCH: i64 = 100;
/// How many are under way at once: a channel that hangs must not keep the others waiting.
const AT_ONCE: usize = 16;
/// For so long an order that is being ended is nobody else's, in milliseconds.
const CLAIM_MS: i64 = 15_000;
/// For so long an order waits for its channel to be asked, where that is asked too much, in milliseconds.
const PATIENCE_MS: i64 = 60_000;

/// Ends the orders whose time has run out. The channel is asked once more before; where it cannot answer, the order
/// ends all the same, and money that turns up later is taken in by the late edge.
///
/// # Errors
/// The database cannot be read.
pub async fn expire_due(app: &App) -> anyhow::Result<()> {
    let due = sqlx::query_scalar(
        "select id from orders where state in ('created', 'paying') and expires_at <= $1 and held_reason is null
             and (ending_until <= $1 or ending_until > $1 + $2)
         order by expires_at limit $3",
    )
    .bind(now().0)
    .bind(CLAIM_MS)
    .bind(BATCH)
    .fetch_all(app.db.pool());
    let mut due: Vec<String> = in_time(due).await?;
    // Processes that found the same orders begin at different ones.
    if let Some(last) = due.len().checked_sub(1) {
        due.rotate_left(usize::from(u16::from_be_bytes(random::bytes())) % (last + 1));
    }
    stream::iter(due.iter().filter_map(|id| OrderId::parse(id).ok()))
        .take_until(app.stop.cancelled())
        .for_each_concurrent(AT_ONCE, |id| async move {
            if let Err(error) = isolated(expire(app, &id)).await {
                tracing::warn!(order = ?id, error = format!("{error:#}"), "an order cannot be ended now");
            }
        })
        .await;
    Ok(())
}

async fn expire(app: &App, id: &OrderId) -> sqlx::Result<()> {
    let Some(expires_at) = claim(app, id).await? else {
        return Ok(());
    };
    let mut conn = app.db.pool().acquire().await?;
    let open = payment_row::open(&mut conn, id).await?;
    drop(conn);
    if let Some(payment) = open
        && let Err(error) = ask::close(app, &payment, Asker::Job).await
    {
        match error {
            AskError::Paced(NotNow::UsedUp) if now().0 - expires_at < PATIENCE_MS => return Ok(()),
            // It is a person's now.
            AskError::Unlisted => return Ok(()),
            _ if payment.unlisted_at.is_some() => return set_aside(app, id).await,
            error => {
                tracing::warn!(order = ?id, %error, "the channel does not say whether an ending order was paid");
            }
        }
    }
    give_up(app, id, OrderState::Expired, Cause::Time).await?;
    Ok(())
}

/// Takes an order's end on, so that no other process asks for it too, and tells when it was due.
async fn claim(app: &App, id: &OrderId) -> sqlx::Result<Option<i64>> {
    let mut tx = app.db.begin_write().await?;
    let expires_at = sqlx::query_scalar(
        "update orders set ending_until = $1
         where id = $2 and state in ('created', 'paying') and held_reason is null
             and (ending_until <= $3 or ending_until > $1)
         returning expires_at",
    )
    .bind(now().0 + CLAIM_MS)
    .bind(id.as_str())
    .bind(now().0)
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(expires_at)
}

/// What its channel told last cannot be read, and now it tells nothing: the order may be paid.
async fn set_aside(app: &App, id: &OrderId) -> sqlx::Result<()> {
    let mut tx = app.db.begin_order(id).await?;
    hold(&mut tx, id, UNLISTED).await?;
    tx.commit().await?;
    app.hub.changed(id);
    Ok(())
}
