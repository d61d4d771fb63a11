//! What a buyer sees who followed an H5 link or scanned a native code.

use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, header},
    response::Response,
    routing::get,
};
use maud::Markup;
use reqwest::Url;
use serde::Deserialize;

use super::{
    Shared, Wechat, WechatMerchant,
    orders::{Kind, Order, TradeState},
};
use crate::{
    cashier::{
        self, Action, Arrival, Cashier, Next, Offer, Outcome, Wallet, answer, given_back, nothing,
        over, paid,
    },
    clock::Moment,
    money::Fen,
};

const PAYEE: &str = "流量充值（沙箱商户）";
/// Seconds that a link can be opened.
const LINK_LIVES: i64 = 300;

pub(super) fn routes() -> Router<Shared> {
    cashier::routes(&["/wechat/h5/{id}", "/wechat/code/{id}"])
        .route("/cgi-bin/mmpayweb-bin/checkmweb", get(link))
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    prepay_id: String,
    redirect_url: Option<String>,
}

/// An H5 link: not from within WeChat, not without a page that it came from, and not for long.
async fn link(
    State(stage): State<Shared>,
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
    let wechat = stage.lock();
    let order =
        wechat.order_with(|order| order.kind == Kind::H5 && order.prepay_id == link.prepay_id);
    match order {
        None => nothing::<Wechat>(),
        Some(order) if order.linked.plus_seconds(LINK_LIVES) < Moment::now() => {
            refuse("支付请求已失效，请重新发起支付")
        }
        Some(order) => answer(page(order, shop(&link.redirect_url).as_ref())),
    }
}

impl Cashier for Wechat {
    const WALLET: Wallet = Wallet::Wechat;

    fn page(&mut self, _: &WechatMerchant, id: &str, arrival: &Arrival) -> Option<Markup> {
        let shop = shop(&arrival.redirect_url);
        Some(page(self.shown(id)?, shop.as_ref()))
    }

    /// Pays, or leaves it unpaid: a buyer who goes away closes nothing.
    fn press(
        &mut self,
        _: &WechatMerchant,
        id: &str,
        arrival: &Arrival,
        action: Action,
    ) -> Option<Next> {
        let number = self.shown(id)?.out_trade_no.clone();
        if let Some(paying) = action.paying() {
            // Pressed twice or too late it changes nothing, and the page says how things are.
            let _ = self.pay(&number, paying);
        }
        let order = self.order(&number)?;
        let leaves = order.state != TradeState::Notpay || action == Action::Cancel;
        let back = shop(&arrival.redirect_url).filter(|_| leaves);
        let next = back.map_or_else(|| address(order), String::from);
        Some(Next::Address(next))
    }
}

impl Wechat {
    /// The payment whose page this names: by its link, or by its code.
    fn shown(&self, id: &str) -> Option<&Order> {
        self.order_with(|order| match order.kind {
            Kind::H5 => order.prepay_id == id,
            Kind::Native => order.code == id,
            Kind::Jsapi => false,
        })
    }
}

/// The page of a payment, as it stands now.
fn page(order: &Order, shop: Option<&Url>) -> Markup {
    let (wallet, total) = (Wallet::Wechat, Fen(order.total));
    let shop = shop.map(Url::as_str);
    wallet.says(&match order.state {
        TradeState::Notpay | TradeState::Userpaying if order.is_expired() => {
            over("付款已过期", shop)
        }
        TradeState::Notpay | TradeState::Userpaying => return wallet.asks(&offer(order, shop)),
        TradeState::Closed => over("订单已关闭", shop),
        TradeState::Refund => given_back(total, shop),
        TradeState::Success => paid(total, shop),
    })
}

fn offer<'a>(order: &Order, shop: Option<&'a str>) -> Offer<'a> {
    let mut rows = vec![
        ("商品", order.description.clone()),
        ("收款方", PAYEE.to_owned()),
    ];
    rows.extend(order.expires.map(|end| ("付款截止", end.plain())));
    Offer {
        amount: Fen(order.asked),
        rows,
        action: address(order),
        with: shop.map(|shop| ("redirect_url", shop)),
    }
}

/// Where the buttons of a payment's page lead.
fn address(order: &Order) -> String {
    match order.kind {
        Kind::Native => format!("/wechat/code/{}", order.code),
        Kind::H5 | Kind::Jsapi => format!("/wechat/h5/{}", order.prepay_id),
    }
}

fn shop(text: &Option<String>) -> Option<Url> {
    let url = Url::parse(text.as_deref()?).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// The page that says why there is no cashier.
fn refuse(words: &str) -> Response {
    answer(Wallet::Wechat.says(&Outcome {
        title: words,
        text: "请回到商家重新发起支付。",
        ..Outcome::default()
    }))
}
