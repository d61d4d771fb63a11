//! The end of orders that nobody paid.

use contract::{OrderId, OrderState};

use super::{cancel::give_up, transition::Cause};
use crate::{
    App,
    clock::now,
    payments::{ask, row as payment_row},
};

/// How many orders one run ends.
const BATCH: i64 = 100;

/// Ends the orders whose time has run out. The channel is asked once more before; where it cannot answer, the order
/// ends all the same, and money that turns up later is taken in by the late edge.
///
/// # Errors
/// The database cannot be read or written.
pub async fn expire_due(app: &App) -> anyhow::Result<usize> {
    let due: Vec<String> = sqlx::query_scalar(
        "select id from orders where state in ('created', 'paying') and expires_at <= $1 and held_reason is null
         order by expires_at limit $2",
    )
    .bind(now().0)
    .bind(BATCH)
    .fetch_all(app.db.pool())
    .await?;
    let mut ended = 0;
    for id in &due {
        let Ok(id) = OrderId::parse(id) else { continue };
        let mut conn = app.db.pool().acquire().await?;
        let open = payment_row::open(&mut conn, &id).await?;
        drop(conn);
        if let Some(payment) = open
            && let Err(error) = ask::close(app, &payment).await
        {
            tracing::warn!(order = ?id, %error, "the channel does not say whether an ending order was paid");
        }
        ended += usize::from(give_up(app, &id, OrderState::Expired, Cause::Time).await?);
    }
    Ok(ended)
}
