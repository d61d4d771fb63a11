//! Effects outside: written in the transaction that decides them, claimed and carried out by jobs of any process.

use contract::OrderId;
use sqlx::FromRow;

use crate::{
    App,
    clock::now,
    store::{Db, Dialect, Tx},
};

/// A claim lasts this long; a process that dies with it is replaced afterwards.
const CLAIM_MS: i64 = 30_000;

/// An effect to be carried out.
#[derive(Clone, Debug, FromRow)]
pub struct Effect {
    /// What makes it unique.
    pub key: String,
    /// What it is: [`FULFIL`] or [`REFUND`].
    pub effect: String,
    /// For which order.
    pub order_id: String,
    /// How often it was tried before.
    pub attempts: i64,
    /// When it was decided, in milliseconds.
    pub created_at: i64,
    /// Until when it is claimed, in milliseconds: whoever claimed it later has another time here.
    claimed_until: i64,
}

/// A recharge, by the order's id.
pub const FULFIL: &str = "fulfil";
/// A refund, by its number.
pub const REFUND: &str = "refund";

impl Effect {
    /// What it is about: what stands behind the colon of its key.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.key.split_once(':').map_or("", |(_, subject)| subject)
    }
}

/// Decides that an order's recharge is carried out, once.
///
/// # Errors
/// The database cannot be written.
pub async fn add_fulfil(tx: &mut Tx, order: &OrderId) -> sqlx::Result<()> {
    add(tx, FULFIL, order, order.as_str()).await
}

/// Decides that a refund is carried out, once.
///
/// # Errors
/// The database cannot be written.
pub async fn add_refund(tx: &mut Tx, order: &OrderId, out_refund_no: &str) -> sqlx::Result<()> {
    add(tx, REFUND, order, out_refund_no).await
}

async fn add(tx: &mut Tx, effect: &str, order: &OrderId, subject: &str) -> sqlx::Result<()> {
    sqlx::query(
        "insert into outbox (key, effect, order_id, state, attempts, next_at, claimed_until, created_at)
         values ($1, $2, $3, 'waiting', 0, $4, 0, $4) on conflict (key) do nothing",
    )
    .bind(format!("{effect}:{subject}"))
    .bind(effect)
    .bind(order.as_str())
    .bind(now().0)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes back what a process that is gone had claimed, where there can be no other process: at the start on SQLite.
///
/// # Errors
/// The database cannot be written.
pub async fn reclaim(db: &Db) -> sqlx::Result<()> {
    if db.dialect() != Dialect::Sqlite {
        return Ok(());
    }
    let mut tx = db.begin_write().await?;
    sqlx::query("update outbox set claimed_until = 0 where claimed_until > 0")
        .execute(tx.conn())
        .await?;
    tx.commit().await
}

/// Claims effects that are due. What one process has claimed, no other gets until the claim runs out.
///
/// # Errors
/// The database cannot be written.
pub async fn claim(app: &App, most: i64) -> sqlx::Result<Vec<Effect>> {
    let at = now().0;
    let mut tx = app.db.begin_write().await?;
    // The condition stands twice: where two processes chose the same row, the second finds it claimed when it writes.
    let claimed = sqlx::query_as(
        "update outbox set claimed_until = $1, attempts = attempts + 1
         where state = 'waiting' and claimed_until <= $2 and key in (
             select key from outbox where state = 'waiting' and next_at <= $2 and claimed_until <= $2
             order by next_at limit $3)
         returning key, effect, order_id, attempts, created_at, claimed_until",
    )
    .bind(at + CLAIM_MS)
    .bind(at)
    .bind(most)
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(claimed)
}

/// Nothing is left to do.
///
/// # Errors
/// The database cannot be written; the effect is then tried again, which does no harm.
pub async fn done(app: &App, effect: &Effect) -> sqlx::Result<()> {
    finish(app, effect, "done", None).await
}

/// A person has to look.
///
/// # Errors
/// The database cannot be written; the effect is then tried again.
pub async fn dead(app: &App, effect: &Effect, cause: &str) -> sqlx::Result<()> {
    tracing::error!(
        effect = effect.effect,
        cause,
        "an effect is given up: an operator has to decide"
    );
    metrics::counter!("outbox_dead_total", "effect" => effect.effect.clone()).increment(1);
    finish(app, effect, "dead", Some(cause)).await
}

async fn finish(app: &App, effect: &Effect, state: &str, cause: Option<&str>) -> sqlx::Result<()> {
    let mut tx = app.db.begin_write().await?;
    // Whoever lost the claim has nothing to say any more.
    sqlx::query(
        "update outbox set state = $1, claimed_until = 0, last_error = $2 where key = $3 and claimed_until = $4",
    )
        .bind(state)
        .bind(cause)
        .bind(&effect.key)
        .bind(effect.claimed_until)
        .execute(tx.conn())
        .await?;
    tx.commit().await
}

/// It is tried again after so many milliseconds.
///
/// # Errors
/// The database cannot be written; the claim then runs out by itself.
pub async fn later(
    app: &App,
    effect: &Effect,
    delay_ms: i64,
    cause: Option<&str>,
) -> sqlx::Result<()> {
    let mut tx = app.db.begin_write().await?;
    sqlx::query(
        "update outbox set next_at = $1, claimed_until = 0, last_error = $2 where key = $3 and claimed_until = $4",
    )
    .bind(now().0 + delay_ms)
    .bind(cause)
    .bind(&effect.key)
    .bind(effect.claimed_until)
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// Wakes an order's effects: an operator changed what they wait for.
///
/// # Errors
/// The database cannot be written.
pub async fn wake(tx: &mut Tx, order: &OrderId) -> sqlx::Result<()> {
    let at = now().0;
    sqlx::query("update outbox set next_at = $1 where order_id = $2 and state = 'waiting'")
        .bind(at)
        .bind(order.as_str())
        .execute(tx.conn())
        .await?;
    // A recharge has a day from now; a refund's attempts tell whether it was sent.
    sqlx::query(
        "update outbox set created_at = $1, attempts = 0 where order_id = $2 and state = 'waiting' and effect = $3",
    )
    .bind(at)
    .bind(order.as_str())
    .bind(FULFIL)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How many effects wait, for the metrics.
///
/// # Errors
/// The database cannot be read.
pub async fn depth(app: &App) -> sqlx::Result<i64> {
    sqlx::query_scalar("select count(*) from outbox where state = 'waiting'")
        .fetch_one(app.db.pool())
        .await
}
