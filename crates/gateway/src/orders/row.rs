//! An order in the database, and as the buyer sees it.

use contract::{
    Fen, Order, OrderId, OrderKind, OrderState, PackageSnapshot, ResetRule, TimelineEntry,
    Timestamp,
};
use sqlx::{AnyConnection, FromRow};

use crate::{ApiError, ApiResult, App, clock::now, payments::row as payment_row};

/// A row of `orders`.
#[derive(Clone, FromRow)]
pub struct OrderRow {
    /// The id.
    pub id: String,
    /// The number for people.
    pub number: String,
    /// The kind's name.
    pub kind: String,
    /// The state's name.
    pub state: String,
    /// Grows with each change.
    pub version: i64,
    /// Why an operator looks into it.
    pub held_reason: Option<String>,
    /// What is bought.
    pub title: String,
    /// What it costs, in fen.
    pub amount_fen: i64,
    /// `CNY`.
    pub currency: String,
    /// The full card number: for the card platform only.
    pub card_number: Option<String>,
    /// The card, masked.
    pub card_masked: Option<String>,
    /// The package's id.
    pub package_id: Option<String>,
    /// The package's name.
    pub package_name: Option<String>,
    /// The package's volume in MB.
    pub package_data_mb: Option<i64>,
    /// How long the package is good.
    pub package_validity: Option<String>,
    /// The package's rule, by name.
    pub package_reset_rule: Option<String>,
    /// SHA-256 of the request that made it.
    pub request_digest: String,
    /// Where a partner wants the buyer to go afterwards.
    pub redirect_url: Option<String>,
    /// When it was made, in milliseconds.
    pub created_at: i64,
    /// Until when it can be paid, in milliseconds.
    pub expires_at: i64,
}

impl OrderRow {
    /// The id.
    ///
    /// # Panics
    /// The database holds an id that was never given out.
    #[must_use]
    pub fn order_id(&self) -> OrderId {
        OrderId::parse(&self.id).expect("the database holds ids that were given out")
    }

    /// The state.
    ///
    /// # Panics
    /// The database holds a state that was never written.
    #[must_use]
    pub fn order_state(&self) -> OrderState {
        OrderState::from_name(&self.state).expect("the database holds states that were written")
    }

    /// What it costs.
    #[must_use]
    pub fn amount(&self) -> Fen {
        Fen(self.amount_fen)
    }

    /// Whether the time to pay has run out.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.expires_at <= now().0
    }

    fn package(&self) -> Option<PackageSnapshot> {
        package(
            self.package_id.clone(),
            self.package_name.clone(),
            self.package_data_mb,
            self.package_validity.clone(),
            self.package_reset_rule.as_deref(),
        )
    }
}

/// The package as it was when it was ordered, from its columns: id, name, volume, validity, rule.
#[must_use]
pub fn package(
    id: Option<String>,
    name: Option<String>,
    data_mb: Option<i64>,
    validity: Option<String>,
    rule: Option<&str>,
) -> Option<PackageSnapshot> {
    Some(PackageSnapshot {
        id: id?,
        name: name?,
        data_mb: data_mb?,
        validity: validity?,
        reset_rule: ResetRule::from_name(rule?).unwrap_or(ResetRule::Other),
    })
}

/// The order of an id, if there is one.
///
/// # Errors
/// The database cannot be read.
pub async fn find(conn: &mut AnyConnection, id: &OrderId) -> sqlx::Result<Option<OrderRow>> {
    // The columns by name: a column that a newer gateway adds to a shared database must not fail this one's reads.
    sqlx::query_as(
        "select id, number, kind, state, version, held_reason, title, amount_fen, currency, card_number, card_masked,
             package_id, package_name, package_data_mb, package_validity, package_reset_rule, request_digest,
             redirect_url, created_at, expires_at
         from orders where id = $1",
    )
    .bind(id.as_str())
    .fetch_optional(conn)
    .await
}

/// The order of an id, or the answer that there is none.
///
/// # Errors
/// There is no such order, or the database cannot be read.
pub async fn get(app: &App, id: &OrderId) -> ApiResult<OrderRow> {
    let mut conn = app.db.pool().acquire().await?;
    find(&mut conn, id)
        .await?
        .ok_or_else(ApiError::order_not_found)
}

/// An order's id as it came in an address. A wrong one answers like an unknown one.
///
/// # Errors
/// It is no order's id.
pub fn parse_id(text: &str) -> ApiResult<OrderId> {
    OrderId::parse(text).map_err(|_| ApiError::order_not_found())
}

/// An order as the buyer sees it now.
///
/// # Errors
/// There is no such order, or the database cannot be read.
pub async fn view(app: &App, id: &OrderId) -> ApiResult<Order> {
    let mut conn = app.db.pool().acquire().await?;
    let row = find(&mut conn, id)
        .await?
        .ok_or_else(ApiError::order_not_found)?;
    let timeline: Vec<(String, i64)> =
        sqlx::query_as("select state, at from order_events where order_id = $1 order by version")
            .bind(id.as_str())
            .fetch_all(&mut *conn)
            .await?;
    let payment = payment_row::for_buyer(&mut conn, id).await?;
    let state = row.order_state();
    let held = row.held_reason.is_some();
    Ok(Order {
        id: row.order_id(),
        number: row.number.clone(),
        kind: if row.kind == "pay_order" {
            OrderKind::PayOrder
        } else {
            OrderKind::Recharge
        },
        state,
        held,
        title: row.title.clone(),
        amount_fen: row.amount(),
        currency: row.currency.clone(),
        card_masked: row.card_masked.clone(),
        package: row.package(),
        created_at: Timestamp(row.created_at),
        expires_at: Timestamp(row.expires_at),
        server_time: now(),
        timeline: timeline
            .into_iter()
            .filter_map(|(state, at)| {
                Some(TimelineEntry {
                    state: OrderState::from_name(&state)?,
                    at: Timestamp(at),
                })
            })
            .collect(),
        payment: payment.map(|payment| {
            let mut shown = payment.for_buyer(state);
            if held {
                // Nobody pays what an operator looks into: the money may be there already.
                shown.launch = None;
            }
            shown
        }),
        version: row.version,
        redirect_url: row.redirect_url,
    })
}
