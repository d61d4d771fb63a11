//! What an operator decides of a held order where the shop by itself has no way on: money of another amount, a recharge
//! that was credited as the platform told by other means, and one that the platform failed.
//!
//! Each time the channel is asked first, and what contradicts its answer is refused. Everything is audited.

use axum::{
    Json,
    extract::{Path, State},
};
use contract::{ErrorCode, OrderState};
use serde::Deserialize;
use serde_json::json;

use super::{
    audit::Entry,
    find::find_order,
    guard::Operator,
    orders::{Order, go_on},
    refunds::conflict,
};
use crate::{
    ApiError, ApiResult, App,
    http::json::ApiJson,
    jobs::recharge,
    orders::{
        row::OrderRow,
        transition::{Cause, release, transition},
    },
    payments::{
        channel::{Answer, Delivery, Receipt},
        evidence,
        row::{self as payment_row, PaymentRow},
    },
    refunds::{Due, RefundCause, decide},
    upstream::shingsou::{Recharge, RechargeStatus},
};

const LONGEST_PROOF: usize = 300;

/// What becomes of money of another amount.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OtherAmount {
    out_trade_no: String,
    /// What the wallet has, as the operator read it there.
    amount_fen: i64,
    decision: Decision,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    Accept,
    GiveBack,
}

/// How it is known that the card was credited.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proof {
    proof: String,
}

/// Accepts money of another amount than the order's in an account of our own, or gives it back.
pub(super) async fn other_amount(
    State(app): State<App>,
    Path(id): Path<String>,
    by: Operator,
    ApiJson(request): ApiJson<OtherAmount>,
) -> ApiResult<Json<Order>> {
    let order = find_order(&app, &id).await?;
    let entry = Entry {
        action: match request.decision {
            Decision::Accept => "order.accept_amount",
            Decision::GiveBack => "order.give_amount_back",
        },
        subject: &order.number,
        detail: json!({
            "out_trade_no": request.out_trade_no, "amount_fen": request.amount_fen, "order_fen": order.amount_fen,
        }),
        by: &by,
    };
    let (payment, receipt) = match other_money(&app, &order, &request).await {
        Ok(found) => found,
        Err(why) => return refuse(&app, &entry, why).await,
    };
    let id = order.order_id();
    let mut tx = app.db.begin_order(&id).await?;
    let taken = payment_row::take_amount(&mut tx, &payment.out_trade_no, receipt.amount).await?
        && match request.decision {
            Decision::Accept => evidence::take(&mut tx, &payment, &receipt).await?,
            Decision::GiveBack => evidence::mark(&mut tx, &payment, &receipt).await?,
        };
    if !taken {
        drop(tx);
        return refuse(&app, &entry, conflict("the money was taken in meanwhile")).await;
    }
    release(&mut tx, &id).await?;
    if request.decision == Decision::GiveBack {
        let key = format!("amount:{}", payment.out_trade_no);
        let due = Due {
            payment: &payment,
            amount: receipt.amount,
            cause: RefundCause::Operator,
            reason: RefundCause::Operator.words(),
            key: Some(&key),
        };
        decide(&mut tx, &due).await.map_err(anyhow::Error::from)?;
        // The order waits for its own amount again, until it runs out.
        if payment_row::open(tx.conn(), &id).await?.is_none() {
            transition(&mut tx, &id, OrderState::Created, Cause::Operator).await?;
        }
    }
    go_on(&app, tx, &entry, &order).await
}

/// The payment with its new amount, and what the wallet says of it now.
async fn other_money(
    app: &App,
    order: &OrderRow,
    request: &OtherAmount,
) -> ApiResult<(PaymentRow, Receipt)> {
    must_be_held(order)?;
    let mut conn = app.db.pool().acquire().await?;
    let payment = payment_row::find(&mut conn, &request.out_trade_no).await?;
    drop(conn);
    let payment = payment
        .filter(|payment| payment.order_id == order.id)
        .ok_or_else(|| conflict("it is no payment of this order"))?;
    let channel = app
        .channels
        .named(&payment.channel, &payment.merchant)
        .filter(|channel| channel.can_refund() && !channel.recharges_itself())
        .ok_or_else(|| conflict("the money is not in an account of our own"))?;
    let answer = channel
        .query(&payment.reference())
        .await
        .map_err(|error| no_answer(&error))?;
    let Answer::Paid(receipt) = answer else {
        return Err(conflict("the wallet does not say that it has money for it"));
    };
    if receipt.given_back {
        return Err(conflict("the wallet has given it back already"));
    }
    if receipt.amount.0 <= 0 || receipt.amount.0 != request.amount_fen {
        let detail = format!("the wallet says that it has {}", receipt.amount);
        return Err(conflict(&detail));
    }
    if receipt.amount == payment.amount() {
        return Err(conflict(
            "it is the payment's own amount: release the order",
        ));
    }
    let payment = PaymentRow {
        amount_fen: receipt.amount.0,
        ..payment
    };
    Ok((payment, receipt))
}

/// Marks an order credited, with the proof of it, since the platform told so by other means than its interface.
pub(super) async fn credited(
    State(app): State<App>,
    Path(id): Path<String>,
    by: Operator,
    ApiJson(request): ApiJson<Proof>,
) -> ApiResult<Json<Order>> {
    let order = find_order(&app, &id).await?;
    let proof = request.proof.trim();
    if proof.is_empty() || proof.len() > LONGEST_PROOF || proof.chars().any(char::is_control) {
        let detail = "must be 1 to 300 bytes without line ends";
        return Err(ApiError::new(ErrorCode::InvalidRequest, detail).field("proof"));
    }
    let entry = Entry {
        action: "order.credited",
        subject: &order.number,
        detail: json!({ "proof": proof, "state": order.state, "held_reason": order.held_reason }),
        by: &by,
    };
    if let Err(why) = may_be_credited(&app, &order).await {
        return refuse(&app, &entry, why).await;
    }
    let id = order.order_id();
    let mut tx = app.db.begin_order(&id).await?;
    if order.order_state() == OrderState::Paid {
        transition(&mut tx, &id, OrderState::Fulfilling, Cause::Operator).await?;
    }
    if !transition(&mut tx, &id, OrderState::Credited, Cause::Operator).await? {
        drop(tx);
        return refuse(&app, &entry, conflict("the order has moved meanwhile")).await;
    }
    release(&mut tx, &id).await?;
    go_on(&app, tx, &entry, &order).await
}

/// Nothing that the channel says contradicts that the card was credited. Where it says nothing, the proof decides.
async fn may_be_credited(app: &App, order: &OrderRow) -> ApiResult<()> {
    must_be_held(order)?;
    let waits = matches!(
        order.order_state(),
        OrderState::Paid | OrderState::Fulfilling | OrderState::FulfilFailed
    );
    let payment = paying_payment(app, order).await?;
    if !waits {
        return Err(conflict("the order does not wait for its recharge"));
    }
    if recharge::is_ours(app, &payment) {
        return match asked_after(app, order).await {
            Ok(Some(found)) if !recharge::is_for(&found, order) => Err(conflict(
                "the platform has another card or package under its number",
            )),
            Ok(Some(found)) if matches!(found.status, RechargeStatus::Failed { .. }) => {
                Err(conflict("the platform says that the recharge failed"))
            }
            Ok(None) if !recharge::was_sent(app, order).await? => {
                Err(conflict("the recharge was never sent"))
            }
            _ => Ok(()),
        };
    }
    let channel = app.channels.named(&payment.channel, &payment.merchant);
    let channel = channel.ok_or_else(|| conflict("the channel is not set up any more"))?;
    let not_yet = "the channel does not say that it has the money";
    match channel.query(&payment.reference()).await {
        Ok(Answer::Paid(receipt)) => match receipt.delivery {
            Some(Delivery::Failed | Delivery::Refunded) => {
                Err(conflict("the channel says that the recharge failed"))
            }
            _ => Ok(()),
        },
        Ok(Answer::Unlisted(_)) | Err(_) => Ok(()),
        Ok(_) => Err(conflict(not_yet)),
    }
}

/// Recharges under a new number what the platform failed under the one before.
pub(super) async fn recharge_anew(
    State(app): State<App>,
    Path(id): Path<String>,
    by: Operator,
) -> ApiResult<Json<Order>> {
    let order = find_order(&app, &id).await?;
    let before = recharge::number(&app, &order).await?;
    let entry = Entry {
        action: "order.recharge_anew",
        subject: &order.number,
        detail: json!({ "failed_number": before, "held_reason": order.held_reason }),
        by: &by,
    };
    if let Err(why) = must_have_failed(&app, &order).await {
        return refuse(&app, &entry, why).await;
    }
    let mut tx = app.db.begin_order(&order.order_id()).await?;
    let renewed = recharge::renew(&mut tx, &order, &before).await?
        && release(&mut tx, &order.order_id()).await?;
    if !renewed {
        drop(tx);
        return refuse(&app, &entry, conflict("the order has moved meanwhile")).await;
    }
    go_on(&app, tx, &entry, &order).await
}

/// Only what the platform itself, asked now, calls failed may be sent under another number: everything else could still
/// credit the card.
async fn must_have_failed(app: &App, order: &OrderRow) -> ApiResult<()> {
    must_be_held(order)?;
    if order.order_state() != OrderState::Fulfilling {
        return Err(conflict("the order's recharge is not under way"));
    }
    let payment = paying_payment(app, order).await?;
    if !recharge::is_ours(app, &payment) {
        return Err(conflict(
            "the channel that has the money recharges by itself",
        ));
    }
    match asked_after(app, order).await? {
        Some(found) if !recharge::is_for(&found, order) => Err(conflict(
            "the platform has another card or package under its number",
        )),
        Some(found) if matches!(found.status, RechargeStatus::Failed { .. }) => Ok(()),
        Some(_) => Err(conflict(
            "the platform does not say that the recharge failed",
        )),
        None => Err(conflict(
            "the platform does not know the number: recharge under it, not under another",
        )),
    }
}

/// How the platform says that the recharge stands.
async fn asked_after(app: &App, order: &OrderRow) -> ApiResult<Option<Recharge>> {
    let path = app.config.recharge.query_path.as_deref();
    let path = path.ok_or_else(|| conflict("recharge.query_path is not set"))?;
    let number = recharge::number(app, order).await?;
    let found = app.shingsou.find_recharge(path, &number).await;
    found.map_err(|error| no_answer(&error))
}

async fn paying_payment(app: &App, order: &OrderRow) -> ApiResult<PaymentRow> {
    let mut conn = app.db.pool().acquire().await?;
    payment_row::succeeded(&mut conn, &order.order_id())
        .await?
        .ok_or_else(|| conflict("no payment of the order succeeded"))
}

fn must_be_held(order: &OrderRow) -> ApiResult<()> {
    if order.held_reason.is_none() {
        return Err(conflict("the order is not held"));
    }
    Ok(())
}

/// What is not known contradicts everything.
fn no_answer(error: &dyn std::error::Error) -> ApiError {
    let detail = format!("the answer is not known now, so nothing is decided: {error}");
    conflict(&detail)
}

/// Writes down what was refused as a contradiction; a failure of our own is only told.
async fn refuse<T>(app: &App, entry: &Entry<'_>, why: ApiError) -> ApiResult<T> {
    if why.code == ErrorCode::Conflict {
        entry.refused(app).await?;
    }
    Err(why)
}
