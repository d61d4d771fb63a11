//! Notices to the app: a signed form, sent when money moves, and again until the answer is `success`.

use reqwest::Url;
use serde_json::Value;

use super::{
    Alipay, Keys, forms,
    forms::Parameters,
    trades::{Refund, Status, Trade},
};
use crate::{
    clock::Moment,
    money::yuan,
    notices::{Answer, Letter, Queue, Sender, Tally},
    random,
};

/// What a notice says; signed when it is sent. Its `notify_id` stays the same however often that is.
#[derive(Clone)]
pub(crate) struct Notice {
    out_trade_no: String,
    said: Parameters,
}

/// Alipay waits 4, 10, 10, 60, 120, 360 and 900 minutes; here a minute lasts a second.
const WAITS: [u64; 7] = [4, 10, 10, 60, 120, 360, 900];

impl Alipay {
    /// Queues the notice of a payment or a refund.
    pub(crate) fn notify(&mut self, trade: &Trade, refund: Option<&Refund>) {
        if trade.notify_url.is_some() && !trade.loses_notices {
            self.notices.add(&Notice {
                out_trade_no: trade.out_trade_no.clone(),
                said: said(trade, refund),
            });
        }
    }
}

impl Sender for Alipay {
    type Notice = Notice;

    fn queue(&mut self) -> &mut Queue<Notice> {
        &mut self.notices
    }

    fn wait(attempt: usize) -> Option<u64> {
        WAITS.get(attempt).copied()
    }

    fn letter(&self, keys: &Keys, notice: &Notice) -> Option<Letter> {
        let url = self.trade(&notice.out_trade_no)?.notify_url.clone()?;
        let said = sign(keys, notice.said.clone());
        Some(letter(url, forms::write(&said)))
    }

    fn is_accepted(answer: &Answer) -> bool {
        answer.is_success()
    }

    fn tally(&mut self, notice: &Notice) -> Option<&mut Tally> {
        let trade = self.find(&notice.out_trade_no)?;
        Some(&mut trade.noticed)
    }
}

/// A notice on its way.
pub(crate) fn letter(url: Url, form: String) -> Letter {
    let kind = "application/x-www-form-urlencoded; charset=utf-8";
    Letter::new(url, kind, form)
}

/// What a notice of the trade's present state says, without who it is for.
pub(crate) fn said(trade: &Trade, refund: Option<&Refund>) -> Parameters {
    let status = match trade.status() {
        Some(Status::TradeSuccess) => "TRADE_SUCCESS",
        Some(Status::TradeClosed) => "TRADE_CLOSED",
        _ => "WAIT_BUYER_PAY",
    };
    let mut said = Parameters::new();
    let mut say = |name: &str, value: String| said.insert(name.to_owned(), value);
    say("notify_id", random::hex(17));
    say("notify_type", "trade_status_sync".into());
    say("charset", "utf-8".into());
    say("version", "1.0".into());
    say("out_trade_no", trade.out_trade_no.clone());
    say("trade_status", status.into());
    say("subject", trade.subject.clone());
    say("total_amount", yuan(trade.total));
    say("receipt_amount", yuan(trade.total));
    say("buyer_pay_amount", yuan(trade.total));
    say("buyer_id", super::oauth::BUYER.into());
    say("gmt_create", trade.created.plain());
    say(
        "fund_bill_list",
        format!(
            r#"[{{"amount":"{}","fundChannel":"ALIPAYACCOUNT"}}]"#,
            yuan(trade.total)
        ),
    );
    if let Some(trade_no) = &trade.trade_no {
        say("trade_no", trade_no.clone());
    }
    if let Some(paid) = trade.paid_at {
        say("gmt_payment", paid.plain());
    }
    if let Some(refund) = refund {
        say("refund_fee", yuan(trade.refunded()));
        say("gmt_refund", format!("{}.000", refund.at.plain()));
        say("out_biz_no", refund.out_request_no.clone());
    }
    for (name, value) in &trade.says {
        match value {
            Value::Null => drop(said.remove(name)),
            Value::String(text) => drop(said.insert(name.clone(), text.clone())),
            other => drop(said.insert(name.clone(), other.to_string())),
        }
    }
    said
}

/// Addresses and signs what is said, as of now.
pub(crate) fn sign(keys: &Keys, mut said: Parameters) -> Parameters {
    let app = keys.app();
    said.insert("app_id".into(), app.app_id.clone());
    said.insert("auth_app_id".into(), app.app_id);
    said.insert("seller_id".into(), app.seller_id);
    said.insert("notify_time".into(), Moment::now().plain());
    sign_again(keys, &mut said);
    said
}

/// Puts a fresh signature over whatever is said.
pub(crate) fn sign_again(keys: &Keys, said: &mut Parameters) {
    let sign = keys.sign(&forms::message(said, &["sign", "sign_type"]));
    said.insert("sign_type".into(), "RSA2".into());
    said.insert("sign".into(), sign);
}
