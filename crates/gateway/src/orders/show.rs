//! `GET /api/v1/orders/{id}`, and the address behind a code for all wallets.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::Redirect,
};
use contract::{Method, Order, routes};

use super::row;
use crate::{ApiResult, App, oauth};

/// An order as it stands now.
#[utoipa::path(
    get, path = "/api/v1/orders/{id}", tag = "orders",
    params(("id" = String, Path, description = "The order's id", pattern = "^[0-9a-f]{32}$")),
    responses((status = 200, description = "The order", body = Order), (status = 404, description = "There is no such order", body = contract::Problem))
)]
pub async fn show(State(app): State<App>, Path(id): Path<String>) -> ApiResult<Json<Order>> {
    Ok(Json(row::view(&app, &row::parse_id(&id)?).await?))
}

/// What a code for all wallets says: it opens in whatever scanned it. A wallet in which the buyer has to be known finds
/// that out first; everything goes on to the order's own page.
///
/// # Errors
/// It is no order's id.
pub async fn cashier(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> ApiResult<Redirect> {
    let id = row::parse_id(&id)?;
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    let wallet = wallet_of(agent).filter(|method| {
        let channel = app.channels.for_method(*method);
        channel.is_some_and(|channel| channel.authorise_url("", "").is_some())
    });
    Ok(Redirect::temporary(&match wallet {
        Some(method) => oauth::start_url(&app, method.as_str(), &id),
        None => routes::order_page(&id),
    }))
}

/// The wallet whose browser this is. WeChat's sibling for companies says `MicroMessenger` too and is not it.
fn wallet_of(agent: &str) -> Option<Method> {
    if agent.contains("MicroMessenger") && !agent.contains("wxwork") {
        Some(Method::Wechat)
    } else if agent.contains("AlipayClient") {
        Some(Method::Alipay)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wallets_are_known_by_their_browsers() {
        for (agent, wallet) in [
            (
                "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.49",
                Some(Method::Wechat),
            ),
            ("Mozilla/5.0 wxwork/4.1 MicroMessenger/7.0.1", None),
            (
                "Mozilla/5.0 AliApp(AP/10.6) AlipayClient/10.6",
                Some(Method::Alipay),
            ),
            ("Mozilla/5.0 (iPhone) Safari/604.1", None),
        ] {
            assert_eq!(wallet_of(agent), wallet, "{agent}");
        }
    }
}
