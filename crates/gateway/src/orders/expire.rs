//! The end of orders that nobody paid.

use contract::{OrderId, OrderState};
use futures_util::{StreamExt, stream};

use super::{cancel::give_up, transition::Cause};
use crate::{
    App,
    clock::now,
    jobs::piece::isolated,
    payments::{ask, row as payment_row},
};

/// How many orders one run ends.
const BATCH: i64 = 100;
/// How many are under way at once: a channel that hangs must not keep the others waiting.
const AT_ONCE: usize = 16;

/// Ends the orders whose time has run out. The channel is asked once more before; where it cannot answer, the order
/// ends all the same, and money that turns up later is taken in by the late edge.
///
/// # Errors
/// The database cannot be read.
pub async fn expire_due(app: &App) -> anyhow::Result<()> {
    let due: Vec<String> = sqlx::query_scalar(
        "select id from orders where state in ('created', 'paying') and expires_at <= $1 and held_reason is null
         order by expires_at limit $2",
    )
    .bind(now().0)
    .bind(BATCH)
    .fetch_all(app.db.pool())
    .await?;
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
    let mut conn = app.db.pool().acquire().await?;
    let open = payment_row::open(&mut conn, id).await?;
    drop(conn);
    if let Some(payment) = open
        && let Err(error) = ask::close(app, &payment).await
    {
        tracing::warn!(order = ?id, %error, "the channel does not say whether an ending order was paid");
    }
    give_up(app, id, OrderState::Expired, Cause::Time).await?;
    Ok(())
}
