//! Why orders are held, where more than one place has to know the reason.

use contract::OrderId;
use sqlx::AssertSqlSafe;

use crate::{clock::now, jobs::outbox, store::Tx};

/// Paid, and neither credited nor refunded after a day of asking.
pub const OVERDUE: &str = "recharge_overdue";
/// The platform took the recharge, and does not know it any more.
pub const RECHARGE_LOST: &str = "recharge_lost";
/// The recharge was sent as often as it may be, and the platform never said that it has it.
pub const RECHARGE_UNANSWERED: &str = "recharge_unanswered";
/// The wallet took the refund, and does not know it any more.
pub const REFUND_LOST: &str = "refund_lost";

/// What an order is held for when nobody says how its recharge stands. It is asked on, and goes on by itself when
/// somebody does.
pub const FOR_SILENCE: [&str; 3] = [OVERDUE, RECHARGE_LOST, RECHARGE_UNANSWERED];

/// Lets an order go on that is held for one of these reasons, which holds no longer, and its effects with it. Tells whether
/// it was.
///
/// # Errors
/// The database cannot be written.
pub async fn lift(tx: &mut Tx, id: &OrderId, reasons: &[&'static str]) -> sqlx::Result<bool> {
    let sql = format!(
        "update orders set held_reason = null, version = version + 1, updated_at = $1
         where id = $2 and held_reason in ('{}')",
        reasons.join("', '")
    );
    let lifted = sqlx::query(AssertSqlSafe(sql))
        .bind(now().0)
        .bind(id.as_str())
        .execute(tx.conn())
        .await?
        .rows_affected();
    if lifted > 0 {
        outbox::wake(tx, id).await?;
        let id = id.clone();
        tx.once_committed(move || {
            tracing::info!(order = ?id, "a held order goes on: what it was held for is over");
        });
    }
    Ok(lifted > 0)
}
