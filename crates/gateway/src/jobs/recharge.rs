//! Recharging a card for money that our own merchants took: sent under the order's number, believed only when a query
//! says so, and never sent again while the platform may have it.

use contract::{CardNumber, Fen, OrderState};

use crate::{
    App,
    clock::now,
    crash,
    orders::{
        row::OrderRow,
        transition::{Cause, hold, transition},
    },
    payments::row::PaymentRow,
    refunds::{self, Due, RefundCause},
    upstream::shingsou::{
        UpstreamError,
        recharge::{Recharge, RechargeRequest, RechargeStatus, is_final, is_known_already},
    },
};

/// Money that comes later than this after the order's end goes back, in milliseconds.
const LATE_MS: i64 = 86_400_000;

/// What is known of a recharge that was sent.
#[derive(Clone, Copy, Default, sqlx::FromRow)]
struct Sent {
    sent_at: Option<i64>,
    refused_code: Option<i64>,
}

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
        || (was(app, order, OrderState::Expired).await? && !still_sold(app, order, payment).await?)
    {
        return give_back(app, payment, RefundCause::Late).await;
    }
    let mut tx = app.db.begin_write().await?;
    if !transition(&mut tx, &id, OrderState::Fulfilling, Cause::Time).await? {
        return Ok(());
    }
    tx.commit().await?;
    app.hub.changed(&id);
    crash::point("recharge_begun");
    send(app, order, None).await
}

async fn go_on(app: &App, order: &OrderRow, payment: &PaymentRow) -> anyhow::Result<()> {
    let Some(query_path) = &app.config.recharge.query_path else {
        anyhow::bail!("recharge.query_path is not set");
    };
    let sent = sent(app, order).await?;
    let Some(sent_at) = sent.sent_at else {
        return send(app, order, None).await;
    };
    crash::point("recharge_before_ask");
    let found = app
        .shingsou
        .find_recharge(query_path, &order.number)
        .await?;
    crash::point("recharge_after_ask");
    match (found, sent.refused_code) {
        (Some(recharge), _) if !is_for(&recharge, order) => {
            set_aside(app, order, "recharge_differs").await
        }
        (Some(recharge), _) => match recharge.status {
            RechargeStatus::Queued | RechargeStatus::UnderWay => Ok(()),
            RechargeStatus::Credited => moved(app, order, OrderState::Credited).await,
            RechargeStatus::Failed { code } if code.is_some_and(is_final) => {
                moved(app, order, OrderState::FulfilFailed).await?;
                give_back(app, payment, RefundCause::RechargeFailed).await
            }
            RechargeStatus::Failed { .. } => {
                set_aside(app, order, "recharge_failed_unlisted").await
            }
        },
        // It refused for good, and has nothing under the number: now it is sure.
        (None, Some(_)) => {
            moved(app, order, OrderState::FulfilFailed).await?;
            give_back(app, payment, RefundCause::RechargeFailed).await
        }
        (None, None) => {
            let patience = i64::from(app.config.recharge.resend_seconds) * 1000;
            if now().0 - sent_at < patience {
                return Ok(());
            }
            tracing::warn!(order = ?order.order_id(), "a recharge did not arrive: it is sent again under its number");
            send(app, order, Some(sent_at)).await
        }
    }
}

/// Sends the recharge, after it is written down that it is sent. Where it surely does not arrive, what is written is
/// what was `before`.
async fn send(app: &App, order: &OrderRow, before: Option<i64>) -> anyhow::Result<()> {
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
    if !may_send(app, order, before).await? {
        return Ok(());
    }
    crash::point("recharge_noted");
    let request = RechargeRequest {
        number: order.number.clone(),
        card,
        package_id,
    };
    let answer = app.shingsou.recharge(path, &request).await;
    crash::point("recharge_sent");
    match answer {
        Ok(()) => Ok(()),
        Err(UpstreamError::Refused { code, .. }) if is_known_already(code) => Ok(()),
        Err(UpstreamError::Refused { code, .. }) if is_final(code) => {
            note(app, order, Some(now().0), Some(code)).await
        }
        Err(UpstreamError::Refused { code, .. }) => {
            tracing::error!(order = ?order.order_id(), code, "a recharge is refused for a reason that is not listed");
            set_aside(app, order, "recharge_refused_unlisted").await
        }
        Err(error @ UpstreamError::Unreachable(_)) => {
            note(app, order, before, None).await?;
            Err(error.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Gives back all that is left of what paid the order.
async fn give_back(app: &App, payment: &PaymentRow, cause: RefundCause) -> anyhow::Result<()> {
    let id = payment.order();
    let left = payment.amount_fen - payment.refunding_fen;
    if left == 0 {
        return Ok(());
    }
    let mut tx = app.db.begin_write().await?;
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
    let mut tx = app.db.begin_write().await?;
    transition(&mut tx, &id, to, Cause::Channel).await?;
    tx.commit().await?;
    app.hub.changed(&id);
    crash::point("recharge_moved");
    Ok(())
}

async fn set_aside(app: &App, order: &OrderRow, reason: &'static str) -> anyhow::Result<()> {
    let id = order.order_id();
    let mut tx = app.db.begin_write().await?;
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

async fn still_sold(app: &App, order: &OrderRow, payment: &PaymentRow) -> anyhow::Result<bool> {
    if now().0 - order.expires_at > LATE_MS {
        return Ok(false);
    }
    let catalog = app.catalog.ask_now().await?;
    let sold = order.package_id.as_deref().and_then(|id| catalog.find(id));
    Ok(sold.is_some_and(|(_, package)| !package.sold_out && package.price_fen == payment.amount()))
}

fn is_for(recharge: &Recharge, order: &OrderRow) -> bool {
    let card = recharge.card.as_deref();
    let package = recharge.package_id.as_deref();
    card.is_none_or(|card| order.card_number.as_deref() == Some(card))
        && package.is_none_or(|package| order.package_id.as_deref() == Some(package))
}

async fn sent(app: &App, order: &OrderRow) -> sqlx::Result<Sent> {
    let row = sqlx::query_as("select sent_at, refused_code from recharges where order_id = $1")
        .bind(&order.id)
        .fetch_optional(app.db.pool())
        .await?;
    Ok(row.unwrap_or_default())
}

/// Writes down that the recharge is sent now. It is not, where meanwhile the order was held or went back, or another
/// process sent it.
async fn may_send(app: &App, order: &OrderRow, before: Option<i64>) -> anyhow::Result<bool> {
    let mut tx = app.db.begin_write().await?;
    let noted = sqlx::query(
        "insert into recharges (order_id, number, sent_at)
         select id, number, $1 from orders where id = $2 and state = 'fulfilling' and held_reason is null
         on conflict (order_id) do update set sent_at = excluded.sent_at, refused_code = null
             where coalesce(recharges.sent_at, 0) = $3",
    )
    .bind(now().0)
    .bind(&order.id)
    .bind(before.unwrap_or_default())
    .execute(tx.conn())
    .await?
    .rows_affected();
    tx.commit().await?;
    Ok(noted > 0)
}

async fn note(
    app: &App,
    order: &OrderRow,
    sent_at: Option<i64>,
    refused_code: Option<i64>,
) -> anyhow::Result<()> {
    let mut tx = app.db.begin_write().await?;
    sqlx::query(
        "insert into recharges (order_id, number, sent_at, refused_code) values ($1, $2, $3, $4)
         on conflict (order_id) do update set sent_at = excluded.sent_at, refused_code = excluded.refused_code",
    )
    .bind(&order.id)
    .bind(&order.number)
    .bind(sent_at)
    .bind(refused_code)
    .execute(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(())
}
