//! A payment in the database.

use contract::{
    Fen, Launch, LaunchKind, Method, OrderId, OrderState, Payment, PaymentState, Timestamp,
};
use sqlx::{AnyConnection, AssertSqlSafe, FromRow};

use super::channel::PaymentRef;
use crate::{App, clock::now, store::Tx};

/// A row of `payments`, with the package of its order.
#[derive(Clone, FromRow)]
pub struct PaymentRow {
    /// Its number.
    pub out_trade_no: String,
    /// Whose payment it is.
    pub order_id: String,
    /// The channel's name.
    pub channel: String,
    /// The merchant's name.
    pub merchant: String,
    /// The method's name.
    pub method: String,
    /// The launch's kind, by name.
    pub launch_kind: String,
    /// The state's name.
    pub state: String,
    /// How much, in fen.
    pub amount_fen: i64,
    /// What the page does, as JSON.
    pub launch: Option<String>,
    /// The wallet's own number.
    pub transaction_id: Option<String>,
    /// When it was made, in milliseconds.
    pub created_at: i64,
    /// When it changed last, in milliseconds; while it is open, when its launch was made.
    pub updated_at: i64,
    /// When the channel stops taking the money, in milliseconds.
    pub expires_at: i64,
    /// The wallet's id of the buyer that the launch was made for.
    pub payer: Option<String>,
    /// The buyer's address, where the wallet compares it.
    pub client_ip: Option<String>,
    /// How much of it is on its way back or is back, in fen.
    pub refunding_fen: i64,
    /// When the wallet took the money, in milliseconds; where it does not tell, when that was learnt.
    pub paid_at: Option<i64>,
    /// How often a job asked.
    pub asks: i64,
    /// Since when its channel has told a state that is not listed, in milliseconds.
    pub unlisted_at: Option<i64>,
    /// The package of its order.
    pub package_id: Option<String>,
}

/// A payment that was given up just after it was asked for is closed at its channel after this time, in milliseconds.
pub const CLOSE_AFTER_MS: i64 = 60_000;

const SELECT: &str =
    "select p.out_trade_no, p.order_id, p.channel, p.merchant, p.method, p.launch_kind, p.state,
    p.amount_fen, p.launch, p.transaction_id, p.created_at, p.updated_at, p.expires_at, p.payer, p.client_ip,
    p.refunding_fen, p.paid_at, p.asks, p.unlisted_at, o.package_id
    from payments p join orders o on o.id = p.order_id";

impl PaymentRow {
    /// Whose payment it is.
    ///
    /// # Panics
    /// The database holds an id that was never given out.
    #[must_use]
    pub fn order(&self) -> OrderId {
        OrderId::parse(&self.order_id).expect("the database holds ids that were given out")
    }

    /// With what.
    ///
    /// # Panics
    /// The database holds a method that was never written.
    #[must_use]
    pub fn paid_with(&self) -> Method {
        Method::from_name(&self.method).expect("the database holds methods that were written")
    }

    /// Where it stands.
    ///
    /// # Panics
    /// The database holds a state that was never written.
    #[must_use]
    pub fn payment_state(&self) -> PaymentState {
        PaymentState::from_name(&self.state).expect("the database holds states that were written")
    }

    /// How much.
    #[must_use]
    pub fn amount(&self) -> Fen {
        Fen(self.amount_fen)
    }

    /// What the page does, where the channel has answered.
    #[must_use]
    pub fn stored_launch(&self) -> Option<Launch> {
        serde_json::from_str(self.launch.as_deref()?).ok()
    }

    /// What a channel needs to know of it.
    #[must_use]
    pub fn reference(&self) -> PaymentRef {
        PaymentRef {
            out_trade_no: self.out_trade_no.clone(),
            package_id: self.package_id.clone(),
        }
    }

    /// As the buyer sees it. The launch is told only while there is something to pay.
    #[must_use]
    pub fn for_buyer(&self, order: OrderState) -> Payment {
        let state = self.payment_state();
        let open = order.is_open() && state == PaymentState::Launched;
        Payment {
            method: self.paid_with(),
            state,
            launch: if open { self.stored_launch() } else { None },
            expires_at: Timestamp(self.expires_at),
        }
    }
}

/// The payment of a number.
///
/// # Errors
/// The database cannot be read.
pub async fn find(
    conn: &mut AnyConnection,
    out_trade_no: &str,
) -> sqlx::Result<Option<PaymentRow>> {
    let sql = format!("{SELECT} where p.out_trade_no = $1");
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(out_trade_no)
        .fetch_optional(conn)
        .await
}

/// An order's open payment.
///
/// # Errors
/// The database cannot be read.
pub async fn open(conn: &mut AnyConnection, order: &OrderId) -> sqlx::Result<Option<PaymentRow>> {
    let sql =
        format!("{SELECT} where p.order_id = $1 and p.state in ('created', 'launched', 'unknown')");
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(order.as_str())
        .fetch_optional(conn)
        .await
}

/// An order's payments, the oldest first.
///
/// # Errors
/// The database cannot be read.
pub async fn of_order(conn: &mut AnyConnection, order: &OrderId) -> sqlx::Result<Vec<PaymentRow>> {
    let sql = format!("{SELECT} where p.order_id = $1 order by p.created_at, p.out_trade_no");
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(order.as_str())
        .fetch_all(conn)
        .await
}

/// The payment the buyer is shown: the one that succeeded, else the open one, else the latest.
///
/// # Errors
/// The database cannot be read.
pub async fn for_buyer(
    conn: &mut AnyConnection,
    order: &OrderId,
) -> sqlx::Result<Option<PaymentRow>> {
    let sql = format!(
        "{SELECT} where p.order_id = $1
         order by case p.state when 'succeeded' then 0 when 'closed' then 2 when 'failed' then 2 else 1 end,
             p.created_at desc limit 1"
    );
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(order.as_str())
        .fetch_optional(conn)
        .await
}

/// The payment that paid an order, as it was written when the order became paid.
///
/// # Errors
/// The database cannot be read.
pub async fn succeeded(
    conn: &mut AnyConnection,
    order: &OrderId,
) -> sqlx::Result<Option<PaymentRow>> {
    let sql = format!("{SELECT} where o.id = $1 and p.out_trade_no = o.paid_by");
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(order.as_str())
        .fetch_optional(conn)
        .await
}

/// Moves a payment along an edge of its graph, guarded like an order's. Tells whether it moved.
///
/// # Errors
/// The database cannot be written.
pub async fn move_to(tx: &mut Tx, out_trade_no: &str, to: PaymentState) -> sqlx::Result<bool> {
    let origins: Vec<String> = to
        .origins()
        .map(|state| format!("'{}'", state.as_str()))
        .collect();
    let sql = format!(
        "update payments set state = $1, updated_at = $2 where out_trade_no = $3 and state in ({})",
        origins.join(", ")
    );
    let moved = sqlx::query(AssertSqlSafe(sql))
        .bind(to.as_str())
        .bind(now().0)
        .bind(out_trade_no)
        .execute(tx.conn())
        .await?
        .rows_affected();
    Ok(moved > 0)
}

/// Writes down that another amount was paid, before it is taken in. Tells whether it was not taken in yet.
///
/// # Errors
/// The database cannot be written.
pub async fn take_amount(tx: &mut Tx, out_trade_no: &str, amount: Fen) -> sqlx::Result<bool> {
    let written = sqlx::query(
        "update payments set amount_fen = $1 where out_trade_no = $2 and state <> 'succeeded'",
    )
    .bind(amount.0)
    .bind(out_trade_no)
    .execute(tx.conn())
    .await?
    .rows_affected();
    Ok(written > 0)
}

/// Gives up an order's open payments, except one.
///
/// Those that their channel has not closed are closed there after so many milliseconds, by the job that asks for silent
/// payments: money may come all the same.
///
/// # Errors
/// The database cannot be written.
pub async fn abandon_open(
    tx: &mut Tx,
    order: &OrderId,
    except: Option<&str>,
    close_after: i64,
) -> sqlx::Result<()> {
    debug_assert!(tx.has_locked(order), "it began without `begin_order`");
    sqlx::query(
        "update payments set state = 'closed', updated_at = $1,
             next_ask_at = case when next_ask_at is not null then cast($4 as bigint) end, ask_noted_at = $1
         where order_id = $2 and out_trade_no <> $3 and state in ('created', 'launched', 'unknown')",
    )
    .bind(now().0)
    .bind(order.as_str())
    .bind(except.unwrap_or_default())
    .bind(now().0 + close_after)
    .execute(tx.conn())
    .await?;
    // The page that waits for the order sees its payment change.
    sqlx::query("update orders set version = version + 1, updated_at = $1 where id = $2")
        .bind(now().0)
        .bind(order.as_str())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Nothing is left to learn of a payment.
///
/// # Errors
/// The database cannot be written.
pub async fn no_more_questions(tx: &mut Tx, out_trade_no: &str) -> sqlx::Result<()> {
    sqlx::query("update payments set next_ask_at = null where out_trade_no = $1")
        .bind(out_trade_no)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The same in a transaction of its own.
///
/// # Errors
/// The database cannot be written.
pub async fn ask_no_more(app: &App, out_trade_no: &str) -> sqlx::Result<()> {
    let mut tx = app.db.begin_write().await?;
    no_more_questions(&mut tx, out_trade_no).await?;
    tx.commit().await
}

/// A launch kind's name in the database.
#[must_use]
pub fn launch_kind_name(kind: LaunchKind) -> &'static str {
    match kind {
        LaunchKind::Redirect => "redirect",
        LaunchKind::Form => "form",
        LaunchKind::Qr => "qr",
        LaunchKind::WechatJsapi => "wechat_jsapi",
        LaunchKind::AlipayTrade => "alipay_trade",
        LaunchKind::MiniProgram => "mini_program",
        LaunchKind::Transfer => "transfer",
        LaunchKind::None => "none",
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::PaymentRow;

    /// A payment of an order's.
    pub(in crate::payments) fn payment() -> PaymentRow {
        PaymentRow {
            out_trade_no: "P1".to_owned(),
            order_id: "0".repeat(32),
            channel: "platform".to_owned(),
            merchant: "shingsou".to_owned(),
            method: "alipay".to_owned(),
            launch_kind: "redirect".to_owned(),
            state: "launched".to_owned(),
            amount_fen: 1800,
            launch: None,
            transaction_id: None,
            created_at: 0,
            updated_at: 0,
            expires_at: 900_000,
            payer: None,
            client_ip: None,
            refunding_fen: 0,
            paid_at: None,
            asks: 0,
            unlisted_at: None,
            package_id: None,
        }
    }
}
