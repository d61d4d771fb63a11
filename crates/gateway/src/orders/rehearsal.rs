//! Whether what follows an order can be written too.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use contract::OrderId;
use sqlx::Connection;

use crate::store::Tx;

/// So long it counts that a purchase could be written.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// When a purchase was last written and taken back.
///
/// Where one table is damaged and the others are not, there would else be orders that nobody can pay, or payments of which
/// nothing follows. To write it for each order costs a quarter of the orders that can be made; between two trials it is
/// only looked where the rows would stand.
#[derive(Default)]
pub struct Rehearsals(Mutex<Option<Instant>>);

impl Rehearsals {
    /// Makes sure of it in the order's own transaction.
    ///
    /// # Errors
    /// It cannot be written: neither may the order be.
    pub(super) async fn rehearse(&self, tx: &mut Tx, id: &OrderId, at: i64) -> sqlx::Result<()> {
        let good = self.last().filter(|last| last.elapsed() < GOOD_FOR);
        let outcome = match good {
            Some(_) => look(tx, id).await,
            None => write(tx, id, at).await,
        };
        *self.last() = match outcome {
            Ok(()) => good.or_else(|| Some(Instant::now())),
            Err(_) => None,
        };
        outcome
    }

    fn last(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Goes the ways by which the rows of this order are written and found.
async fn look(tx: &mut Tx, id: &OrderId) -> sqlx::Result<()> {
    sqlx::query(
        "select (select count(*) from (select state from payments limit 1) p)
              + (select count(*) from payments where out_trade_no = $1)
              + (select count(*) from payments where order_id = $1)
              + (select count(*) from (select state from outbox limit 1) b)
              + (select count(*) from outbox where key = $1)
              + (select count(*) from outbox where order_id = $1)",
    )
    .bind(id.as_str())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes what a purchase will write, and takes it back.
async fn write(tx: &mut Tx, id: &OrderId, at: i64) -> sqlx::Result<()> {
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
