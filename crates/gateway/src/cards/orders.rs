//! `POST /api/v1/cards/orders`: a card's orders, for anyone who knows its number.

use axum::{Json, extract::State};
use contract::{
    CardNumber, CardOrders, ErrorCode, Fen, FindOrders, OrderRow, OrderState, Timestamp, routes,
};
use sqlx::FromRow;

use crate::{
    ApiError, ApiResult, App,
    http::{client_ip::ClientIp, json::ApiJson},
    orders::row::package,
};

/// Rows a page.
const PAGE: usize = 20;

/// The columns that a row shows.
#[derive(FromRow)]
struct Found {
    number: String,
    card_masked: Option<String>,
    title: String,
    package_id: Option<String>,
    package_name: Option<String>,
    package_data_mb: Option<i64>,
    package_validity: Option<String>,
    package_reset_rule: Option<String>,
    amount_fen: i64,
    state: String,
    held_reason: Option<String>,
    created_at: i64,
}

/// A card's orders, the newest first: neither ids nor full numbers.
#[utoipa::path(
    post, path = routes::CARD_ORDERS, tag = "cards", request_body = FindOrders,
    responses(
        (status = 200, description = "A page of its orders", body = CardOrders),
        (status = 404, description = "The shop does not search for orders", body = contract::Problem),
        (status = 422, description = "This is not a card number, or no cursor", body = contract::Problem),
        (status = 429, description = "Too many searches", body = contract::Problem),
    )
)]
pub async fn find(
    State(app): State<App>,
    ClientIp(ip): ClientIp,
    ApiJson(request): ApiJson<FindOrders>,
) -> ApiResult<Json<CardOrders>> {
    if !app.config.shop.order_search {
        return Err(ErrorCode::NotFound.into());
    }
    let card = CardNumber::parse(&request.number)
        .map_err(|error| ApiError::card_number(error, "number"))?;
    let before = request
        .cursor
        .as_deref()
        .map(Cursor::parse)
        .transpose()?
        .unwrap_or(Cursor::NEWEST);
    app.limiters.search(ip, &card)?;
    let mut found: Vec<Found> = sqlx::query_as(
        "select number, card_masked, title, package_id, package_name, package_data_mb, package_validity,
             package_reset_rule, amount_fen, state, held_reason, created_at from orders
         where card_number = $1 and (created_at < $2 or (created_at = $2 and number < $3))
         order by created_at desc, number desc limit $4",
    )
    .bind(card.as_str())
    .bind(before.created_at)
    .bind(&before.number)
    .bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
    .fetch_all(app.db.pool())
    .await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next_cursor = found
        .last()
        .filter(|_| more)
        .map(|row| format!("{}-{}", row.created_at, row.number));
    Ok(Json(CardOrders {
        orders: found.into_iter().filter_map(Found::shown).collect(),
        next_cursor,
    }))
}

/// Where a page ended.
struct Cursor {
    created_at: i64,
    number: String,
}

impl Cursor {
    const NEWEST: Cursor = Cursor {
        created_at: i64::MAX,
        number: String::new(),
    };

    fn parse(text: &str) -> ApiResult<Cursor> {
        let wrong = || {
            ApiError::new(
                ErrorCode::InvalidRequest,
                "a cursor is what the page before gave",
            )
            .field("cursor")
        };
        let (at, number) = text.split_once('-').ok_or_else(wrong)?;
        if number.len() > 32 || !number.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(wrong());
        }
        Ok(Cursor {
            created_at: at.parse().map_err(|_| wrong())?,
            number: number.to_owned(),
        })
    }
}

impl Found {
    fn shown(self) -> Option<OrderRow> {
        Some(OrderRow {
            number_masked: mask(&self.number),
            card_masked: self.card_masked?,
            title: self.title,
            package: package(
                self.package_id,
                self.package_name,
                self.package_data_mb,
                self.package_validity,
                self.package_reset_rule.as_deref(),
            ),
            amount_fen: Fen(self.amount_fen),
            state: OrderState::from_name(&self.state)?,
            held: self.held_reason.is_some(),
            created_at: Timestamp(self.created_at),
        })
    }
}

/// `R20261121****12345`: the day and the last five digits.
fn mask(number: &str) -> String {
    match (
        number.get(..9),
        number.get(number.len().saturating_sub(5)..),
    ) {
        (Some(day), Some(end)) => format!("{day}****{end}"),
        _ => "****".to_owned(),
    }
}
