//! Carrying a refund out at its channel, under the number that was stored when it was decided.

use contract::OrderState;

use super::row::{self, RefundRow};
use crate::{
    App,
    clock::now,
    crash,
    jobs::outbox::{self, Effect},
    orders::{
        holds::{self, REFUND_LOST},
        transition::{Cause, hold, transition},
    },
    payments::{
        channel::{ChannelError, NewRefund, RefundAnswer},
        row::{self as payment_row, PaymentRow},
    },
};

/// A refund that was tried so often without an end needs a person: by [`delay_ms`] that is a day. It is counted and not
/// timed, since the clock may be wrong and the gateway may have stood still.
const OVERDUE_AFTER: i64 = 218;
/// A refusal of what was sent more than once is believed from this attempt on, more than a minute after the first.
const BELIEVED_AFTER: i64 = 20;
/// Why an order is held of which a refund was refused that its state does not tell.
pub const REFUND_REFUSED: &str = "refund_refused";

/// What is known of a refund after it was asked for or asked about.
enum Known {
    /// The wallet has it and works on it.
    Accepted,
    /// The wallet had it, and does not know it any more: it is not sent again.
    Lost,
    /// The same, and a person has to finish it there.
    ByHand,
    /// Nothing new.
    Nothing,
    /// It came to its end.
    Ended(RefundAnswer),
}

/// Carries a refund as far as it goes now.
///
/// # Errors
/// The database failed: the effect is given back and tried again.
pub async fn run(app: &App, effect: &Effect) -> anyhow::Result<()> {
    let number = effect.subject();
    let Some((refund, payment)) = load(app, number).await? else {
        return Ok(outbox::dead(app, effect, "its refund does not exist").await?);
    };
    if refund.state != row::CREATED {
        return Ok(outbox::done(app, effect).await?);
    }
    crash::point("refund_before_send");
    // What was sent before may be there: it is asked for first, and sent again only where the channel knows nothing.
    let answer = ask(app, &refund, &payment, effect.attempts).await;
    crash::point("refund_after_send");
    let cause = match answer {
        Ok(Known::Ended(answer)) => {
            settle(app, &refund, &payment, answer).await?;
            return Ok(outbox::done(app, effect).await?);
        }
        Ok(Known::Accepted) => {
            accepted(app, &refund).await?;
            None
        }
        Ok(Known::ByHand) => {
            accepted(app, &refund).await?;
            set_aside(app, &refund).await?;
            None
        }
        Ok(Known::Lost) if effect.attempts >= BELIEVED_AFTER => {
            lost(app, &refund).await?;
            Some("the wallet took it, and does not know it any more".to_owned())
        }
        Ok(Known::Lost | Known::Nothing) => None,
        Err(error) => {
            tracing::warn!(out_refund_no = number, %error, "a refund's outcome is not known");
            note(app, number, &error.to_string()).await?;
            Some(error.to_string())
        }
    };
    if effect.attempts == OVERDUE_AFTER {
        tracing::error!(
            out_refund_no = number,
            "a refund has not ended for a day: an operator has to look"
        );
        metrics::counter!("refunds_overdue_total").increment(1);
    }
    Ok(outbox::later(app, effect, delay_ms(effect.attempts), cause.as_deref()).await?)
}

/// Asks how a refund stands, since somebody told that it changed.
///
/// # Errors
/// The channel gave no answer, or the database failed.
pub async fn ask_now(app: &App, number: &str) -> anyhow::Result<()> {
    let Some((refund, payment)) = load(app, number).await? else {
        return Ok(());
    };
    if refund.state == row::CREATED {
        let channel = app
            .channels
            .named(&payment.channel, &payment.merchant)
            .ok_or_else(|| anyhow::anyhow!("the channel is not set up any more"))?;
        let answer = channel
            .query_refund(&request(app, &refund, &payment))
            .await?;
        settle(app, &refund, &payment, answer).await?;
    }
    Ok(())
}

async fn load(app: &App, number: &str) -> anyhow::Result<Option<(RefundRow, PaymentRow)>> {
    let mut conn = app.db.pool().acquire().await?;
    let Some(refund) = row::find(&mut conn, number).await? else {
        return Ok(None);
    };
    let payment = payment_row::find(&mut conn, &refund.out_trade_no).await?;
    Ok(payment.map(|payment| (refund, payment)))
}

async fn ask(
    app: &App,
    refund: &RefundRow,
    payment: &PaymentRow,
    attempts: i64,
) -> Result<Known, ChannelError> {
    let channel = app
        .channels
        .named(&payment.channel, &payment.merchant)
        .ok_or_else(|| ChannelError::Unreachable("it is not set up any more".to_owned()))?;
    let request = request(app, refund, payment);
    let was_accepted = refund.accepted_at.is_some();
    if attempts > 1 || was_accepted {
        match channel.query_refund(&request).await? {
            RefundAnswer::NotFound if was_accepted => return Ok(Known::Lost),
            RefundAnswer::NotFound => {}
            RefundAnswer::UnderWay => return Ok(Known::Accepted),
            RefundAnswer::ByHand => return Ok(Known::ByHand),
            ended => return Ok(Known::Ended(ended)),
        }
    }
    Ok(match channel.refund(&request).await? {
        RefundAnswer::UnderWay => Known::Accepted,
        RefundAnswer::ByHand => Known::ByHand,
        RefundAnswer::NotFound => Known::Nothing,
        // What was sent before may still be on its way there, and be what this one is refused for.
        RefundAnswer::Refused if (2..BELIEVED_AFTER).contains(&attempts) => Known::Nothing,
        ended => Known::Ended(ended),
    })
}

/// Writes down that the wallet has it.
async fn accepted(app: &App, refund: &RefundRow) -> sqlx::Result<()> {
    if refund.accepted_at.is_some() {
        return Ok(());
    }
    let mut tx = app.db.begin_write().await?;
    sqlx::query(
        "update refunds set accepted_at = $1 where out_refund_no = $2 and accepted_at is null",
    )
    .bind(now().0)
    .bind(&refund.out_refund_no)
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// Holds the order of a refund that the wallet does not know any more. It is asked on.
async fn lost(app: &App, refund: &RefundRow) -> sqlx::Result<()> {
    let id = refund.order();
    let mut tx = app.db.begin_order(&id).await?;
    let held = hold(&mut tx, &id, REFUND_LOST).await?;
    tx.commit().await?;
    if held {
        app.hub.changed(&id);
    }
    Ok(())
}

async fn note(app: &App, number: &str, error: &str) -> anyhow::Result<()> {
    let mut tx = app.db.begin_write().await?;
    sqlx::query("update refunds set last_error = $1 where out_refund_no = $2")
        .bind(error)
        .bind(number)
        .execute(tx.conn())
        .await?;
    Ok(tx.commit().await?)
}

fn request(app: &App, refund: &RefundRow, payment: &PaymentRow) -> NewRefund {
    NewRefund {
        out_refund_no: refund.out_refund_no.clone(),
        out_trade_no: refund.out_trade_no.clone(),
        amount: refund.amount(),
        paid: payment.amount(),
        reason: refund.reason.clone(),
        notify_url: app.config.notify_url(&payment.channel, &payment.merchant),
    }
}

/// Writes down how a refund ended, where it has.
async fn settle(
    app: &App,
    refund: &RefundRow,
    payment: &PaymentRow,
    answer: RefundAnswer,
) -> anyhow::Result<()> {
    let state = match answer {
        RefundAnswer::NotFound | RefundAnswer::UnderWay => return Ok(()),
        RefundAnswer::ByHand => return set_aside(app, refund).await,
        RefundAnswer::Done => row::DONE,
        RefundAnswer::Refused => row::REFUSED,
    };
    let id = refund.order();
    let mut tx = app.db.begin_order(&id).await?;
    let given_back = if answer == RefundAnswer::Refused {
        refund.amount_fen
    } else {
        0
    };
    let moved = sqlx::query(
        "update payments set refunding_fen = refunding_fen - $1 where out_trade_no = $2
         and exists (select 1 from refunds where out_refund_no = $3 and state = 'created')",
    )
    .bind(given_back)
    .bind(&payment.out_trade_no)
    .bind(&refund.out_refund_no)
    .execute(tx.conn())
    .await?
    .rows_affected();
    let ended = sqlx::query(
        "update refunds set state = $1, updated_at = $2 where out_refund_no = $3 and state = 'created'",
    )
    .bind(state)
    .bind(now().0)
    .bind(&refund.out_refund_no)
    .execute(tx.conn())
    .await?
    .rows_affected();
    if moved == 0 || ended == 0 {
        return Ok(());
    }
    holds::lift(&mut tx, &id, &[REFUND_LOST]).await?;
    let paid_the_order = payment_row::succeeded(tx.conn(), &id)
        .await?
        .is_some_and(|first| first.out_trade_no == payment.out_trade_no);
    if answer == RefundAnswer::Refused {
        let shows = paid_the_order
            && transition(&mut tx, &id, OrderState::RefundFailed, Cause::Channel).await?;
        // A part, and a second payment, leave their order where it is: nothing else would show that money is owed.
        if !shows {
            hold(&mut tx, &id, REFUND_REFUSED).await?;
        }
    } else if paid_the_order && all_back(&mut tx, payment).await? {
        transition(&mut tx, &id, OrderState::Refunded, Cause::Channel).await?;
    }
    crash::point("refund_before_commit");
    tx.commit().await?;
    app.hub.changed(&id);
    if answer == RefundAnswer::Refused {
        tracing::error!(
            out_refund_no = refund.out_refund_no,
            "a refund is refused: an operator has to decide"
        );
        metrics::counter!("refunds_refused_total").increment(1);
    }
    Ok(())
}

/// The money stays where it is until a person has moved it at the wallet; the refund goes on being asked for.
async fn set_aside(app: &App, refund: &RefundRow) -> anyhow::Result<()> {
    let id = refund.order();
    note(app, &refund.out_refund_no, "it has to be finished by hand").await?;
    let mut tx = app.db.begin_order(&id).await?;
    let held = hold(&mut tx, &id, "refund_by_hand").await?;
    tx.commit().await?;
    if held {
        tracing::error!(
            out_refund_no = refund.out_refund_no,
            "a refund has to be finished by hand on the wallet's merchant platform"
        );
        app.hub.changed(&id);
    }
    Ok(())
}

async fn all_back(tx: &mut crate::store::Tx, payment: &PaymentRow) -> sqlx::Result<bool> {
    let back: i64 = sqlx::query_scalar(
        "select cast(coalesce(sum(amount_fen), 0) as bigint) from refunds where out_trade_no = $1 and state = 'done'",
    )
    .bind(&payment.out_trade_no)
    .fetch_one(tx.conn())
    .await?;
    Ok(back == payment.amount_fen)
}

/// Soon at first, then once a minute, and after an hour or so every ten.
fn delay_ms(attempts: i64) -> i64 {
    match attempts {
        ..5 => 1_000,
        5..20 => 5_000,
        20..80 => 60_000,
        _ => 600_000,
    }
}
