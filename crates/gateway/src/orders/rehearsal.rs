//! Whether what follows an order can be written too.

use contract::OrderId;
use sqlx::Connection;

use crate::store::Tx;

/// Writes what a purchase will write and takes it back, in the order's own transaction. Where one table is damaged and
/// the others are not, there would else be orders that nobody can pay, or payments of which nothing follows.
pub(super) async fn rehearse(tx: &mut Tx, id: &OrderId, at: i64) -> sqlx::Result<()> {
    let mut trial = tx.conn().begin().await?;
    let number = format!("rehearsal:{}", id.as_str());
    sqlx::query(
        "insert into payments (out_trade_no, order_id, channel, merchant, method, launch_kind, state, amount_fen,
             created_at, updated_at, expires_at, next_ask_at)
         values ($1, $2, '', '', '', '', 'created', 1, $3, $3, $3, $3)",
    )
    .bind(&number)
    .bind(id.as_str())
    .bind(at)
    .execute(&mut *trial)
    .await?;
    sqlx::query(
        "insert into outbox (key, effect, order_id, state, attempts, next_at, claimed_until, created_at)
         values ($1, '', $2, 'waiting', 0, $3, 0, $3)",
    )
    .bind(&number)
    .bind(id.as_str())
    .bind(at)
    .execute(&mut *trial)
    .await?;
    trial.rollback().await
}
