//! What a buyer sees who followed an H5 link or scanned a native code.

mod page;

use axum::{
    Router,
    extract::{Form, Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
    routing::get,
};
use serde::Deserialize;

use super::orders::{Kind, Order, TradeState};
use crate::{
    cashier::{Action, Wallet, answer, go_to, unknown},
    clock::Moment,
    shingsou::payments::Paying,
    world::Shared,
};

/// Seconds that a link can be opened.
const LINK_LIVES: i64 = 300;

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    prepay_id: String,
    redirect_url: Option<String>,
}

/// The button that was pressed.
#[derive(Deserialize)]
struct Pressed {
    redirect_url: Option<String>,
    action: Action,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/cgi-bin/mmpayweb-bin/checkmweb", get(link))
        .route("/wechat/h5/{prepay_id}", get(link_done).post(press_link))
        .route("/wechat/code/{code}", get(code).post(press_code))
}

/// An H5 link: not from within WeChat, not without a page that it came from, and not for long.
async fn link(
    State(world): State<Shared>,
    Query(link): Query<Link>,
    headers: HeaderMap,
) -> Response {
    let text = |name| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    };
    if text(header::REFERER).is_empty() {
        return refuse("商家参数格式有误，请联系商家解决");
    }
    if text(header::USER_AGENT).contains("MicroMessenger") {
        return refuse("请在微信外打开订单，进行支付");
    }
    let state = world.lock();
    let order = state
        .wechat
        .order_with(|order| order.kind == Kind::H5 && order.prepay_id == link.prepay_id);
    match order {
        None => answer(StatusCode::NOT_FOUND, Wallet::Wechat.says(&unknown())),
        Some(order) if order.linked.plus_seconds(LINK_LIVES) < Moment::now() => {
            refuse("支付请求已失效，请重新发起支付")
        }
        Some(order) => show(Some(order), shop(&link.redirect_url)),
    }
}

async fn link_done(
    State(world): State<Shared>,
    Path(prepay_id): Path<String>,
    Query(link): Query<Link>,
) -> Response {
    let state = world.lock();
    show(
        state
            .wechat
            .order_with(|order| order.kind == Kind::H5 && order.prepay_id == prepay_id),
        shop(&link.redirect_url),
    )
}

/// A native code, scanned.
async fn code(State(world): State<Shared>, Path(code): Path<String>) -> Response {
    let state = world.lock();
    show(
        state
            .wechat
            .order_with(|order| order.kind == Kind::Native && order.code == code),
        None,
    )
}

async fn press_link(
    State(world): State<Shared>,
    Path(prepay_id): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Response {
    press(&world, &pressed, |order| {
        order.kind == Kind::H5 && order.prepay_id == prepay_id
    })
}

async fn press_code(
    State(world): State<Shared>,
    Path(code): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Response {
    press(&world, &pressed, |order| {
        order.kind == Kind::Native && order.code == code
    })
}

/// Pays, or leaves it unpaid: a buyer who goes away closes nothing.
fn press(world: &Shared, pressed: &Pressed, which: impl Fn(&Order) -> bool) -> Response {
    let mut state = world.lock();
    let Some(order) = state.wechat.order_with(which).cloned() else {
        return answer(StatusCode::NOT_FOUND, Wallet::Wechat.says(&unknown()));
    };
    if pressed.action != Action::Cancel {
        // Pressed twice or too late it changes nothing, and the page says how things are.
        let _ = state.wechat.pay(
            &order.out_trade_no,
            Paying {
                lose_notices: pressed.action == Action::PayUnnoticed,
                ..Paying::default()
            },
        );
        world.wechat_wake.notify_one();
    }
    let paid = state
        .wechat
        .order(&order.out_trade_no)
        .is_some_and(|order| order.state != TradeState::Notpay);
    let back = shop(&pressed.redirect_url).filter(|_| paid || pressed.action == Action::Cancel);
    let next = back.map_or_else(|| address(&order), |shop| shop.to_string());
    go_to(&next)
}

fn show(order: Option<&Order>, shop: Option<reqwest::Url>) -> Response {
    match order {
        Some(order) => {
            let shop = shop.as_ref().map(|shop| shop.as_str());
            answer(StatusCode::OK, page::order(order, address(order), shop))
        }
        None => answer(StatusCode::NOT_FOUND, Wallet::Wechat.says(&unknown())),
    }
}

/// Where the buttons of a payment's page lead.
fn address(order: &Order) -> String {
    match order.kind {
        Kind::Native => format!("/wechat/code/{}", order.code),
        Kind::H5 | Kind::Jsapi => format!("/wechat/h5/{}", order.prepay_id),
    }
}

fn shop(text: &Option<String>) -> Option<reqwest::Url> {
    let url = reqwest::Url::parse(text.as_deref()?).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

fn refuse(words: &str) -> Response {
    answer(StatusCode::OK, page::refusal(words))
}
