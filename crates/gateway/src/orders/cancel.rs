//! `POST /api/v1/orders/{id}/cancel`.

use axum::{
    Json,
    extract::{Path, State},
};
use contract::{ErrorCode, Order, OrderId, OrderState};

use super::{
    row,
    transition::{Cause, transition},
};
use crate::{
    ApiError, ApiResult, App,
    http::client_ip::ClientIp,
    payments::{
        ask::{self, AskError},
        pace::Asker,
        row::{self as payment_row, CLOSE_AFTER_MS},
    },
    store::again,
};

/// Gives an order up. The channel is closed, or at least asked, first: an order that was paid a moment ago is not
/// cancelled.
#[utoipa::path(
    post, path = "/api/v1/orders/{id}/cancel", tag = "orders",
    params(("id" = String, Path, description = "The order's id", pattern = "^[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "The order, cancelled", body = Order),
        (status = 404, description = "There is no such order", body = contract::Problem),
        (status = 409, description = "It is paid or held, or may be paid", body = contract::Problem),
        (status = 429, description = "The channel was asked about it, or by this address, too often", body = contract::Problem),
        (status = 503, description = "The channel cannot be asked whether it was paid", body = contract::Problem),
    )
)]
pub async fn cancel(
    State(app): State<App>,
    Path(id): Path<String>,
    ClientIp(ip): ClientIp,
) -> ApiResult<Json<Order>> {
    let id = row::parse_id(&id)?;
    let order = row::get(&app, &id).await?;
    if order.order_state() == OrderState::Cancelled {
        return Ok(Json(row::view(&app, &id).await?));
    }
    if !order.order_state().is_open() || order.held_reason.is_some() {
        return Err(ErrorCode::OrderNotCancellable.into());
    }
    let mut conn = app.db.pool().acquire().await?;
    let open = payment_row::open(&mut conn, &id).await?;
    drop(conn);
    if let Some(payment) = open {
        app.limiters.ask(ip, &id)?;
        ask::close(&app, &payment, Asker::Caller).await.map_err(|error| {
            tracing::warn!(order = ?id, %error, "an order cannot be cancelled: its channel does not say that it is unpaid");
            match error {
                AskError::Unlisted => ErrorCode::OrderNotCancellable.into(),
                _ => ApiError::from(ErrorCode::PlatformUnavailable).retry_after(5),
            }
        })?;
    }
    if !give_up(&app, &id, OrderState::Cancelled, Cause::Request).await? {
        return Err(ErrorCode::OrderNotCancellable.into());
    }
    Ok(Json(row::view(&app, &id).await?))
}

/// Ends an unpaid order, and its open payment with it. The payment is asked for some time yet, since a wallet may take
/// the money all the same.
///
/// # Errors
/// The database cannot be written.
pub async fn give_up(app: &App, id: &OrderId, to: OrderState, cause: Cause) -> sqlx::Result<bool> {
    again(|| try_give_up(app, id, to, cause)).await
}

async fn try_give_up(app: &App, id: &OrderId, to: OrderState, cause: Cause) -> sqlx::Result<bool> {
    let mut tx = app.db.begin_order(id).await?;
    payment_row::abandon_open(&mut tx, id, None, CLOSE_AFTER_MS).await?;
    let moved = transition(&mut tx, id, to, cause).await?;
    if moved {
        tx.commit().await?;
        app.hub.changed(id);
    }
    Ok(moved)
}
