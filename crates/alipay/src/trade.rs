//! A trade once it is made: how it stands, and how it is ended.
//!
//! `TRADE_CLOSED` has two meanings: nobody paid in time, or everything that was paid went back. Money that came is
//! told by `send_pay_date`, which only a paid trade has; that this holds for closed trades too is inferred. Source:
//! Alipay's reference of `alipay.trade.query`, `close` and `cancel`.

use std::time::SystemTime;

use serde::Deserialize;
use serde_json::{json, value::RawValue};

use crate::{Client, Error, Fen, client::Reply, time};

/// The states of a trade whose money came: it may still be given back, or not any more.
pub(crate) const PAID: [&str; 2] = ["TRADE_SUCCESS", "TRADE_FINISHED"];

/// Answers of `alipay.trade.close` to a trade that is paid or closed.
const NOT_WAITING: [&str; 3] = [
    "ACQ.TRADE_STATUS_ERROR",
    "ACQ.REASON_TRADE_STATUS_INVALID",
    "ACQ.REASON_ILLEGAL_STATUS",
];

/// How a trade stands, as Alipay said under its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trade {
    /// Alipay does not know the number: the buyer has not confirmed a page yet, nor scanned a code.
    NotFound,
    /// It knows it, and has no money yet (`WAIT_BUYER_PAY`, `TRADE_PENDING`).
    Waiting,
    /// The money came.
    Paid(Receipt),
    /// It takes no money any more, and took none.
    Closed,
    /// It is in a state that is not documented, by Alipay's word for it: no verdict.
    Unlisted(String),
    /// The answer is about something else than was asked for: somebody has to look.
    Contradicts(Contradiction),
}

/// Money that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What the trade was made for, and paid with.
    pub amount: Fen,
    /// Alipay's own number of the trade.
    pub trade_no: Option<String>,
    /// When.
    pub paid_at: Option<SystemTime>,
    /// Whether all of it went back since.
    pub given_back: bool,
}

/// What differs from what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contradiction {
    /// The merchant's number.
    Number,
    /// The account that receives the money.
    Seller,
    /// It is not yuan.
    Currency,
    /// The amount is none.
    Amount,
}

/// What became of closing a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// It takes no money any more.
    Closed,
    /// Alipay does not know the number, and it stays open: the address or the code that the buyer holds is good until
    /// it expires.
    NotFound,
    /// It does not wait for money: it is paid, or was closed before. [`Client::query`] tells which.
    NotWaiting,
}

/// What became of a trade that was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// There was nothing to close, or it was closed already.
    Nothing,
    /// It was not paid, and takes no money any more.
    Closed,
    /// It was paid, and the money went back.
    Refunded,
}

impl Client {
    /// `alipay.trade.query`: asks how a trade stands.
    ///
    /// # Errors
    /// There is no verdict; also where Alipay refused to tell.
    pub async fn query(&self, out_trade_no: &str) -> Result<Trade, Error> {
        let content = json!({ "out_trade_no": out_trade_no });
        match self.ask::<Told>("alipay.trade.query", content).await? {
            Reply::Success(told) => Ok(told.stands(out_trade_no, &self.seller_id)),
            Reply::Refused(refusal) if refusal.is_not_exist() => Ok(Trade::NotFound),
            // A refusal to tell is no verdict on the trade.
            Reply::Refused(refusal) => Err(Error::unknown(refusal)),
        }
    }

    /// `alipay.trade.close`: closes a trade that nobody has paid. It never gives money back.
    ///
    /// # Errors
    /// There is no verdict.
    pub async fn close(&self, out_trade_no: &str) -> Result<Closing, Error> {
        #[derive(Deserialize)]
        struct Closed {}
        let content = json!({ "out_trade_no": out_trade_no });
        match self.ask("alipay.trade.close", content).await? {
            Reply::Success(Closed {}) => Ok(Closing::Closed),
            Reply::Refused(refusal) if refusal.is_not_exist() => Ok(Closing::NotFound),
            Reply::Refused(refusal) if NOT_WAITING.contains(&refusal.sub_code.as_str()) => {
                Ok(Closing::NotWaiting)
            }
            Reply::Refused(refusal) => Err(Error::unknown(refusal)),
        }
    }

    /// `alipay.trade.cancel`: ends a trade whose outcome is unknown. An unpaid one is closed, and **a paid one is
    /// refunded**; [`Client::close`] never gives money back.
    ///
    /// # Errors
    /// It refused, or gave no verdict; then it is asked again.
    pub async fn cancel(&self, out_trade_no: &str) -> Result<Cancelled, Error> {
        #[derive(Deserialize)]
        struct Outcome {
            action: Option<String>,
            retry_flag: Option<String>,
        }
        let content = json!({ "out_trade_no": out_trade_no });
        let outcome: Outcome = match self.ask("alipay.trade.cancel", content).await? {
            Reply::Success(outcome) => outcome,
            Reply::Refused(refusal) => return Err(Error::Refused(refusal)),
        };
        if outcome.retry_flag.as_deref() == Some("Y") {
            return Err(Error::unknown("it wants to be asked again"));
        }
        match outcome.action.as_deref() {
            None | Some("") => Ok(Cancelled::Nothing),
            Some("close") => Ok(Cancelled::Closed),
            Some("refund") => Ok(Cancelled::Refunded),
            Some(_) => Err(Error::unknown("it did what is not documented")),
        }
    }
}

/// An answer of `alipay.trade.query`.
#[derive(Deserialize)]
struct Told {
    out_trade_no: Option<String>,
    trade_no: Option<String>,
    trade_status: String,
    total_amount: Option<Amount>,
    trans_currency: Option<String>,
    send_pay_date: Option<String>,
    seller_id: Option<String>,
}

/// Decimal yuan, as text or, in some of Alipay's samples, as a number. It is kept as it was written.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Amount(Box<RawValue>);

impl Amount {
    /// The exact amount, where it is one.
    pub(crate) fn fen(&self) -> Option<Fen> {
        Fen::from_yuan(self.0.get().trim_matches('"')).ok()
    }
}

impl Told {
    /// What it means for the trade of this number.
    fn stands(self, out_trade_no: &str, seller_id: &str) -> Trade {
        let differs = |told: Option<&String>, asked: &str| told.is_some_and(|told| told != asked);
        if self.out_trade_no.as_deref() != Some(out_trade_no) {
            return Trade::Contradicts(Contradiction::Number);
        }
        if differs(self.seller_id.as_ref(), seller_id) {
            return Trade::Contradicts(Contradiction::Seller);
        }
        if differs(self.trans_currency.as_ref(), "CNY") {
            return Trade::Contradicts(Contradiction::Currency);
        }
        match self.trade_status.as_str() {
            "WAIT_BUYER_PAY" | "TRADE_PENDING" => Trade::Waiting,
            status if PAID.contains(&status) => self.paid(false),
            "TRADE_CLOSED" if self.send_pay_date.is_some() => self.paid(true),
            "TRADE_CLOSED" => Trade::Closed,
            _ => Trade::Unlisted(self.trade_status),
        }
    }

    fn paid(self, given_back: bool) -> Trade {
        let Some(amount) = self.total_amount.as_ref().and_then(Amount::fen) else {
            return Trade::Contradicts(Contradiction::Amount);
        };
        Trade::Paid(Receipt {
            amount,
            trade_no: self.trade_no,
            paid_at: self.send_pay_date.as_deref().and_then(time::read),
            given_back,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answer(change: serde_json::Value) -> Trade {
        let mut trade = json!({
            "code": "10000", "out_trade_no": "P1", "trade_no": "2026", "trade_status": "TRADE_SUCCESS",
            "total_amount": "18.00", "send_pay_date": "2026-11-21 18:32:35",
        });
        for (name, value) in change.as_object().expect("an object") {
            trade[name] = value.clone();
        }
        let told: Told = serde_json::from_str(&trade.to_string()).expect("a trade");
        told.stands("P1", "2088")
    }

    /// 2026-11-21 18:32:35 in China, in seconds since 1970.
    const AT: Option<u64> = Some(1_795_257_155);

    fn paid(fen: i64, at: Option<u64>) -> Trade {
        Trade::Paid(Receipt {
            amount: Fen(fen),
            trade_no: Some("2026".to_owned()),
            paid_at: at.map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)),
            given_back: false,
        })
    }

    #[test]
    fn each_status_has_one_meaning() {
        let check = |change, expected| assert_eq!(answer(change), expected);
        check(json!({}), paid(1800, AT));
        check(json!({"trade_status": "TRADE_FINISHED"}), paid(1800, AT));
        check(
            json!({"trade_status": "WAIT_BUYER_PAY", "send_pay_date": null}),
            Trade::Waiting,
        );
        check(
            json!({"trade_status": "TRADE_CLOSED", "send_pay_date": null}),
            Trade::Closed,
        );
        // Given back in full: it was paid all the same.
        let Trade::Paid(receipt) = paid(1800, AT) else {
            panic!("it is paid");
        };
        check(
            json!({"trade_status": "TRADE_CLOSED"}),
            Trade::Paid(Receipt {
                given_back: true,
                ..receipt
            }),
        );
        check(json!({"send_pay_date": "soon"}), paid(1800, None));
        for other in ["PAID", "trade_success", "", "TRADE_FROZEN"] {
            check(
                json!({"trade_status": other}),
                Trade::Unlisted(other.to_owned()),
            );
        }
    }

    #[test]
    fn amounts_are_exact_or_nothing() {
        let check =
            |amount, expected| assert_eq!(answer(json!({"total_amount": amount})), expected);
        check(json!("0.01"), paid(1, AT));
        check(json!(18.5), paid(1850, AT));
        check(json!("12.000"), paid(1200, AT));
        for wrong in [
            "1e2",
            "12,00",
            "-18.00",
            "１８",
            "18.001",
            "",
            "99999999999999999999",
        ] {
            check(json!(wrong), Trade::Contradicts(Contradiction::Amount));
        }
        check(json!(null), Trade::Contradicts(Contradiction::Amount));
    }

    #[test]
    fn another_trade_contradicts() {
        let check = |change, what| assert_eq!(answer(change), Trade::Contradicts(what));
        check(json!({"out_trade_no": "P2"}), Contradiction::Number);
        check(json!({"out_trade_no": null}), Contradiction::Number);
        check(json!({"seller_id": "2089"}), Contradiction::Seller);
        check(json!({"trans_currency": "USD"}), Contradiction::Currency);
    }
}
