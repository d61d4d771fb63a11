//! Finding what the operator names.

use contract::{ErrorCode, OrderId};

use crate::{
    ApiResult, App,
    orders::row::{self, OrderRow},
};

/// The order of an id or of a number for people.
pub(super) async fn find_order(app: &App, id: &str) -> ApiResult<OrderRow> {
    let id = match OrderId::parse(id) {
        Ok(id) => id,
        Err(_) => {
            let found: Option<String> =
                sqlx::query_scalar("select id from orders where number = $1")
                    .bind(id)
                    .fetch_optional(app.db.pool())
                    .await?;
            row::parse_id(&found.ok_or(ErrorCode::OrderNotFound)?)?
        }
    };
    row::get(app, &id).await
}
