//! Asking a channel how a payment stands, and acting on the answer: the one road by which anything becomes paid.

use std::{sync::Arc, time::Instant};

use contract::{OrderId, OrderState, PaymentState};

use super::{
    channel::{Answer, Channel, ChannelError, Closing},
    evidence,
    pace::{Asker, NotNow},
    row::{self, PaymentRow},
};
use crate::{
    App,
    clock::now,
    orders::transition::{Cause, hold, transition},
    store::again,
    unlisted,
};

/// Why an order is held whose channel told a state that is not listed until its end.
pub const UNLISTED: &str = "status_unlisted";

/// Why an answer could not be had or acted upon.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The channel gave none.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// It tells a state that is not listed: whether it has the money is not known.
    #[error("the channel tells a state that is not listed")]
    Unlisted,
    /// It is not asked now: its budget is used up, or it wanted a rest.
    #[error("the channel is not asked now: it is asked too much already")]
    Paced(NotNow),
    /// The channel that took the payment is no longer set up.
    #[error("the channel {0} is not set up any more")]
    NoChannel(String),
    /// The database failed.
    #[error("{0:#}")]
    Store(#[from] anyhow::Error),
}

impl From<NotNow> for AskError {
    fn from(why: NotNow) -> AskError {
        AskError::Paced(why)
    }
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
    share(app, payment, true).await
}

/// The same for a job that has taken the question out of the channel's budget.
pub(super) async fn paced(app: &App, payment: &PaymentRow) -> Result<(), AskError> {
    share(app, payment, false).await
}

async fn share(app: &App, payment: &PaymentRow, counts: bool) -> Result<(), AskError> {
    let came = Instant::now();
    let turn = app.turns.of(&payment.out_trade_no);
    let mut last_begun = turn.lock().await;
    if last_begun.is_some_and(|begun| begun >= came) {
        return Ok(());
    }
    let channel = channel(app, payment)?;
    if counts {
        channel.pace().ask(Asker::Caller)?;
    }
    let begun = Instant::now();
    let answer = channel.query(&payment.reference()).await?;
    act(app, payment, answer).await?;
    *last_begun = Some(begun);
    Ok(())
}

/// Closes an unpaid payment at its channel where that can be done, and else makes sure that it is not paid.
///
/// # Errors
/// The channel gave no answer: whether it is paid is not known.
pub async fn close(app: &App, payment: &PaymentRow, asker: Asker) -> Result<(), AskError> {
    channel(app, payment)?.pace().ask(asker)?;
    close_paced(app, payment).await
}

/// The same where the question was taken out of the channel's budget.
pub(super) async fn close_paced(app: &App, payment: &PaymentRow) -> Result<(), AskError> {
    let closing = channel(app, payment)?.close(&payment.reference()).await?;
    match closing {
        Closing::AlreadyPaid => return paced(app, payment).await,
        Closing::Unlisted(word) => return unlisted(app, payment, &word).await,
        Closing::Closed => row::ask_no_more(app, &payment.out_trade_no).await?,
        Closing::CannotClose => {}
    }
    listed(app, payment).await
}

async fn act(app: &App, payment: &PaymentRow, answer: Answer) -> Result<(), AskError> {
    match answer {
        Answer::Unlisted(word) => return unlisted(app, payment, &word).await,
        Answer::Paid(receipt) => evidence::take_in(app, payment, &receipt).await?,
        Answer::Contradiction(reason) => evidence::contradiction(app, payment, reason).await?,
        Answer::Closed => again(|| closed(app, payment)).await?,
        Answer::NotFound | Answer::Waiting => {}
    }
    listed(app, payment).await
}

/// Writes down that the channel tells what nobody here can read. Where it still does at the payment's end, the order is
/// a person's: it may be paid.
async fn unlisted(app: &App, payment: &PaymentRow, word: &str) -> Result<(), AskError> {
    unlisted::tell(channel(app, payment)?.name(), "payment", word);
    let id = payment.order();
    let is_over = payment.expires_at <= now().0;
    if payment.unlisted_at.is_some() && !is_over {
        return Err(AskError::Unlisted);
    }
    let mut tx = app.db.begin_order(&id).await?;
    let unpaid = sqlx::query(
        "update payments set unlisted_at = coalesce(unlisted_at, $1) where out_trade_no = $2 and state <> 'succeeded'",
    )
    .bind(now().0)
    .bind(&payment.out_trade_no)
    .execute(tx.conn())
    .await?
    .rows_affected();
    let held = unpaid > 0 && is_over && hold(&mut tx, &id, UNLISTED).await?;
    tx.commit().await?;
    if held {
        app.hub.changed(&id);
    }
    Err(AskError::Unlisted)
}

/// The channel tells again what can be read.
async fn listed(app: &App, payment: &PaymentRow) -> Result<(), AskError> {
    if payment.unlisted_at.is_some() {
        let mut tx = app.db.begin_write().await?;
        sqlx::query("update payments set unlisted_at = null where out_trade_no = $1")
            .bind(&payment.out_trade_no)
            .execute(tx.conn())
            .await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The channel takes no money for it any more, which is its last word: the order waits for another payment.
async fn closed(app: &App, payment: &PaymentRow) -> sqlx::Result<()> {
    let id = payment.order();
    let mut tx = app.db.begin_order(&id).await?;
    row::no_more_questions(&mut tx, &payment.out_trade_no).await?;
    let moved = row::move_to(&mut tx, &payment.out_trade_no, PaymentState::Closed).await?;
    if moved {
        reopen(&mut tx, &id).await?;
    }
    tx.commit().await?;
    if moved {
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
