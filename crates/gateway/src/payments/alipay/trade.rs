//! What Alipay says of a trade, and what it means for a payment.
//!
//! `TRADE_CLOSED` has two meanings: nobody paid in time, or everything that was paid went back. Money that came is
//! told by `send_pay_date`, which only a paid trade has; that this holds for closed trades too is inferred.

use contract::Fen;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::time;
use crate::payments::channel::{Answer, ChannelError, Receipt};

/// An answer of `alipay.trade.query`.
#[derive(Deserialize)]
pub(super) struct Trade {
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
pub(super) struct Amount(Box<RawValue>);

impl Amount {
    /// The exact amount, where it is one.
    pub(super) fn fen(&self) -> Option<Fen> {
        Fen::from_yuan(self.0.get().trim_matches('"')).ok()
    }
}

impl Trade {
    /// What it means for the payment of this number.
    pub(super) fn answer(
        self,
        out_trade_no: &str,
        seller_id: &str,
    ) -> Result<Answer, ChannelError> {
        if self.out_trade_no.as_deref() != Some(out_trade_no) {
            return Ok(Answer::Contradiction("out_trade_no_differs"));
        }
        if self
            .seller_id
            .as_deref()
            .is_some_and(|seller| seller != seller_id)
        {
            return Ok(Answer::Contradiction("seller_differs"));
        }
        if self
            .trans_currency
            .as_deref()
            .is_some_and(|currency| currency != "CNY")
        {
            return Ok(Answer::Contradiction("currency_differs"));
        }
        match self.trade_status.as_str() {
            "WAIT_BUYER_PAY" | "TRADE_PENDING" => Ok(Answer::Waiting),
            "TRADE_SUCCESS" | "TRADE_FINISHED" => Ok(self.paid(false)),
            "TRADE_CLOSED" if self.send_pay_date.is_some() => Ok(self.paid(true)),
            "TRADE_CLOSED" => Ok(Answer::Closed),
            _ => Ok(Answer::Unlisted(self.trade_status)),
        }
    }

    fn paid(self, given_back: bool) -> Answer {
        let Some(amount) = self.total_amount.as_ref().and_then(Amount::fen) else {
            return Answer::Contradiction("amount_unreadable");
        };
        Answer::Paid(Receipt {
            amount,
            transaction_id: self.trade_no,
            paid_at: self.send_pay_date.as_deref().and_then(time::read),
            delivery: None,
            given_back,
        })
    }
}

#[cfg(test)]
mod tests {
    use contract::Timestamp;
    use serde_json::json;

    use super::*;

    fn answer(change: serde_json::Value) -> Result<Answer, ChannelError> {
        let mut trade = json!({
            "code": "10000", "out_trade_no": "P1", "trade_no": "2026", "trade_status": "TRADE_SUCCESS",
            "total_amount": "18.00", "send_pay_date": "2026-11-21 18:32:35",
        });
        for (name, value) in change.as_object().expect("an object") {
            trade[name] = value.clone();
        }
        let trade: Trade = serde_json::from_str(&trade.to_string()).expect("a trade");
        trade.answer("P1", "2088")
    }

    fn paid(fen: i64, at: Option<&str>) -> Result<Answer, ChannelError> {
        Ok(Answer::Paid(Receipt {
            amount: Fen(fen),
            transaction_id: Some("2026".to_owned()),
            paid_at: at.and_then(Timestamp::parse),
            delivery: None,
            given_back: false,
        }))
    }

    #[test]
    fn each_status_has_one_meaning() {
        let at = Some("2026-11-21T10:32:35Z");
        let check = |change, expected| assert_eq!(answer(change), expected);
        check(json!({}), paid(1800, at));
        check(json!({"trade_status": "TRADE_FINISHED"}), paid(1800, at));
        check(
            json!({"trade_status": "WAIT_BUYER_PAY", "send_pay_date": null}),
            Ok(Answer::Waiting),
        );
        check(
            json!({"trade_status": "TRADE_CLOSED", "send_pay_date": null}),
            Ok(Answer::Closed),
        );
        // Given back in full: it was paid all the same.
        let Ok(Answer::Paid(receipt)) = paid(1800, at) else {
            panic!("it is paid");
        };
        check(
            json!({"trade_status": "TRADE_CLOSED"}),
            Ok(Answer::Paid(Receipt {
                given_back: true,
                ..receipt
            })),
        );
        check(json!({"send_pay_date": "soon"}), paid(1800, None));
        for other in ["PAID", "trade_success", "", "TRADE_FROZEN"] {
            check(
                json!({"trade_status": other}),
                Ok(Answer::Unlisted(other.to_owned())),
            );
        }
    }

    #[test]
    fn amounts_are_exact_or_nothing() {
        let at = Some("2026-11-21T10:32:35Z");
        let check =
            |amount, expected| assert_eq!(answer(json!({"total_amount": amount})), expected);
        check(json!("0.01"), paid(1, at));
        check(json!(18.5), paid(1850, at));
        check(json!("12.000"), paid(1200, at));
        for wrong in [
            "1e2",
            "12,00",
            "-18.00",
            "１８",
            "18.001",
            "",
            "99999999999999999999",
        ] {
            check(json!(wrong), Ok(Answer::Contradiction("amount_unreadable")));
        }
        check(json!(null), Ok(Answer::Contradiction("amount_unreadable")));
    }

    #[test]
    fn another_trade_contradicts() {
        let check = |change, reason| assert_eq!(answer(change), Ok(Answer::Contradiction(reason)));
        check(json!({"out_trade_no": "P2"}), "out_trade_no_differs");
        check(json!({"out_trade_no": null}), "out_trade_no_differs");
        check(json!({"seller_id": "2089"}), "seller_differs");
        check(json!({"trans_currency": "USD"}), "currency_differs");
    }
}
