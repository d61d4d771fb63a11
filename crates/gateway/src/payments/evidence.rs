//! What is done when a channel says, verified, that money arrived or how its recharge goes.

use contract::{OrderId, OrderState};

use super::{
    channel::{Delivery, Receipt},
    row::{PaymentRow, abandon_open},
};
use crate::{
    App,
    clock::now,
    crash,
    jobs::outbox,
    orders::{
        holds::{self, OVERDUE},
        row,
        transition::{Cause, hold, money_is_back, transition},
    },
    refunds::{self, Due, RefundCause},
    store::{Tx, again},
};

/// Takes in a receipt: once, however often and from wherever it comes.
///
/// # Errors
/// The database cannot be written; nothing was changed, and the same receipt can be taken in later.
pub async fn take_in(app: &App, payment: &PaymentRow, receipt: &Receipt) -> anyhow::Result<()> {
    again(|| try_take_in(app, payment, receipt)).await
}

async fn try_take_in(app: &App, payment: &PaymentRow, receipt: &Receipt) -> anyhow::Result<()> {
    let id = payment.order();
    if receipt.amount != payment.amount() {
        return contradiction(app, payment, "amount_differs").await;
    }
    let mut tx = app.db.begin_order(&id).await?;
    if !take(&mut tx, payment, receipt).await? {
        drop(tx);
        return contradiction(app, payment, "transaction_belongs_to_another_payment").await;
    }
    crash::point("receipt_before_commit");
    tx.commit().await?;
    crash::point("receipt_after_commit");
    app.hub.changed(&id);
    Ok(())
}

/// The same in the caller's transaction, for the amount that the payment has there. Tells whether the receipt can be
/// this payment's: the transaction has to be given up where it is another's.
///
/// # Errors
/// The database cannot be written.
pub async fn take(tx: &mut Tx, payment: &PaymentRow, receipt: &Receipt) -> anyhow::Result<bool> {
    let id = payment.order();
    let first = match mark_succeeded(tx, payment, receipt).await {
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => return Ok(false),
        other => other?,
    };
    if first {
        crash::point("payment_succeeded");
        arrived(tx, payment, receipt).await?;
    } else if other_transaction(tx, payment, receipt).await? {
        hold(tx, &id, "second_transaction").await?;
    }
    if let Some(delivery) = receipt.delivery
        && is_paying_payment(tx, payment).await?
    {
        deliver(tx, &id, delivery).await?;
    }
    Ok(true)
}

/// Marks a payment succeeded and leaves its order where it is, since the money goes back. Tells whether that can be so.
///
/// # Errors
/// The database cannot be written.
pub async fn mark(tx: &mut Tx, payment: &PaymentRow, receipt: &Receipt) -> anyhow::Result<bool> {
    match mark_succeeded(tx, payment, receipt).await {
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
        other => Ok(other?),
    }
}

/// Sets the order of a payment aside, since its channel says what cannot be.
///
/// # Errors
/// The database cannot be written.
pub async fn contradiction(
    app: &App,
    payment: &PaymentRow,
    reason: &'static str,
) -> anyhow::Result<()> {
    let id = payment.order();
    let held = again(|| try_hold(app, &id, reason)).await?;
    // The channel is asked for a day and says it each time.
    if held {
        tracing::error!(
            out_trade_no = payment.out_trade_no,
            reason,
            "a channel contradicts what was ordered"
        );
        app.hub.changed(&id);
    }
    Ok(())
}

async fn try_hold(app: &App, id: &OrderId, reason: &'static str) -> sqlx::Result<bool> {
    let mut tx = app.db.begin_order(id).await?;
    let held = hold(&mut tx, id, reason).await?;
    tx.commit().await?;
    Ok(held)
}

/// The guard that makes a receipt count once. A transaction's number that is told only later is kept then.
async fn mark_succeeded(
    tx: &mut Tx,
    payment: &PaymentRow,
    receipt: &Receipt,
) -> sqlx::Result<bool> {
    let at = now();
    let marked = sqlx::query(
        "update payments set state = 'succeeded', transaction_id = $1, paid_at = $2, updated_at = $3, next_ask_at = null
         where out_trade_no = $4 and state <> 'succeeded'",
    )
    .bind(receipt.transaction_id.as_deref())
    .bind(receipt.paid_at.unwrap_or(at).0)
    .bind(at.0)
    .bind(&payment.out_trade_no)
    .execute(tx.conn())
    .await?
    .rows_affected();
    if marked == 0
        && payment.transaction_id.is_none()
        && let Some(told) = &receipt.transaction_id
    {
        sqlx::query(
            "update payments set transaction_id = $1 where out_trade_no = $2 and transaction_id is null",
        )
        .bind(told)
        .bind(&payment.out_trade_no)
        .execute(tx.conn())
        .await?;
    }
    Ok(marked > 0)
}

/// Moves the order to paid and decides its recharge, in the transaction that marks the payment.
///
/// If another payment paid the order before, this one goes back. Where a channel recharges by itself it has begun to,
/// and documents no refund: then a second payment is a person's to give back. Money that the wallet has given back
/// before anybody here knew of it is a person's to look at.
async fn arrived(tx: &mut Tx, payment: &PaymentRow, receipt: &Receipt) -> anyhow::Result<()> {
    let id = payment.order();
    // A payment that was given up may be paid after the order went back to created: both edges are walked.
    transition(tx, &id, OrderState::Paying, Cause::Channel).await?;
    if transition(tx, &id, OrderState::Paid, Cause::Channel).await? {
        paid_by(tx, payment).await?;
        outbox::add_fulfil(tx, &id, &payment.channel).await?;
        // At once, since the buyer may have it open still.
        abandon_open(tx, &id, Some(&payment.out_trade_no), 0).await?;
        if receipt.given_back {
            hold(tx, &id, "given_back_elsewhere").await?;
        }
    } else if receipt.delivery.is_some() || receipt.given_back {
        hold(tx, &id, "paid_twice").await?;
    } else {
        let cause = RefundCause::DoublePayment;
        let due = Due {
            payment,
            amount: receipt.amount,
            cause,
            reason: cause.words(),
            key: None,
        };
        refunds::decide(tx, &due).await?;
    }
    Ok(())
}

async fn paid_by(tx: &mut Tx, payment: &PaymentRow) -> sqlx::Result<()> {
    sqlx::query("update orders set paid_by = $1 where id = $2")
        .bind(&payment.out_trade_no)
        .bind(&payment.order_id)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Whether the same number was paid before by another transaction.
async fn other_transaction(
    tx: &mut Tx,
    payment: &PaymentRow,
    receipt: &Receipt,
) -> sqlx::Result<bool> {
    let stored: Option<String> =
        sqlx::query_scalar("select transaction_id from payments where out_trade_no = $1")
            .bind(&payment.out_trade_no)
            .fetch_one(tx.conn())
            .await?;
    Ok(match (&stored, &receipt.transaction_id) {
        (Some(stored), Some(told)) => stored != told,
        _ => false,
    })
}

/// Whether this payment is the one that paid its order, and not a second one.
async fn is_paying_payment(tx: &mut Tx, payment: &PaymentRow) -> sqlx::Result<bool> {
    let first = super::row::succeeded(tx.conn(), &payment.order()).await?;
    Ok(first.is_some_and(|first| first.out_trade_no == payment.out_trade_no))
}

/// Moves the order as far as the channel's recharge has come.
async fn deliver(tx: &mut Tx, id: &OrderId, delivery: Delivery) -> anyhow::Result<()> {
    while let Some(order) = row::find(tx.conn(), id).await?
        && let Some(next) = step(order.order_state(), delivery)
        && moved(tx, id, next, delivery).await?
    {}
    Ok(())
}

/// What an order was held for because nothing was heard of it holds no longer. Money that is back moves it whatever it is
/// held for.
async fn moved(
    tx: &mut Tx,
    id: &OrderId,
    to: OrderState,
    delivery: Delivery,
) -> sqlx::Result<bool> {
    if delivery != Delivery::UnderWay {
        holds::lift(tx, id, &[OVERDUE]).await?;
    }
    match delivery {
        Delivery::Refunded => money_is_back(tx, id, to).await,
        _ => transition(tx, id, to, Cause::Channel).await,
    }
}

/// The next state of a paid order, given how far the channel's own recharge is. A refusal was confirmed by the very
/// query that told it, and the channel, which holds the money, gives it back.
fn step(state: OrderState, delivery: Delivery) -> Option<OrderState> {
    match (state, delivery) {
        (OrderState::Paid, _) => Some(OrderState::Fulfilling),
        (OrderState::Fulfilling | OrderState::FulfilFailed, Delivery::Credited) => {
            Some(OrderState::Credited)
        }
        (OrderState::Fulfilling, Delivery::Failed | Delivery::Refunded) => {
            Some(OrderState::FulfilFailed)
        }
        (OrderState::FulfilFailed, Delivery::Failed | Delivery::Refunded)
        | (OrderState::Credited | OrderState::RefundFailed, Delivery::Refunded) => {
            Some(OrderState::Refunding)
        }
        (OrderState::Refunding, Delivery::Refunded) => Some(OrderState::Refunded),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DELIVERIES: [Delivery; 4] = [
        Delivery::UnderWay,
        Delivery::Credited,
        Delivery::Failed,
        Delivery::Refunded,
    ];

    #[test]
    fn every_step_is_an_edge() {
        for state in OrderState::ALL {
            for delivery in DELIVERIES {
                if let Some(next) = step(state, delivery) {
                    assert!(state.can_become(next), "{state:?} {delivery:?}");
                }
            }
        }
    }

    proptest! {
        /// Whatever the channel says, in whatever order, steps come to an end, and what it says last is where they end.
        #[test]
        fn steps_end_where_the_channel_says(told in prop::collection::vec(0_usize..4, 1..8)) {
            let mut state = OrderState::Paid;
            for &index in &told {
                let mut steps = 0;
                while let Some(next) = step(state, DELIVERIES[index]) {
                    state = next;
                    steps += 1;
                    prop_assert!(steps < 6);
                }
            }
            if told.contains(&3) {
                prop_assert_eq!(state, OrderState::Refunded);
            }
        }
    }
}
