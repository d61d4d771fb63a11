//! Lists for the operator: orders, refunds, notices that fit nothing, and what was done here.
//!
//! Each goes from the newest to the oldest. A page goes on where the one before ended: `before` and `before_id` are what
//! its last row says of itself, since many rows may be of one millisecond.

use axum::{
    Json,
    extract::{Query, State},
};
use contract::{ErrorCode, OrderState, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::AssertSqlSafe;

use super::refunds::Refund;
use crate::{ApiError, ApiResult, App, refunds::row as refund_row};

/// Rows a page.
const PAGE: i64 = 50;

/// Which orders or refunds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    state: Option<String>,
    held: Option<bool>,
    before: Option<i64>,
    before_id: Option<String>,
}

/// Where a page begins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Since {
    before: Option<i64>,
    before_id: Option<String>,
}

/// A row of the list of orders.
#[derive(Serialize)]
pub(super) struct Row {
    id: String,
    number: String,
    state: String,
    held_reason: Option<String>,
    title: String,
    amount_fen: i64,
    card_masked: Option<String>,
    created_at: Timestamp,
    created_ms: i64,
}

type Found = (
    String,
    String,
    String,
    Option<String>,
    String,
    i64,
    Option<String>,
    i64,
);

/// Orders.
pub(super) async fn orders(
    State(app): State<App>,
    Query(which): Query<Which>,
) -> ApiResult<Json<Vec<Row>>> {
    let state = which.state.as_deref().unwrap_or_default();
    if !state.is_empty() && OrderState::from_name(state).is_none() {
        return Err(ApiError::from(ErrorCode::InvalidRequest).field("state"));
    }
    // A statement of its own for each filter, so that each can have its index.
    let mut filters = "(created_at, id) < ($1, $2)".to_owned();
    if which.held == Some(true) {
        filters += " and held_reason is not null";
    }
    if !state.is_empty() {
        filters += " and state = $4";
    }
    let sql = format!(
        "select id, number, state, held_reason, title, amount_fen, card_masked, created_at from orders
         where {filters} order by created_at desc, id desc limit $3"
    );
    let (at, id) = begin(which.before, which.before_id);
    let mut query = sqlx::query_as(AssertSqlSafe(sql))
        .bind(at)
        .bind(id)
        .bind(PAGE);
    if !state.is_empty() {
        query = query.bind(state.to_owned());
    }
    let found: Vec<Found> = query.fetch_all(app.db.pool()).await?;
    let row = |(id, number, state, held_reason, title, amount_fen, card_masked, at): Found| Row {
        id,
        number,
        state,
        held_reason,
        title,
        amount_fen,
        card_masked,
        created_at: Timestamp(at),
        created_ms: at,
    };
    Ok(Json(found.into_iter().map(row).collect()))
}

/// Refunds: those that were refused, say.
pub(super) async fn refunds(
    State(app): State<App>,
    Query(which): Query<Which>,
) -> ApiResult<Json<Vec<Refund>>> {
    let state = which.state.as_deref().filter(|state| !state.is_empty());
    let known = [refund_row::CREATED, refund_row::DONE, refund_row::REFUSED];
    if state.is_some_and(|state| !known.contains(&state)) {
        return Err(ApiError::from(ErrorCode::InvalidRequest).field("state"));
    }
    let mut conn = app.db.pool().acquire().await?;
    let (at, id) = begin(which.before, which.before_id);
    let found = refund_row::page(&mut conn, state, (at, &id), PAGE).await?;
    Ok(Json(found.into_iter().map(Refund::from).collect()))
}

/// A notice that fits no payment of ours.
#[derive(Serialize)]
pub(super) struct Stray {
    id: String,
    channel: String,
    merchant: String,
    out_trade_no: String,
    times: i64,
    first_at: Timestamp,
    last_at: Timestamp,
    last_ms: i64,
}

/// Notices that fit no payment.
pub(super) async fn quarantine(
    State(app): State<App>,
    Query(since): Query<Since>,
) -> ApiResult<Json<Vec<Stray>>> {
    let (at, id) = begin(since.before, since.before_id);
    let found: Vec<(String, String, String, String, i64, i64, i64)> = sqlx::query_as(
        "select digest, channel, merchant, out_trade_no, times, first_at, last_at from quarantine
         where (last_at, digest) < ($1, $2) order by last_at desc, digest desc limit $3",
    )
    .bind(at)
    .bind(id)
    .bind(PAGE)
    .fetch_all(app.db.pool())
    .await?;
    let row = |(id, channel, merchant, out_trade_no, times, first_at, last_at)| Stray {
        id,
        channel,
        merchant,
        out_trade_no,
        times,
        first_at: Timestamp(first_at),
        last_at: Timestamp(last_at),
        last_ms: last_at,
    };
    Ok(Json(found.into_iter().map(row).collect()))
}

/// One thing that the operator did.
#[derive(Serialize)]
pub(super) struct Deed {
    id: String,
    at: Timestamp,
    at_ms: i64,
    who: String,
    action: String,
    subject: String,
    detail: Value,
    outcome: String,
    address: String,
}

type Written = (String, i64, String, String, String, String, String, String);

/// What was done here.
pub(super) async fn audit(
    State(app): State<App>,
    Query(since): Query<Since>,
) -> ApiResult<Json<Vec<Deed>>> {
    let (at, id) = begin(since.before, since.before_id);
    let found: Vec<Written> = sqlx::query_as(
        "select id, at, who, action, subject, detail, outcome, address from audit
         where (at, id) < ($1, $2) order by at desc, id desc limit $3",
    )
    .bind(at)
    .bind(id)
    .bind(PAGE)
    .fetch_all(app.db.pool())
    .await?;
    let row = |(id, at, who, action, subject, detail, outcome, address): Written| Deed {
        id,
        at: Timestamp(at),
        at_ms: at,
        who,
        action,
        subject,
        detail: serde_json::from_str(&detail).unwrap_or_default(),
        outcome,
        address,
    };
    Ok(Json(found.into_iter().map(row).collect()))
}

/// The row that a page comes after; without an id, the first one of its millisecond.
fn begin(before: Option<i64>, before_id: Option<String>) -> (i64, String) {
    (before.unwrap_or(i64::MAX), before_id.unwrap_or_default())
}
