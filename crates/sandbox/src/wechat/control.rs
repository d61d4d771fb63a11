//! Control of this wallet, below `/_control/wechat`: what a client needs, and making things happen.

mod account;
mod ledger;
mod send;

use std::time::Duration;

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Shared, Wechat,
    keys::{MERCHANT, PLATFORM, PUBLIC_KEY},
    orders::TradeState,
    refunds::Status,
};
use crate::{
    cashier::Paying,
    control::{
        Done, Order, Problem, done,
        notices::{self, set_mode},
    },
    money::Fen,
    signing::Public,
};
use ledger::Row;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/_control/wechat", get(show))
        .route("/_control/wechat/account", post(account::make))
        .route("/_control/wechat/merchant", post(register))
        .route("/_control/wechat/pay", post(pay))
        .route("/_control/wechat/bridge", post(bridge))
        .route("/_control/wechat/state", post(set_state))
        .route("/_control/wechat/buyer", post(set_buyer))
        .route("/_control/wechat/refunds", post(set_refunds))
        .route("/_control/wechat/notices", post(set_mode::<Wechat>))
        .route("/_control/wechat/notice", post(notices::draw_up::<Wechat>))
        .route(
            "/_control/wechat/send_notice",
            post(notices::send::<Wechat>),
        )
        .route("/_control/wechat/keys", post(set_keys))
        .route("/_control/wechat/tickets", post(set_tickets))
}

/// Everything a client is set up with. The keys are made up in each process and open nothing but this sandbox.
async fn show(State(stage): State<Shared>) -> Json<Value> {
    let state = stage.lock();
    let merchant = &state.merchant;
    let own = merchant.serial_no() == MERCHANT.id;
    Json(json!({
        "api_base": stage.world.public_url,
        "mch_id": merchant.mch_id,
        "app_id": merchant.app_id,
        "app_secret": merchant.app_secret,
        "api_v3_key": merchant.api_v3_key,
        "serial_no": merchant.serial_no(),
        "private_key": own.then(|| MERCHANT.private.as_str()),
        "certificate": own.then(|| MERCHANT.certificate.as_str()),
        "platform_certificate": {
            "serial_no": state.newest().id, "pem": state.newest().certificate,
        },
        "platform_public_key": { "id": PUBLIC_KEY.id, "pem": PUBLIC_KEY.public },
        "buyer": state.buyer,
        "jsapi_ticket": state.tickets.given(),
    }))
}

#[derive(Deserialize)]
struct Registration {
    serial_no: String,
    public_key: String,
}

/// Another key of the merchant's, beside those before it.
async fn register(State(stage): State<Shared>, Order(order): Order<Registration>) -> Done {
    let key = Public::read(&order.public_key)
        .ok_or_else(|| Problem::invalid("public_key is not a PEM of an RSA public key"))?;
    let mut state = stage.lock();
    state.merchant.register(order.serial_no, key);
    done()
}

#[derive(Deserialize)]
struct Pay {
    out_trade_no: String,
    #[serde(default)]
    lose_notice: bool,
    #[serde(default)]
    force: bool,
    /// In fen.
    total: Option<i64>,
    /// Put over what queries and notices tell of the payment.
    #[serde(default)]
    says: Map<String, Value>,
}

/// Pays as the buyer would.
async fn pay(State(stage): State<Shared>, Order(order): Order<Pay>) -> Done {
    let paying = Paying {
        lose_notices: order.lose_notice,
        force: order.force,
        total: order.total.map(Fen),
    };
    if let Some(known) = stage.lock().order_mut(&order.out_trade_no) {
        known.says = order.says;
    }
    carry_out(&stage, &order.out_trade_no, paying)
}

fn carry_out(stage: &Shared, number: &str, paying: Paying) -> Done {
    let mut state = stage.lock();
    state.pay(number, paying).map_err(|why| match why {
        "no such out_trade_no" => Problem::unknown("out_trade_no"),
        why => Problem::conflict(why),
    })?;
    stage.wake.notify_one();
    let order = state.order(number);
    let row = order.map(|order| Row::of(&state, order));
    Ok(Json(json!(row)))
}

/// The call that the page makes of WeChat's bridge, and what the buyer does then.
#[derive(Deserialize)]
struct Bridge {
    #[serde(rename = "appId")]
    app_id: String,
    #[serde(rename = "timeStamp")]
    time_stamp: String,
    #[serde(rename = "nonceStr")]
    nonce_str: String,
    package: String,
    #[serde(rename = "signType")]
    sign_type: String,
    #[serde(rename = "paySign")]
    pay_sign: String,
    #[serde(default)]
    buyer: Buyer,
    #[serde(default)]
    lose_notice: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Buyer {
    #[default]
    Pays,
    Cancels,
}

/// Plays `getBrandWCPayRequest`: it fails where the signature or the payment is not right.
async fn bridge(State(stage): State<Shared>, Order(call): Order<Bridge>) -> Json<Value> {
    let answer = |word: &str| Json(json!({ "err_msg": format!("get_brand_wcpay_request:{word}") }));
    let number = {
        let state = stage.lock();
        let message = format!(
            "{}\n{}\n{}\n{}\n",
            call.app_id, call.time_stamp, call.nonce_str, call.package
        );
        let merchant = &state.merchant;
        let good = call.app_id == merchant.app_id
            && call.sign_type == "RSA"
            && merchant.signed(message.as_bytes(), &call.pay_sign);
        let order = state.order_with(|order| {
            call.package.strip_prefix("prepay_id=") == Some(order.prepay_id.as_str())
        });
        match order.filter(|_| good) {
            None => return answer("fail"),
            Some(order) => order.out_trade_no.clone(),
        }
    };
    if call.buyer == Buyer::Cancels {
        return answer("cancel");
    }
    let paying = Paying {
        lose_notices: call.lose_notice,
        ..Paying::default()
    };
    match carry_out(&stage, &number, paying) {
        Ok(_) => answer("ok"),
        Err(_) => answer("fail"),
    }
}

#[derive(Deserialize)]
struct SetState {
    out_trade_no: String,
    userpaying: bool,
}

/// Lets the buyer stand before the password, or leave it.
async fn set_state(State(stage): State<Shared>, Order(order): Order<SetState>) -> Done {
    let mut state = stage.lock();
    let trade = state.order_mut(&order.out_trade_no);
    let trade = trade.ok_or_else(|| Problem::unknown("out_trade_no"))?;
    match (trade.state, order.userpaying) {
        (TradeState::Notpay, true) => trade.state = TradeState::Userpaying,
        (TradeState::Userpaying, false) => trade.state = TradeState::Notpay,
        _ => return Err(Problem::conflict("it is not open")),
    }
    done()
}

#[derive(Deserialize)]
struct SetBuyer {
    openid: String,
}

/// Who is logged in to WeChat.
async fn set_buyer(State(stage): State<Shared>, Order(order): Order<SetBuyer>) -> Done {
    if order.openid.len() != 28 || !order.openid.starts_with('o') {
        return Err(Problem::invalid(
            "an openid has 28 characters, the first an o",
        ));
    }
    stage.lock().buyer = order.openid;
    done()
}

#[derive(Deserialize)]
struct SetRefunds {
    delay_ms: Option<u64>,
    ends: Option<Status>,
    not_enough: Option<bool>,
}

/// Changes how the next refunds go.
async fn set_refunds(State(stage): State<Shared>, Order(order): Order<SetRefunds>) -> Done {
    let mut state = stage.lock();
    let refunding = &mut state.refunding;
    refunding.delay = order
        .delay_ms
        .map_or(refunding.delay, Duration::from_millis);
    refunding.ends = order.ends.unwrap_or(refunding.ends);
    refunding.not_enough = order.not_enough.unwrap_or(refunding.not_enough);
    done()
}

#[derive(Deserialize)]
struct SetKeys {
    /// `certificate` or `public_key`; absent leaves it.
    sign_with: Option<super::SignWith>,
    /// Signs with the next certificate from now on.
    #[serde(default)]
    rotate: bool,
    /// The merchant resets its API v3 key.
    api_v3_key: Option<String>,
}

/// Changes what is signed with.
async fn set_keys(State(stage): State<Shared>, Order(order): Order<SetKeys>) -> Done {
    if matches!(&order.api_v3_key, Some(key) if key.len() != 32) {
        return Err(Problem::invalid("an API v3 key has 32 bytes"));
    }
    let mut state = stage.lock();
    if let Some(key) = order.api_v3_key {
        state.merchant.api_v3_key = key;
    }
    state.sign_with = order.sign_with.unwrap_or(state.sign_with);
    if order.rotate {
        if state.certificate + 1 == PLATFORM.len() {
            return Err(Problem::conflict("there is no certificate after this one"));
        }
        state.certificate += 1;
    }
    done()
}

#[derive(Deserialize)]
struct SetTickets {
    stale: u32,
}

/// Lets so many questions for a ticket find that their access token has just run out.
async fn set_tickets(State(stage): State<Shared>, Order(order): Order<SetTickets>) -> Done {
    stage.lock().tickets.stale = order.stale;
    done()
}
