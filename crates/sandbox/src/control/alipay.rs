//! Orders to Alipay: its keys, a buyer who pays, notices, and its side of the ledger.

mod account;
mod send;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Order, Problem, notices::set_mode};
use crate::{
    alipay::{
        Alipay,
        oauth::Buyer,
        refunds::Refund,
        trades::{HAS_SUCCESS, Paying, Product, Status, Trade},
    },
    money::Fen,
    world::{Shared, State as Everything},
};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/_control/alipay", get(show).post(register))
        .route("/_control/alipay/account", post(account::make))
        .route("/_control/alipay/keys", post(rotate))
        .route("/_control/alipay/buyer", post(set_buyer))
        .route("/_control/alipay/pay", post(pay))
        .route("/_control/alipay/notices", post(set_mode::<Alipay>))
        .route("/_control/alipay/notice", post(send::draw_up))
        .route("/_control/alipay/send_notice", post(send::send))
}

/// Alipay's side of the ledger.
#[derive(Serialize)]
pub(super) struct Ledger {
    pub(super) trades: Vec<Row>,
}

/// One trade.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) out_trade_no: String,
    pub(super) trade_no: Option<String>,
    pub(super) product: Product,
    /// Nothing before the buyer's wallet has created the trade.
    pub(super) trade_status: Option<Status>,
    pub(super) total_fen: i64,
    pub(super) paid: bool,
    pub(super) refunded_fen: i64,
    refunds: Vec<Refund>,
    pub(super) notices_sent: u64,
    pub(super) notices_accepted: u64,
}

impl Ledger {
    pub(super) fn of(state: &Everything) -> Self {
        Self {
            trades: state.alipay.trades.iter().map(Row::of).collect(),
        }
    }
}

impl Row {
    fn of(trade: &Trade) -> Self {
        Self {
            out_trade_no: trade.out_trade_no.clone(),
            trade_no: trade.trade_no.clone(),
            product: trade.product,
            trade_status: trade.status(),
            total_fen: trade.total.0,
            paid: trade.paid_at.is_some(),
            refunded_fen: trade.refunded().0,
            refunds: trade.refunds.clone(),
            notices_sent: trade.notices_sent,
            notices_accepted: trade.notices_accepted,
        }
    }
}

/// `GET /_control/alipay`: what an app's owner reads at Alipay's console.
async fn show(State(world): State<Shared>) -> Json<Value> {
    let app = world.alipay.keys.app();
    Json(json!({
        "gateway_url": format!("{}/alipay/gateway.do", world.public_url),
        "app_id": app.app_id,
        "seller_id": app.seller_id,
        "alipay_public_key": world.alipay.keys.public_key(),
        "app_key_registered": app.is_registered(),
    }))
}

#[derive(Deserialize)]
struct Registration {
    app_public_key: String,
}

/// Registers a public key of the app's beside those before it. A reset does not take it away.
async fn register(
    state: State<Shared>,
    Order(order): Order<Registration>,
) -> Result<Json<Value>, Problem> {
    if !state.0.alipay.keys.register(&order.app_public_key) {
        return Err(Problem::invalid("app_public_key is no RSA public key"));
    }
    Ok(show(state).await)
}

#[derive(Deserialize)]
struct Rotation {
    rotate: bool,
}

/// Lets Alipay sign with another key, once.
async fn rotate(
    State(world): State<Shared>,
    Order(order): Order<Rotation>,
) -> Result<Json<Value>, Problem> {
    if order.rotate && !world.alipay.keys.rotate() {
        return Err(Problem::conflict("there is no key after this one"));
    }
    Ok(Json(json!({ "ok": true })))
}

/// Who is logged in to Alipay.
async fn set_buyer(
    State(world): State<Shared>,
    Order(buyer): Order<Buyer>,
) -> Result<Json<Value>, Problem> {
    if matches!(&buyer, Buyer::UserId(id) if id.len() != 16 || !id.starts_with("2088")) {
        return Err(Problem::invalid(
            "a user_id has 16 digits and begins with 2088",
        ));
    }
    world.lock().alipay.buyer = buyer;
    Ok(Json(json!({ "ok": true })))
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
async fn pay(State(world): State<Shared>, Order(order): Order<Pay>) -> Result<Json<Row>, Problem> {
    let mut state = world.lock();
    let unknown = || Problem::unknown("out_trade_no or trade_no");
    let number = match &order.trade_no {
        Some(_) => state
            .alipay
            .trades
            .iter()
            .find(|trade| trade.trade_no == order.trade_no)
            .map(|trade| trade.out_trade_no.clone())
            .ok_or_else(unknown)?,
        None => order.out_trade_no,
    };
    let trade = state.alipay.find(&number).ok_or_else(unknown)?;
    trade.says = order.says;
    let paying = Paying {
        lose_notices: order.lose_notice,
        force: order.force,
        total: order.total,
    };
    state.alipay.pay(&number, paying).map_err(|why| {
        let why_not = if why == HAS_SUCCESS {
            "already paid"
        } else {
            "expired or closed"
        };
        Problem(StatusCode::CONFLICT, why_not.into())
    })?;
    world.alipay.wake.notify_one();
    let trade = state.alipay.find(&number);
    trade.map(|trade| Json(Row::of(trade))).ok_or_else(unknown)
}
