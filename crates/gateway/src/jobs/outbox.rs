//! Effects outside: written in the transaction that decides them, claimed and carried out by jobs of any process.

use contract::OrderId;
use sqlx::{AssertSqlSafe, FromRow};

use crate::{
    App,
    clock::{APART_MS, now},
    store::{Db, Dialect, Tx, in_time},
};

/// A claim lasts this long, in milliseconds; a process that dies with it is replaced afterwards.
pub const CLAIM_MS: i64 = 30_000;
/// No effect is put off for longer, in milliseconds.
pub const LONGEST_MS: i64 = 600_000;

/// An effect to be carried out.
#[derive(Clone, Debug, FromRow)]
pub struct Effect {
    /// What makes it unique.
    pub key: String,
    /// What it is: [`FULFIL`] or [`REFUND`].
    pub effect: String,
    /// For which order.
    pub order_id: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
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

/// Decides that an order's recharge is carried out, once. The channel is that of the payment.
///
/// # Errors
/// The database cannot be written.
pub async fn add_fulfil(tx: &mut Tx, order: &OrderId, channel: &str) -> sqlx::Result<()> {
    add(tx, FULFIL, order, order.as_str(), channel).await
}

/// Decides that a refund is carried out, once. The channel is that of the payment.
///
/// # Errors
/// The database cannot be written.
pub async fn add_refund(
    tx: &mut Tx,
    order: &OrderId,
    out_refund_no: &str,
    channel: &str,
) -> sqlx::Result<()> {
    add(tx, REFUND, order, out_refund_no, channel).await
}

async fn add(
    tx: &mut Tx,
    effect: &str,
    order: &OrderId,
    subject: &str,
    channel: &str,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into outbox (key, effect, channel, order_id, state, attempts, next_at, noted_at, claimed_until, created_at)
         values ($1, $2, $3, $4, 'waiting', 0, $5, $5, 0, $5) on conflict (key) do nothing",
    )
    .bind(format!("{effect}:{subject}"))
    .bind(effect)
    .bind(channel)
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

/// Claims effects of one kind and channel that are due. What one process has claimed, no other gets until the claim runs
/// out; a claim that lasts longer than any can is one of a clock that was wrong.
///
/// # Errors
/// The database cannot be written.
pub async fn claim(app: &App, effect: &str, channel: &str, most: i64) -> sqlx::Result<Vec<Effect>> {
    let at = now().0;
    let due =
        "from outbox where state = 'waiting' and effect = $1 and channel = $2 and next_at <= $3
         and (claimed_until <= $3 or claimed_until > $4)";
    // Most looks find nothing, and cost no transaction.
    let any = sqlx::query_scalar(AssertSqlSafe(format!("select key {due} limit 1")))
        .bind(effect)
        .bind(channel)
        .bind(at)
        .bind(at + CLAIM_MS + APART_MS)
        .fetch_optional(app.db.pool());
    let any: Option<String> = in_time(any).await?;
    if any.is_none() {
        return Ok(Vec::new());
    }
    let past_locked = app.db.dialect().past_locked();
    let sql = format!(
        "with due as (select key {due} order by next_at limit $5{past_locked})
         update outbox set claimed_until = $6, attempts = attempts + 1 where key in (select key from due)
         returning key, effect, order_id, attempts, claimed_until"
    );
    let mut tx = app.db.begin_write().await?;
    let claimed = sqlx::query_as(AssertSqlSafe(sql))
        .bind(effect)
        .bind(channel)
        .bind(at)
        .bind(at + CLAIM_MS + APART_MS)
        .bind(most)
        .bind(at + CLAIM_MS)
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
    let mut tx = app.db.begin_write().await?;
    finish(&mut tx, effect, "done", None).await?;
    tx.commit().await
}

/// A person has to look.
///
/// # Errors
/// The database cannot be written; the effect is then tried again.
pub async fn dead(app: &App, effect: &Effect, cause: &str) -> sqlx::Result<()> {
    let mut tx = app.db.begin_write().await?;
    if finish(&mut tx, effect, "dead", Some(cause)).await? {
        let (effect, cause) = (effect.effect.clone(), cause.to_owned());
        tx.once_committed(move || {
            tracing::error!(
                effect,
                cause,
                "an effect is given up: an operator has to decide"
            );
            metrics::counter!("outbox_dead_total", "effect" => effect).increment(1);
        });
    }
    tx.commit().await
}

/// It waits until its order, which is held, is released; if that has happened meanwhile, it is due at once.
///
/// # Errors
/// The database cannot be written.
pub async fn park(app: &App, effect: &Effect) -> sqlx::Result<()> {
    let mut tx = app.db.begin_write().await?;
    // The order before its effects, as in a release: one of the two waits for the other, and sees what it did.
    let held = sqlx::query(
        "update orders set held_reason = held_reason where id = $1 and held_reason is not null",
    )
    .bind(&effect.order_id)
    .execute(tx.conn())
    .await?
    .rows_affected();
    let state = if held > 0 { "parked" } else { "waiting" };
    finish(&mut tx, effect, state, Some("held")).await?;
    tx.commit().await
}

/// Tells whether the claim was still ours: whoever lost it has nothing to say any more.
async fn finish(
    tx: &mut Tx,
    effect: &Effect,
    state: &str,
    cause: Option<&str>,
) -> sqlx::Result<bool> {
    let ended = sqlx::query(
        "update outbox set state = $1, claimed_until = 0, last_error = $2 where key = $3 and claimed_until = $4",
    )
    .bind(state)
    .bind(cause)
    .bind(&effect.key)
    .bind(effect.claimed_until)
    .execute(tx.conn())
    .await?;
    Ok(ended.rows_affected() > 0)
}

/// It is tried again after so many milliseconds, [`LONGEST_MS`] at most.
///
/// # Errors
/// The database cannot be written; the claim then runs out by itself.
pub async fn later(
    app: &App,
    effect: &Effect,
    delay_ms: i64,
    cause: Option<&str>,
) -> sqlx::Result<()> {
    let at = now().0;
    let mut tx = app.db.begin_write().await?;
    sqlx::query(
        "update outbox set next_at = $1, noted_at = $2, claimed_until = 0, last_error = $3
         where key = $4 and claimed_until = $5",
    )
    .bind(at + delay_ms.min(LONGEST_MS))
    .bind(at)
    .bind(cause)
    .bind(&effect.key)
    .bind(effect.claimed_until)
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// Wakes an order's effects: what they wait for has changed.
///
/// # Errors
/// The database cannot be written.
pub async fn wake(tx: &mut Tx, order: &OrderId) -> sqlx::Result<()> {
    sqlx::query(
        "update outbox set state = 'waiting', next_at = $1, noted_at = $1
         where order_id = $2 and state in ('waiting', 'parked')",
    )
    .bind(now().0)
    .bind(order.as_str())
    .execute(tx.conn())
    .await?;
    // A recharge is asked about as often as a new one from now on, and whoever carries it out just now, as the order was
    // before, does not put it off. A refund's attempts tell whether it was sent.
    sqlx::query(
        "update outbox set claimed_until = 0, attempts = 0 where order_id = $1 and state = 'waiting' and effect = $2",
    )
    .bind(order.as_str())
    .bind(FULFIL)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How many effects of one kind and channel wait, counted up to a bound.
///
/// # Errors
/// The database cannot be read.
pub async fn waiting(app: &App, effect: &str, channel: &str, bound: i64) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "select count(*) from (
             select next_at from outbox where state = 'waiting' and effect = $1 and channel = $2 limit $3
         ) as counted",
    )
    .bind(effect)
    .bind(channel)
    .bind(bound)
    .fetch_one(app.db.pool())
    .await
}
