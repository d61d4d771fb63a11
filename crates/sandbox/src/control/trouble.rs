//! Orders that make calls and notices go wrong.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Map, Value, json};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{Order, Problem};
use crate::{
    alipay,
    faults::{EVERY_ROUTE, Fault},
    shingsou::{
        ROUTES,
        notices::{Answer, Mode, body, post},
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

/// Changes what becomes of new notices.
pub(super) async fn notices(
    State(world): State<Shared>,
    Order(mode): Order<Mode>,
) -> Result<Json<Value>, Problem> {
    if matches!(mode, Mode::Flood { count } if count > MOST_TIMES) {
        return Err(Problem::invalid(format!(
            "count must be at most {MOST_TIMES}"
        )));
    }
    world.lock().shingsou.notices.mode = mode;
    Ok(Json(json!({ "ok": true })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SendNotice {
    out_trade_no: String,
    #[serde(default = "one")]
    times: usize,
    #[serde(default = "one")]
    concurrency: usize,
    /// An object replaces single fields, a null taking one away; a text is sent as it is.
    body: Option<Value>,
}

/// What the partner answered, in the order of the answers.
#[derive(Serialize)]
pub(super) struct Sent {
    accepted: usize,
    answers: Vec<Answer>,
}

pub(super) const MOST_TIMES: usize = 10_000;
const MOST_CONCURRENT: usize = 256;

/// Sends the notice of a payment's present state now, whatever the mode is.
pub(super) async fn send_notice(
    State(world): State<Shared>,
    Order(order): Order<SendNotice>,
) -> Result<Json<Sent>, Problem> {
    if order.times > MOST_TIMES || !(1..=MOST_CONCURRENT).contains(&order.concurrency) {
        return Err(Problem::invalid(format!(
            "times must be at most {MOST_TIMES}, concurrency 1 to {MOST_CONCURRENT}"
        )));
    }
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

    let room = Arc::new(Semaphore::new(order.concurrency));
    let mut sending = JoinSet::new();
    for _ in 0..order.times {
        let (room, http) = (room.clone(), world.http.clone());
        let (url, body) = (url.clone(), body.clone());
        sending.spawn(async move {
            let _place = room.acquire().await;
            post(&http, url, body).await
        });
    }
    let answers = sending.join_all().await;
    let accepted = answers.iter().filter(|answer| answer.is_accepted()).count();
    if let Some(payment) = world.lock().shingsou.payment_mut(&payment_id) {
        payment.notices_sent += answers.len() as u64;
        payment.notices_accepted += accepted as u64;
    }
    Ok(Json(Sent { accepted, answers }))
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

fn one() -> usize {
    1
}
