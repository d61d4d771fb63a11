//! From paid to credited.

use contract::{OrderId, OrderState};

use super::{
    outbox::{self, Effect},
    recharge,
};
use crate::{
    App, crash,
    orders::{
        holds::{self, OVERDUE},
        row::{self, OrderRow},
        transition::hold,
    },
    payments::{
        ask,
        row::{self as payment_row, PaymentRow},
    },
};

/// A recharge that was asked about so often without an end needs a person: by `delay_ms` that is a day. It is counted
/// and not timed, since the clock may be wrong and the gateway may have stood still.
pub const OVERDUE_AFTER: i64 = 1_490;
/// So often a held order is asked about once a minute, and then less.
const HELD_SOON: i64 = OVERDUE_AFTER + 120;

/// Carries a recharge as far as it goes now.
///
/// A channel that recharges by itself is asked how far it is, and asking is what moves the order; for money that our own
/// merchants took the card platform is told.
///
/// # Errors
/// The database failed: the effect is given back and tried again.
pub async fn run(app: &App, effect: &Effect) -> anyhow::Result<()> {
    let id = OrderId::parse(&effect.order_id)?;
    let Some(order) = find(app, &id).await? else {
        return Ok(outbox::dead(app, effect, "its order does not exist").await?);
    };
    let mut conn = app.db.pool().acquire().await?;
    let payment = payment_row::succeeded(&mut conn, &id).await?;
    drop(conn);
    let Some(payment) = payment else {
        return Ok(outbox::dead(app, effect, "no payment of its order succeeded").await?);
    };
    let ours = recharge::is_ours(app, &payment);
    if is_over(&order, ours) {
        return Ok(outbox::done(app, effect).await?);
    }
    if ours && is_parked(&order) {
        return Ok(outbox::park(app, effect).await?);
    }
    let cause = carry(app, &order, &payment).await.err();
    let cause = cause.map(|error| format!("{error:#}"));
    let Some(order) = find(app, &id).await? else {
        return Ok(());
    };
    if is_over(&order, ours) {
        return Ok(outbox::done(app, effect).await?);
    }
    if order.held_reason.is_none() && effect.attempts >= OVERDUE_AFTER {
        let mut tx = app.db.begin_order(&id).await?;
        hold(&mut tx, &id, OVERDUE).await?;
        tx.commit().await?;
        app.hub.changed(&id);
    }
    let delay_ms = if order.held_reason.is_some() {
        held_delay_ms(&order, effect.attempts)
    } else {
        delay_ms(effect.attempts)
    };
    Ok(outbox::later(app, effect, delay_ms, cause.as_deref()).await?)
}

/// Whether there is nothing left to carry out or to ask about.
fn is_over(order: &OrderRow, ours: bool) -> bool {
    match order.order_state() {
        OrderState::Credited | OrderState::Refunded => true,
        // A channel that recharges by itself is asked until it says that the money went back.
        OrderState::Refunding | OrderState::RefundFailed => ours,
        _ => false,
    }
}

/// Whether a recharge of our own waits for a person, and not for an answer. Where the channel recharges by itself the
/// money is under way whatever the order is held for, and it is asked on.
fn is_parked(order: &OrderRow) -> bool {
    order
        .held_reason
        .as_deref()
        .is_some_and(|reason| !holds::FOR_SILENCE.contains(&reason))
}

/// For a held order nothing is sent, and an answer moves it only where that is why it is held, or the money is back.
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

/// For some hours as before where an answer would help or the money is going back, else seldom.
fn held_delay_ms(order: &OrderRow, attempts: i64) -> i64 {
    let goes_back = matches!(
        order.order_state(),
        OrderState::FulfilFailed | OrderState::Refunding | OrderState::RefundFailed
    );
    if (goes_back || !is_parked(order)) && attempts < HELD_SOON {
        delay_ms(attempts).max(60_000)
    } else {
        outbox::LONGEST_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recharge_is_overdue_after_a_day_of_asking() {
        let asked: i64 = (1..OVERDUE_AFTER).map(delay_ms).sum();
        assert!((86_000_000..87_000_000).contains(&asked), "{asked}");
        assert!(
            (1..5_000)
                .map(delay_ms)
                .all(|delay| delay <= outbox::LONGEST_MS)
        );
    }
}
