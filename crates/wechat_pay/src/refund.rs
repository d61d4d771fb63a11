//! Refunds: `/v3/refund/domestic/refunds`.
//!
//! Sources: pay.weixin.qq.com/doc/v3/merchant/ 4012791862 (ask for one), 4012791863 (query).

use serde::Deserialize;
use serde_json::json;

use crate::{Client, Error, Fen, number::in_address, pay::at_most};

const TARGET: &str = "/v3/refund/domestic/refunds";
/// Bytes of a reason.
const LONGEST_REASON: usize = 80;

/// Money to be given back.
#[derive(Clone, Copy, Debug)]
pub struct NewRefund<'a> {
    /// The merchant's number of the payment.
    pub out_trade_no: &'a str,
    /// The merchant's number of the refund. The same number is the same refund: sent again, it is carried out once.
    pub out_refund_no: &'a str,
    /// How much of the payment.
    pub amount: Fen,
    /// What was paid in all.
    pub paid: Fen,
    /// Why, in words that the buyer may read. What is longer than 80 bytes is cut off.
    pub reason: &'a str,
    /// Where notices of it go.
    pub notify_url: &'a str,
}

/// How a refund stands, as WeChat Pay said under its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundState {
    /// It does not know the number.
    NotFound,
    /// It is on its way (`PROCESSING`).
    UnderWay,
    /// The buyer's account cannot take it (`ABNORMAL`). The money stays set aside until the merchant sends it elsewhere,
    /// by hand. Asked for under another number, it could be paid out twice.
    ByHand,
    /// The money went back (`SUCCESS`).
    Done,
    /// It came to nothing (`CLOSED`): no money moves under its number.
    Refused,
    /// It is in a state that is not documented, by WeChat Pay's word for it: no verdict.
    Unlisted(String),
}

impl Client {
    /// `POST /v3/refund/domestic/refunds`: gives money back, or asks for the same refund again.
    ///
    /// # Errors
    /// It refused ([`Refusal::ends_refund`](crate::Refusal::ends_refund) says whether for good), or gave no verdict;
    /// then the same is sent again.
    pub async fn refund(&self, refund: &NewRefund<'_>) -> Result<RefundState, Error> {
        let body = json!({
            "out_trade_no": refund.out_trade_no,
            "out_refund_no": refund.out_refund_no,
            "reason": at_most(refund.reason, LONGEST_REASON),
            "notify_url": refund.notify_url,
            "amount": { "refund": refund.amount, "total": refund.paid, "currency": "CNY" },
        });
        let told: Told = self.post(TARGET, &body).await?.value()?;
        told.stands(refund)
    }

    /// `GET /v3/refund/domestic/refunds/{out_refund_no}`: asks how a refund stands.
    ///
    /// # Errors
    /// There is no verdict; also where WeChat Pay refused to tell, or told of another refund than this one.
    pub async fn query_refund(&self, refund: &NewRefund<'_>) -> Result<RefundState, Error> {
        let number = in_address(refund.out_refund_no)?;
        let answer = self.get(&format!("{TARGET}/{number}")).await?;
        if matches!(
            answer.code().as_deref(),
            Some("RESOURCE_NOT_EXISTS" | "RESOURCE_NOT_EXIST" | "REFUNDNOTEXIST")
        ) {
            return Ok(RefundState::NotFound);
        }
        let told: Told = answer.value().map_err(Error::of_question)?;
        told.stands(refund)
    }
}

#[derive(Deserialize)]
struct Told {
    out_refund_no: String,
    out_trade_no: String,
    status: String,
    amount: Amount,
}

#[derive(Deserialize)]
struct Amount {
    total: i64,
    refund: i64,
}

impl Told {
    fn stands(&self, asked: &NewRefund<'_>) -> Result<RefundState, Error> {
        let same = self.out_refund_no == asked.out_refund_no
            && self.out_trade_no == asked.out_trade_no
            && self.amount.refund == asked.amount.0
            && self.amount.total == asked.paid.0;
        if !same {
            return Err(Error::unknown("it answered for another refund"));
        }
        Ok(match self.status.as_str() {
            "SUCCESS" => RefundState::Done,
            "PROCESSING" => RefundState::UnderWay,
            "CLOSED" => RefundState::Refused,
            "ABNORMAL" => RefundState::ByHand,
            other => RefundState::Unlisted(other.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_meaning_for_the_refund_asked_for_only() {
        let asked = NewRefund {
            out_refund_no: "F1",
            out_trade_no: "P1",
            amount: Fen(800),
            paid: Fen(1800),
            reason: "重复付款",
            notify_url: "https://shop.example/notify/wechat/main",
        };
        let check = |status: &str, number: &str, refund: i64, expected: Option<RefundState>| {
            let told = Told {
                out_refund_no: number.to_owned(),
                out_trade_no: "P1".to_owned(),
                status: status.to_owned(),
                amount: Amount {
                    total: 1800,
                    refund,
                },
            };
            assert_eq!(
                told.stands(&asked).ok(),
                expected,
                "{status} {number} {refund}"
            );
        };
        check("SUCCESS", "F1", 800, Some(RefundState::Done));
        check("PROCESSING", "F1", 800, Some(RefundState::UnderWay));
        check("ABNORMAL", "F1", 800, Some(RefundState::ByHand));
        check("CLOSED", "F1", 800, Some(RefundState::Refused));
        let other = RefundState::Unlisted("OTHER".to_owned());
        check("OTHER", "F1", 800, Some(other));
        check("SUCCESS", "F2", 800, None);
        check("SUCCESS", "F1", 801, None);
    }
}
