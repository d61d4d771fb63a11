//! What the platform counts as paid and recharged, for tests to compare with.

use serde::Serialize;

use crate::{
    notices::Tally,
    shingsou::{
        payments::{Payment, Status},
        recharges::{self, Recharge},
    },
};

/// One payment.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    pub(super) out_trade_no: String,
    pub(super) payment_id: String,
    pub(super) card_no: String,
    pub(super) product_id: String,
    #[serde(rename = "total_fen")]
    pub(super) total_fen: i64,
    pub(super) status: Status,
    pub(super) transaction_id: Option<String>,
    #[serde(flatten)]
    pub(super) noticed: Tally,
}

/// One recharge for money that the partner took itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RechargeRow {
    out_recharge_no: String,
    card_no: String,
    product_id: String,
    status: recharges::Status,
    /// How often the card was credited.
    credits: u64,
}

impl Row {
    pub(super) fn of(payment: &Payment) -> Self {
        Self {
            out_trade_no: payment.out_trade_no.clone(),
            payment_id: payment.id.clone(),
            card_no: payment.card_no.clone(),
            product_id: payment.product_id.clone(),
            total_fen: payment.total.0,
            status: payment.status(),
            transaction_id: payment.transaction_id.clone(),
            noticed: payment.noticed,
        }
    }
}

impl RechargeRow {
    pub(super) fn of(recharge: &Recharge) -> Self {
        Self {
            out_recharge_no: recharge.number.clone(),
            card_no: recharge.card_no.clone(),
            product_id: recharge.product_id.clone(),
            status: recharge.status,
            credits: recharge.credits,
        }
    }
}
