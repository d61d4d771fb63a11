//! Notices on order: as they are or altered, sent or only drawn up.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    alipay::{
        Alipay, forms,
        notices::{self, Notice},
    },
    control::{
        Order, Problem,
        notices::{Sent, Volley, show},
    },
    notices::Letter,
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
    #[serde(flatten)]
    volley: Volley,
}

/// Answers with a notice of the trade's present state as it would be sent now.
pub(super) async fn draw_up(
    State(world): State<Shared>,
    Order(wanted): Order<Wanted>,
) -> Result<Json<Value>, Problem> {
    Ok(show(&draw(&world, wanted)?))
}

/// Sends the notice of a trade's present state now, whatever the mode is.
pub(super) async fn send(
    State(world): State<Shared>,
    Order(order): Order<Sending>,
) -> Result<Json<Sent>, Problem> {
    let notice = Notice::about(&order.wanted.out_trade_no);
    let letter = draw(&world, order.wanted)?;
    order
        .volley
        .send::<Alipay>(&world, &notice, || Ok(letter.clone()))
        .await
}

fn draw(world: &World, wanted: Wanted) -> Result<Letter, Problem> {
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
    let form = wanted.body.unwrap_or_else(|| forms::write(&said));
    Ok(notices::letter(url, form))
}
