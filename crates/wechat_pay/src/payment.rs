//! A payment once it is made: how it stands, and how it is closed.
//!
//! Sources: pay.weixin.qq.com/doc/v3/merchant/ 4012791858 (query), 4012791860 (close).

use std::time::SystemTime;

use serde::Deserialize;
use serde_json::{json, value::RawValue};

use crate::{Client, Error, Fen, number::in_address, time};

/// How a payment stands, as WeChat Pay said under its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payment {
    /// It does not know the number.
    NotFound,
    /// It knows it, and has no money yet (`NOTPAY`, `USERPAYING`, `ACCEPT`).
    Waiting,
    /// The money came.
    Paid(Receipt),
    /// It takes no money any more, and took none (`CLOSED`, `REVOKED`, `PAYERROR`).
    Closed,
    /// It is in a state that is not documented, by WeChat Pay's word for it: no verdict.
    Unlisted(String),
    /// The answer is about something else than was asked for: somebody has to look.
    Contradicts(Contradiction),
}

/// Money that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What the payment was made for.
    pub amount: Fen,
    /// WeChat Pay's own number of it.
    pub transaction_id: Option<String>,
    /// When.
    pub paid_at: Option<SystemTime>,
    /// Whether some or all of it went back since (`REFUND`).
    pub given_back: bool,
}

/// What differs from what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contradiction {
    /// The merchant.
    Merchant,
    /// The app.
    App,
    /// The merchant's number.
    Number,
    /// There is no amount.
    NoAmount,
    /// The amount is none.
    Amount,
    /// It is not yuan.
    Currency,
}

/// What became of closing a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// It takes no money any more.
    Closed,
    /// WeChat Pay does not know the number, and one that is under way to it can still be made.
    NotFound,
    /// It is paid.
    AlreadyPaid,
}

impl Client {
    /// `GET /v3/pay/transactions/out-trade-no/{out_trade_no}`: asks how a payment stands.
    ///
    /// # Errors
    /// There is no verdict; also where WeChat Pay refused to tell.
    pub async fn query(&self, out_trade_no: &str) -> Result<Payment, Error> {
        let target = format!(
            "/v3/pay/transactions/out-trade-no/{}?mchid={}",
            in_address(out_trade_no)?,
            self.mch_id
        );
        let answer = self.get(&target).await?;
        if answer.code().is_some_and(|code| is_not_exist(&code)) {
            return Ok(Payment::NotFound);
        }
        let told: Told = answer.value().map_err(Error::of_question)?;
        Ok(told.stands(self, out_trade_no))
    }

    /// `POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close`: closes a payment that nobody has paid.
    ///
    /// # Errors
    /// It refused, or gave no verdict.
    pub async fn close(&self, out_trade_no: &str) -> Result<Closing, Error> {
        let number = in_address(out_trade_no)?;
        let target = format!("/v3/pay/transactions/out-trade-no/{number}/close");
        let answer = self.post(&target, &json!({ "mchid": self.mch_id })).await?;
        if answer.is_done() {
            return Ok(Closing::Closed);
        }
        match answer.code().as_deref() {
            Some("ORDER_CLOSED" | "ORDERCLOSED" | "TRADE_CLOSED") => Ok(Closing::Closed),
            Some("ORDERPAID" | "ORDER_PAID") => Ok(Closing::AlreadyPaid),
            Some(code) if is_not_exist(code) => Ok(Closing::NotFound),
            _ => Err(answer.no_value()),
        }
    }
}

/// A payment, as a query and a notice tell it.
#[derive(Deserialize)]
pub(crate) struct Told {
    pub(crate) appid: String,
    pub(crate) mchid: String,
    pub(crate) out_trade_no: String,
    transaction_id: Option<String>,
    trade_state: String,
    success_time: Option<String>,
    amount: Option<Amount>,
}

#[derive(Deserialize)]
struct Amount {
    /// Fen, kept as it was written.
    total: Box<RawValue>,
    currency: Option<String>,
}

impl Amount {
    /// The exact amount, where it is one.
    fn fen(&self) -> Option<Fen> {
        self.total.get().parse().ok().map(Fen)
    }

    fn is_yuan(&self) -> bool {
        self.currency.as_deref().is_none_or(|it| it == "CNY")
    }
}

impl Told {
    /// The money that came, where it tells that it came.
    pub(crate) fn received(&self) -> Option<Fen> {
        let amount = self.amount.as_ref()?;
        amount
            .fen()
            .filter(|_| self.trade_state == "SUCCESS" && amount.is_yuan())
    }

    /// What it means for the payment of this number.
    fn stands(self, client: &Client, out_trade_no: &str) -> Payment {
        let contradicts = |what| Payment::Contradicts(what);
        if self.mchid != client.mch_id {
            return contradicts(Contradiction::Merchant);
        }
        if self.appid != client.app_id {
            return contradicts(Contradiction::App);
        }
        if self.out_trade_no != out_trade_no {
            return contradicts(Contradiction::Number);
        }
        match self.trade_state.as_str() {
            "NOTPAY" | "USERPAYING" | "ACCEPT" => Payment::Waiting,
            "CLOSED" | "REVOKED" | "PAYERROR" => Payment::Closed,
            // A refunded payment was paid: what became of the money is told by its refunds.
            "SUCCESS" | "REFUND" => {
                let Some(amount) = self.amount else {
                    return contradicts(Contradiction::NoAmount);
                };
                let Some(received) = amount.fen() else {
                    return contradicts(Contradiction::Amount);
                };
                if !amount.is_yuan() {
                    return contradicts(Contradiction::Currency);
                }
                Payment::Paid(Receipt {
                    amount: received,
                    transaction_id: self.transaction_id,
                    paid_at: self.success_time.as_deref().and_then(time::read),
                    given_back: self.trade_state == "REFUND",
                })
            }
            _ => Payment::Unlisted(self.trade_state),
        }
    }
}

fn is_not_exist(code: &str) -> bool {
    matches!(code, "ORDER_NOT_EXIST" | "ORDERNOTEXIST")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::samples;

    fn told(changes: Value) -> Told {
        let mut told = json!({
            "appid": "wx0001", "mchid": "1900000001", "out_trade_no": "P1",
            "transaction_id": "4200001", "trade_state": "SUCCESS",
            "success_time": "2026-11-21T18:32:35+08:00",
            "amount": { "total": 1800, "payer_total": 1800, "currency": "CNY", "payer_currency": "CNY" },
        });
        for (name, value) in changes.as_object().expect("an object") {
            told[name] = value.clone();
        }
        serde_json::from_value(told).expect("a payment")
    }

    #[test]
    fn every_state_has_a_meaning() {
        let client = samples::client();
        let check = |state: &str, expected: &str| {
            let told = told(json!({ "trade_state": state }));
            let word = match told.stands(&client, "P1") {
                Payment::Paid(_) => "paid",
                Payment::Waiting => "waiting",
                Payment::Closed => "closed",
                Payment::Unlisted(_) => "unlisted",
                Payment::NotFound | Payment::Contradicts(_) => "other",
            };
            assert_eq!(word, expected, "{state}");
        };
        check("SUCCESS", "paid");
        check("REFUND", "paid");
        check("NOTPAY", "waiting");
        check("USERPAYING", "waiting");
        check("ACCEPT", "waiting");
        check("CLOSED", "closed");
        check("REVOKED", "closed");
        check("PAYERROR", "closed");
        check("success", "unlisted");
        check("PARTIAL_REFUND", "unlisted");
        check("", "unlisted");
    }

    #[test]
    fn money_for_something_else_is_a_contradiction() {
        let client = samples::client();
        let check = |changes: Value, expected: Contradiction| {
            assert_eq!(
                told(changes).stands(&client, "P1"),
                Payment::Contradicts(expected)
            );
        };
        check(json!({ "mchid": "1900000002" }), Contradiction::Merchant);
        check(json!({ "appid": "wx0002" }), Contradiction::App);
        check(json!({ "out_trade_no": "P2" }), Contradiction::Number);
        check(json!({ "amount": null }), Contradiction::NoAmount);
        for total in [json!("1800"), json!(1800.5), json!(1e2), json!(null)] {
            let amount = json!({ "total": total, "currency": "CNY" });
            check(json!({ "amount": amount }), Contradiction::Amount);
        }
        check(
            json!({ "amount": { "total": 1800, "currency": "USD" } }),
            Contradiction::Currency,
        );
        assert_eq!(
            told(json!({})).stands(&client, "P1"),
            Payment::Paid(Receipt {
                amount: Fen(1800),
                transaction_id: Some("4200001".to_owned()),
                paid_at: time::read("2026-11-21T10:32:35Z"),
                given_back: false,
            })
        );
    }

    #[test]
    fn an_amount_is_a_whole_number_once() {
        for text in [
            "1e2",
            "18.0",
            "\"1800\"",
            "１８",
            "99999999999999999999",
            "true",
        ] {
            let amount = format!("{{\"total\":{text},\"currency\":\"CNY\"}}");
            let read = serde_json::from_str::<Amount>(&amount);
            assert_eq!(read.ok().and_then(|amount| amount.fen()), None, "{text}");
        }
        let twice = "{\"total\":1,\"total\":1800}";
        assert!(serde_json::from_str::<Amount>(twice).is_err());
    }
}
