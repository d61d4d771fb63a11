//! Alipay's pay page, reached by address or by code.

mod page;

use axum::{
    Router,
    extract::{Form, Path, Query, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use serde::Deserialize;

use super::{
    forms::{self, Parameters},
    trades::{Paying, Product, Refusal, Trade},
};
use crate::{
    cashier::{Action, Via, Wallet, answer, go_to, unknown},
    clock::Moment,
    money::yuan,
    world::{Shared, World},
};

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
        Some(trade) => answer(
            StatusCode::OK,
            page::trade(&trade, via, back(&world, &trade, via).as_deref()),
        ),
        None => answer(StatusCode::NOT_FOUND, Wallet::Alipay.says(&unknown())),
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
            return answer(StatusCode::NOT_FOUND, Wallet::Alipay.says(&unknown()));
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
                None => answer(StatusCode::OK, page::left()),
            },
            None if action == Action::Cancel => answer(StatusCode::OK, page::left()),
            None if via == Via::Code => go_to(&format!("/alipay/cashier/{id}?via=code")),
            None => go_to(&format!("/alipay/cashier/{id}")),
        },
        None => answer(StatusCode::NOT_FOUND, Wallet::Alipay.says(&unknown())),
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

/// The page of a request that Alipay refuses.
pub(super) fn refused(refusal: Refusal) -> Response {
    answer(StatusCode::OK, page::refused(refusal))
}
