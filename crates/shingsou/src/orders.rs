//! Sales orders (`order-get`): how a payment stands, and the one source that is to be believed.

use std::time::SystemTime;

use serde::Deserialize;

use crate::{
    Body, Client, Error, Fen,
    answer::{self, Page},
    operations::ORDER_GET,
    values::{self, Text, Yuan},
};

/// A sales order at the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Our number of it.
    pub out_trade_no: String,
    /// What the platform took, or will.
    pub total: Fen,
    /// Where it stands.
    pub status: OrderStatus,
    /// The wallet's number, once it is paid.
    pub transaction_id: Option<String>,
    /// The card, as it was given.
    pub card_no: Option<String>,
    /// The package.
    pub product_id: Option<String>,
    /// When it was paid.
    pub paid_at: Option<SystemTime>,
}

/// Where a sales order stands. The words are guessed after the badge 已支付 of the platform's list of orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderStatus {
    /// Nobody paid yet.
    Unpaid,
    /// The platform has the money.
    Paid,
    /// It is crediting the card.
    Crediting,
    /// The data is on the card.
    Credited,
    /// The card could not be credited.
    Failed,
    /// The money went back.
    Refunded,
    /// It can no longer be paid.
    Closed,
    /// A word that no guess lists. It is never a verdict.
    Unlisted(String),
}

/// A row of the list. Every name is guessed; the columns are those of the platform's list of orders.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    out_trade_no: String,
    total: Yuan,
    status: Text,
    transaction_id: Option<Text>,
    card_no: Option<String>,
    product_id: Option<Text>,
    pay_time: Option<String>,
}

impl Client {
    /// The order of a number of ours; `None` where the platform has never heard of it.
    ///
    /// # Errors
    /// See [`Error`]. An answer about other orders is [`Error::Unknown`]: it says nothing of this one.
    pub async fn find_order(&self, out_trade_no: &str) -> Result<Option<Order>, Error> {
        let query = [("q.outTradeNo", out_trade_no)];
        let answer = self.call(&ORDER_GET, &query, Body::None).await?;
        pick(&answer.page()?, out_trade_no)
    }
}

fn pick(page: &Page, out_trade_no: &str) -> Result<Option<Order>, Error> {
    if page.rows.is_empty() {
        return match page.total {
            0 => Ok(None),
            _ => Err(Error::unknown("it counts orders and shows none")),
        };
    }
    let rows = page
        .rows
        .iter()
        .map(|row| answer::value(row))
        .collect::<Result<Vec<Row>, _>>()?;
    let mut ours = rows
        .into_iter()
        .filter(|row| row.out_trade_no == out_trade_no);
    let Some(row) = ours.next() else {
        return Err(Error::unknown("it answered about other orders"));
    };
    if ours.next().is_some() {
        return Err(Error::unknown("it has more than one order of this number"));
    }
    Ok(Some(row.into_order()))
}

impl Row {
    fn into_order(self) -> Order {
        Order {
            out_trade_no: self.out_trade_no,
            total: self.total.0,
            status: status(&self.status.0),
            transaction_id: self
                .transaction_id
                .map(|id| id.0)
                .filter(|id| !id.is_empty()),
            card_no: self.card_no,
            product_id: self.product_id.map(|id| id.0),
            paid_at: self.pay_time.as_deref().and_then(values::time),
        }
    }
}

fn status(word: &str) -> OrderStatus {
    match word.trim().to_ascii_lowercase().as_str() {
        "unpaid" => OrderStatus::Unpaid,
        "paid" => OrderStatus::Paid,
        "crediting" => OrderStatus::Crediting,
        "credited" => OrderStatus::Credited,
        "failed" => OrderStatus::Failed,
        "refunded" => OrderStatus::Refunded,
        "closed" => OrderStatus::Closed,
        _ => OrderStatus::Unlisted(word.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: &str, more: &str) -> String {
        format!(r#"{{"outTradeNo":"{number}","total":24.1,"status":"paid"{more}}}"#)
    }

    fn read(total: usize, rows: &[String]) -> Result<Option<Order>, Error> {
        let rows = rows.join(",");
        let body = format!(r#"{{"code":200,"take":10,"skip":0,"total":{total},"data":[{rows}]}}"#);
        let answer = crate::Answer::new(body.into_bytes(), crate::fitting::Names::default());
        pick(&answer.page()?, "P1")
    }

    #[test]
    fn the_answer_is_about_the_order_that_was_asked_for() {
        let check = |total: usize, rows: &[String], expected: &str| {
            let kind = match read(total, rows) {
                Ok(Some(order)) => order.out_trade_no,
                Ok(None) => "none".into(),
                Err(_) => "unknown".into(),
            };
            assert_eq!(kind, expected, "{rows:?}");
        };
        check(0, &[], "none");
        check(1, &[], "unknown");
        check(1, &[row("P1", "")], "P1");
        check(2, &[row("P2", ""), row("P1", "")], "P1");
        check(1, &[row("P2", "")], "unknown");
        check(1, &[row("p1", "")], "unknown");
        check(2, &[row("P1", ""), row("P1", "")], "unknown");
        check(1, &["{}".into()], "unknown");
        check(
            1,
            &[r#"{"outTradeNo":"P1","total":18.001,"status":"paid"}"#.into()],
            "unknown",
        );
    }

    #[test]
    fn an_order_is_read() {
        let more = r#","transactionId":"4200000212201811196934670603","cardNo":"898607B2091701418584",
            "productId":1102,"payTime":"2026-11-21T18:00:00+08:00","creditTime":null"#;
        let order = read(1, &[row("P1", more)])
            .ok()
            .flatten()
            .expect("an order");
        let expected = Order {
            out_trade_no: "P1".into(),
            total: Fen(2410),
            status: OrderStatus::Paid,
            transaction_id: Some("4200000212201811196934670603".into()),
            card_no: Some("898607B2091701418584".into()),
            product_id: Some("1102".into()),
            paid_at: values::time("2026-11-21T10:00:00Z"),
        };
        assert_eq!(order, expected);
    }

    #[test]
    fn an_unlisted_word_is_no_verdict() {
        let check = |word: &str, expected: OrderStatus| assert_eq!(status(word), expected);
        check("Credited", OrderStatus::Credited);
        check("closed", OrderStatus::Closed);
        for other in ["success", "3", "", "Waiting"] {
            check(other, OrderStatus::Unlisted(other.to_owned()));
        }
    }
}
