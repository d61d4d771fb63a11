//! Alipay's pay page, reached by address or by code.

use axum::response::Response;
use maud::Markup;

use super::{
    Alipay, Keys,
    forms::{self, Parameters},
    trades::{HAS_SUCCESS, Product, Refusal, Trade},
};
use crate::{
    cashier::{
        Action, Arrival, Cashier, Next, Offer, Outcome, Via, Wallet, answer, given_back, over, paid,
    },
    clock::Moment,
    money::yuan,
};

const PAYEE: &str = "流量充值商城（沙箱商户）";

impl Cashier for Alipay {
    const WALLET: Wallet = Wallet::Alipay;

    fn page(&mut self, keys: &Keys, id: &str, arrival: &Arrival) -> Option<Markup> {
        let trade = self.find_page(id)?;
        // Scanning a code creates the trade; an address does that only with the password.
        if arrival.via == Via::Code && trade.payable().is_ok() {
            trade.create();
        }
        let shop = back(keys, trade, arrival.via);
        Some(page(trade, arrival.via, shop.as_deref()))
    }

    fn press(&mut self, keys: &Keys, id: &str, arrival: &Arrival, action: Action) -> Option<Next> {
        let via = arrival.via;
        let number = self.find_page(id)?.out_trade_no.clone();
        if let Some(paying) = action.paying() {
            // Pressed twice or too late it changes nothing, and the page says how things are.
            let _ = self.pay(&number, paying);
        }
        let trade = self.trade(&number)?;
        Some(match (back(keys, trade, via), &trade.quit_url) {
            (Some(shop), _) => Next::Address(shop),
            (None, Some(quit)) if action == Action::Cancel && via == Via::Link => {
                Next::Address(quit.to_string())
            }
            (None, _) if action == Action::Cancel => Next::Page(left()),
            (None, _) if via == Via::Code => {
                Next::Address(format!("/alipay/cashier/{id}?via=code"))
            }
            (None, _) => Next::Address(format!("/alipay/cashier/{id}")),
        })
    }
}

/// The page of a trade, as it stands now; `shop` is where a buyer who has paid goes back to.
fn page(trade: &Trade, via: Via, shop: Option<&str>) -> Markup {
    let wallet = Wallet::Alipay;
    wallet.says(&match trade.payable() {
        Ok(()) => return wallet.asks(&offer(trade, via)),
        Err(HAS_SUCCESS) if trade.refunded() >= trade.total => given_back(trade.total, shop),
        Err(HAS_SUCCESS) => paid(trade.total, shop),
        Err(_) => over("交易已关闭", shop),
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

/// The page of a buyer who left.
fn left() -> Markup {
    Wallet::Alipay.says(&Outcome {
        title: "已取消",
        text: "没有扣款。订单关闭前仍可付款。",
        ..Outcome::default()
    })
}

/// The page of a request that Alipay refuses.
pub(super) fn refused(Refusal(code, text): Refusal) -> Response {
    answer(Wallet::Alipay.says(&Outcome {
        title: text,
        text: code,
        ..Outcome::default()
    }))
}

/// Where a buyer who has paid goes back to, with Alipay's signed words about it.
fn back(keys: &Keys, trade: &Trade, via: Via) -> Option<String> {
    let mut shop = trade.return_url.clone()?;
    trade.paid_at?;
    if via == Via::Code {
        return None;
    }
    let app = keys.app();
    let method = match trade.product {
        Product::Page => "alipay.trade.page.pay.return",
        _ => "alipay.trade.wap.pay.return",
    };
    let mut said: Parameters = [
        ("app_id", app.app_id.clone()),
        ("auth_app_id", app.app_id),
        ("charset", "utf-8".to_owned()),
        ("method", method.to_owned()),
        ("out_trade_no", trade.out_trade_no.clone()),
        ("seller_id", app.seller_id),
        ("timestamp", Moment::now().plain()),
        ("total_amount", yuan(trade.total)),
        ("trade_no", trade.trade_no.clone().unwrap_or_default()),
        ("version", "1.0".to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let sign = keys.sign(&forms::message(&said, &[]));
    said.insert("sign".into(), sign);
    said.insert("sign_type".into(), "RSA2".into());
    let query = match shop.query() {
        Some(query) => format!("{query}&{}", forms::write(&said)),
        None => forms::write(&said),
    };
    shop.set_query(Some(&query));
    Some(shop.into())
}
