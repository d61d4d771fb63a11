//! The platform's pay page: what a buyer sees who followed the link or scanned the code.

use maud::Markup;

use super::{
    Desk, Shingsou,
    payments::{Channel, Payment, Status},
};
use crate::cashier::{
    Action, Arrival, Cashier, Next, Offer, Outcome, Via, Wallet, given_back, over, paid,
};

const PAYEE: &str = "旭宇流量充值（沙箱商户）";

impl Cashier for Shingsou {
    const WALLET: Wallet = Wallet::Neither;

    fn page(&mut self, _: &Desk, id: &str, arrival: &Arrival) -> Option<Markup> {
        let payment = self.payment(id)?;
        Some(page(payment, arrival.via))
    }

    fn press(&mut self, _: &Desk, id: &str, arrival: &Arrival, action: Action) -> Option<Next> {
        // Pressed twice or too late it changes nothing, and the page says how things are.
        let changed = match action.paying() {
            None => self.cancel(id),
            Some(paying) => self.pay(id, paying),
        };
        let payment = self.payment(id)?;
        let next = destination(payment, arrival.via, changed.is_ok());
        Some(Next::Address(next))
    }
}

/// The page of a payment, as it stands now.
fn page(payment: &Payment, via: Via) -> Markup {
    let wallet = match payment.channel {
        Channel::Alipay => Wallet::Alipay,
        Channel::Wechat => Wallet::Wechat,
    };
    let shop = payment.return_url.as_ref().filter(|_| via == Via::Link);
    let shop = shop.map(|shop| shop.as_str());
    wallet.says(&match payment.status() {
        Status::Unpaid => return wallet.asks(&offer(payment, via)),
        Status::Closed if payment.status == Status::Closed => Outcome {
            title: "已取消",
            text: "这笔付款已取消，没有扣款。",
            shop,
            ..Outcome::default()
        },
        Status::Closed => over("付款已过期", shop),
        Status::Refunded => given_back(payment.total, shop),
        Status::Paid | Status::Crediting | Status::Credited | Status::Failed => {
            paid(payment.total, shop)
        }
    })
}

fn offer(payment: &Payment, via: Via) -> Offer<'static> {
    Offer {
        amount: payment.asked,
        rows: vec![
            ("商品", payment.product_name.clone()),
            ("收款方", PAYEE.to_owned()),
            ("充值卡号", masked(&payment.card_no)),
            ("付款截止", payment.expires.plain()),
        ],
        action: format!("/pay/{}", payment.id),
        with: Some(("via", via.word())),
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

/// A card's first and last four characters.
fn masked(card: &str) -> String {
    match (
        card.get(..4),
        card.len().checked_sub(4).and_then(|from| card.get(from..)),
    ) {
        (Some(head), Some(tail)) if card.len() > 8 => format!("{head} **** {tail}"),
        _ => "****".to_owned(),
    }
}
