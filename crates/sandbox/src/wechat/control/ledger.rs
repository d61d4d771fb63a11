//! What this wallet counts as paid and given back, for tests to compare with.

use serde::Serialize;

use crate::wechat::{
    Wechat,
    orders::{Order, TradeState},
    refunds::{Refund, Status},
};

/// What this wallet counts as paid and given back.
#[derive(Serialize)]
pub(crate) struct Ledger {
    payments: Vec<Row>,
    refunds: Vec<RefundRow>,
    /// Calls whose nonce had been used before: every sending has its own.
    repeated_nonces: u64,
}

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
    notices_sent: u64,
    notices_accepted: u64,
}

#[derive(Serialize)]
struct RefundRow {
    out_refund_no: String,
    out_trade_no: String,
    refund_id: String,
    refund: i64,
    status: Status,
    notices_sent: u64,
    notices_accepted: u64,
}

impl Ledger {
    pub(crate) fn of(wechat: &Wechat) -> Self {
        Self {
            payments: wechat
                .orders
                .iter()
                .map(|order| Row::of(wechat, order))
                .collect(),
            refunds: wechat.refunds.iter().map(RefundRow::of).collect(),
            repeated_nonces: wechat.repeated_nonces,
        }
    }
}

impl Row {
    pub(super) fn of(wechat: &Wechat, order: &Order) -> Self {
        let refunds = wechat.refunds.iter();
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
            refunded: refunds
                .filter(|refund| {
                    refund.out_trade_no == order.out_trade_no && refund.status != Status::Closed
                })
                .map(|refund| refund.amount)
                .sum(),
            notices_sent: order.notices_sent,
            notices_accepted: order.notices_accepted,
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
            notices_sent: refund.notices_sent,
            notices_accepted: refund.notices_accepted,
        }
    }
}
