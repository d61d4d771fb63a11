//! Payments: `/v3/pay/transactions/…`.
//!
//! Sources: pay.weixin.qq.com/doc/v3/merchant/ 4012791856 (JSAPI), 4012791834 (H5), 4012791877 (native), 4012791858
//! (query), 4012791860 (close).

use std::{
    net::IpAddr,
    time::{Duration, SystemTime},
};

use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use url::Url;

use crate::{Bridge, Client, Error, Fen, number::in_address, time};

/// WeChat reads a native code for so long, whatever the payment's own end.
const CODE_LIFE: Duration = Duration::from_secs(2 * 3600);
/// Bytes of a description.
const LONGEST_DESCRIPTION: usize = 127;

/// A payment to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewPayment<'a> {
    /// The merchant's number: 6 to 32 letters, digits and `_-|*@`. The same number is the same payment; asked for with
    /// other terms it is refused ([`Refusal::is_number_used`](crate::Refusal::is_number_used)).
    pub out_trade_no: &'a str,
    /// What is paid for. What is longer than 127 bytes is cut off.
    pub description: &'a str,
    /// How much.
    pub amount: Fen,
    /// When WeChat Pay stops taking the money, to the second.
    pub expires_at: SystemTime,
    /// Where notices of it go.
    pub notify_url: &'a str,
}

/// A code that the buyer scans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// What the picture says: an address with the scheme `weixin`.
    pub code_url: String,
    /// Until when WeChat reads it: two hours, or until the payment expires.
    pub expires_at: SystemTime,
}

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
    /// `POST /v3/pay/transactions/jsapi`: what a page inside WeChat calls its bridge with, for the buyer of this openid
    /// ([`OfficialAccount::openid`](crate::OfficialAccount::openid)). It is good for two hours.
    ///
    /// # Errors
    /// It refused, or gave no verdict; then the same is sent again.
    pub async fn jsapi(&self, payment: &NewPayment<'_>, openid: &str) -> Result<Bridge, Error> {
        let created = self.make("jsapi", payment, by_buyer(openid)).await?;
        let prepay_id = created.prepay_id.ok_or_else(no_launch)?;
        Ok(self.caller.signer.bridge(&self.app_id, &prepay_id))
    }

    /// `POST /v3/pay/transactions/h5`: the address of WeChat's page for phones' browsers, which leads back to
    /// `return_url`. It is good for five minutes, in the browser that has this address, from a page of the domain that is
    /// registered with WeChat Pay.
    ///
    /// # Errors
    /// It refused, or gave no verdict; then the same is sent again.
    pub async fn h5(
        &self,
        payment: &NewPayment<'_>,
        client_ip: IpAddr,
        return_url: &str,
    ) -> Result<String, Error> {
        let created = self.make("h5", payment, by_phone(client_ip)).await?;
        let url = created.h5_url.ok_or_else(no_launch)?;
        leading_back(&url, return_url).ok_or_else(no_launch)
    }

    /// `POST /v3/pay/transactions/native`: a code for the buyer's app.
    ///
    /// # Errors
    /// It refused, or gave no verdict; then the same is sent again.
    pub async fn native(&self, payment: &NewPayment<'_>) -> Result<Code, Error> {
        let created = self.make("native", payment, json!({})).await?;
        Ok(Code {
            code_url: created.code_url.ok_or_else(no_launch)?,
            expires_at: payment.expires_at.min(SystemTime::now() + CODE_LIFE),
        })
    }

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

    async fn make(
        &self,
        kind: &str,
        payment: &NewPayment<'_>,
        more: Value,
    ) -> Result<Created, Error> {
        let target = format!("/v3/pay/transactions/{kind}");
        let body = self.described(payment, more);
        self.post(&target, &body).await?.value()
    }

    /// What every way of paying is told, and what one of them is told beside it.
    fn described(&self, payment: &NewPayment<'_>, more: Value) -> Value {
        let mut body = json!({
            "appid": self.app_id,
            "mchid": self.mch_id,
            "description": at_most(payment.description, LONGEST_DESCRIPTION),
            "out_trade_no": payment.out_trade_no,
            "time_expire": time::write(payment.expires_at),
            "notify_url": payment.notify_url,
            "amount": { "total": payment.amount, "currency": "CNY" },
        });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        body
    }
}

/// What a new payment answers; each kind has one of these.
#[derive(Deserialize)]
struct Created {
    prepay_id: Option<String>,
    h5_url: Option<String>,
    code_url: Option<String>,
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

fn by_buyer(openid: &str) -> Value {
    json!({ "payer": { "openid": openid } })
}

fn by_phone(client_ip: IpAddr) -> Value {
    let ip = client_ip.to_canonical();
    json!({ "scene_info": { "payer_client_ip": ip, "h5_info": { "type": "Wap" } } })
}

fn is_not_exist(code: &str) -> bool {
    matches!(code, "ORDER_NOT_EXIST" | "ORDERNOTEXIST")
}

fn no_launch() -> Error {
    Error::unknown("its answer has no launch")
}

/// WeChat's page, told the way back.
fn leading_back(h5_url: &str, return_url: &str) -> Option<String> {
    let mut url = Url::parse(h5_url).ok()?;
    if !matches!(url.scheme(), "https" | "http") {
        return None;
    }
    url.query_pairs_mut()
        .append_pair("redirect_url", return_url);
    Some(url.into())
}

/// As much of a text as fits so many bytes, whole characters only.
pub(crate) fn at_most(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn every_way_to_pay_is_told_the_same_and_what_it_needs() {
        let client = samples::client();
        let payment = NewPayment {
            out_trade_no: "P1234567",
            description: "2GB 月清零",
            amount: Fen(1800),
            expires_at: time::read("2026-11-21T10:32:35Z").expect("a time"),
            notify_url: "https://shop.example/notify/wechat/main",
        };
        let body = client.described(&payment, by_buyer("o-1"));
        let expected = json!({
            "appid": "wx0001", "mchid": "1900000001", "description": "2GB 月清零", "out_trade_no": "P1234567",
            "time_expire": "2026-11-21T18:32:35+08:00", "notify_url": "https://shop.example/notify/wechat/main",
            "amount": { "total": 1800, "currency": "CNY" }, "payer": { "openid": "o-1" },
        });
        assert_eq!(body, expected);
        let body = client.described(
            &payment,
            by_phone("::ffff:203.0.113.9".parse().expect("an address")),
        );
        assert_eq!(
            body["scene_info"],
            json!({ "payer_client_ip": "203.0.113.9", "h5_info": { "type": "Wap" } })
        );
        assert_eq!(body["payer"], Value::Null);
    }

    #[test]
    fn the_cashier_is_told_the_way_back() {
        let back = "https://shop.example/orders/1?a=1";
        assert_eq!(
            leading_back("https://wx.example/checkmweb?prepay_id=wx1&package=2", back).as_deref(),
            Some(
                "https://wx.example/checkmweb?prepay_id=wx1&package=2\
                 &redirect_url=https%3A%2F%2Fshop.example%2Forders%2F1%3Fa%3D1"
            )
        );
        for url in ["weixin://wxpay", "data:text/plain,a", "no address"] {
            assert_eq!(leading_back(url, back), None, "{url}");
        }
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(at_most("流量充值", 7), "流量");
        assert_eq!(at_most("abc", 7), "abc");
        assert_eq!(at_most("", 0), "");
    }
}
