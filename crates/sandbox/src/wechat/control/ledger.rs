//! What this wallet counts as paid and given back, in JSON and for people.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    control::{Controlled, Sale, Table, word},
    money::Fen,
    notices::Tally,
    wechat::{
        ROUTES, Wechat,
        orders::{Order, TradeState},
        refunds::{Refund, Status},
    },
};

/// One payment.
#[derive(Serialize)]
pub(super) struct Row {
    out_trade_no: String,
    trade_type: &'static str,
    prepay_id: String,
    code: String,
    total: i64,
    trade_state: TradeState,
    transaction_id: Option<String>,
    openid: Option<String>,
    client_ip: Option<String>,
    refunded: i64,
    #[serde(flatten)]
    noticed: Tally,
}

#[derive(Serialize)]
struct RefundRow {
    out_refund_no: String,
    out_trade_no: String,
    refund_id: String,
    refund: i64,
    status: Status,
    #[serde(flatten)]
    noticed: Tally,
}

impl Row {
    pub(super) fn of(wechat: &Wechat, order: &Order) -> Self {
        Self {
            out_trade_no: order.out_trade_no.clone(),
            trade_type: order.kind.word(),
            prepay_id: order.prepay_id.clone(),
            code: order.code.clone(),
            total: order.total,
            trade_state: order.state,
            transaction_id: order.transaction_id.clone(),
            openid: order.openid.clone(),
            client_ip: order.client_ip.clone(),
            refunded: wechat.refunded(order),
            noticed: order.noticed,
        }
    }
}

impl RefundRow {
    fn of(refund: &Refund) -> Self {
        Self {
            out_refund_no: refund.out_refund_no.clone(),
            out_trade_no: refund.out_trade_no.clone(),
            refund_id: refund.refund_id.clone(),
            refund: refund.amount,
            status: refund.status,
            noticed: refund.noticed,
        }
    }
}

impl Controlled for Wechat {
    const ROUTES: &'static [&'static str] = ROUTES;

    /// Repeated nonces are calls whose nonce had been used before: every sending has its own.
    fn ledger(&self) -> Value {
        let payments: Vec<_> = self
            .orders
            .iter()
            .map(|order| Row::of(self, order))
            .collect();
        let refunds: Vec<_> = self.refunds.iter().map(RefundRow::of).collect();
        let repeated_nonces = self.repeated_nonces;
        json!({ "wechat": {
            "payments": payments, "refunds": refunds, "repeated_nonces": repeated_nonces,
        } })
    }

    fn tables(&self) -> Vec<Table> {
        let sale = |order: &Order| Sale {
            out_trade_no: order.out_trade_no.clone(),
            way: order.kind.word().to_owned(),
            total: Fen(order.total),
            status: word(order.state),
            refunded: Fen(self.refunded(order)),
            number: order.transaction_id.clone(),
            paid: order.transaction_id.is_some(),
            noticed: order.noticed,
        };
        let sales = self.orders.iter().rev().map(sale);
        vec![Table::of_wallet("微信支付", "wechat", sales)]
    }
}

impl Wechat {
    /// What went back of a payment or is on its way.
    fn refunded(&self, order: &Order) -> i64 {
        let refunds = self.refunds.iter().filter(|refund| {
            refund.out_trade_no == order.out_trade_no && refund.status != Status::Closed
        });
        refunds.map(|refund| refund.amount).sum()
    }
}
