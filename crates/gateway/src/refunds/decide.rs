//! Deciding a refund: one statement keeps all refunds of a payment within what was paid.

use contract::{Fen, OrderState};

use super::row;
use crate::{
    clock::now,
    jobs::outbox,
    orders::{
        row as order_row,
        transition::{Cause, release, transition},
    },
    payments::row::{self as payment_row, PaymentRow},
    random,
    store::{StoreError, Tx},
};

/// What makes a refund due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundCause {
    /// Another payment had paid the order before.
    DoublePayment,
    /// The recharge was refused for good.
    RechargeFailed,
    /// The money came after the order was given up.
    Late,
    /// An operator decided so.
    Operator,
}

/// A refund to be decided.
#[derive(Clone, Copy)]
pub struct Due<'a> {
    /// Of which payment.
    pub payment: &'a PaymentRow,
    /// How much.
    pub amount: Fen,
    /// Why.
    pub cause: RefundCause,
    /// Why, in words that the buyer may read.
    pub reason: &'a str,
    /// The operator's key, which makes the same request again the same refund.
    pub key: Option<&'a str>,
}

/// Why a refund cannot be decided. Nothing was changed then, if the transaction is given up.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The payment did not succeed, or less than this is left of it.
    #[error("more than is left of the payment, or the payment did not succeed")]
    NotLeft,
    /// The order stands where all of its money cannot go back.
    #[error("the order's recharge is under way, or its money is going back already")]
    OrderElsewhere,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

impl StoreError for Refused {
    fn store(&self) -> Option<&sqlx::Error> {
        match self {
            Refused::Store(error) => Some(error),
            Refused::NotLeft | Refused::OrderElsewhere => None,
        }
    }
}

impl RefundCause {
    /// Its name in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            RefundCause::DoublePayment => "double_payment",
            RefundCause::RechargeFailed => "recharge_failed",
            RefundCause::Late => "late",
            RefundCause::Operator => "operator",
        }
    }

    /// Words that the buyer may read at the wallet.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            RefundCause::DoublePayment => "重复支付，自动退款",
            RefundCause::RechargeFailed => "充值失败，自动退款",
            RefundCause::Late => "订单已关闭，自动退款",
            RefundCause::Operator => "商家退款",
        }
    }
}

/// Decides a refund and gives its number. When all of what paid the order goes back, the order goes back too; parts, and
/// a second payment, leave the order where it is.
///
/// # Errors
/// See [`Refused`]; the caller gives the transaction up.
pub async fn decide(tx: &mut Tx, due: &Due<'_>) -> Result<String, Refused> {
    let (payment, at) = (due.payment, now().0);
    let left: Option<i64> = sqlx::query_scalar(
        "update payments set refunding_fen = refunding_fen + $1
         where out_trade_no = $2 and state = 'succeeded' and refunding_fen + $1 <= amount_fen
         returning amount_fen - refunding_fen",
    )
    .bind(due.amount.0)
    .bind(&payment.out_trade_no)
    .fetch_optional(tx.conn())
    .await?;
    let left = left.ok_or(Refused::NotLeft)?;
    let number = random::effect_number('F');
    sqlx::query(
        "insert into refunds (out_refund_no, out_trade_no, order_id, amount_fen, reason, cause, state, idempotency_key,
             created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
    )
    .bind(&number)
    .bind(&payment.out_trade_no)
    .bind(&payment.order_id)
    .bind(due.amount.0)
    .bind(due.reason)
    .bind(due.cause.as_str())
    .bind(row::CREATED)
    .bind(due.key)
    .bind(at)
    .execute(tx.conn())
    .await?;
    outbox::add_refund(tx, &payment.order(), &number, &payment.channel).await?;
    let paid_the_order = payment_row::succeeded(tx.conn(), &payment.order())
        .await?
        .is_some_and(|first| first.out_trade_no == payment.out_trade_no);
    if left == 0 && paid_the_order {
        all_goes_back(tx, payment, due.cause).await?;
    }
    let (cause, amount) = (due.cause.as_str(), due.amount);
    let (out_trade_no, out_refund_no) = (payment.out_trade_no.clone(), number.clone());
    tx.once_committed(move || {
        metrics::counter!("refunds_total", "cause" => cause).increment(1);
        tracing::warn!(out_trade_no, out_refund_no, %amount, cause, "a refund is decided");
    });
    Ok(number)
}

/// The order goes back with its money. An operator may decide so of a recharge that is held: nothing is sent for it any
/// more then.
async fn all_goes_back(
    tx: &mut Tx,
    payment: &PaymentRow,
    cause: RefundCause,
) -> Result<(), Refused> {
    let id = payment.order();
    let mover = match cause {
        RefundCause::Operator => Cause::Operator,
        _ => Cause::Channel,
    };
    if mover == Cause::Operator {
        let order = order_row::find(tx.conn(), &id).await?;
        let is_held = order
            .as_ref()
            .is_some_and(|order| order.held_reason.is_some());
        if is_held && order.is_some_and(|order| order.order_state() == OrderState::Fulfilling) {
            transition(tx, &id, OrderState::FulfilFailed, mover).await?;
        }
    }
    if !transition(tx, &id, OrderState::Refunding, mover).await? {
        return Err(Refused::OrderElsewhere);
    }
    if mover == Cause::Operator {
        release(tx, &id).await?;
    }
    Ok(())
}
