//! The one way in which an order's state changes.

use contract::{OrderId, OrderState};
use sqlx::AssertSqlSafe;

use crate::{clock::now, jobs::outbox, store::Tx};

/// Who moved an order: written beside each step for the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A buyer's request.
    Request,
    /// What a channel answered or told.
    Channel,
    /// The passing of time.
    Time,
    /// An operator.
    Operator,
}

impl Cause {
    fn as_str(self) -> &'static str {
        match self {
            Cause::Request => "request",
            Cause::Channel => "channel",
            Cause::Time => "time",
            Cause::Operator => "operator",
        }
    }
}

/// Moves an order along an edge of the graph, in one statement that holds only from the states the graph allows.
///
/// Tells whether it moved; if it did not, somebody else had moved it elsewhere and nothing was changed.
///
/// Money that arrived, or is back, moves a held order too, since it says what is true; and so does an operator, for whom
/// it is held. Everything else leaves a held order alone.
///
/// # Errors
/// The database cannot be written.
pub async fn transition(
    tx: &mut Tx,
    id: &OrderId,
    to: OrderState,
    cause: Cause,
) -> sqlx::Result<bool> {
    debug_assert!(tx.has_locked(id), "it began without `begin_order`");
    let is_true = match to {
        OrderState::Paid | OrderState::Refunded | OrderState::RefundFailed => true,
        // By way of this state a created order becomes paid.
        OrderState::Paying => cause == Cause::Channel,
        _ => cause == Cause::Operator,
    };
    walk(tx, id, to, cause, is_true).await
}

/// The same for an order whose money is back at the buyer, as its channel said: the states on the way to refunded are
/// walked too, whatever it is held for.
///
/// # Errors
/// The database cannot be written.
pub async fn money_is_back(tx: &mut Tx, id: &OrderId, to: OrderState) -> sqlx::Result<bool> {
    walk(tx, id, to, Cause::Channel, true).await
}

async fn walk(
    tx: &mut Tx,
    id: &OrderId,
    to: OrderState,
    cause: Cause,
    is_true: bool,
) -> sqlx::Result<bool> {
    let origins: Vec<String> = to
        .origins()
        .map(|state| format!("'{}'", state.as_str()))
        .collect();
    let unless_held = if is_true {
        ""
    } else {
        " and held_reason is null"
    };
    // Where an order came from matters while it is open.
    let forget = if to.is_open() { "" } else { ", client = null" };
    let sql = format!(
        "update orders set state = $1, version = version + 1, updated_at = $2{forget}
         where id = $3 and state in ({}){unless_held} returning version",
        origins.join(", ")
    );
    let at = now().0;
    let version: Option<i64> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(to.as_str())
        .bind(at)
        .bind(id.as_str())
        .fetch_optional(tx.conn())
        .await?;
    let Some(version) = version else {
        return Ok(false);
    };
    record(tx, id, version, to, at, cause).await?;
    let id = id.clone();
    tx.once_committed(move || {
        metrics::counter!("orders_moved_total", "to" => to.as_str()).increment(1);
        tracing::info!(order = ?id, to = to.as_str(), cause = cause.as_str(), "order moved");
    });
    Ok(true)
}

/// Writes a step of the timeline.
///
/// # Errors
/// The database cannot be written.
pub async fn record(
    tx: &mut Tx,
    id: &OrderId,
    version: i64,
    state: OrderState,
    at: i64,
    cause: Cause,
) -> sqlx::Result<()> {
    sqlx::query("insert into order_events (order_id, version, state, at, cause) values ($1, $2, $3, $4, $5)")
        .bind(id.as_str())
        .bind(version)
        .bind(state.as_str())
        .bind(at)
        .bind(cause.as_str())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Sets an order aside for an operator, with the reason. An order that is held already keeps its first reason.
/// Tells whether this set it aside.
///
/// # Errors
/// The database cannot be written.
pub async fn hold(tx: &mut Tx, id: &OrderId, reason: &'static str) -> sqlx::Result<bool> {
    debug_assert!(tx.has_locked(id), "it began without `begin_order`");
    let held = sqlx::query(
        "update orders set held_reason = $1, version = version + 1, updated_at = $2
         where id = $3 and held_reason is null",
    )
    .bind(reason)
    .bind(now().0)
    .bind(id.as_str())
    .execute(tx.conn())
    .await?
    .rows_affected();
    if held > 0 {
        let id = id.clone();
        tx.once_committed(move || {
            metrics::counter!("orders_held_total", "reason" => reason).increment(1);
            tracing::error!(order = ?id, reason, "order held: an operator has to decide");
        });
    }
    Ok(held > 0)
}

/// Lets an order go on that was held, and its effects with it. Tells whether it was.
///
/// # Errors
/// The database cannot be written.
pub async fn release(tx: &mut Tx, id: &OrderId) -> sqlx::Result<bool> {
    debug_assert!(tx.has_locked(id), "it began without `begin_order`");
    let released = sqlx::query(
        "update orders set held_reason = null, version = version + 1, updated_at = $1
         where id = $2 and held_reason is not null",
    )
    .bind(now().0)
    .bind(id.as_str())
    .execute(tx.conn())
    .await?
    .rows_affected();
    if released > 0 {
        outbox::wake(tx, id).await?;
    }
    Ok(released > 0)
}
