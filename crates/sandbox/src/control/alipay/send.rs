//! Notices on order: as they are or altered, sent or only drawn up.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    alipay::{forms, notices},
    control::{Order, Problem, trouble::MOST_TIMES},
    shingsou::notices::Answer,
    world::{Shared, World},
};

/// Which notice, and what is different about it.
#[derive(Deserialize)]
pub(super) struct Wanted {
    out_trade_no: String,
    /// The refund it is about, if it is about one.
    out_request_no: Option<String>,
    /// Replaces single parameters, a null taking one away: before signing where `resign` is set, else after it.
    #[serde(default)]
    fields: BTreeMap<String, Option<String>>,
    #[serde(default)]
    resign: bool,
    /// In place of the form.
    body: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Sending {
    #[serde(flatten)]
    wanted: Wanted,
    #[serde(default = "one")]
    times: usize,
    #[serde(default = "one")]
    concurrency: usize,
}

/// What the app answered, in the order of the answers.
#[derive(Serialize)]
pub(super) struct Sent {
    accepted: usize,
    answers: Vec<Answer>,
}

const MOST_CONCURRENT: usize = 256;

/// Answers with a notice of the trade's present state as it would be sent now.
pub(super) async fn draw_up(
    State(world): State<Shared>,
    Order(wanted): Order<Wanted>,
) -> Result<Json<Value>, Problem> {
    let (url, form) = draw(&world, wanted)?;
    let headers = json!({ "content-type": notices::FORM });
    Ok(Json(
        json!({ "url": url.as_str(), "headers": headers, "body": form }),
    ))
}

/// Sends the notice of a trade's present state now, whatever the mode is.
pub(super) async fn send(
    State(world): State<Shared>,
    Order(order): Order<Sending>,
) -> Result<Json<Sent>, Problem> {
    if order.times > MOST_TIMES || !(1..=MOST_CONCURRENT).contains(&order.concurrency) {
        return Err(Problem::invalid(format!(
            "times must be at most {MOST_TIMES}, concurrency 1 to {MOST_CONCURRENT}"
        )));
    }
    let number = order.wanted.out_trade_no.clone();
    let (url, form) = draw(&world, order.wanted)?;
    let room = Arc::new(Semaphore::new(order.concurrency));
    let mut sending = JoinSet::new();
    for _ in 0..order.times {
        let (room, http) = (room.clone(), world.http.clone());
        let (url, form) = (url.clone(), form.clone());
        sending.spawn(async move {
            let _place = room.acquire().await;
            notices::post(&http, url, form).await
        });
    }
    let answers = sending.join_all().await;
    let accepted = answers.iter().filter(|answer| answer.is_accepted()).count();
    if let Some(trade) = world.lock().alipay.find(&number) {
        trade.notices_sent += answers.len() as u64;
        trade.notices_accepted += accepted as u64;
    }
    Ok(Json(Sent { accepted, answers }))
}

fn draw(world: &World, wanted: Wanted) -> Result<(Url, String), Problem> {
    let (said, url) = {
        let mut state = world.lock();
        let trade = state
            .alipay
            .find(&wanted.out_trade_no)
            .ok_or_else(|| Problem::unknown("out_trade_no"))?;
        let refund = match &wanted.out_request_no {
            None => None,
            Some(number) => Some(
                trade
                    .refund(number)
                    .ok_or_else(|| Problem::unknown("out_request_no"))?,
            ),
        };
        let url = trade.notify_url.clone();
        let url = url.ok_or_else(|| Problem::invalid("the trade has no notify_url"))?;
        (notices::said(trade, refund), url)
    };
    let mut said = notices::sign(&world.alipay.keys, said);
    for (name, value) in wanted.fields {
        match value {
            Some(value) => said.insert(name, value),
            None => said.remove(&name),
        };
    }
    if wanted.resign {
        notices::sign_again(&world.alipay.keys, &mut said);
    }
    Ok((url, wanted.body.unwrap_or_else(|| forms::write(&said))))
}

fn one() -> usize {
    1
}
