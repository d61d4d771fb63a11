//! Transactions that write what belongs to an order.

use std::time::Duration;

use contract::OrderId;

use super::{Db, Dialect, Tx, connect::Locked, late};

/// So long a transaction waits for another one of the same order in this process: as long as for one elsewhere.
const LONGEST_TURN: Duration = Duration::from_secs(4);

impl Db {
    /// Begins a transaction that writes what belongs to an order: the order itself, its timeline, payments, refunds,
    /// recharge and effects. It locks the order's row before anything else, so that no two of them wait for each other,
    /// and takes turns within this process before it takes a connection, so that an order that is locked elsewhere
    /// holds one connection and not all of them.
    ///
    /// # Errors
    /// The database cannot be reached, or the order stays locked.
    pub async fn begin_order(&self, id: &OrderId) -> sqlx::Result<Tx> {
        let turn = self.order_turns.of(id.as_str());
        let turn = tokio::time::timeout(LONGEST_TURN, turn.lock_owned())
            .await
            .map_err(|_| late("another transaction of the same order has not ended"))?;
        let mut tx = self.begin_write().await?;
        tx.order = Some(Locked {
            id: id.clone(),
            _turn: turn,
        });
        // SQLite has one writer at a time anyway.
        if self.dialect() == Dialect::Postgres {
            sqlx::query("select id from orders where id = $1 for no key update")
                .bind(id.as_str())
                .execute(tx.conn())
                .await?;
        }
        Ok(tx)
    }
}
