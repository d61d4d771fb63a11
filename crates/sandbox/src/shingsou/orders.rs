//! `Order-Get`: how the sales orders stand.

use axum::extract::State;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Shared,
    envelope::{Page, Refusal},
    listing::Listing,
    payments::{Channel, Payment},
};
use crate::{clock::Moment, money::Fen};

/// A sales order as the wire has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    id: String,
    out_trade_no: String,
    card_no: String,
    iccid: &'static str,
    product_id: String,
    product_name: String,
    total: Fen,
    channel: Channel,
    transaction_id: Option<String>,
    status: Value,
    create_time: Moment,
    pay_time: Option<Moment>,
    credit_time: Option<Moment>,
}

/// `GET /payment/Order`, the newest first. A number that nobody used gives an empty page.
pub(crate) async fn list(
    State(stage): State<Shared>,
    listing: Listing,
) -> Result<Page<Order>, Refusal> {
    let mut rows: Vec<Order> = {
        let state = stage.lock();
        let wanted_card = listing.filter("cardNo");
        let wanted_iccid = wanted_card
            .and_then(|number| state.card(number))
            .map(|card| card.iccid);
        let wanted = |payment: &&Payment| {
            listing
                .filter("outTradeNo")
                .is_none_or(|number| number == payment.out_trade_no)
                && (wanted_card.is_none() || wanted_iccid == Some(payment.iccid))
                && listing.covers(payment.created)
        };
        state
            .payments
            .iter()
            .filter(wanted)
            .cloned()
            .map(Order::from)
            .collect()
    };
    match listing.order_by.as_deref() {
        None | Some("createTime") => {}
        Some("total") => rows.sort_by_key(|order| order.total),
        Some(_) => return Err(Refusal::invalid("orderby不支持该字段")),
    }
    if !listing.ascending {
        rows.reverse();
    }
    Ok(listing.page(rows))
}

impl From<Payment> for Order {
    fn from(payment: Payment) -> Self {
        Self {
            status: payment
                .word
                .clone()
                .map_or_else(|| json!(payment.status()), Value::from),
            id: payment.order_id,
            out_trade_no: payment.out_trade_no,
            card_no: payment.card_no,
            iccid: payment.iccid,
            product_id: payment.product_id,
            product_name: payment.product_name,
            total: payment.total,
            channel: payment.channel,
            transaction_id: payment.transaction_id,
            create_time: payment.created,
            pay_time: payment.paid_at,
            credit_time: payment.credited_at,
        }
    }
}
