//! Lists for the operator: orders, notices that fit nothing, and what was done here.

use axum::{
    Json,
    extract::{Query, State},
};
use contract::{ErrorCode, OrderState, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ApiError, ApiResult, App};

/// Rows a page.
const PAGE: i64 = 50;

/// Which orders.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    state: Option<String>,
    held: Option<bool>,
    /// Orders made before this time, in milliseconds: the `created_ms` of the last one seen.
    before: Option<i64>,
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

/// Orders, the newest first.
pub(super) async fn orders(
    State(app): State<App>,
    Query(which): Query<Which>,
) -> ApiResult<Json<Vec<Row>>> {
    let state = which.state.unwrap_or_default();
    if !state.is_empty() && OrderState::from_name(&state).is_none() {
        return Err(ApiError::from(ErrorCode::InvalidRequest).field("state"));
    }
    let found: Vec<Found> = sqlx::query_as(
        "select id, number, state, held_reason, title, amount_fen, card_masked, created_at from orders
         where ($1 = '' or state = $1) and ($2 = 0 or held_reason is not null) and created_at < $3
         order by created_at desc limit $4",
    )
    .bind(state)
    .bind(i64::from(which.held.unwrap_or(false)))
    .bind(which.before.unwrap_or(i64::MAX))
    .bind(PAGE)
    .fetch_all(app.db.pool())
    .await?;
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

/// A notice that fits no payment of ours.
#[derive(Serialize)]
pub(super) struct Stray {
    channel: String,
    merchant: String,
    out_trade_no: String,
    times: i64,
    first_at: Timestamp,
    last_at: Timestamp,
}

/// Notices that fit no payment, the latest first.
pub(super) async fn quarantine(State(app): State<App>) -> ApiResult<Json<Vec<Stray>>> {
    let found: Vec<(String, String, String, i64, i64, i64)> = sqlx::query_as(
        "select channel, merchant, out_trade_no, times, first_at, last_at from quarantine order by last_at desc limit $1",
    )
    .bind(PAGE)
    .fetch_all(app.db.pool())
    .await?;
    let row = |(channel, merchant, out_trade_no, times, first_at, last_at)| Stray {
        channel,
        merchant,
        out_trade_no,
        times,
        first_at: Timestamp(first_at),
        last_at: Timestamp(last_at),
    };
    Ok(Json(found.into_iter().map(row).collect()))
}

/// One thing that the operator did.
#[derive(Serialize)]
pub(super) struct Deed {
    at: Timestamp,
    action: String,
    subject: String,
    detail: Value,
    outcome: String,
    address: String,
}

/// What was done here, the latest first.
pub(super) async fn audit(State(app): State<App>) -> ApiResult<Json<Vec<Deed>>> {
    let found: Vec<(i64, String, String, String, String, String)> = sqlx::query_as(
        "select at, action, subject, detail, outcome, address from audit order by at desc limit $1",
    )
    .bind(PAGE)
    .fetch_all(app.db.pool())
    .await?;
    let row =
        |(at, action, subject, detail, outcome, address): (i64, String, String, String, _, _)| {
            Deed {
                at: Timestamp(at),
                action,
                subject,
                detail: serde_json::from_str(&detail).unwrap_or_default(),
                outcome,
                address,
            }
        };
    Ok(Json(found.into_iter().map(row).collect()))
}
