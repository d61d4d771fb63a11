//! The wallet's pay page: what a buyer sees who followed the link or scanned the code.

mod page;

use axum::{
    Router,
    extract::{Form, Path, Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;

use super::payments::{Paying, Payment};
use crate::world::Shared;

/// How the buyer came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Via {
    /// By a link: afterwards the browser goes back to the shop.
    #[default]
    Link,
    /// By a code, with another device: there is nowhere to go back to.
    Code,
}

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

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Pay,
    PayUnnoticed,
    Cancel,
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
        Some(payment) => html(StatusCode::OK, page::payment(&payment, via)),
        None => html(StatusCode::NOT_FOUND, page::unknown()),
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
        Some((payment, changed)) => see_other(&destination(&payment, via, changed)),
        None => html(StatusCode::NOT_FOUND, page::unknown()),
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

fn see_other(address: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}

/// A wallet's page is never framed and never kept.
fn html(status: StatusCode, markup: maud::Markup) -> Response {
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    (status, headers, Html(markup.into_string())).into_response()
}
