//! Refunds: how they are asked for, and what is a verdict on one.
//!
//! A refund that was made at once is told by `fund_change` `Y`. `N` says that this call moved no money: the same number
//! had been carried out before, or is on its way, and the query decides. A query that finds nothing, or a refund without
//! a status, means that nothing was refunded yet, and the same number may be sent again.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    client::{Refused, unknown},
    trade::Amount,
};
use crate::{
    payments::channel::{ChannelError, NewRefund, RefundAnswer},
    unlisted,
};

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

/// An answer of `alipay.trade.refund`.
#[derive(Deserialize)]
pub(super) struct Made {
    out_trade_no: Option<String>,
    fund_change: Option<String>,
}

/// An answer of `alipay.trade.fastpay.refund.query`.
#[derive(Deserialize)]
pub(super) struct Found {
    out_trade_no: Option<String>,
    out_request_no: Option<String>,
    refund_amount: Option<Amount>,
    refund_status: Option<String>,
}

/// What is asked for.
pub(super) fn content(refund: &NewRefund) -> Value {
    json!({
        "out_trade_no": refund.out_trade_no,
        "out_request_no": refund.out_refund_no,
        "refund_amount": refund.amount.to_yuan(),
        "refund_reason": refund.reason,
    })
}

/// What a success says; nothing where the query has to decide.
pub(super) fn made(refund: &NewRefund, made: &Made) -> Result<Option<RefundAnswer>, ChannelError> {
    if made.out_trade_no.as_deref() != Some(&refund.out_trade_no) {
        return Err(unknown("the answer is about another payment"));
    }
    Ok((made.fund_change.as_deref() == Some("Y")).then_some(RefundAnswer::Done))
}

/// What a refusal says.
pub(super) fn refused(refused: &Refused) -> Result<RefundAnswer, ChannelError> {
    if FINAL.contains(&refused.sub_code.as_str()) {
        tracing::warn!(code = refused.show(), "a refund is refused");
        return Ok(RefundAnswer::Refused);
    }
    Err(unknown(refused.show()))
}

/// What a query found.
pub(super) fn found(refund: &NewRefund, found: &Found) -> Result<RefundAnswer, ChannelError> {
    let Some(amount) = &found.refund_amount else {
        return Ok(RefundAnswer::NotFound);
    };
    if found.out_trade_no.as_deref() != Some(&refund.out_trade_no)
        || found.out_request_no.as_deref() != Some(&refund.out_refund_no)
    {
        return Err(unknown("the answer is about another refund"));
    }
    match amount.fen() {
        Some(amount) if amount == refund.amount => {}
        Some(amount) => return Err(ChannelError::AmountDiffers(amount)),
        None => return Err(unknown("the refund's amount cannot be read")),
    }
    match found.refund_status.as_deref() {
        Some("REFUND_SUCCESS") => Ok(RefundAnswer::Done),
        Some("REFUND_PROCESSING") => Ok(RefundAnswer::UnderWay),
        None | Some("") => Ok(RefundAnswer::NotFound),
        Some(other) => {
            unlisted::tell("alipay", "refund", other);
            Err(unknown("the refund has a status that is not documented"))
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::Fen;

    use super::*;

    fn refund() -> NewRefund {
        NewRefund {
            out_refund_no: "R1".to_owned(),
            out_trade_no: "P1".to_owned(),
            amount: Fen(500),
            paid: Fen(1800),
            reason: "充值失败".to_owned(),
            notify_url: String::new(),
        }
    }

    #[test]
    fn only_moved_money_is_a_refund() {
        let check = |answer: &str, expected| {
            let answer: Made = serde_json::from_str(answer).expect("an answer");
            assert_eq!(made(&refund(), &answer).ok(), expected);
        };
        check(
            r#"{"out_trade_no":"P1","fund_change":"Y"}"#,
            Some(Some(RefundAnswer::Done)),
        );
        check(r#"{"out_trade_no":"P1","fund_change":"N"}"#, Some(None));
        check(r#"{"out_trade_no":"P1"}"#, Some(None));
        check(r#"{"out_trade_no":"P2","fund_change":"Y"}"#, None);
        check("{}", None);
    }

    #[test]
    fn a_query_counts_for_the_same_number_and_amount() {
        let check = |answer: &str, expected| {
            let answer: Found = serde_json::from_str(answer).expect("an answer");
            assert_eq!(found(&refund(), &answer).ok(), expected);
        };
        let whole = r#""out_trade_no":"P1","out_request_no":"R1","refund_amount":"5.00""#;
        check("{}", Some(RefundAnswer::NotFound));
        check(&format!("{{{whole}}}"), Some(RefundAnswer::NotFound));
        check(
            &format!(r#"{{{whole},"refund_status":"REFUND_SUCCESS"}}"#),
            Some(RefundAnswer::Done),
        );
        check(
            &format!(r#"{{{whole},"refund_status":"REFUND_PROCESSING"}}"#),
            Some(RefundAnswer::UnderWay),
        );
        check(
            &format!(r#"{{{whole},"refund_status":"REFUND_NEW"}}"#),
            None,
        );
        check(&format!("{{{}}}", whole.replace("5.00", "5.01")), None);
        check(&format!("{{{}}}", whole.replace("5.00", "5e0")), None);
        check(&format!("{{{}}}", whole.replace("\"R1", "\"R2")), None);
        check(&format!("{{{}}}", whole.replace("\"P1", "\"P2")), None);
    }

    #[test]
    fn only_listed_refusals_are_final() {
        let check = |sub_code: &str, expected| {
            let refusal = Refused {
                code: "40004".to_owned(),
                sub_code: sub_code.to_owned(),
            };
            assert_eq!(refused(&refusal).ok(), expected);
        };
        check("ACQ.SELLER_BALANCE_NOT_ENOUGH", Some(RefundAnswer::Refused));
        check("ACQ.DISCORDANT_REPEAT_REQUEST", None);
        check("ACQ.NEW_AND_UNHEARD_OF", None);
    }
}
