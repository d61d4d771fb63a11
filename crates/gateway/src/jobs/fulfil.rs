//! From paid to credited.

use contract::{OrderId, OrderState};

use super::{
    outbox::{self, Effect},
    recharge,
};
use crate::{
    App,
    clock::now,
    crash,
    orders::{
        row::{self, OrderRow},
        transition::hold,
    },
    payments::{
        ask,
        row::{self as payment_row, PaymentRow},
    },
};

/// A recharge that takes longer than this needs a person, in milliseconds.
const OVERDUE_MS: i64 = 86_400_000;
/// A held order is looked at again after this, in milliseconds.
const HELD_MS: i64 = 60_000;

/// Carries a recharge as far as it goes now.
///
/// A channel that recharges by itself is asked how far it is, and asking is what moves the order; for money that our own
/// merchants took the card platform is told.
///
/// # Errors
/// The database failed; the claim runs out and the effect is tried again.
pub async fn run(app: &App, effect: &Effect) -> anyhow::Result<()> {
    let id = OrderId::parse(&effect.order_id)?;
    let Some(order) = find(app, &id).await? else {
        return Ok(outbox::dead(app, effect, "its order does not exist").await?);
    };
    if order.held_reason.is_some() {
        return Ok(outbox::later(app, effect, HELD_MS, Some("held")).await?);
    }
    let mut conn = app.db.pool().acquire().await?;
    let payment = payment_row::succeeded(&mut conn, &id).await?;
    drop(conn);
    let Some(payment) = payment else {
        return Ok(outbox::dead(app, effect, "no payment of its order succeeded").await?);
    };
    let cause = carry(app, &order, &payment).await.err();
    let state = find(app, &id).await?.map(|order| order.order_state());
    let is_over = match state {
        Some(OrderState::Credited | OrderState::Refunded) => true,
        // A channel that recharges by itself is asked until it says that the money went back.
        Some(OrderState::Refunding | OrderState::RefundFailed) => recharge::is_ours(app, &payment),
        _ => false,
    };
    if is_over {
        return Ok(outbox::done(app, effect).await?);
    }
    if now().0 - effect.created_at > OVERDUE_MS {
        let mut tx = app.db.begin_write().await?;
        hold(&mut tx, &id, "recharge_overdue").await?;
        tx.commit().await?;
        app.hub.changed(&id);
    }
    let cause = cause.map(|error| format!("{error:#}"));
    Ok(outbox::later(app, effect, delay_ms(effect.attempts), cause.as_deref()).await?)
}

async fn carry(app: &App, order: &OrderRow, payment: &PaymentRow) -> anyhow::Result<()> {
    if recharge::is_ours(app, payment) {
        return recharge::carry(app, order, payment).await;
    }
    crash::point("fulfil_before_ask");
    let asked = ask::ask(app, payment).await;
    crash::point("fulfil_after_ask");
    Ok(asked?)
}

async fn find(app: &App, id: &OrderId) -> sqlx::Result<Option<OrderRow>> {
    let mut conn = app.db.pool().acquire().await?;
    row::find(&mut conn, id).await
}

/// Soon at first, since the buyer is watching, then once a minute.
fn delay_ms(attempts: i64) -> i64 {
    match attempts {
        ..10 => 1_000,
        10..30 => 3_000,
        30..60 => 15_000,
        _ => 60_000,
    }
}
