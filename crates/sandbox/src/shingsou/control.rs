//! Control of the platform, right below `/_control`: what it knows, how it behaves, and its side of the ledger.

mod changes;
mod forms;
mod ledger;
mod send;

use axum::{Router, routing::post};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{ROUTES, Shared, Shingsou};
use crate::{
    control::{
        Controlled, Table, Width, button, noticed,
        notices::{self, set_mode},
        word,
    },
    money::Fen,
};
use ledger::{RechargeRow, Row};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/_control/pay", post(changes::pay))
        .route("/_control/price", post(changes::price))
        .route("/_control/product", post(changes::product))
        .route("/_control/card", post(changes::card))
        .route("/_control/token", post(changes::token))
        .route("/_control/credit", post(changes::credit))
        .route("/_control/notices", post(set_mode::<Shingsou>))
        .route("/_control/send_notice", post(notices::send::<Shingsou>))
}

impl Controlled for Shingsou {
    const ROUTES: &'static [&'static str] = ROUTES;

    fn ledger(&self) -> Value {
        json!({
            "payments": self.payments.iter().map(Row::of).collect::<Vec<_>>(),
            "credits": self.crediting.ledger,
            "recharges": self.recharges.iter().map(RechargeRow::of).collect::<Vec<_>>(),
            "token_fetches": self.tokens.fetches,
        })
    }

    fn tables(&self) -> Vec<Table> {
        vec![
            self.payments_table(),
            self.credits_table(),
            self.recharges_table(),
        ]
    }

    fn forms(&self) -> Option<Markup> {
        Some(forms::all(self))
    }
}

impl Shingsou {
    fn payments_table(&self) -> Table {
        let row = |row: Row| {
            let order = json!({ "outTradeNo": row.out_trade_no, "force": true });
            vec![
                html! { code { (row.out_trade_no) } },
                html! { (row.card_no) },
                html! { (row.product_id) },
                html! { "¥" (Fen(row.total_fen)) },
                html! { (word(row.status)) },
                html! { (row.transaction_id.as_deref().unwrap_or("")) },
                noticed(row.noticed),
                html! {
                    @if row.transaction_id.is_none() { (button("付款", "pay", &order)) }
                    (button("发通知", "send_notice", &json!({ "outTradeNo": row.out_trade_no })))
                },
            ]
        };
        Table {
            title: "付款",
            width: Width::Wide,
            nothing: "还没有付款。",
            heads: &[
                "商户单号",
                "卡号",
                "套餐",
                "金额",
                "状态",
                "交易号",
                "通知 已收/已发",
                "操作",
            ],
            rows: self.payments.iter().rev().map(Row::of).map(row).collect(),
        }
    }

    fn credits_table(&self) -> Table {
        let rows = self.crediting.ledger.iter().map(|credit| {
            vec![
                html! { code { (credit.out_trade_no) } },
                html! { (credit.card_no) },
                html! { (credit.data_volume) },
                html! { (credit.times) },
            ]
        });
        Table {
            title: "到账记录",
            width: Width::Double,
            nothing: "还没有到账。",
            heads: &["商户单号", "卡号", "流量 MB", "次数"],
            rows: rows.collect(),
        }
    }

    fn recharges_table(&self) -> Table {
        let rows = self.recharges.iter().rev().map(|recharge| {
            vec![
                html! { code { (recharge.number) } },
                html! { (recharge.card_no) },
                html! { (recharge.product_id) },
                html! { (word(recharge.status)) },
                html! { (recharge.credits) },
            ]
        });
        Table {
            title: "充值单",
            width: Width::Double,
            nothing: "还没有充值单。",
            heads: &["充值单号", "卡号", "套餐", "状态", "到账次数"],
            rows: rows.collect(),
        }
    }
}
