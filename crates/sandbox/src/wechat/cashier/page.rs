//! What WeChat Pay's cashier says.

use maud::Markup;

use crate::{
    cashier::{Offer, Outcome, Wallet, given_back, over, paid},
    money::Fen,
    wechat::orders::{Order, TradeState},
};

const PAYEE: &str = "流量充值（沙箱商户）";

/// The page of a payment, as it stands now.
pub(super) fn order(order: &Order, action: String, shop: Option<&str>) -> Markup {
    let total = Fen(order.total);
    Wallet::Wechat.says(&match order.state {
        TradeState::Notpay | TradeState::Userpaying if order.is_expired() => {
            over("付款已过期", shop)
        }
        TradeState::Notpay | TradeState::Userpaying => {
            return Wallet::Wechat.page(&offer(order, action, shop).show());
        }
        TradeState::Closed => over("订单已关闭", shop),
        TradeState::Refund => given_back(total, shop),
        TradeState::Success => paid(total, shop),
    })
}

/// The page that says why there is no cashier.
pub(super) fn refusal(words: &str) -> Markup {
    Wallet::Wechat.says(&Outcome {
        title: words,
        text: "请回到商家重新发起支付。",
        ..Outcome::default()
    })
}

fn offer<'a>(order: &Order, action: String, shop: Option<&'a str>) -> Offer<'a> {
    let mut rows = vec![
        ("商品", order.description.clone()),
        ("收款方", PAYEE.to_owned()),
    ];
    rows.extend(order.expires.map(|end| ("付款截止", end.plain())));
    Offer {
        amount: Fen(order.asked),
        rows,
        action,
        with: shop.map(|shop| ("redirect_url", shop)),
    }
}
