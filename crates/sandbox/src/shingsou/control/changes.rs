//! Orders that change what the platform knows or how it behaves.

use std::time::Duration;

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::Value;

use super::ledger::Row;
use crate::{
    cashier::Paying,
    control::{Done, Order, Problem, done},
    money::Fen,
    shingsou::{
        Shared, cards::Data, crediting::Mode, data::cards::RealName, payments::Unpayable,
        token::Spelling,
    },
};

#[derive(Deserialize)]
pub(super) struct Pay {
    #[serde(rename = "outTradeNo")]
    out_trade_no: String,
    #[serde(default)]
    lose_notice: bool,
    #[serde(default)]
    force: bool,
    total: Option<Fen>,
    /// What the platform calls the payment's status from now on, whatever becomes of it.
    word: Option<String>,
}

/// Pays as the buyer would; answers with the payment's row of the ledger.
pub(super) async fn pay(
    State(stage): State<Shared>,
    Order(order): Order<Pay>,
) -> Result<Json<Row>, Problem> {
    let mut platform = stage.lock();
    let unknown = || Problem::unknown("outTradeNo");
    let id = platform
        .payment_of(&order.out_trade_no)
        .ok_or_else(unknown)?
        .id
        .clone();
    let paying = Paying {
        lose_notices: order.lose_notice,
        force: order.force,
        total: order.total,
    };
    platform.pay(&id, paying).map_err(|why| match why {
        Unpayable::Unknown => unknown(),
        Unpayable::AlreadyPaid => Problem::conflict("already paid"),
        Unpayable::Closed => Problem::conflict("expired or cancelled"),
    })?;
    if let Some(payment) = platform.payment_mut(&id) {
        payment.word = order.word;
    }
    stage.wake.notify_one();
    platform
        .payment(&id)
        .map(|payment| Json(Row::of(payment)))
        .ok_or_else(unknown)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Price {
    product_id: String,
    price: Fen,
}

/// Changes a package's price; payments already asked for keep theirs.
pub(super) async fn price(State(stage): State<Shared>, Order(order): Order<Price>) -> Done {
    let mut state = stage.lock();
    let product = state.product_mut(&order.product_id);
    product.ok_or_else(|| Problem::unknown("productId"))?.price = order.price;
    done()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Product {
    product_id: String,
    on_sale: Option<bool>,
    /// Null counts the stock no longer; absent leaves it.
    #[serde(default, deserialize_with = "present")]
    stock: Option<Option<u32>>,
}

/// Takes a package off the shelf or puts it back, and sets its stock.
pub(super) async fn product(State(stage): State<Shared>, Order(order): Order<Product>) -> Done {
    let mut state = stage.lock();
    let product = state.product_mut(&order.product_id);
    let product = product.ok_or_else(|| Problem::unknown("productId"))?;
    product.on_sale = order.on_sale.unwrap_or(product.on_sale);
    product.stock = order.stock.unwrap_or(product.stock);
    done()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Card {
    card_no: String,
    /// The carrier's code, as a number or as text.
    status: Option<Value>,
    used: Option<f64>,
    total: Option<f64>,
    reality_status: Option<RealName>,
}

/// Changes a card's state, usage or registration.
pub(super) async fn card(State(stage): State<Shared>, Order(order): Order<Card>) -> Done {
    let status = match &order.status {
        None => None,
        Some(Value::String(text)) => Some(
            text.parse()
                .map_err(|_| Problem::invalid("status is not a number"))?,
        ),
        Some(status) => Some(
            status
                .as_i64()
                .ok_or_else(|| Problem::invalid("status is not a number"))?,
        ),
    };
    let mut state = stage.lock();
    let card = state.card_mut(&order.card_no);
    let card = card.ok_or_else(|| Problem::unknown("cardNo"))?;
    card.status = status.unwrap_or(card.status);
    if order.used.is_some() || order.total.is_some() {
        let Data { used, total } = card.data.unwrap_or(Data {
            used: 0.0,
            total: 0.0,
        });
        card.data = Some(Data {
            used: order.used.unwrap_or(used),
            total: order.total.unwrap_or(total),
        });
    }
    if let Some(real_name) = order.reality_status {
        card.real_name = real_name;
        card.decided_at = None;
    }
    done()
}

#[derive(Deserialize)]
pub(super) struct Token {
    /// Any value; null leaves the field out of the answer.
    #[serde(default, deserialize_with = "present")]
    expires_in: Option<Value>,
    spelling: Option<Spelling>,
    token_type: Option<String>,
    #[serde(default)]
    revoke_all: bool,
}

/// Changes how the next tokens look, and takes back the older ones.
pub(super) async fn token(State(stage): State<Shared>, Order(order): Order<Token>) -> Done {
    let mut state = stage.lock();
    let tokens = &mut state.tokens;
    if let Some(expires_in) = order.expires_in {
        tokens.expires_in = expires_in;
    }
    tokens.spelling = order.spelling.unwrap_or(tokens.spelling);
    if let Some(token_type) = order.token_type {
        tokens.token_type = token_type;
    }
    if order.revoke_all {
        tokens.revoke_all();
    }
    done()
}

#[derive(Deserialize)]
pub(super) struct Credit {
    mode: Option<Mode>,
    delay_ms: Option<u64>,
    /// Why a recharge fails.
    fail_code: Option<i64>,
}

/// Changes how credits go; the mode counts for those in the queue too.
pub(super) async fn credit(State(stage): State<Shared>, Order(order): Order<Credit>) -> Done {
    let mut state = stage.lock();
    let crediting = &mut state.crediting;
    crediting.mode = order.mode.unwrap_or(crediting.mode);
    crediting.fail_code = order.fail_code.unwrap_or(crediting.fail_code);
    crediting.delay = order
        .delay_ms
        .map_or(crediting.delay, Duration::from_millis);
    stage.wake.notify_one();
    done()
}

/// Tells a null from a field that is not there.
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
