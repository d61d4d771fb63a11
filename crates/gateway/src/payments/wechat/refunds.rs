//! Refunds: `/v3/refund/domestic/refunds`.
//!
//! Sources: pay.weixin.qq.com/doc/v3/merchant/ 4012791862 (ask for one), 4012791863 (query).

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::{WechatPay, words::at_most};
use crate::{
    payments::channel::{ChannelError, NewRefund, RefundAnswer},
    unlisted,
};

const TARGET: &str = "/v3/refund/domestic/refunds";
/// Bytes of a reason.
const LONGEST_REASON: usize = 80;

#[derive(Deserialize)]
struct Refund {
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

/// Refusals after which no money moves under this number. Anything else is asked again.
const FINAL: [&str; 5] = [
    "INVALID_REQUEST",
    "MCH_NOT_EXISTS",
    "NOT_ENOUGH",
    "RESOURCE_NOT_EXISTS",
    "USER_ACCOUNT_ABNORMAL",
];

pub(super) async fn ask(
    wechat: &WechatPay,
    refund: &NewRefund,
) -> Result<RefundAnswer, ChannelError> {
    let body = json!({
        "out_trade_no": refund.out_trade_no,
        "out_refund_no": refund.out_refund_no,
        "reason": at_most(&refund.reason, LONGEST_REASON),
        "notify_url": refund.notify_url,
        "amount": { "refund": refund.amount.0, "total": refund.paid.0, "currency": "CNY" },
    });
    let answer = wechat
        .client
        .call(Method::POST, TARGET, Some(&body))
        .await?;
    if answer
        .code()
        .is_some_and(|code| FINAL.contains(&code.as_str()))
    {
        tracing::warn!(
            out_refund_no = refund.out_refund_no,
            code = answer.code(),
            "a refund is refused"
        );
        return Ok(RefundAnswer::Refused);
    }
    stands(refund, &answer.value()?)
}

pub(super) async fn query(
    wechat: &WechatPay,
    refund: &NewRefund,
) -> Result<RefundAnswer, ChannelError> {
    let target = format!("{TARGET}/{}", refund.out_refund_no);
    let answer = wechat.client.call(Method::GET, &target, None).await?;
    if matches!(
        answer.code().as_deref(),
        Some("RESOURCE_NOT_EXISTS" | "RESOURCE_NOT_EXIST" | "REFUNDNOTEXIST")
    ) {
        return Ok(RefundAnswer::NotFound);
    }
    match answer.value() {
        Ok(found) => stands(refund, &found),
        // A refusal to tell is no verdict on the refund.
        Err(ChannelError::Refused(_, said)) => Err(ChannelError::Unknown(said)),
        Err(error) => Err(error),
    }
}

fn stands(asked: &NewRefund, found: &Refund) -> Result<RefundAnswer, ChannelError> {
    let same = found.out_refund_no == asked.out_refund_no
        && found.out_trade_no == asked.out_trade_no
        && found.amount.refund == asked.amount.0
        && found.amount.total == asked.paid.0;
    if !same {
        return Err(ChannelError::Unknown(
            "it answered for another refund".to_owned(),
        ));
    }
    match found.status.as_str() {
        "SUCCESS" => Ok(RefundAnswer::Done),
        "PROCESSING" => Ok(RefundAnswer::UnderWay),
        "CLOSED" => Ok(RefundAnswer::Refused),
        // The buyer's account cannot take it. The money stays set aside until the operator sends it elsewhere on the
        // merchant platform.
        "ABNORMAL" => Ok(RefundAnswer::ByHand),
        other => {
            unlisted::tell("wechat", "refund", other);
            Err(ChannelError::Unknown("its status is not listed".to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::Fen;

    use super::*;

    #[test]
    fn every_status_has_a_meaning_for_the_refund_asked_for_only() {
        let asked = NewRefund {
            out_refund_no: "F1".to_owned(),
            out_trade_no: "P1".to_owned(),
            amount: Fen(800),
            paid: Fen(1800),
            reason: "重复付款".to_owned(),
            notify_url: "https://shop.example/notify/wechat/main".to_owned(),
        };
        let check = |status: &str, number: &str, refund: i64, expected: Option<RefundAnswer>| {
            let found = Refund {
                out_refund_no: number.to_owned(),
                out_trade_no: "P1".to_owned(),
                status: status.to_owned(),
                amount: Amount {
                    total: 1800,
                    refund,
                },
            };
            assert_eq!(
                stands(&asked, &found).ok(),
                expected,
                "{status} {number} {refund}"
            );
        };
        check("SUCCESS", "F1", 800, Some(RefundAnswer::Done));
        check("PROCESSING", "F1", 800, Some(RefundAnswer::UnderWay));
        check("ABNORMAL", "F1", 800, Some(RefundAnswer::ByHand));
        check("CLOSED", "F1", 800, Some(RefundAnswer::Refused));
        check("OTHER", "F1", 800, None);
        check("SUCCESS", "F2", 800, None);
        check("SUCCESS", "F1", 801, None);
    }
}
