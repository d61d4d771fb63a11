//! The interface's calls about payments.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    Refusal, Shared,
    orders::{Kind, Request, TradeState},
};

pub(super) type Answer = Result<Json<Value>, Refusal>;

/// A body, or the refusal of one that is not what it should be.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::new(400, "PARAM_ERROR", &format!("参数错误：{error}")))
}

pub(super) async fn jsapi(State(stage): State<Shared>, body: Bytes) -> Answer {
    let request: Request = parse(&body)?;
    let mut state = stage.lock();
    let order = state.create(Kind::Jsapi, request)?;
    Ok(Json(json!({ "prepay_id": order.prepay_id })))
}

pub(super) async fn h5(State(stage): State<Shared>, body: Bytes) -> Answer {
    let request: Request = parse(&body)?;
    let mut state = stage.lock();
    let order = state.create(Kind::H5, request)?;
    let url = format!(
        "{}/cgi-bin/mmpayweb-bin/checkmweb?prepay_id={}&package={}",
        stage.world.public_url, order.prepay_id, order.code
    );
    Ok(Json(json!({ "h5_url": url })))
}

pub(super) async fn native(State(stage): State<Shared>, body: Bytes) -> Answer {
    let request: Request = parse(&body)?;
    let mut state = stage.lock();
    let order = state.create(Kind::Native, request)?;
    Ok(Json(
        json!({ "code_url": format!("weixin://wxpay/bizpayurl?pr={}", order.code) }),
    ))
}

#[derive(Deserialize)]
pub(super) struct Whose {
    #[serde(default)]
    mchid: String,
}

pub(super) async fn by_number(
    State(stage): State<Shared>,
    Path(number): Path<String>,
    Query(whose): Query<Whose>,
) -> Answer {
    let state = stage.lock();
    let wechat = &*state;
    wechat.is_mine(&whose.mchid)?;
    let order = wechat.order(&number).ok_or_else(no_order)?;
    Ok(Json(wechat.trade(order)))
}

pub(super) async fn by_transaction(
    State(stage): State<Shared>,
    Path(id): Path<String>,
    Query(whose): Query<Whose>,
) -> Answer {
    let state = stage.lock();
    let wechat = &*state;
    wechat.is_mine(&whose.mchid)?;
    let order = wechat
        .order_with(|order| order.transaction_id.as_ref() == Some(&id))
        .ok_or_else(no_order)?;
    Ok(Json(wechat.trade(order)))
}

pub(super) async fn close(
    State(stage): State<Shared>,
    Path(number): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let whose: Whose = parse(&body)?;
    let mut state = stage.lock();
    state.is_mine(&whose.mchid)?;
    let order = state.order_mut(&number).ok_or_else(no_order)?;
    match order.state {
        TradeState::Success | TradeState::Refund => {
            Err(Refusal::new(400, "ORDERPAID", "订单已支付"))
        }
        // While the buyer types a password it cannot be closed.
        TradeState::Userpaying => Err(Refusal::new(403, "USERPAYING", "用户支付中")),
        // Closed again is closed.
        TradeState::Notpay | TradeState::Closed => {
            order.state = TradeState::Closed;
            Ok(StatusCode::NO_CONTENT)
        }
    }
}

pub(super) fn no_order() -> Refusal {
    Refusal::new(404, "ORDER_NOT_EXIST", "订单不存在")
}

/// `GET /v3/certificates`
pub(super) async fn certificates(State(stage): State<Shared>) -> Json<Value> {
    let state = stage.lock();
    Json(json!({ "data": state.certificates() }))
}
