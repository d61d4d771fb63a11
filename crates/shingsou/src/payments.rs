//! Creating a payment request (`payment-post`): the platform takes the money and credits the card.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::{
    Body, Client, Error, Fen,
    client::json,
    operations::PAYMENT_POST,
    values::{self, Yuan},
};

/// A payment to be made at the platform.
#[derive(Clone, Debug)]
pub struct PaymentRequest {
    /// Our number of it: 1 to 32 letters and digits. The platform answers the same number with the same payment.
    pub out_trade_no: String,
    /// The number of the card to credit.
    pub card_no: String,
    /// The package, by the platform's id.
    pub package_id: String,
    /// The wallet that pays.
    pub wallet: Wallet,
    /// How the buyer gets there.
    pub trade: Trade,
    /// Where the buyer comes back to.
    pub return_url: String,
    /// Where the platform reports.
    pub notify_url: String,
    /// Until when it can be paid.
    pub expires_at: SystemTime,
}

/// A wallet that the platform takes money from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wallet {
    /// Alipay.
    Alipay,
    /// WeChat Pay.
    Wechat,
}

/// How the buyer gets to the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trade {
    /// By an address in the same window.
    Link,
    /// By a code for a second device.
    Code,
}

/// A payment as the platform made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentCreated {
    /// What the platform will take.
    pub total: Fen,
    /// An `http` or `https` address: to go to, or to show as a code.
    pub url: String,
    /// Until when it can be paid, never later than was asked for.
    pub expires_at: SystemTime,
}

/// What is sent. Every name is guessed: the operation's title (创建支付请求) is all that is public.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sent<'a> {
    out_trade_no: &'a str,
    card_no: &'a str,
    product_id: &'a str,
    channel: &'static str,
    trade_type: &'static str,
    return_url: &'a str,
    notify_url: &'a str,
    time_expire: String,
}

/// What is answered. Every name is guessed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    out_trade_no: String,
    total: Yuan,
    pay_url: Option<String>,
    code_url: Option<String>,
    time_expire: Option<String>,
}

impl Client {
    /// Creates a payment, or gets the one of that number again. It is sent once; where the outcome is unknown,
    /// [`Client::find_order`] tells it.
    ///
    /// # Errors
    /// [`Error::Refused`] where the platform will not sell this; else see [`Error`].
    pub async fn create_payment(&self, request: &PaymentRequest) -> Result<PaymentCreated, Error> {
        let sent = json(&Sent {
            out_trade_no: &request.out_trade_no,
            card_no: &request.card_no,
            product_id: &request.package_id,
            channel: match request.wallet {
                Wallet::Alipay => "alipay",
                Wallet::Wechat => "wechat",
            },
            trade_type: match request.trade {
                Trade::Link => "link",
                Trade::Code => "code",
            },
            return_url: &request.return_url,
            notify_url: &request.notify_url,
            time_expire: values::china(request.expires_at),
        })?;
        let answer = self.call(&PAYMENT_POST, &[], Body::Json(&sent)).await?;
        let answered: Answered = answer.object()?;
        answered.read(request)
    }
}

impl Answered {
    /// An answer that does not fit what was asked is none: the payment may exist all the same.
    fn read(self, request: &PaymentRequest) -> Result<PaymentCreated, Error> {
        if self.out_trade_no != request.out_trade_no {
            return Err(Error::unknown("it answered for another payment"));
        }
        let url = match request.trade {
            Trade::Link => self.pay_url,
            Trade::Code => self.code_url,
        };
        let url = url
            .as_deref()
            .and_then(values::web_address)
            .ok_or_else(|| Error::unknown("it gave no address to pay at"))?;
        let expires_at = self.time_expire.as_deref().and_then(values::time);
        Ok(PaymentCreated {
            total: self.total.0,
            url,
            expires_at: expires_at
                .unwrap_or(request.expires_at)
                .min(request.expires_at),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_answer_must_fit_what_was_asked() {
        let ends = values::time("2026-11-21T10:00:00Z").expect("a time");
        let minute = Duration::from_secs(60);
        let check = |trade: Trade, json: &str, expected: Option<(i64, &str, SystemTime)>| {
            let request = PaymentRequest {
                out_trade_no: "P1".into(),
                card_no: "898607B2091701418584".into(),
                package_id: "1102".into(),
                wallet: Wallet::Alipay,
                trade,
                return_url: String::new(),
                notify_url: String::new(),
                expires_at: ends,
            };
            let read = serde_json::from_str::<Answered>(json)
                .ok()
                .and_then(|answer| answer.read(&request).ok());
            let expected = expected.map(|(total, url, expires_at)| PaymentCreated {
                total: Fen(total),
                url: url.into(),
                expires_at,
            });
            assert_eq!(read, expected, "{json}");
        };
        let url = "https://pay.example/1";
        check(
            Trade::Link,
            r#"{"outTradeNo":"P1","total":24.1,"payUrl":"https://pay.example/1"}"#,
            Some((2410, url, ends)),
        );
        check(
            Trade::Code,
            r#"{"outTradeNo":"P1","total":"18","codeUrl":"https://pay.example/1",
                "timeExpire":"2026-11-21T17:59:00+08:00"}"#,
            Some((1800, url, ends - minute)),
        );
        check(
            Trade::Link,
            r#"{"outTradeNo":"P1","total":18,"payUrl":"https://pay.example/1",
                "timeExpire":"2026-11-22T18:00:00+08:00"}"#,
            Some((1800, url, ends)),
        );
        check(
            Trade::Link,
            r#"{"outTradeNo":"P2","total":18,"payUrl":"https://pay.example/1"}"#,
            None,
        );
        check(
            Trade::Code,
            r#"{"outTradeNo":"P1","total":18,"payUrl":"https://pay.example/1"}"#,
            None,
        );
        check(
            Trade::Link,
            r#"{"outTradeNo":"P1","total":18,"payUrl":"javascript:alert(1)"}"#,
            None,
        );
        check(
            Trade::Link,
            r#"{"outTradeNo":"P1","payUrl":"https://pay.example/1"}"#,
            None,
        );
        check(
            Trade::Link,
            r#"{"outTradeNo":"P1","total":18.005,"payUrl":"https://pay.example/1"}"#,
            None,
        );
    }
}
