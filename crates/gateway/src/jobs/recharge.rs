//! Recharging a card for money that our own merchants took: sent under the order's number, believed only when a query
//! says so, and never sent again while the platform may have it.

pub mod sent;

use contract::{CardNumber, Fen, OrderState};

use crate::{
    App,
    catalog::OnSale,
    clock::now,
    crash,
    orders::{
        holds::{self, RECHARGE_LOST, RECHARGE_UNANSWERED},
        row::OrderRow,
        transition::{Cause, hold, transition},
    },
    payments::row::PaymentRow,
    refunds::{self, Due, RefundCause},
    store::Tx,
    unlisted,
    upstream::shingsou::{
        Recharge, RechargeRequest, RechargeStatus, UpstreamError, is_final, is_known_already,
    },
};

use sent::Sent;

/// A recharge whose answers are lost is sent so often in all: once, and three times again.
const MOST_SENDS: i64 = 4;
/// So often the platform has to say that it does not know a recharge before it is sent again.
const MISSED_BEFORE_AGAIN: i64 = 3;
/// So often it has to say that of one that it took, before a person is asked.
const MISSED_BEFORE_LOST: i64 = 5;
/// No two questions follow each other sooner, in milliseconds: so many of them are a time that no clock falsifies.
const ASKED_APART_MS: i64 = 1_000;
/// Money that comes later than this after the order's end goes back, in milliseconds.
const LATE_MS: i64 = 86_400_000;

/// Whether the shop itself has to recharge what this payment paid for.
#[must_use]
pub fn is_ours(app: &App, payment: &PaymentRow) -> bool {
    app.channels
        .named(&payment.channel, &payment.merchant)
        .is_some_and(|channel| !channel.recharges_itself())
}

/// Carries the recharge of an order as far as it goes now.
///
/// # Errors
/// The platform does not answer, or the database failed: it is tried again.
pub async fn carry(app: &App, order: &OrderRow, payment: &PaymentRow) -> anyhow::Result<()> {
    match order.order_state() {
        OrderState::Paid => begin(app, order, payment).await,
        OrderState::Fulfilling => go_on(app, order, payment).await,
        OrderState::FulfilFailed => give_back(app, payment, RefundCause::RechargeFailed).await,
        _ => Ok(()),
    }
}

/// Money for an order that the buyer had cancelled goes back. One that ran out before its money came is recharged only
/// while the package is sold at that price, for a day.
async fn begin(app: &App, order: &OrderRow, payment: &PaymentRow) -> anyhow::Result<()> {
    let id = order.order_id();
    if was(app, order, OrderState::Cancelled).await?
        || (was(app, order, OrderState::Expired).await?
            && !in_time(order, payment)
            && !still_sold(app, order).await?)
    {
        return give_back(app, payment, RefundCause::Late).await;
    }
    let mut tx = app.db.begin_order(&id).await?;
    if !transition(&mut tx, &id, OrderState::Fulfilling, Cause::Time).await? {
        return Ok(());
    }
    tx.commit().await?;
    app.hub.changed(&id);
    crash::point("recharge_begun");
    send(app, order, Sent::default()).await
}

async fn go_on(app: &App, order: &OrderRow, payment: &PaymentRow) -> anyhow::Result<()> {
    let Some(query_path) = &app.config.recharge.query_path else {
        anyhow::bail!("recharge.query_path is not set");
    };
    let sent = sent::find(app, order).await?;
    let Some(sent_at) = sent.at else {
        return send(app, order, sent).await;
    };
    crash::point("recharge_before_ask");
    let found = app
        .shingsou
        .find_recharge(query_path, &number(app, order).await?)
        .await?;
    crash::point("recharge_after_ask");
    let Some(recharge) = found else {
        return missing(app, order, payment, sent, sent_at).await;
    };
    if !is_for(&recharge, order) {
        return set_aside(app, order, "recharge_differs").await;
    }
    if sent.accepted_at.is_none() || sent.missed > 0 {
        sent::accepted(app, order).await?;
    }
    match recharge.status {
        RechargeStatus::Queued | RechargeStatus::UnderWay => heard_of(app, order).await,
        RechargeStatus::Credited => moved(app, order, OrderState::Credited).await,
        RechargeStatus::Failed { code } if code.is_some_and(is_final) => {
            fail(app, order, payment).await
        }
        RechargeStatus::Failed { .. } => set_aside(app, order, "recharge_failed_unlisted").await,
        RechargeStatus::Unlisted(word) => {
            unlisted::tell("platform", "recharge", &word);
            anyhow::bail!("the platform has the recharge in a status that is not listed")
        }
    }
}

/// The platform does not know what was sent. Where it had refused it for good, that is sure now; once it had taken it, it
/// is a person's to find out; else it is sent again after a while, under its number, a few times.
async fn missing(
    app: &App,
    order: &OrderRow,
    payment: &PaymentRow,
    sent: Sent,
    sent_at: i64,
) -> anyhow::Result<()> {
    // A refusal speaks for what was sent last. What was sent before, and not answered, may be on its way there still.
    if sent.refused_code.is_some() && sent.sends <= 1 {
        return fail(app, order, payment).await;
    }
    let missed = sent::missed(app, order, sent_at).await?;
    let patience = i64::from(app.config.recharge.resend_seconds) * 1000;
    let waited = now().0 - sent_at >= patience || missed * ASKED_APART_MS >= patience;
    let enough = if sent.accepted_at.is_some() {
        MISSED_BEFORE_LOST
    } else {
        MISSED_BEFORE_AGAIN
    };
    if !waited || missed < enough || order.held_reason.is_some() {
        return Ok(());
    }
    if sent.refused_code.is_some() {
        return fail(app, order, payment).await;
    }
    if sent.accepted_at.is_some() {
        return set_aside(app, order, RECHARGE_LOST).await;
    }
    if sent.sends >= MOST_SENDS {
        return set_aside(app, order, RECHARGE_UNANSWERED).await;
    }
    send(app, order, sent).await
}

/// Sends the recharge, after it is written down that it is sent. Where it surely does not arrive, what is written is
/// what was `before`.
async fn send(app: &App, order: &OrderRow, before: Sent) -> anyhow::Result<()> {
    let Some(path) = &app.config.recharge.path else {
        anyhow::bail!("recharge.path is not set");
    };
    let card = order
        .card_number
        .as_deref()
        .and_then(|number| CardNumber::parse(number).ok());
    let Some((card, package_id)) = card.zip(order.package_id.clone()) else {
        return set_aside(app, order, "nothing_to_recharge").await;
    };
    let Some(me) = sent::begin(app, order, before.at).await? else {
        return Ok(());
    };
    crash::point("recharge_noted");
    let request = RechargeRequest {
        number: number(app, order).await?,
        card_no: card.as_str().to_owned(),
        package_id,
    };
    let answer = app.shingsou.recharge(path, &request).await;
    crash::point("recharge_sent");
    match answer {
        Ok(()) => Ok(sent::accepted(app, order).await?),
        Err(UpstreamError::Refused { code, .. }) if is_known_already(code) => {
            Ok(sent::accepted(app, order).await?)
        }
        Err(UpstreamError::Refused { code, .. }) if is_final(code) => {
            Ok(sent::refused(app, order, me, code).await?)
        }
        Err(UpstreamError::Refused { code, .. }) => {
            tracing::error!(order = ?order.order_id(), code, "a recharge is refused for a reason that is not listed");
            set_aside(app, order, "recharge_refused_unlisted").await
        }
        Err(error @ (UpstreamError::Unreachable(_) | UpstreamError::NotPermitted(_))) => {
            sent::undo(app, order, me, before.at).await?;
            Err(error.into())
        }
        Err(error @ UpstreamError::Unknown(_)) => Err(error.into()),
    }
}

/// No card is credited any more for this order.
async fn fail(app: &App, order: &OrderRow, payment: &PaymentRow) -> anyhow::Result<()> {
    moved(app, order, OrderState::FulfilFailed).await?;
    give_back(app, payment, RefundCause::RechargeFailed).await
}

/// The number under which the platform has the recharge, or will: the order's, unless an operator gave it another after
/// the platform had failed it.
///
/// # Errors
/// The database cannot be read.
pub async fn number(app: &App, order: &OrderRow) -> sqlx::Result<String> {
    let number = sqlx::query_scalar("select number from recharges where order_id = $1")
        .bind(&order.id)
        .fetch_optional(app.db.pool())
        .await?;
    Ok(number.unwrap_or_else(|| order.number.clone()))
}

/// Whether it was ever sent, as far as is known.
///
/// # Errors
/// The database cannot be read.
pub async fn was_sent(app: &App, order: &OrderRow) -> sqlx::Result<bool> {
    let times: i64 = sqlx::query_scalar(
        "select count(*) from recharges where order_id = $1 and sent_at is not null",
    )
    .bind(&order.id)
    .fetch_one(app.db.pool())
    .await?;
    Ok(times > 0)
}

/// Gives the recharge a new number in place of one that the platform has failed; nothing of the one before counts any
/// more. Tells whether that was still its number.
///
/// # Errors
/// The database cannot be written.
pub async fn renew(tx: &mut Tx, order: &OrderRow, failed: &str) -> sqlx::Result<bool> {
    let attempt: Option<i64> = sqlx::query_scalar(
        "delete from recharges where order_id = $1 and number = $2 returning attempt + 1",
    )
    .bind(&order.id)
    .bind(failed)
    .fetch_optional(tx.conn())
    .await?;
    let Some(attempt) = attempt else {
        return Ok(false);
    };
    sqlx::query("insert into recharges (order_id, number, attempt) values ($1, $2, $3)")
        .bind(&order.id)
        .bind(format!("{}N{attempt}", order.number))
        .bind(attempt)
        .execute(tx.conn())
        .await?;
    Ok(true)
}

/// Gives back all that is left of what paid the order.
async fn give_back(app: &App, payment: &PaymentRow, cause: RefundCause) -> anyhow::Result<()> {
    let id = payment.order();
    let left = payment.amount_fen - payment.refunding_fen;
    if left == 0 {
        return Ok(());
    }
    let mut tx = app.db.begin_order(&id).await?;
    let due = Due {
        payment,
        amount: Fen(left),
        cause,
        reason: cause.words(),
        key: None,
    };
    match refunds::decide(&mut tx, &due).await {
        Ok(_) => {
            tx.commit().await?;
            app.hub.changed(&id);
            Ok(())
        }
        // Another process, or an operator, was quicker.
        Err(refunds::Refused::NotLeft | refunds::Refused::OrderElsewhere) => Ok(()),
        Err(refunds::Refused::Store(error)) => Err(error.into()),
    }
}

async fn moved(app: &App, order: &OrderRow, to: OrderState) -> anyhow::Result<()> {
    let id = order.order_id();
    let mut tx = app.db.begin_order(&id).await?;
    holds::lift(&mut tx, &id, &holds::FOR_SILENCE).await?;
    transition(&mut tx, &id, to, Cause::Channel).await?;
    tx.commit().await?;
    app.hub.changed(&id);
    crash::point("recharge_moved");
    Ok(())
}

/// The platform has it, and it is on its way: it is not lost after all.
async fn heard_of(app: &App, order: &OrderRow) -> anyhow::Result<()> {
    if order.held_reason.is_some() {
        let id = order.order_id();
        let mut tx = app.db.begin_order(&id).await?;
        holds::lift(&mut tx, &id, &[RECHARGE_LOST, RECHARGE_UNANSWERED]).await?;
        tx.commit().await?;
        app.hub.changed(&id);
    }
    Ok(())
}

async fn set_aside(app: &App, order: &OrderRow, reason: &'static str) -> anyhow::Result<()> {
    let id = order.order_id();
    let mut tx = app.db.begin_order(&id).await?;
    if !holds::FOR_SILENCE.contains(&reason) {
        holds::lift(&mut tx, &id, &holds::FOR_SILENCE).await?;
    }
    hold(&mut tx, &id, reason).await?;
    tx.commit().await?;
    app.hub.changed(&id);
    Ok(())
}

async fn was(app: &App, order: &OrderRow, state: OrderState) -> sqlx::Result<bool> {
    let times: i64 =
        sqlx::query_scalar("select count(*) from order_events where order_id = $1 and state = $2")
            .bind(&order.id)
            .bind(state.as_str())
            .fetch_one(app.db.pool())
            .await?;
    Ok(times > 0)
}

/// Whether the money surely came before the order's end, however late that was learnt. Wallets leave out the part of a
/// second.
fn in_time(order: &OrderRow, payment: &PaymentRow) -> bool {
    payment
        .paid_at
        .is_some_and(|at| at + 999 <= order.expires_at)
}

async fn still_sold(app: &App, order: &OrderRow) -> anyhow::Result<bool> {
    if now().0 - order.expires_at > LATE_MS {
        return Ok(false);
    }
    let Some(id) = order.package_id.as_deref() else {
        return Ok(false);
    };
    let sold = app.catalog.ask_package(id).await?;
    Ok(sold.is_some_and(|OnSale { package, .. }| {
        !package.sold_out && package.price_fen == order.amount()
    }))
}

/// Whether it is the order's card and package.
#[must_use]
pub fn is_for(recharge: &Recharge, order: &OrderRow) -> bool {
    let card = recharge.card.as_deref();
    let package = recharge.package_id.as_deref();
    card.is_none_or(|card| order.card_number.as_deref() == Some(card))
        && package.is_none_or(|package| order.package_id.as_deref() == Some(package))
}
