//! The wallet's pay page: what a buyer sees who followed the link or scanned the code.

mod page;

use axum::{
    Router,
    extract::{Form, Path, Query, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use serde::Deserialize;

use super::payments::{Paying, Payment};
use crate::{
    cashier::{Action, Via, Wallet, answer, go_to, unknown},
    world::Shared,
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

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/pay/{payment_id}", get(show).post(press))
}

async fn show(
    State(world): State<Shared>,
    Path(id): Path<String>,
    Query(Arrival { via }): Query<Arrival>,
) -> Response {
    let payment = world.lock().shingsou.payment(&id).cloned();
    match payment {
        Some(payment) => answer(StatusCode::OK, page::payment(&payment, via)),
        None => answer(StatusCode::NOT_FOUND, Wallet::Neither.says(&unknown())),
    }
}

async fn press(
    State(world): State<Shared>,
    Path(id): Path<String>,
    Form(Pressed { via, action }): Form<Pressed>,
) -> Response {
    let payment = {
        let mut state = world.lock();
        // Pressed twice or too late it changes nothing, and the page says how things are.
        let changed = match action {
            Action::Cancel => state.shingsou.cancel(&id),
            Action::Pay => state.shingsou.pay(&id, Paying::default()),
            Action::PayUnnoticed => state.shingsou.pay(
                &id,
                Paying {
                    lose_notices: true,
                    ..Paying::default()
                },
            ),
        };
        state
            .shingsou
            .payment(&id)
            .cloned()
            .map(|payment| (payment, changed.is_ok()))
    };
    world.wake.notify_one();
    match payment {
        Some((payment, changed)) => go_to(&destination(&payment, via, changed)),
        None => answer(StatusCode::NOT_FOUND, Wallet::Neither.says(&unknown())),
    }
}

/// Back to the shop by link, else to the page that says what happened.
fn destination(payment: &Payment, via: Via, changed: bool) -> String {
    match (&payment.return_url, via) {
        (Some(shop), Via::Link) if changed || payment.paid_at.is_some() => shop.to_string(),
        (_, Via::Link) => format!("/pay/{}", payment.id),
        (_, Via::Code) => format!("/pay/{}?via=code", payment.id),
    }
}
