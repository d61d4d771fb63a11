//! The ways to pay: what each asks of Alipay, and what is done with the answer.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    Client, Error, Fen,
    client::Reply,
    request::{Request, Signed},
    time,
};

/// How long Alipay reads a code.
const CODE_LIFE: Duration = Duration::from_secs(2 * 3600);

/// Characters of a trade's subject.
const LONGEST_SUBJECT: usize = 256;

/// A trade to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewTrade<'a> {
    /// The merchant's number: at most 64 letters, digits and `_`. The same number is the same trade.
    pub out_trade_no: &'a str,
    /// What is paid for. The three characters that Alipay refuses in it (`/`, `=`, `&`) become blanks, and what is
    /// longer than 256 characters is cut off.
    pub subject: &'a str,
    /// How much.
    pub amount: Fen,
    /// When Alipay stops taking the money, to the second.
    pub expires_at: SystemTime,
    /// Where notices of it, and of its refunds, go.
    pub notify_url: &'a str,
}

/// A form that the buyer's browser posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Where to.
    pub action: String,
    /// Names and values of its hidden fields.
    pub fields: Vec<(String, String)>,
}

/// A code that the buyer scans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// What the picture says: an address.
    pub qr_code: String,
    /// Until when Alipay reads it: two hours, or until the trade expires.
    pub expires_at: SystemTime,
}

impl Client {
    /// `alipay.trade.wap.pay`: the address of Alipay's page for phones, which opens its app where it is there. Nothing
    /// is sent; Alipay does not know the number before the buyer has confirmed.
    ///
    /// The buyer comes back to `return_url`, whether or not they paid. What is told there is not believed: ask.
    #[must_use]
    pub fn wap_pay(&self, trade: &NewTrade<'_>, return_url: &str) -> String {
        let more = [("product_code", "QUICK_WAP_WAY"), ("quit_url", return_url)];
        self.page(trade, "alipay.trade.wap.pay", return_url, &more)
            .address(&self.gateway)
    }

    /// `alipay.trade.page.pay`: the form that leads a computer's browser to Alipay's page. Nothing is sent; Alipay does
    /// not know the number before the buyer has confirmed.
    #[must_use]
    pub fn page_pay(&self, trade: &NewTrade<'_>, return_url: &str) -> Form {
        let more = [("product_code", "FAST_INSTANT_TRADE_PAY")];
        let signed = self.page(trade, "alipay.trade.page.pay", return_url, &more);
        let (action, own) = signed.parts(&self.gateway);
        Form {
            action: action.into(),
            fields: own
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }

    /// `alipay.trade.precreate`: a code for the buyer's app. Alipay does not know the number before it is scanned.
    ///
    /// # Errors
    /// It refused, or gave no verdict; then the same is sent again.
    pub async fn precreate(&self, trade: &NewTrade<'_>) -> Result<Code, Error> {
        #[derive(Deserialize)]
        struct Made {
            out_trade_no: String,
            qr_code: String,
        }
        let made: Made = self
            .make(trade, "alipay.trade.precreate", described(trade))
            .await?;
        if made.out_trade_no != trade.out_trade_no {
            return Err(Error::unknown("the code is for another payment"));
        }
        Ok(Code {
            qr_code: made.qr_code,
            expires_at: trade.expires_at.min(SystemTime::now() + CODE_LIFE),
        })
    }

    /// `alipay.trade.create`: makes a trade for a buyer whose id is known ([`Client::buyer`]), and gives Alipay's number
    /// of it (`trade_no`), with which a page inside Alipay calls `tradePay`.
    ///
    /// # Errors
    /// It refused, or gave no verdict; then the same is sent again.
    pub async fn create(&self, trade: &NewTrade<'_>, buyer: &str) -> Result<String, Error> {
        #[derive(Deserialize)]
        struct Made {
            out_trade_no: String,
            trade_no: String,
        }
        // Older apps are told the account's number, newer ones an id of their own.
        let is_account = buyer.len() == 16 && buyer.starts_with("2088");
        let name = if is_account {
            "buyer_id"
        } else {
            "buyer_open_id"
        };
        let mut content = described(trade);
        content.insert(name.into(), buyer.into());
        let made: Made = self.make(trade, "alipay.trade.create", content).await?;
        if made.out_trade_no != trade.out_trade_no {
            return Err(Error::unknown("the trade is for another payment"));
        }
        Ok(made.trade_no)
    }

    /// The request that sends the buyer to one of Alipay's pages.
    fn page(
        &self,
        trade: &NewTrade<'_>,
        method: &'static str,
        return_url: &str,
        more: &[(&str, &str)],
    ) -> Signed {
        let mut content = described(trade);
        for (name, value) in more {
            content.insert((*name).into(), (*value).into());
        }
        self.sign(&Request {
            method,
            notify_url: Some(trade.notify_url),
            return_url: Some(return_url),
            code: None,
            content: content.into(),
        })
    }

    async fn make<T: DeserializeOwned>(
        &self,
        trade: &NewTrade<'_>,
        method: &'static str,
        content: Map<String, Value>,
    ) -> Result<T, Error> {
        let request = Request {
            method,
            notify_url: Some(trade.notify_url),
            content: content.into(),
            ..Request::default()
        };
        match self.call(&request).await? {
            Reply::Success(made) => Ok(made),
            // The number is known there, and paid: that has to be asked for.
            Reply::Refused(refusal) if refusal.sub_code == "ACQ.TRADE_HAS_SUCCESS" => {
                Err(Error::unknown(refusal))
            }
            Reply::Refused(refusal) => Err(Error::Refused(refusal)),
        }
    }
}

/// What every way of paying is told.
fn described(trade: &NewTrade<'_>) -> Map<String, Value> {
    let subject: String = trade
        .subject
        .chars()
        .map(|char| if "/=&".contains(char) { ' ' } else { char })
        .take(LONGEST_SUBJECT)
        .collect();
    Map::from_iter([
        ("out_trade_no".into(), trade.out_trade_no.into()),
        ("total_amount".into(), trade.amount.to_yuan().into()),
        ("subject".into(), subject.into()),
        ("time_expire".into(), time::write(trade.expires_at).into()),
    ])
}
