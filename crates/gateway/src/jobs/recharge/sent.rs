//! What is known of a recharge at the platform: sent or not, taken, refused, or nobody said.

use crate::{App, clock::now, orders::row::OrderRow};

/// A recharge as it is written down. Sent, and neither taken nor refused, its outcome is not known.
#[derive(Clone, Copy, Default, sqlx::FromRow)]
pub struct Sent {
    /// When it was last sent, which is also the sender's name; absent where it surely did not arrive.
    pub at: Option<i64>,
    /// When the platform said that it has it.
    pub accepted_at: Option<i64>,
    /// The platform's code, where it refused for good.
    pub refused_code: Option<i64>,
    /// How often it was sent without a sure end.
    pub sends: i64,
    /// How often the platform did not know it since it was last sent, or known.
    pub missed: i64,
}

/// What is written down of an order's recharge.
///
/// # Errors
/// The database failed.
pub async fn find(app: &App, order: &OrderRow) -> sqlx::Result<Sent> {
    let row = sqlx::query_as(
        "select sent_at as at, accepted_at, refused_code, sends, missed from recharges where order_id = $1",
    )
    .bind(&order.id)
    .fetch_optional(app.db.pool())
    .await?;
    Ok(row.unwrap_or_default())
}

/// Writes down that it is sent now, and gives the sender's name. It is not sent where meanwhile the order was held or went
/// back, another process sent it, or the platform took it.
///
/// # Errors
/// The database failed.
pub async fn begin(app: &App, order: &OrderRow, before: Option<i64>) -> sqlx::Result<Option<i64>> {
    let is_again = before.is_some();
    let before = before.unwrap_or_default();
    // No two senders have the same name, whatever the clock does.
    let me = now().0.max(before + 1);
    let mut tx = app.db.begin_order(&order.order_id()).await?;
    let noted = sqlx::query(
        "insert into recharges (order_id, number, sent_at, sends)
         select id, number, $1, 1 from orders where id = $2 and state = 'fulfilling' and held_reason is null
         on conflict (order_id) do update
             set sent_at = excluded.sent_at, refused_code = null, missed = 0, sends = recharges.sends + 1
             where coalesce(recharges.sent_at, 0) = $3 and recharges.accepted_at is null",
    )
    .bind(me)
    .bind(&order.id)
    .bind(before)
    .execute(tx.conn())
    .await?
    .rows_affected();
    if noted > 0 && is_again {
        let id = order.order_id();
        tx.once_committed(move || {
            tracing::warn!(order = ?id, "a recharge did not arrive: it is sent again under its number");
        });
    }
    tx.commit().await?;
    Ok((noted > 0).then_some(me))
}

/// It surely did not arrive: all is as it was before this sender.
///
/// # Errors
/// The database failed.
pub async fn undo(app: &App, order: &OrderRow, me: i64, before: Option<i64>) -> sqlx::Result<()> {
    let mut tx = app.db.begin_order(&order.order_id()).await?;
    sqlx::query(
        "update recharges set sent_at = $1, sends = sends - 1
         where order_id = $2 and sent_at = $3 and accepted_at is null",
    )
    .bind(before)
    .bind(&order.id)
    .bind(me)
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// The platform refused for good what this sender sent.
///
/// # Errors
/// The database failed.
pub async fn refused(app: &App, order: &OrderRow, me: i64, code: i64) -> sqlx::Result<()> {
    let mut tx = app.db.begin_order(&order.order_id()).await?;
    sqlx::query(
        "update recharges set refused_code = $1
         where order_id = $2 and sent_at = $3 and accepted_at is null",
    )
    .bind(code)
    .bind(&order.id)
    .bind(me)
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// The platform has it, whoever sent it.
///
/// # Errors
/// The database failed.
pub async fn accepted(app: &App, order: &OrderRow) -> sqlx::Result<()> {
    let mut tx = app.db.begin_order(&order.order_id()).await?;
    sqlx::query(
        "update recharges set accepted_at = coalesce(accepted_at, $1), refused_code = null, missed = 0
         where order_id = $2",
    )
    .bind(now().0)
    .bind(&order.id)
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// The platform does not know it. Gives how often it said so since this sender sent it, or since it was last known.
///
/// # Errors
/// The database failed.
pub async fn missed(app: &App, order: &OrderRow, sent_at: i64) -> sqlx::Result<i64> {
    let mut tx = app.db.begin_order(&order.order_id()).await?;
    let missed: Option<i64> = sqlx::query_scalar(
        "update recharges set missed = missed + 1 where order_id = $1 and sent_at = $2 returning missed",
    )
    .bind(&order.id)
    .bind(sent_at)
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(missed.unwrap_or_default())
}
