//! Alipay's pay page, reached by address or by code.

mod page;

use axum::{
    Router,
    extract::{Form, Path, Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;

use super::{
    forms::{self, Parameters},
    notices::yuan,
    trades::{Paying, Product, Refusal, Trade},
};
use crate::{
    clock::Moment,
    world::{Shared, World},
};

/// How the buyer came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Via {
    /// By an address: afterwards the browser goes back to the shop.
    #[default]
    Link,
    /// By a code, with another device: there is nowhere to go back to.
    Code,
}

#[derive(Deserialize)]
struct Arrival {
    #[serde(default)]
    via: Via,
}

/// The button that was pressed.
#[derive(Deserialize)]
struct Pressed {
    #[serde(default)]
    via: Via,
    action: Action,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Pay,
    PayUnnoticed,
    /// The buyer leaves; nothing is closed by that.
    Cancel,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/alipay/cashier/{id}", get(show).post(press))
}

async fn show(
    State(world): State<Shared>,
    Path(id): Path<String>,
    Query(Arrival { via }): Query<Arrival>,
) -> Response {
    let trade = {
        let mut state = world.lock();
        state.alipay.find_page(&id).map(|trade| {
            // Scanning a code creates the trade; an address does that only with the password.
            if via == Via::Code && trade.payable().is_ok() {
                trade.create();
            }
            trade.clone()
        })
    };
    match trade {
        Some(trade) => html(
            StatusCode::OK,
            page::trade(&trade, via, back(&world, &trade, via).as_deref()),
        ),
        None => html(StatusCode::NOT_FOUND, page::unknown()),
    }
}

async fn press(
    State(world): State<Shared>,
    Path(id): Path<String>,
    Form(Pressed { via, action }): Form<Pressed>,
) -> Response {
    let trade = {
        let mut state = world.lock();
        let Some(number) = state
            .alipay
            .find_page(&id)
            .map(|trade| trade.out_trade_no.clone())
        else {
            return html(StatusCode::NOT_FOUND, page::unknown());
        };
        if action != Action::Cancel {
            let paying = Paying {
                lose_notices: action == Action::PayUnnoticed,
                ..Paying::default()
            };
            // Pressed twice or too late it changes nothing, and the page says how things are.
            let _ = state.alipay.pay(&number, paying);
        }
        state.alipay.find(&number).cloned()
    };
    world.alipay.wake.notify_one();
    match trade {
        Some(trade) => match back(&world, &trade, via) {
            Some(shop) => go_to(&shop),
            None if action == Action::Cancel && via == Via::Link => match &trade.quit_url {
                Some(quit) => go_to(quit.as_str()),
                None => html(StatusCode::OK, page::left()),
            },
            None if action == Action::Cancel => html(StatusCode::OK, page::left()),
            None if via == Via::Code => go_to(&format!("/alipay/cashier/{id}?via=code")),
            None => go_to(&format!("/alipay/cashier/{id}")),
        },
        None => html(StatusCode::NOT_FOUND, page::unknown()),
    }
}

/// Where a buyer who has paid goes back to, with Alipay's signed words about it.
fn back(world: &World, trade: &Trade, via: Via) -> Option<String> {
    let mut shop = trade.return_url.clone()?;
    trade.paid_at?;
    if via == Via::Code {
        return None;
    }
    let app = world.alipay.keys.app();
    let method = match trade.product {
        Product::Page => "alipay.trade.page.pay.return",
        _ => "alipay.trade.wap.pay.return",
    };
    let mut said: Parameters = [
        ("app_id", app.app_id.clone()),
        ("auth_app_id", app.app_id),
        ("charset", "utf-8".to_owned()),
        ("method", method.to_owned()),
        ("out_trade_no", trade.out_trade_no.clone()),
        ("seller_id", app.seller_id),
        ("timestamp", Moment::now().plain()),
        ("total_amount", yuan(trade.total)),
        ("trade_no", trade.trade_no.clone().unwrap_or_default()),
        ("version", "1.0".to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let sign = world.alipay.keys.sign(&forms::message(&said, &[]));
    said.insert("sign".into(), sign);
    said.insert("sign_type".into(), "RSA2".into());
    let query = match shop.query() {
        Some(query) => format!("{query}&{}", forms::write(&said)),
        None => forms::write(&said),
    };
    shop.set_query(Some(&query));
    Some(shop.into())
}

pub(super) fn go_to(address: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}

/// The page of a request that Alipay refuses.
pub(super) fn refused(refusal: Refusal) -> Response {
    html(StatusCode::OK, page::refused(refusal))
}

/// A wallet's page is never framed and never kept.
fn html(status: StatusCode, markup: maud::Markup) -> Response {
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    (status, headers, Html(markup.into_string())).into_response()
}
