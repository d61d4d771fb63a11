//! Refunds by the operator.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use contract::{ErrorCode, Fen, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{audit::Entry, find::find_order, guard::Operator};
use crate::{
    ApiError, ApiResult, App,
    http::json::ApiJson,
    jobs::outbox,
    orders::{holds, idempotency::IdempotencyKey},
    payments::row::{self as payment_row, PaymentRow},
    refunds::{
        Due, RefundCause, Refused,
        carry::REFUND_REFUSED,
        decide,
        row::{self, RefundRow},
    },
    store::again,
};

/// The wallets take no longer reason.
const LONGEST_REASON: usize = 80;

/// Asks for a refund.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Create {
    amount_fen: i64,
    reason: Option<String>,
    /// Which payment; without it, the one that paid the order.
    out_trade_no: Option<String>,
}

/// A refund, as the operator sees it.
#[derive(Serialize)]
pub(super) struct Refund {
    out_refund_no: String,
    out_trade_no: String,
    order_id: String,
    amount_fen: i64,
    reason: String,
    cause: String,
    state: String,
    last_error: Option<String>,
    created_at: Timestamp,
    created_ms: i64,
    updated_at: Timestamp,
}

impl From<RefundRow> for Refund {
    fn from(row: RefundRow) -> Refund {
        Refund {
            out_refund_no: row.out_refund_no,
            out_trade_no: row.out_trade_no,
            order_id: row.order_id,
            amount_fen: row.amount_fen,
            reason: row.reason,
            cause: row.cause,
            state: row.state,
            last_error: row.last_error,
            created_at: Timestamp(row.created_at),
            created_ms: row.created_at,
            updated_at: Timestamp(row.updated_at),
        }
    }
}

/// A refund as it stands.
pub(super) async fn show(
    State(app): State<App>,
    Path(number): Path<String>,
) -> ApiResult<Json<Refund>> {
    Ok(Json(find(&app, &number).await?.into()))
}

/// Decides a refund of all or a part. The same key with the same request is the same refund.
pub(super) async fn create(
    State(app): State<App>,
    Path(id): Path<String>,
    by: Operator,
    key: IdempotencyKey,
    ApiJson(request): ApiJson<Create>,
) -> ApiResult<(StatusCode, Json<Refund>)> {
    let order = find_order(&app, &id).await?;
    if request.amount_fen <= 0 {
        return Err(wrong("amount_fen", "must be more than 0"));
    }
    let reason = request
        .reason
        .as_deref()
        .map_or(RefundCause::Operator.words(), str::trim);
    if reason.is_empty() || reason.len() > LONGEST_REASON || reason.chars().any(char::is_control) {
        return Err(wrong("reason", "must be 1 to 80 bytes without line ends"));
    }
    let mut conn = app.db.pool().acquire().await?;
    let payment = match &request.out_trade_no {
        Some(number) => payment_row::find(&mut conn, number)
            .await?
            .filter(|payment| payment.order_id == order.id),
        None => payment_row::succeeded(&mut conn, &order.order_id()).await?,
    };
    drop(conn);
    let payment = payment.ok_or_else(|| conflict("no payment of the order succeeded"))?;
    let entry = Entry {
        action: "refund.create",
        subject: &order.number,
        detail: json!({ "amount_fen": request.amount_fen, "reason": reason, "out_trade_no": payment.out_trade_no }),
        by: &by,
    };
    let key = format!("operator:{}", key.as_str());
    let refund = carry_out(
        &app,
        &entry,
        &payment,
        Fen(request.amount_fen),
        reason,
        &key,
    )
    .await?;
    Ok((StatusCode::CREATED, Json(refund.into())))
}

/// Asks once more for what a wallet refused, under a new number. Asked again, it is the same second refund.
pub(super) async fn retry(
    State(app): State<App>,
    Path(number): Path<String>,
    by: Operator,
) -> ApiResult<(StatusCode, Json<Refund>)> {
    let refused = find(&app, &number).await?;
    if refused.state != row::REFUSED {
        return Err(conflict("only a refused refund can be tried again"));
    }
    let mut conn = app.db.pool().acquire().await?;
    let payment = payment_row::find(&mut conn, &refused.out_trade_no).await?;
    drop(conn);
    let payment = payment.ok_or_else(|| conflict("its payment is not there"))?;
    let entry = Entry {
        action: "refund.retry",
        subject: &number,
        detail: json!({ "amount_fen": refused.amount_fen }),
        by: &by,
    };
    let key = format!("retry:{number}");
    let refund = carry_out(
        &app,
        &entry,
        &payment,
        refused.amount(),
        &refused.reason,
        &key,
    )
    .await?;
    Ok((StatusCode::CREATED, Json(refund.into())))
}

async fn carry_out(
    app: &App,
    entry: &Entry<'_>,
    payment: &PaymentRow,
    amount: Fen,
    reason: &str,
    key: &str,
) -> ApiResult<RefundRow> {
    let channel = app.channels.named(&payment.channel, &payment.merchant);
    if !channel.is_some_and(|channel| channel.can_refund()) {
        entry.refused(app).await?;
        return Err(conflict("the channel of the payment gives no money back"));
    }
    if let Some(before) = made_before(app, payment, amount, key).await? {
        return Ok(before);
    }
    let due = Due {
        payment,
        amount,
        cause: RefundCause::Operator,
        reason,
        key: Some(key),
    };
    match again(|| write(app, entry, &due)).await {
        Ok(number) => {
            app.hub.changed(&payment.order());
            find(app, &number).await
        }
        Err(Refused::Store(sqlx::Error::Database(error))) if error.is_unique_violation() => {
            made_before(app, payment, amount, key)
                .await?
                .ok_or_else(|| ErrorCode::Overloaded.into())
        }
        Err(Refused::Store(error)) => Err(error.into()),
        Err(refused) => {
            entry.refused(app).await?;
            Err(conflict(&refused.to_string()))
        }
    }
}

async fn write(app: &App, entry: &Entry<'_>, due: &Due<'_>) -> Result<String, Refused> {
    let id = due.payment.order();
    let mut tx = app.db.begin_order(&id).await?;
    let number = decide(&mut tx, due).await?;
    // What it was held for is taken up again; refused once more, it is held once more.
    if holds::lift(&mut tx, &id, &[REFUND_REFUSED]).await? {
        outbox::wake(&mut tx, &id).await?;
    }
    entry.done(&mut tx).await?;
    tx.commit().await?;
    Ok(number)
}

async fn made_before(
    app: &App,
    payment: &PaymentRow,
    amount: Fen,
    key: &str,
) -> ApiResult<Option<RefundRow>> {
    let mut conn = app.db.pool().acquire().await?;
    match row::by_key(&mut conn, key).await? {
        Some(refund)
            if refund.out_trade_no != payment.out_trade_no || refund.amount() != amount =>
        {
            Err(ErrorCode::IdempotencyConflict.into())
        }
        other => Ok(other),
    }
}

async fn find(app: &App, number: &str) -> ApiResult<RefundRow> {
    let mut conn = app.db.pool().acquire().await?;
    row::find(&mut conn, number)
        .await?
        .ok_or_else(|| ErrorCode::NotFound.into())
}

pub(super) fn conflict(detail: &str) -> ApiError {
    ApiError::new(ErrorCode::Conflict, detail)
}

fn wrong(field: &'static str, detail: &str) -> ApiError {
    ApiError::new(ErrorCode::InvalidRequest, detail).field(field)
}
