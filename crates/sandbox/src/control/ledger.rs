//! What the platform counts as paid and credited, for tests to compare with.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::Serialize;

use crate::{
    shingsou::{
        crediting::Credit,
        payments::{Payment, Status},
        recharges::{self, Recharge},
    },
    wechat,
    world::{Shared, State as Everything},
};

/// The ledger at one moment.
#[derive(Serialize)]
pub(super) struct Ledger {
    pub(super) payments: Vec<Row>,
    pub(super) credits: Vec<Credit>,
    pub(super) recharges: Vec<RechargeRow>,
    token_fetches: u64,
    pub(super) calls: BTreeMap<String, u64>,
    pub(super) alipay: super::alipay::Ledger,
    wechat: wechat::control::Ledger,
}

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
    #[serde(rename = "notices_sent")]
    pub(super) notices_sent: u64,
    #[serde(rename = "notices_accepted")]
    pub(super) notices_accepted: u64,
}

/// One recharge for money that the partner took itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RechargeRow {
    pub(super) out_recharge_no: String,
    pub(super) card_no: String,
    pub(super) product_id: String,
    pub(super) status: recharges::Status,
    /// How often the card was credited.
    pub(super) credits: u64,
}

/// `GET /_control/ledger`
pub(super) async fn show(State(world): State<Shared>) -> Json<Ledger> {
    Json(Ledger::of(&world.lock()))
}

impl Ledger {
    pub(super) fn of(state: &Everything) -> Self {
        Self {
            payments: state.shingsou.payments.iter().map(Row::of).collect(),
            credits: state.shingsou.crediting.ledger.clone(),
            recharges: state
                .shingsou
                .recharges
                .iter()
                .map(RechargeRow::of)
                .collect(),
            token_fetches: state.shingsou.tokens.fetches,
            calls: state.calls.clone(),
            alipay: super::alipay::Ledger::of(state),
            wechat: wechat::control::Ledger::of(&state.wechat),
        }
    }
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
            notices_sent: payment.notices_sent,
            notices_accepted: payment.notices_accepted,
        }
    }
}

impl RechargeRow {
    fn of(recharge: &Recharge) -> Self {
        Self {
            out_recharge_no: recharge.number.clone(),
            card_no: recharge.card_no.clone(),
            product_id: recharge.product_id.clone(),
            status: recharge.status,
            credits: recharge.credits,
        }
    }
}
