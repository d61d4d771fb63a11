//! Asking a channel how a payment stands, and acting on the answer: the one road by which anything becomes paid.

use std::{sync::Arc, time::Instant};

use contract::{OrderId, OrderState, PaymentState};

use super::{
    channel::{Answer, Channel, ChannelError, Closing},
    evidence,
    row::{self, PaymentRow},
};
use crate::{
    App,
    clock::now,
    orders::transition::{Cause, transition},
    store::again,
};

/// Why an answer could not be had or acted upon.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The channel gave none.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The channel that took the payment is no longer set up.
    #[error("the channel {0} is not set up any more")]
    NoChannel(String),
    /// The database failed.
    #[error("{0:#}")]
    Store(#[from] anyhow::Error),
}

impl From<sqlx::Error> for AskError {
    fn from(error: sqlx::Error) -> AskError {
        AskError::Store(error.into())
    }
}

/// Asks the channel about a payment and acts on the answer. Of many callers at once, one asks and the others wait for
/// what it learns, so that a flood of notices is not a flood of queries.
///
/// # Errors
/// The channel gave no answer, or the database failed. Nothing is lost: the payment is asked again later.
pub async fn ask(app: &App, payment: &PaymentRow) -> Result<(), AskError> {
    let came = Instant::now();
    let turn = app.turns.of(&payment.out_trade_no);
    let mut last_begun = turn.lock().await;
    if last_begun.is_some_and(|begun| begun >= came) {
        return Ok(());
    }
    let begun = Instant::now();
    let answer = channel(app, payment)?.query(&payment.reference()).await?;
    act(app, payment, answer).await?;
    *last_begun = Some(begun);
    Ok(())
}

/// Closes an unpaid payment at its channel where that can be done, and else makes sure that it is not paid.
///
/// # Errors
/// The channel gave no answer: whether it is paid is not known.
pub async fn close(app: &App, payment: &PaymentRow) -> Result<(), AskError> {
    match channel(app, payment)?.close(&payment.reference()).await? {
        Closing::AlreadyPaid => ask(app, payment).await,
        Closing::Closed | Closing::CannotClose => Ok(()),
    }
}

async fn act(app: &App, payment: &PaymentRow, answer: Answer) -> Result<(), AskError> {
    match answer {
        Answer::Paid(receipt) => evidence::take_in(app, payment, &receipt).await?,
        Answer::Contradiction(reason) => evidence::contradiction(app, payment, reason).await?,
        Answer::Closed => again(|| closed(app, payment)).await?,
        Answer::NotFound | Answer::Waiting => {}
    }
    Ok(())
}

/// The channel takes no money for it any more: the order waits for another payment.
async fn closed(app: &App, payment: &PaymentRow) -> sqlx::Result<()> {
    let id = payment.order();
    let mut tx = app.db.begin_order(&id).await?;
    if row::move_to(&mut tx, &payment.out_trade_no, PaymentState::Closed).await? {
        reopen(&mut tx, &id).await?;
        tx.commit().await?;
        app.hub.changed(&id);
    }
    Ok(())
}

/// An order without an open payment is as it was before the first one.
///
/// # Errors
/// The database cannot be written.
pub async fn reopen(tx: &mut crate::store::Tx, id: &OrderId) -> sqlx::Result<()> {
    if row::open(tx.conn(), id).await?.is_none() {
        transition(tx, id, OrderState::Created, Cause::Channel).await?;
    }
    Ok(())
}

fn channel(app: &App, payment: &PaymentRow) -> Result<Arc<dyn Channel>, AskError> {
    app.channels
        .named(&payment.channel, &payment.merchant)
        .ok_or_else(|| AskError::NoChannel(payment.channel.clone()))
}

/// No payment is put off for longer than this until it is asked again, in milliseconds.
pub const LONGEST_MS: i64 = 3_600_000;

/// Milliseconds until a silent payment is asked again, or `None` when nothing more is to be learnt.
///
/// Soon at first, since a lost notice must not keep a buyer waiting, then less and less, and once an hour for a day
/// after its end, since late money is money too.
#[must_use]
pub fn next_ask(created_at: i64, expires_at: i64) -> Option<i64> {
    const SECOND: i64 = 1000;
    let at = now().0;
    let (age, over) = (at - created_at, at - expires_at);
    match age {
        _ if over > 86_400 * SECOND => None,
        _ if over > 600 * SECOND => Some(LONGEST_MS),
        ..60_000 => Some(5 * SECOND),
        60_000..300_000 => Some(15 * SECOND),
        _ => Some(30 * SECOND),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_slows_down_and_ends_a_day_after_the_end() {
        let check = |age_s: i64, over_s: i64, expected: Option<i64>| {
            let at = now().0;
            assert_eq!(
                next_ask(at - age_s * 1000, at - over_s * 1000),
                expected,
                "{age_s} {over_s}"
            );
        };
        check(1, -900, Some(5_000));
        check(90, -800, Some(15_000));
        check(600, -300, Some(30_000));
        check(1500, 590, Some(30_000));
        check(3600, 2700, Some(3_600_000));
        check(100_000, 90_000, None);
    }
}
