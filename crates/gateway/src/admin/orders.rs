//! One order, as the operator sees and moves it.

use axum::{
    Json,
    extract::{Path, State},
};
use contract::{OrderState, Timestamp};
use serde::Serialize;
use serde_json::json;

use super::{
    audit::Entry,
    find::find_order,
    guard::Operator,
    refunds::{Refund, conflict},
};
use crate::{
    ApiResult, App,
    orders::{
        row::{self, OrderRow},
        transition,
    },
    payments::row as payment_row,
    refunds,
    store::Tx,
};

/// Everything about an order but the card's full number.
#[derive(Serialize)]
pub(super) struct Order {
    id: String,
    number: String,
    state: String,
    held_reason: Option<String>,
    title: String,
    amount_fen: i64,
    card_masked: Option<String>,
    created_at: Timestamp,
    expires_at: Timestamp,
    timeline: Vec<Step>,
    payments: Vec<Payment>,
    refunds: Vec<Refund>,
    effects: Vec<Effect>,
}

#[derive(Serialize)]
struct Step {
    state: String,
    cause: String,
    at: Timestamp,
}

#[derive(Serialize)]
struct Payment {
    out_trade_no: String,
    channel: String,
    merchant: String,
    method: String,
    state: String,
    amount_fen: i64,
    refunding_fen: i64,
    transaction_id: Option<String>,
    created_at: Timestamp,
}

/// A recharge or a refund that waits, is done, or was given up.
#[derive(Serialize, sqlx::FromRow)]
struct Effect {
    effect: String,
    state: String,
    attempts: i64,
    last_error: Option<String>,
}

/// Shows an order.
pub(super) async fn show(State(app): State<App>, Path(id): Path<String>) -> ApiResult<Json<Order>> {
    let order = find_order(&app, &id).await?;
    Ok(Json(view(&app, order).await?))
}

/// Lets a held order go on.
pub(super) async fn release(
    State(app): State<App>,
    Path(id): Path<String>,
    by: Operator,
) -> ApiResult<Json<Order>> {
    let order = find_order(&app, &id).await?;
    let entry = entry("order.release", &order, &by);
    let mut tx = app.db.begin_order(&order.order_id()).await?;
    if !transition::release(&mut tx, &order.order_id()).await? {
        drop(tx);
        entry.refused(&app).await?;
        return Err(conflict("the order is not held"));
    }
    go_on(&app, tx, &entry, &order).await
}

/// Sends a held order's recharge once more, under its number, after the operator has made sure that the platform will
/// not carry out what was sent before.
pub(super) async fn recharge(
    State(app): State<App>,
    Path(id): Path<String>,
    by: Operator,
) -> ApiResult<Json<Order>> {
    let order = find_order(&app, &id).await?;
    let entry = entry("order.recharge", &order, &by);
    let mut tx = app.db.begin_order(&order.order_id()).await?;
    let is_stuck = order.order_state() == OrderState::Fulfilling
        && transition::release(&mut tx, &order.order_id()).await?;
    if !is_stuck {
        drop(tx);
        entry.refused(&app).await?;
        return Err(conflict(
            "only a held order whose recharge is under way can be recharged again",
        ));
    }
    sqlx::query(
        "update recharges set sent_at = null, accepted_at = null, refused_code = null, sends = 0, missed = 0
         where order_id = $1",
    )
        .bind(&order.id)
        .execute(tx.conn())
        .await?;
    go_on(&app, tx, &entry, &order).await
}

fn entry<'a>(action: &'static str, order: &'a OrderRow, by: &'a Operator) -> Entry<'a> {
    Entry {
        action,
        subject: &order.number,
        detail: json!({ "held_reason": order.held_reason }),
        by,
    }
}

/// Ends an action: what waits for the order is woken, and it is shown as it is then.
pub(super) async fn go_on(
    app: &App,
    mut tx: Tx,
    entry: &Entry<'_>,
    order: &OrderRow,
) -> ApiResult<Json<Order>> {
    let id = order.order_id();
    entry.done(&mut tx).await?;
    tx.commit().await?;
    app.hub.changed(&id);
    Ok(Json(view(app, row::get(app, &id).await?).await?))
}

async fn view(app: &App, order: OrderRow) -> ApiResult<Order> {
    let id = order.order_id();
    let mut conn = app.db.pool().acquire().await?;
    let steps: Vec<(String, String, i64)> = sqlx::query_as(
        "select state, cause, at from order_events where order_id = $1 order by version",
    )
    .bind(&order.id)
    .fetch_all(&mut *conn)
    .await?;
    let effects = sqlx::query_as(
        "select effect, state, attempts, last_error from outbox where order_id = $1 order by created_at",
    )
    .bind(&order.id)
    .fetch_all(&mut *conn)
    .await?;
    let payments = payment_row::of_order(&mut conn, &id).await?;
    let refunds = refunds::row::of_order(&mut conn, &order.id).await?;
    Ok(Order {
        id: order.id,
        number: order.number,
        state: order.state,
        held_reason: order.held_reason,
        title: order.title,
        amount_fen: order.amount_fen,
        card_masked: order.card_masked,
        created_at: Timestamp(order.created_at),
        expires_at: Timestamp(order.expires_at),
        timeline: steps
            .into_iter()
            .map(|(state, cause, at)| Step {
                state,
                cause,
                at: Timestamp(at),
            })
            .collect(),
        payments: payments.into_iter().map(Payment::from).collect(),
        refunds: refunds.into_iter().map(Refund::from).collect(),
        effects,
    })
}

impl From<payment_row::PaymentRow> for Payment {
    fn from(row: payment_row::PaymentRow) -> Payment {
        Payment {
            out_trade_no: row.out_trade_no,
            channel: row.channel,
            merchant: row.merchant,
            method: row.method,
            state: row.state,
            amount_fen: row.amount_fen,
            refunding_fen: row.refunding_fen,
            transaction_id: row.transaction_id,
            created_at: Timestamp(row.created_at),
        }
    }
}
