//! What Alipay's pay page says.

use maud::Markup;

use crate::{
    alipay::trades::{HAS_SUCCESS, Refusal, Trade},
    cashier::{Offer, Outcome, Via, Wallet, given_back, over, paid},
};

const PAYEE: &str = "流量充值商城（沙箱商户）";

/// The page of a trade, as it stands now; `shop` is where a buyer who has paid goes back to.
pub(super) fn trade(trade: &Trade, via: Via, shop: Option<&str>) -> Markup {
    Wallet::Alipay.says(&match trade.payable() {
        Ok(()) => return Wallet::Alipay.page(&offer(trade, via).show()),
        Err(HAS_SUCCESS) if trade.refunded() >= trade.total => given_back(trade.total, shop),
        Err(HAS_SUCCESS) => paid(trade.total, shop),
        Err(_) => over("交易已关闭", shop),
    })
}

/// The page of a buyer who left.
pub(super) fn left() -> Markup {
    Wallet::Alipay.says(&Outcome {
        title: "已取消",
        text: "没有扣款。订单关闭前仍可付款。",
        ..Outcome::default()
    })
}

/// The page of a request that Alipay refuses.
pub(super) fn refused(Refusal(code, text): Refusal) -> Markup {
    Wallet::Alipay.says(&Outcome {
        title: text,
        text: code,
        ..Outcome::default()
    })
}

fn offer(trade: &Trade, via: Via) -> Offer<'static> {
    Offer {
        amount: trade.asked,
        rows: vec![
            ("商品", trade.subject.clone()),
            ("收款方", PAYEE.to_owned()),
            ("商户单号", trade.out_trade_no.clone()),
            ("付款截止", trade.expires.plain()),
        ],
        action: format!("/alipay/cashier/{}", trade.id),
        with: Some(("via", via.word())),
    }
}
