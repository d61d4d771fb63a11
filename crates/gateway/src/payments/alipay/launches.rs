//! The four ways to pay: what each asks of Alipay, and what the page does with the answer.

use contract::Launch;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    Alipay,
    client::{Reply, unknown},
    refusal,
    request::Request,
    time,
};
use crate::{
    clock::now,
    payments::channel::{ChannelError, NewPayment},
};

/// Alipay reads a code for two hours, in milliseconds.
const CODE_LIFE_MS: i64 = 2 * 3_600_000;

/// Characters of a trade's subject.
const LONGEST_SUBJECT: usize = 256;

impl Alipay {
    /// The request that sends the buyer to one of Alipay's pages.
    fn page<'a>(payment: &'a NewPayment, method: &'static str, product: &str) -> Request<'a> {
        let mut content = described(payment);
        content.insert("product_code".into(), product.into());
        if method == "alipay.trade.wap.pay" {
            content.insert("quit_url".into(), payment.return_url.as_str().into());
        }
        Request {
            method,
            notify_url: Some(&payment.notify_url),
            return_url: Some(&payment.return_url),
            code: None,
            content: content.into(),
        }
    }

    pub(super) fn wap(&self, payment: &NewPayment) -> Launch {
        let request = Self::page(payment, "alipay.trade.wap.pay", "QUICK_WAP_WAY");
        Launch::Redirect {
            url: self.client.sign(&request).address(&self.client.gateway),
        }
    }

    pub(super) fn form(&self, payment: &NewPayment) -> Launch {
        let request = Self::page(payment, "alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY");
        let signed = self.client.sign(&request);
        let (action, own) = signed.parts(&self.client.gateway);
        Launch::Form {
            action: action.into(),
            fields: own
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }

    pub(super) async fn code(&self, payment: &NewPayment) -> Result<Launch, ChannelError> {
        #[derive(Deserialize)]
        struct Code {
            out_trade_no: String,
            qr_code: String,
        }
        let made: Code = self
            .make(payment, "alipay.trade.precreate", described(payment))
            .await?;
        if made.out_trade_no != payment.out_trade_no {
            return Err(unknown("the code is for another payment"));
        }
        Ok(Launch::Qr {
            content: made.qr_code,
            expires_at: payment.expires_at.min(now().plus_ms(CODE_LIFE_MS)),
        })
    }

    pub(super) async fn bridge(
        &self,
        payment: &NewPayment,
        payer: &str,
    ) -> Result<Launch, ChannelError> {
        #[derive(Deserialize)]
        struct Made {
            out_trade_no: String,
            trade_no: String,
        }
        // Older apps are told the account's number, newer ones an id of their own.
        let is_account = payer.len() == 16 && payer.starts_with("2088");
        let name = if is_account {
            "buyer_id"
        } else {
            "buyer_open_id"
        };
        let mut content = described(payment);
        content.insert(name.into(), payer.into());
        let made: Made = self.make(payment, "alipay.trade.create", content).await?;
        if made.out_trade_no != payment.out_trade_no {
            return Err(unknown("the trade is for another payment"));
        }
        Ok(Launch::AlipayTrade {
            trade_no: made.trade_no,
        })
    }

    async fn make<T: DeserializeOwned>(
        &self,
        payment: &NewPayment,
        method: &'static str,
        content: Map<String, Value>,
    ) -> Result<T, ChannelError> {
        let request = Request {
            method,
            notify_url: Some(&payment.notify_url),
            return_url: None,
            code: None,
            content: content.into(),
        };
        match self.client.call(&request).await? {
            Reply::Success(made) => Ok(made),
            // The number is known there, and paid: that has to be asked for.
            Reply::Refused(refused) if refused.sub_code == "ACQ.TRADE_HAS_SUCCESS" => {
                Err(unknown(refused.show()))
            }
            Reply::Refused(refused) => Err(refusal(&refused)),
        }
    }
}

/// What every way of paying is told.
fn described(payment: &NewPayment) -> Map<String, Value> {
    // Alipay refuses these three in a subject.
    let subject: String = payment
        .title
        .chars()
        .map(|char| if "/=&".contains(char) { ' ' } else { char })
        .take(LONGEST_SUBJECT)
        .collect();
    Map::from_iter([
        ("out_trade_no".into(), payment.out_trade_no.as_str().into()),
        ("total_amount".into(), payment.amount.to_yuan().into()),
        ("subject".into(), subject.into()),
        ("time_expire".into(), time::write(payment.expires_at).into()),
    ])
}
