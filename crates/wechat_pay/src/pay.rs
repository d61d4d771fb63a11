//! The ways to pay: `/v3/pay/transactions/{jsapi, h5, native}`.
//!
//! Sources: pay.weixin.qq.com/doc/v3/merchant/ 4012791856 (JSAPI), 4012791834 (H5), 4012791877 (native).

use std::{
    net::IpAddr,
    time::{Duration, SystemTime},
};

use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::{Bridge, Client, Error, Fen, time};

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

fn by_buyer(openid: &str) -> Value {
    json!({ "payer": { "openid": openid } })
}

fn by_phone(client_ip: IpAddr) -> Value {
    let ip = client_ip.to_canonical();
    json!({ "scene_info": { "payer_client_ip": ip, "h5_info": { "type": "Wap" } } })
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
