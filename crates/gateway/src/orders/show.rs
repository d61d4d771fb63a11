//! `GET /api/v1/orders/{id}`, and the address behind a code for all wallets.

use axum::{
    Json,
    extract::{Path, State},
    response::Redirect,
};
use contract::{Order, routes};

use super::row;
use crate::{ApiResult, App};

/// An order as it stands now.
#[utoipa::path(
    get, path = "/api/v1/orders/{id}", tag = "orders",
    params(("id" = String, Path, description = "The order's id")),
    responses((status = 200, body = Order), (status = 404, description = "There is no such order", body = contract::Problem))
)]
pub async fn show(State(app): State<App>, Path(id): Path<String>) -> ApiResult<Json<Order>> {
    Ok(Json(row::view(&app, &row::parse_id(&id)?).await?))
}

/// What a code for all wallets says: it opens in whatever scanned it, and goes on to the order's own page.
///
/// # Errors
/// It is no order's id.
pub async fn cashier(Path(id): Path<String>) -> ApiResult<Redirect> {
    Ok(Redirect::temporary(&routes::order_page(&row::parse_id(
        &id,
    )?)))
}
