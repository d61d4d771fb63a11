//! The wallets' pay pages: how a buyer comes to one, what the buttons do, and how they are answered.

mod page;

use axum::{
    Router,
    extract::{Form, Path, Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use maud::Markup;
use serde::{Deserialize, Serialize};

pub(crate) use page::{Offer, Outcome, Wallet, given_back, over, paid};

use crate::{
    money::Fen,
    world::{Platform, Shared},
};

/// Who has pay pages.
pub(crate) trait Cashier: Platform {
    /// Whose page says that there is no such payment.
    const WALLET: Wallet;

    /// The page of a payment as it stands when a buyer comes.
    fn page(&mut self, desk: &Self::Desk, id: &str, arrival: &Arrival) -> Option<Markup>;

    /// Does what a button says, and tells where the buyer goes.
    fn press(
        &mut self,
        desk: &Self::Desk,
        id: &str,
        arrival: &Arrival,
        action: Action,
    ) -> Option<Next>;
}

/// How a buyer comes to a page; its buttons carry it along.
#[derive(Deserialize)]
pub(crate) struct Arrival {
    #[serde(default)]
    pub(crate) via: Via,
    /// Where a buyer of WeChat Pay goes back to.
    pub(crate) redirect_url: Option<String>,
}

/// By which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Via {
    /// By an address: afterwards the browser goes back to the shop.
    #[default]
    Link,
    /// By a code, with another device: there is nowhere to go back to.
    Code,
}

/// The button that was pressed.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    Pay,
    PayUnnoticed,
    /// The buyer leaves.
    Cancel,
}

#[derive(Deserialize)]
struct Pressed {
    #[serde(flatten)]
    arrival: Arrival,
    action: Action,
}

/// Where a buyer goes who pressed a button.
pub(crate) enum Next {
    Address(String),
    Page(Markup),
}

/// How a buyer pays; the default is what an honest one does.
#[derive(Clone, Copy, Default)]
pub(crate) struct Paying {
    /// Every notice of this payment is lost.
    pub(crate) lose_notices: bool,
    /// Pay even what has expired or was closed.
    pub(crate) force: bool,
    /// Another amount than was asked for.
    pub(crate) total: Option<Fen>,
}

impl Via {
    /// As the form carries it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Code => "code",
        }
    }
}

impl Action {
    /// How the buyer pays, unless the buyer leaves.
    pub(crate) fn paying(self) -> Option<Paying> {
        (self != Self::Cancel).then(|| Paying {
            lose_notices: self == Self::PayUnnoticed,
            ..Paying::default()
        })
    }
}

/// Pay pages at addresses with an `{id}`.
pub(crate) fn routes<P: Cashier>(addresses: &[&str]) -> Router<Shared<P>> {
    addresses.iter().fold(Router::new(), |routes, address| {
        routes.route(address, get(show::<P>).post(press::<P>))
    })
}

async fn show<P: Cashier>(
    State(stage): State<Shared<P>>,
    Path(id): Path<String>,
    Query(arrival): Query<Arrival>,
) -> Response {
    let page = stage.lock().page(&stage.desk, &id, &arrival);
    page.map_or_else(nothing::<P>, answer)
}

async fn press<P: Cashier>(
    State(stage): State<Shared<P>>,
    Path(id): Path<String>,
    Form(Pressed { arrival, action }): Form<Pressed>,
) -> Response {
    let next = stage.lock().press(&stage.desk, &id, &arrival, action);
    stage.wake.notify_one();
    match next {
        Some(Next::Address(address)) => go_to(&address),
        Some(Next::Page(page)) => answer(page),
        None => nothing::<P>(),
    }
}

/// There is no such payment.
pub(crate) fn nothing<P: Cashier>() -> Response {
    let page = P::WALLET.says(&Outcome {
        title: "付款不存在",
        text: "请核对链接或二维码。",
        ..Outcome::default()
    });
    (StatusCode::NOT_FOUND, answer(page)).into_response()
}

/// A pay page is never framed and never kept.
pub(crate) fn answer(page: Markup) -> Response {
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    (headers, Html(page.into_string())).into_response()
}

/// Sends the browser on.
pub(crate) fn go_to(address: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}
