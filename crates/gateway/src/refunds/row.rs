//! A refund in the database.

use contract::{Fen, OrderId};
use sqlx::{AnyConnection, AssertSqlSafe, FromRow};

/// Money on its way back.
pub const CREATED: &str = "created";
/// Money that is back.
pub const DONE: &str = "done";
/// Money that the wallet would not give back.
pub const REFUSED: &str = "refused";

/// A row of `refunds`.
#[derive(Clone, Debug, FromRow)]
pub struct RefundRow {
    /// Its number.
    pub out_refund_no: String,
    /// The payment's number.
    pub out_trade_no: String,
    /// Whose payment it was.
    pub order_id: String,
    /// How much, in fen.
    pub amount_fen: i64,
    /// In words that the buyer may read.
    pub reason: String,
    /// What made it due, by name.
    pub cause: String,
    /// [`CREATED`], [`DONE`] or [`REFUSED`].
    pub state: String,
    /// What the channel said last, where it was no success.
    pub last_error: Option<String>,
    /// When the wallet said that it has it, in milliseconds.
    pub accepted_at: Option<i64>,
    /// When it was decided, in milliseconds.
    pub created_at: i64,
    /// When it changed last, in milliseconds.
    pub updated_at: i64,
}

impl RefundRow {
    /// Whose payment it was.
    ///
    /// # Panics
    /// The database holds an id that was never given out.
    #[must_use]
    pub fn order(&self) -> OrderId {
        OrderId::parse(&self.order_id).expect("the database holds ids that were given out")
    }

    /// How much.
    #[must_use]
    pub fn amount(&self) -> Fen {
        Fen(self.amount_fen)
    }
}

const SELECT: &str =
    "select out_refund_no, out_trade_no, order_id, amount_fen, reason, cause, state, last_error,
    accepted_at, created_at, updated_at from refunds";

/// The refund of a number.
///
/// # Errors
/// The database cannot be read.
pub async fn find(conn: &mut AnyConnection, number: &str) -> sqlx::Result<Option<RefundRow>> {
    let sql = format!("{SELECT} where out_refund_no = $1");
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(number)
        .fetch_optional(conn)
        .await
}

/// The refund that an operator's key made.
///
/// # Errors
/// The database cannot be read.
pub async fn by_key(conn: &mut AnyConnection, key: &str) -> sqlx::Result<Option<RefundRow>> {
    let sql = format!("{SELECT} where idempotency_key = $1");
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(key)
        .fetch_optional(conn)
        .await
}

/// An order's refunds, the oldest first.
///
/// # Errors
/// The database cannot be read.
pub async fn of_order(conn: &mut AnyConnection, order: &str) -> sqlx::Result<Vec<RefundRow>> {
    let sql = format!("{SELECT} where order_id = $1 order by created_at, out_refund_no");
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(order)
        .fetch_all(conn)
        .await
}

/// Refunds, the newest first, all of them or those in one state, after a row that is named by its time and number.
///
/// # Errors
/// The database cannot be read.
pub async fn page(
    conn: &mut AnyConnection,
    state: Option<&str>,
    (at, number): (i64, &str),
    most: i64,
) -> sqlx::Result<Vec<RefundRow>> {
    let filter = if state.is_some() {
        " and state = $4"
    } else {
        ""
    };
    let sql = format!(
        "{SELECT} where (created_at, out_refund_no) < ($1, $2){filter}
         order by created_at desc, out_refund_no desc limit $3"
    );
    let mut query = sqlx::query_as(AssertSqlSafe(sql))
        .bind(at)
        .bind(number.to_owned())
        .bind(most);
    if let Some(state) = state {
        query = query.bind(state.to_owned());
    }
    query.fetch_all(conn).await
}
