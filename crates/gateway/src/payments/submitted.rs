//! `POST /api/v1/orders/{id}/submitted`: the buyer says that they have paid.

use axum::{
    Json,
    extract::{Path, State},
};
use contract::Order;

use super::{ask, row as payment_row};
use crate::{ApiResult, App, http::client_ip::ClientIp, orders::row};

/// Asks the channel now, and answers with what is true: the buyer's word changes nothing.
#[utoipa::path(
    post, path = "/api/v1/orders/{id}/submitted", tag = "payments",
    params(("id" = String, Path, description = "The order's id", pattern = "^[0-9a-f]{32}$")),
    responses((status = 200, description = "The order", body = Order), (status = 404, description = "There is no such order", body = contract::Problem))
)]
pub async fn submitted(
    State(app): State<App>,
    Path(id): Path<String>,
    ClientIp(ip): ClientIp,
) -> ApiResult<Json<Order>> {
    let id = row::parse_id(&id)?;
    let mut conn = app.db.pool().acquire().await?;
    let payment = payment_row::for_buyer(&mut conn, &id).await?;
    drop(conn);
    // Whoever presses on and on is shown what is known; the job goes on asking.
    if let Some(payment) = payment
        && app.limiters.ask(ip, &id).is_ok()
        && let Err(error) = ask::ask(&app, &payment).await
    {
        tracing::warn!(order = ?id, %error, "the channel did not answer to \"I have paid\"");
    }
    Ok(Json(row::view(&app, &id).await?))
}
