//! `POST /api/v1/orders`.

use std::net::IpAddr;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use contract::{
    CardNumber, CardSummary, Category, CreateOrder, ErrorCode, Fen, Order, OrderId, OrderState,
    Package, Question, RealnameState, StateClass, routes,
};

use super::{
    idempotency::{IdempotencyKey, digest},
    open, row,
    transition::{Cause, record},
};
use crate::{
    ApiError, ApiResult, App, cards,
    catalog::OnSale,
    clock::now,
    crash,
    http::{client_ip::ClientIp, json::ApiJson},
    random,
};

/// Numbers for people are short, so that in a busy second two may be alike: another one is tried then.
const NUMBERS_TRIED: usize = 4;

/// Makes an order for a package, or gives back the one that the same key made before. With `ask`, what only the buyer
/// can answer comes as a question and not as an error.
#[utoipa::path(
    post, path = routes::ORDERS, tag = "orders", request_body = CreateOrder,
    params(("Idempotency-Key" = String, Header, description = "16 to 128 visible ASCII characters, new for each purchase", min_length = 16, max_length = 128, pattern = "^[!-~]{16,128}$", example = "5f0d6a4e9b3c4d2f")),
    responses(
        (status = 200, description = "No order yet: what the buyer has to be asked, where `ask` was sent", body = Question),
        (status = 201, description = "The order", body = Order),
        (status = 404, description = "The card or the package is not known", body = contract::Problem),
        (status = 409, description = "The card, the package or the price is not as it was thought; the package was bought minutes ago; the key was used", body = contract::Problem),
        (status = 422, description = "This is not a card number", body = contract::Problem),
        (status = 429, description = "Too many orders", body = contract::Problem),
        (status = 503, description = "The card platform cannot be reached", body = contract::Problem),
    )
)]
pub async fn create(
    State(app): State<App>,
    ClientIp(ip): ClientIp,
    key: IdempotencyKey,
    ApiJson(request): ApiJson<CreateOrder>,
) -> ApiResult<Response> {
    match make(&app, ip, &key, &request).await {
        Ok(id) => {
            let order = row::view(&app, &id).await?;
            Ok((StatusCode::CREATED, Json(order)).into_response())
        }
        Err(error) => match question(&error).filter(|_| request.ask) {
            Some(question) => Ok(Json(question).into_response()),
            None => Err(error),
        },
    }
}

/// What the buyer has to be asked, if that is all that is in the way.
fn question(error: &ApiError) -> Option<Question> {
    let is_one = matches!(
        error.code,
        ErrorCode::PriceChanged | ErrorCode::RecentlyBought
    );
    is_one.then_some(Question {
        asks: error.code,
        price_fen: error.price_fen,
    })
}

async fn make(
    app: &App,
    ip: IpAddr,
    key: &IdempotencyKey,
    request: &CreateOrder,
) -> ApiResult<OrderId> {
    let card = request
        .card()
        .map_err(|error| ApiError::card_number(error, "card_number"))?;
    let digest = digest(&card, request);
    if let Some(id) = made_before(app, key, &digest).await? {
        return Ok(id);
    }
    app.limiters.order(ip)?;
    let client = open::client(ip);
    check_open(app, &card, &client).await?;

    let OnSale { category, package } = app
        .catalog
        .to_sell(&request.package_id)
        .await?
        .ok_or_else(|| ApiError::from(ErrorCode::PackageNotFound).field("package_id"))?;
    check_price(&package, request.quoted_fen)?;
    let summary = app
        .shingsou
        .card(&card)
        .await
        .map_err(cards::lookup::error)?;
    check_card(&summary, &category)?;
    if !request.repeat {
        check_repeat(app, &card, &package.id).await?;
    }

    let id = insert(app, key, &digest, &card, &client, &category, &package).await?;
    crash::point("order_created");
    Ok(id)
}

async fn check_open(app: &App, card: &CardNumber, client: &str) -> ApiResult<()> {
    let mut conn = app.db.pool().acquire().await?;
    open::check(&mut conn, &app.config.limits, card, client).await
}

/// The order that this key made, if it made one for the same request.
async fn made_before(app: &App, key: &IdempotencyKey, digest: &str) -> ApiResult<Option<OrderId>> {
    let before: Option<(String, String)> =
        sqlx::query_as("select id, request_digest from orders where idempotency_key = $1")
            .bind(key.as_str())
            .fetch_optional(app.db.pool())
            .await?;
    match before {
        Some((id, same)) if same == digest => Ok(Some(row::parse_id(&id)?)),
        Some(_) => Err(ErrorCode::IdempotencyConflict.into()),
        None => Ok(None),
    }
}

fn check_price(package: &Package, quoted: Fen) -> ApiResult<()> {
    if package.sold_out {
        return Err(ApiError::from(ErrorCode::PackageSoldOut).field("package_id"));
    }
    if package.price_fen != quoted {
        let detail = format!("the package costs {} now, not {quoted}", package.price_fen);
        return Err(ApiError::new(ErrorCode::PriceChanged, detail)
            .field("quoted_fen")
            .price(package.price_fen));
    }
    Ok(())
}

fn check_card(card: &CardSummary, category: &Category) -> ApiResult<()> {
    match card.state.class {
        StateClass::Terminated => {
            return Err(ApiError::from(ErrorCode::CardTerminated).field("card_number"));
        }
        StateClass::Unknown => {
            return Err(ApiError::from(ErrorCode::CardStateUnknown).field("card_number"));
        }
        _ => {}
    }
    let fits = category.carrier == card.carrier
        && (card.category_ids.is_empty() || card.category_ids.contains(&category.id));
    if !fits {
        return Err(ApiError::from(ErrorCode::PackageNotForCard).field("package_id"));
    }
    if card.realname.required && card.realname.state != RealnameState::Passed {
        return Err(ApiError::from(ErrorCode::RealnameRequired).field("card_number"));
    }
    Ok(())
}

/// Whoever bought the same package for the same card minutes ago has probably pressed twice.
async fn check_repeat(app: &App, card: &CardNumber, package_id: &str) -> ApiResult<()> {
    let since = now().0 - i64::from(app.config.orders.repeat_window_seconds) * 1000;
    let recent: i64 = sqlx::query_scalar(
        "select count(*) from orders where card_number = $1 and created_at > $2 and package_id = $3
         and state in ('paid', 'fulfilling', 'credited')",
    )
    .bind(card.as_str())
    .bind(since)
    .bind(package_id)
    .fetch_one(app.db.pool())
    .await?;
    if recent > 0 {
        Err(ErrorCode::RecentlyBought.into())
    } else {
        Ok(())
    }
}

/// Writes the order. Of many requests with one key, one writes and all get its order.
async fn insert(
    app: &App,
    key: &IdempotencyKey,
    digest: &str,
    card: &CardNumber,
    client: &str,
    category: &Category,
    package: &Package,
) -> ApiResult<OrderId> {
    // Of many at once, each counts those before it.
    let turns = [client, card.as_str()].map(|of| app.turns.of(&format!("orders of {of}")));
    let _of_client = turns[0].lock().await;
    let _of_card = turns[1].lock().await;
    check_open(app, card, client).await?;
    for _ in 0..NUMBERS_TRIED {
        if let Some(id) = try_insert(app, key, digest, card, client, category, package).await? {
            return Ok(id);
        }
        if let Some(id) = made_before(app, key, digest).await? {
            return Ok(id);
        }
    }
    Err(ErrorCode::Overloaded.into())
}

/// Writes the order and the first step of its timeline, unless its key or its number is taken.
async fn try_insert(
    app: &App,
    key: &IdempotencyKey,
    digest: &str,
    card: &CardNumber,
    client: &str,
    category: &Category,
    package: &Package,
) -> ApiResult<Option<OrderId>> {
    let id = random::order_id();
    let at = now();
    let mut tx = app.db.begin_write().await?;
    let written = sqlx::query(
        "insert into orders (id, number, kind, state, version, title, amount_fen, currency, card_number, card_masked,
             package_id, package_name, package_data_mb, package_validity, package_reset_rule,
             idempotency_key, request_digest, created_at, updated_at, expires_at, client)
         values ($1, $2, 'recharge', 'created', 1, $3, $4, 'CNY', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $16)
         on conflict do nothing",
    )
    .bind(id.as_str())
    .bind(random::order_number())
    .bind(&package.name)
    .bind(package.price_fen.0)
    .bind(card.as_str())
    .bind(card.masked())
    .bind(&package.id)
    .bind(&package.name)
    .bind(package.data_mb)
    .bind(&package.validity)
    .bind(category.reset_rule.as_str())
    .bind(key.as_str())
    .bind(digest)
    .bind(at.0)
    .bind(at.plus_ms(i64::from(app.config.orders.lifetime_seconds) * 1000).0)
    .bind(client)
    .execute(tx.conn())
    .await?
    .rows_affected();
    if written == 0 {
        return Ok(None);
    }
    record(&mut tx, &id, 1, OrderState::Created, at.0, Cause::Request).await?;
    app.rehearsals.rehearse(&mut tx, &id, at.0).await?;
    crash::point("order_before_commit");
    tx.commit().await?;
    metrics::counter!("orders_moved_total", "to" => "created").increment(1);
    tracing::info!(order = ?id, amount_fen = package.price_fen.0, "order created");
    Ok(Some(id))
}
