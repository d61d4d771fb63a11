//! `GET /oauth/{wallet}/start` and `/callback`: finds out who the buyer is to a wallet. The wallet's id of the buyer stays
//! here; the browser gets a cookie that no script can read.

pub mod payers;

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use contract::{Method, OrderId, routes};
use serde::Deserialize;

use self::payers::Browser;
use crate::{
    ApiError, ApiResult, App, clock::now, digest::sha256, http::client_ip::ClientIp, orders::row,
    payments::Channel, random,
};

/// How long the buyer may take at the wallet's page, in milliseconds.
const LASTS_MS: i64 = 600_000;

/// What the start is asked with.
#[derive(Deserialize)]
pub struct Start {
    order: Option<String>,
}

/// What the wallet comes back with.
#[derive(Deserialize)]
pub struct Callback {
    state: Option<String>,
    /// WeChat's.
    code: Option<String>,
    /// Alipay's.
    auth_code: Option<String>,
}

/// Where a buyer is sent who is to be known to a wallet.
#[must_use]
pub fn start_url(app: &App, wallet: &str, order: &OrderId) -> String {
    format!(
        "{}/oauth/{wallet}/start?order={}",
        app.config.site(),
        order.as_str()
    )
}

/// Sends the buyer to the wallet's page; a person stands before whatever this answers, so what leads nowhere leads to
/// the shop.
///
/// # Errors
/// It was asked for too often, or the database failed.
pub async fn start(
    State(app): State<App>,
    Path(wallet): Path<String>,
    Query(query): Query<Start>,
    ClientIp(ip): ClientIp,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let known = match query.order.map(|id| row::parse_id(&id)) {
        Some(Ok(id)) => row::get(&app, &id).await.is_ok().then_some(id),
        _ => None,
    };
    let Some(id) = known else {
        return Ok(go("/"));
    };
    app.limiters.ask(ip, &id)?;
    let state = random::effect_number('S');
    let back = format!("{}/oauth/{wallet}/callback", app.config.site());
    let channel = Method::from_name(&wallet).and_then(|method| app.channels.for_method(method));
    let Some((channel, url)) = channel.and_then(|channel| {
        let url = channel.authorise_url(&back, &state)?;
        Some((channel, url))
    }) else {
        return Ok(go(&routes::order_page(&id)));
    };
    let (browser, cookie) = Browser::of_or_new(&app.config.http, &headers);
    remember(&app, &state, &browser, &id, channel.as_ref()).await?;
    let mut response = go(&url);
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Takes the buyer back, and asks the wallet who they are. Whatever became of it, the order's page says what is true.
///
/// # Errors
/// The database failed.
pub async fn callback(
    State(app): State<App>,
    Path(wallet): Path<String>,
    Query(query): Query<Callback>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let state = query.state.unwrap_or_default();
    let browser = Browser::of(&app.config.http, &headers);
    let Some((order, merchant)) = take(&app, &state, browser.as_ref(), &wallet).await? else {
        tracing::warn!(
            wallet = Method::from_name(&wallet).map(Method::as_str),
            security = true,
            "a way back from a wallet that nobody went, or that was gone before"
        );
        return Ok(go("/"));
    };
    let id = row::parse_id(&order)?;
    let page = routes::order_page(&id);
    let code = query
        .code
        .or(query.auth_code)
        .filter(|code| !code.is_empty());
    let (Some(code), Some(browser), Some(channel)) =
        (code, browser, app.channels.named(&wallet, &merchant))
    else {
        return Ok(go(&page));
    };
    match channel.payer(&code).await {
        Ok(payer) => {
            payers::keep(&app, &browser, channel.as_ref(), &payer).await?;
            Ok(go(&format!("{page}#pay={wallet}")))
        }
        Err(error) => {
            tracing::warn!(wallet, %error, "a wallet does not say who the buyer is");
            Ok(go(&page))
        }
    }
}

async fn remember(
    app: &App,
    state: &str,
    browser: &Browser,
    order: &OrderId,
    channel: &dyn Channel,
) -> ApiResult<()> {
    let mut tx = app.db.begin_write().await?;
    sqlx::query(
        "insert into authorisations (state_digest, browser_digest, order_id, channel, merchant, expires_at)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(sha256(state))
    .bind(browser.digest())
    .bind(order.as_str())
    .bind(channel.name())
    .bind(channel.merchant())
    .bind(now().0 + LASTS_MS)
    .execute(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(())
}

/// The order and the merchant of a way that this browser went, once.
async fn take(
    app: &App,
    state: &str,
    browser: Option<&Browser>,
    wallet: &str,
) -> Result<Option<(String, String)>, ApiError> {
    let Some(browser) = browser else {
        return Ok(None);
    };
    // What somebody made up costs no transaction.
    let known: Option<i64> =
        sqlx::query_scalar("select expires_at from authorisations where state_digest = $1")
            .bind(sha256(state))
            .fetch_optional(app.db.pool())
            .await?;
    if known.is_none() {
        return Ok(None);
    }
    let mut tx = app.db.begin_write().await?;
    let went = sqlx::query_as(
        "delete from authorisations where state_digest = $1 and browser_digest = $2 and channel = $3 and expires_at > $4
         returning order_id, merchant",
    )
    .bind(sha256(state))
    .bind(browser.digest())
    .bind(wallet)
    .bind(now().0)
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(went)
}

fn go(address: &str) -> Response {
    let headers = [
        (header::LOCATION, address),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}
