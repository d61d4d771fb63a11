//! What is written of an attempt to pay: each is one transaction.

use contract::{LaunchKind, OrderId, OrderState, PaymentState};

use super::{
    ask::reopen,
    row::{self as payment_row, CLOSE_AFTER_MS, PaymentRow, launch_kind_name},
    wanted::Wanted,
};
use crate::{
    App,
    clock::now,
    orders::transition::{Cause, transition},
};

/// After this time a payment that nobody was told about is asked for, in milliseconds.
const FIRST_ASK_MS: i64 = 5_000;
/// Payments that one order may have: each is asked for until a day after its end, so that nobody may begin them without
/// end. A buyer who changes their mind is far below.
const MOST_PAYMENTS: i64 = 20;

/// Writes a payment and its number, and gives up the one that it replaces. Tells whether the order could take it.
///
/// # Errors
/// The database cannot be written; where a unique key is violated, another process wrote one a moment ago.
pub(super) async fn write(
    app: &App,
    id: &OrderId,
    out_trade_no: &str,
    wanted: &Wanted,
    replaces: bool,
) -> sqlx::Result<bool> {
    let at = now().0;
    let mut tx = app.db.begin_order(id).await?;
    if replaces {
        payment_row::abandon_open(&mut tx, id, None, CLOSE_AFTER_MS).await?;
    }
    transition(&mut tx, id, OrderState::Paying, Cause::Request).await?;
    let written = sqlx::query(
        "insert into payments (out_trade_no, order_id, channel, merchant, method, launch_kind, state, amount_fen,
             created_at, updated_at, expires_at, next_ask_at, ask_noted_at, payer, client_ip)
         select $1, id, $3, $4, $5, $6, 'created', amount_fen, $7, $7, expires_at, $8, $7, $10, $11
         from orders where id = $2 and state = 'paying' and held_reason is null and (select count(*) from payments where order_id = $2) < $9",
    )
    .bind(out_trade_no)
    .bind(id.as_str())
    .bind(wanted.channel.name())
    .bind(wanted.channel.merchant())
    .bind(wanted.method.as_str())
    .bind(launch_kind_name(wanted.launch))
    .bind(at)
    .bind(at + FIRST_ASK_MS)
    .bind(MOST_PAYMENTS)
    .bind(wanted.payer.as_deref())
    .bind(wanted.client_ip.as_deref())
    .execute(tx.conn())
    .await?
    .rows_affected();
    if written == 1 {
        tx.commit().await?;
    }
    Ok(written == 1)
}

/// Keeps what the buyer is to do. Tells whether the payment can still be paid.
///
/// # Errors
/// The database cannot be written.
pub(super) async fn launched(
    app: &App,
    payment: &PaymentRow,
    kind: LaunchKind,
    json: &str,
) -> sqlx::Result<bool> {
    let id = payment.order();
    let mut tx = app.db.begin_order(&id).await?;
    payment_row::move_to(&mut tx, &payment.out_trade_no, PaymentState::Launched).await?;
    let kept = sqlx::query(
        "update payments set launch = $1, launch_kind = $2, updated_at = $3
         where out_trade_no = $4 and state = 'launched'",
    )
    .bind(json)
    .bind(launch_kind_name(kind))
    .bind(now().0)
    .bind(&payment.out_trade_no)
    .execute(tx.conn())
    .await?
    .rows_affected();
    if kept == 0 {
        return Ok(false);
    }
    sqlx::query("update orders set version = version + 1, updated_at = $1 where id = $2")
        .bind(now().0)
        .bind(id.as_str())
        .execute(tx.conn())
        .await?;
    tx.commit().await?;
    Ok(true)
}

/// The channel will have nothing of it: the order is as it was before.
///
/// # Errors
/// The database cannot be written.
pub(super) async fn refused(app: &App, payment: &PaymentRow) -> sqlx::Result<()> {
    let id = payment.order();
    let mut tx = app.db.begin_order(&id).await?;
    if payment_row::move_to(&mut tx, &payment.out_trade_no, PaymentState::Failed).await? {
        reopen(&mut tx, &id).await?;
        tx.commit().await?;
        app.hub.changed(&id);
    }
    Ok(())
}

/// Nobody knows whether the channel has it.
///
/// # Errors
/// The database cannot be written.
pub(super) async fn unknown(app: &App, payment: &PaymentRow) -> sqlx::Result<()> {
    let mut tx = app.db.begin_order(&payment.order()).await?;
    payment_row::move_to(&mut tx, &payment.out_trade_no, PaymentState::Unknown).await?;
    tx.commit().await
}
