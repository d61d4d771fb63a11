//! Orders to Alipay: its keys, a buyer who pays, notices, and its side of the ledger.

mod account;
mod ledger;
mod send;

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Alipay, Shared, oauth::Buyer, trades::HAS_SUCCESS};
use crate::{
    cashier::Paying,
    control::{
        Done, Order, Problem, done,
        notices::{self, set_mode},
    },
    money::Fen,
};
use ledger::Row;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/_control/alipay", get(show).post(register))
        .route("/_control/alipay/account", post(account::make))
        .route("/_control/alipay/keys", post(rotate))
        .route("/_control/alipay/buyer", post(set_buyer))
        .route("/_control/alipay/pay", post(pay))
        .route("/_control/alipay/notices", post(set_mode::<Alipay>))
        .route("/_control/alipay/notice", post(notices::draw_up::<Alipay>))
        .route(
            "/_control/alipay/send_notice",
            post(notices::send::<Alipay>),
        )
}

/// `GET /_control/alipay`: what an app's owner reads at Alipay's console.
async fn show(State(stage): State<Shared>) -> Json<Value> {
    let app = stage.desk.app();
    Json(json!({
        "gateway_url": format!("{}/alipay/gateway.do", stage.world.public_url),
        "app_id": app.app_id,
        "seller_id": app.seller_id,
        "alipay_public_key": stage.desk.public_key(),
        "app_key_registered": app.is_registered(),
    }))
}

#[derive(Deserialize)]
struct Registration {
    app_public_key: String,
}

/// Registers a public key of the app's beside those before it. A reset does not take it away.
async fn register(state: State<Shared>, Order(order): Order<Registration>) -> Done {
    if !state.0.desk.register(&order.app_public_key) {
        return Err(Problem::invalid("app_public_key is no RSA public key"));
    }
    Ok(show(state).await)
}

#[derive(Deserialize)]
struct Rotation {
    rotate: bool,
}

/// Lets Alipay sign with another key, once.
async fn rotate(State(stage): State<Shared>, Order(order): Order<Rotation>) -> Done {
    if order.rotate && !stage.desk.rotate() {
        return Err(Problem::conflict("there is no key after this one"));
    }
    done()
}

/// Who is logged in to Alipay.
async fn set_buyer(State(stage): State<Shared>, Order(buyer): Order<Buyer>) -> Done {
    if matches!(&buyer, Buyer::UserId(id) if id.len() != 16 || !id.starts_with("2088")) {
        return Err(Problem::invalid(
            "a user_id has 16 digits and begins with 2088",
        ));
    }
    stage.lock().buyer = buyer;
    done()
}

#[derive(Deserialize)]
struct Pay {
    #[serde(default)]
    out_trade_no: String,
    /// Alipay's own number instead, which is all that a page knows that calls Alipay's bridge.
    trade_no: Option<String>,
    #[serde(default)]
    lose_notice: bool,
    #[serde(default)]
    force: bool,
    total: Option<Fen>,
    /// Put over what queries and notices tell of the trade.
    #[serde(default)]
    says: Map<String, Value>,
}

/// Pays as the buyer would; answers with the trade's row of the ledger.
async fn pay(State(stage): State<Shared>, Order(order): Order<Pay>) -> Result<Json<Row>, Problem> {
    let mut alipay = stage.lock();
    let unknown = || Problem::unknown("out_trade_no or trade_no");
    let number = match &order.trade_no {
        Some(_) => alipay
            .trades
            .iter()
            .find(|trade| trade.trade_no == order.trade_no)
            .map(|trade| trade.out_trade_no.clone())
            .ok_or_else(unknown)?,
        None => order.out_trade_no,
    };
    alipay.find(&number).ok_or_else(unknown)?.says = order.says;
    let paying = Paying {
        lose_notices: order.lose_notice,
        force: order.force,
        total: order.total,
    };
    alipay.pay(&number, paying).map_err(|why| {
        Problem::conflict(if why == HAS_SUCCESS {
            "already paid"
        } else {
            "expired or closed"
        })
    })?;
    stage.wake.notify_one();
    let trade = alipay.trade(&number);
    trade.map(|trade| Json(Row::of(trade))).ok_or_else(unknown)
}
