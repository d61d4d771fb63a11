//! Orders that make calls and notices go wrong.

use axum::{Json, extract::State};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value, json};

use super::{
    Order, Problem,
    notices::{Sent, Volley},
};
use crate::{
    alipay,
    faults::{EVERY_ROUTE, Fault},
    shingsou::{
        Platform, ROUTES,
        notices::{Notice, body, letter},
    },
    wechat,
    world::Shared,
};

/// A route and the body of a fault beside it.
#[derive(Deserialize)]
pub(super) struct FaultOrder {
    route: String,
    #[serde(flatten)]
    fault: Fault,
}

/// Adds a fault behind those that wait already.
pub(super) async fn add_fault(
    State(world): State<Shared>,
    Order(order): Order<FaultOrder>,
) -> Result<Json<Value>, Problem> {
    let known = [ROUTES, alipay::METHODS, wechat::ROUTES].concat();
    if order.route != EVERY_ROUTE && !known.contains(&order.route.as_str()) {
        return Err(Problem::invalid(format!(
            "route must be {EVERY_ROUTE} or one of {known:?}"
        )));
    }
    let mut state = world.lock();
    state.faults.add(order.route, order.fault);
    Ok(Json(json!({ "faults": state.faults.by_route() })))
}

/// Takes every fault away.
pub(super) async fn clear_faults(
    State(world): State<Shared>,
    Order(_): Order<IgnoredAny>,
) -> Json<Value> {
    world.lock().faults.clear();
    Json(json!({ "ok": true }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SendNotice {
    out_trade_no: String,
    #[serde(flatten)]
    volley: Volley,
    /// An object replaces single fields, a null taking one away; a text is sent as it is.
    body: Option<Value>,
}

/// Sends the notice of a payment's present state now, whatever the mode is.
pub(super) async fn send_notice(
    State(world): State<Shared>,
    Order(order): Order<SendNotice>,
) -> Result<Json<Sent>, Problem> {
    let (payment_id, url, truth) = {
        let state = world.lock();
        let payment = state.shingsou.payment_of(&order.out_trade_no);
        let payment = payment.ok_or_else(|| Problem::unknown("outTradeNo"))?;
        (
            payment.id.clone(),
            payment.notify_url.clone(),
            body(payment),
        )
    };
    let body = match order.body {
        None => truth.to_string(),
        Some(Value::Object(fields)) => with(truth, fields).to_string(),
        Some(Value::String(text)) => text,
        Some(_) => return Err(Problem::invalid("body must be an object or a text")),
    };

    let notice = Notice {
        payment_id,
        body: body.clone(),
    };
    let letter = letter(url, body);
    order
        .volley
        .send::<Platform>(&world, &notice, || Ok(letter.clone()))
        .await
}

fn with(mut truth: Value, fields: Map<String, Value>) -> Value {
    for (name, value) in fields {
        if value.is_null() {
            truth.as_object_mut().map(|notice| notice.remove(&name));
        } else {
            truth[name] = value;
        }
    }
    truth
}
