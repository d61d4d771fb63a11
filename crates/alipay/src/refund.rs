//! Refunds: how they are asked for, and what is a verdict on one.
//!
//! A refund that was made at once is told by `fund_change` `Y`. `N` says that this call moved no money: the same number
//! had been carried out before, or is on its way, and the query decides. A query that finds nothing, or a refund without
//! a status, means that nothing was refunded yet, and the same number may be sent again. Source: Alipay's reference of
//! `alipay.trade.refund` and `alipay.trade.fastpay.refund.query`.

use serde::Deserialize;
use serde_json::json;

use crate::{Client, Error, Fen, Refusal, client::Reply, trade::Amount};

/// Refusals after which no money moves under this number. Anything else is asked again.
const FINAL: [&str; 9] = [
    "ACQ.SELLER_BALANCE_NOT_ENOUGH",
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL",
    "ACQ.REASON_TRADE_BEEN_FREEZEN",
    "ACQ.REASON_TRADE_REFUND_FEE_ERR",
    "ACQ.REASON_TRADE_STATUS_INVALID",
    "ACQ.TRADE_HAS_FINISHED",
    "ACQ.TRADE_NOT_ALLOW_REFUND",
    "ACQ.TRADE_NOT_EXIST",
    "ACQ.TRADE_STATUS_ERROR",
];

/// Money to be given back.
#[derive(Clone, Copy, Debug)]
pub struct NewRefund<'a> {
    /// The merchant's number of the trade.
    pub out_trade_no: &'a str,
    /// The merchant's number of the refund. The same number is the same refund: sent again, it is carried out once.
    pub out_request_no: &'a str,
    /// How much of the trade.
    pub amount: Fen,
    /// Why, in words that the buyer may read.
    pub reason: &'a str,
}

/// What became of asking for a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refund {
    /// The money went back now.
    Done,
    /// This call moved no money. The number was carried out before, or is on its way: [`Client::query_refund`] tells.
    Unchanged,
}

/// How a refund stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundState {
    /// Nothing was refunded under this number; it may be sent again.
    NotFound,
    /// It is on its way.
    UnderWay,
    /// The money went back.
    Done,
    /// Another amount than that one went back under this number.
    AmountDiffers(Fen),
    /// It is in a state that is not documented, by Alipay's word for it: no verdict.
    Unlisted(String),
}

impl Client {
    /// `alipay.trade.refund`: gives money back, or asks for the same refund again.
    ///
    /// # Errors
    /// [`Error::Refused`] is final: no money moves under this number. Whatever else Alipay refuses with is
    /// [`Error::Unknown`], and is asked again.
    pub async fn refund(&self, refund: &NewRefund<'_>) -> Result<Refund, Error> {
        let content = json!({
            "out_trade_no": refund.out_trade_no,
            "out_request_no": refund.out_request_no,
            "refund_amount": refund.amount.to_yuan(),
            "refund_reason": refund.reason,
        });
        match self.ask::<Made>("alipay.trade.refund", content).await? {
            Reply::Success(made) => made.means(refund),
            Reply::Refused(refusal) => Err(refused(refusal)),
        }
    }

    /// `alipay.trade.fastpay.refund.query`: asks how a refund stands. The reason is not asked for.
    ///
    /// # Errors
    /// There is no verdict; also where Alipay refused to tell.
    pub async fn query_refund(&self, refund: &NewRefund<'_>) -> Result<RefundState, Error> {
        let content = json!({
            "out_trade_no": refund.out_trade_no,
            "out_request_no": refund.out_request_no,
        });
        match self
            .ask::<Found>("alipay.trade.fastpay.refund.query", content)
            .await?
        {
            Reply::Success(found) => found.means(refund),
            Reply::Refused(refusal) if refusal.is_not_exist() => Ok(RefundState::NotFound),
            Reply::Refused(refusal) => Err(Error::unknown(refusal)),
        }
    }
}

/// An answer of `alipay.trade.refund`.
#[derive(Deserialize)]
struct Made {
    out_trade_no: Option<String>,
    fund_change: Option<String>,
}

impl Made {
    fn means(&self, refund: &NewRefund<'_>) -> Result<Refund, Error> {
        if self.out_trade_no.as_deref() != Some(refund.out_trade_no) {
            return Err(Error::unknown("the answer is about another payment"));
        }
        Ok(match self.fund_change.as_deref() {
            Some("Y") => Refund::Done,
            _ => Refund::Unchanged,
        })
    }
}

/// An answer of `alipay.trade.fastpay.refund.query`.
#[derive(Deserialize)]
struct Found {
    out_trade_no: Option<String>,
    out_request_no: Option<String>,
    refund_amount: Option<Amount>,
    refund_status: Option<String>,
}

impl Found {
    fn means(self, refund: &NewRefund<'_>) -> Result<RefundState, Error> {
        let Some(amount) = &self.refund_amount else {
            return Ok(RefundState::NotFound);
        };
        if self.out_trade_no.as_deref() != Some(refund.out_trade_no)
            || self.out_request_no.as_deref() != Some(refund.out_request_no)
        {
            return Err(Error::unknown("the answer is about another refund"));
        }
        match amount.fen() {
            Some(amount) if amount == refund.amount => {}
            Some(amount) => return Ok(RefundState::AmountDiffers(amount)),
            None => return Err(Error::unknown("the refund's amount cannot be read")),
        }
        Ok(match self.refund_status.as_deref() {
            Some("REFUND_SUCCESS") => RefundState::Done,
            Some("REFUND_PROCESSING") => RefundState::UnderWay,
            None | Some("") => RefundState::NotFound,
            Some(other) => RefundState::Unlisted(other.to_owned()),
        })
    }
}

fn refused(refusal: Refusal) -> Error {
    if FINAL.contains(&refusal.sub_code.as_str()) {
        Error::Refused(refusal)
    } else {
        Error::unknown(refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUND: NewRefund<'_> = NewRefund {
        out_trade_no: "P1",
        out_request_no: "R1",
        amount: Fen(500),
        reason: "充值失败",
    };

    #[test]
    fn only_moved_money_is_a_refund() {
        let check = |answer: &str, expected| {
            let answer: Made = serde_json::from_str(answer).expect("an answer");
            assert_eq!(answer.means(&REFUND).ok(), expected);
        };
        check(
            r#"{"out_trade_no":"P1","fund_change":"Y"}"#,
            Some(Refund::Done),
        );
        check(
            r#"{"out_trade_no":"P1","fund_change":"N"}"#,
            Some(Refund::Unchanged),
        );
        check(r#"{"out_trade_no":"P1"}"#, Some(Refund::Unchanged));
        check(r#"{"out_trade_no":"P2","fund_change":"Y"}"#, None);
        check("{}", None);
    }

    #[test]
    fn a_query_counts_for_the_same_number_and_amount() {
        let check = |answer: &str, expected| {
            let answer: Found = serde_json::from_str(answer).expect("an answer");
            assert_eq!(answer.means(&REFUND).ok(), expected);
        };
        let whole = r#""out_trade_no":"P1","out_request_no":"R1","refund_amount":"5.00""#;
        check("{}", Some(RefundState::NotFound));
        check(&format!("{{{whole}}}"), Some(RefundState::NotFound));
        check(
            &format!(r#"{{{whole},"refund_status":"REFUND_SUCCESS"}}"#),
            Some(RefundState::Done),
        );
        check(
            &format!(r#"{{{whole},"refund_status":"REFUND_PROCESSING"}}"#),
            Some(RefundState::UnderWay),
        );
        check(
            &format!(r#"{{{whole},"refund_status":"REFUND_NEW"}}"#),
            Some(RefundState::Unlisted("REFUND_NEW".to_owned())),
        );
        check(
            &format!("{{{}}}", whole.replace("5.00", "5.01")),
            Some(RefundState::AmountDiffers(Fen(501))),
        );
        check(&format!("{{{}}}", whole.replace("5.00", "5e0")), None);
        check(&format!("{{{}}}", whole.replace("\"R1", "\"R2")), None);
        check(&format!("{{{}}}", whole.replace("\"P1", "\"P2")), None);
    }

    #[test]
    fn only_listed_refusals_are_final() {
        let check = |sub_code: &str, is_final: bool| {
            let refusal = Refusal {
                code: "40004".to_owned(),
                sub_code: sub_code.to_owned(),
            };
            let error = refused(refusal);
            assert_eq!(matches!(error, Error::Refused(_)), is_final, "{error}");
            assert_eq!(matches!(error, Error::Unknown(_)), !is_final, "{error}");
        };
        check("ACQ.SELLER_BALANCE_NOT_ENOUGH", true);
        check("ACQ.DISCORDANT_REPEAT_REQUEST", false);
        check("ACQ.NEW_AND_UNHEARD_OF", false);
    }
}
