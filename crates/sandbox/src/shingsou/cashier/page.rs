//! What the platform's pay page says.

use maud::Markup;

use crate::{
    cashier::{Offer, Outcome, Via, Wallet, given_back, over, paid},
    shingsou::payments::{Channel, Payment, Status},
};

const PAYEE: &str = "旭宇流量充值（沙箱商户）";

/// The page of a payment, as it stands now.
pub(super) fn payment(payment: &Payment, via: Via) -> Markup {
    let wallet = match payment.channel {
        Channel::Alipay => Wallet::Alipay,
        Channel::Wechat => Wallet::Wechat,
    };
    let shop = payment.return_url.as_ref().filter(|_| via == Via::Link);
    let shop = shop.map(|shop| shop.as_str());
    wallet.says(&match payment.status() {
        Status::Unpaid => return wallet.page(&offer(payment, via).show()),
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
