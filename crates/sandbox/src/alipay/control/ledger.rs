//! Alipay's side of the ledger, in JSON and for people.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    alipay::{
        Alipay, METHODS,
        trades::{Product, Refund, Status, Trade},
    },
    control::{Controlled, Sale, Table, word},
    notices::Tally,
};

/// One trade.
#[derive(Serialize)]
pub(super) struct Row {
    out_trade_no: String,
    trade_no: Option<String>,
    product: Product,
    /// Nothing before the buyer's wallet has created the trade.
    trade_status: Option<Status>,
    total_fen: i64,
    paid: bool,
    refunded_fen: i64,
    refunds: Vec<Refund>,
    #[serde(flatten)]
    noticed: Tally,
}

impl Row {
    pub(super) fn of(trade: &Trade) -> Self {
        Self {
            out_trade_no: trade.out_trade_no.clone(),
            trade_no: trade.trade_no.clone(),
            product: trade.product,
            trade_status: trade.status(),
            total_fen: trade.total.0,
            paid: trade.paid_at.is_some(),
            refunded_fen: trade.refunded().0,
            refunds: trade.refunds.clone(),
            noticed: trade.noticed,
        }
    }
}

impl Controlled for Alipay {
    const ROUTES: &'static [&'static str] = METHODS;

    fn ledger(&self) -> Value {
        let trades: Vec<_> = self.trades.iter().map(Row::of).collect();
        json!({ "alipay": { "trades": trades } })
    }

    fn tables(&self) -> Vec<Table> {
        let sale = |trade: &Trade| Sale {
            out_trade_no: trade.out_trade_no.clone(),
            way: word(trade.product),
            total: trade.total,
            status: trade.status().map_or_else(|| "未创建".to_owned(), word),
            refunded: trade.refunded(),
            number: trade.trade_no.clone(),
            paid: trade.paid_at.is_some(),
            noticed: trade.noticed,
        };
        let sales = self.trades.iter().rev().map(sale);
        vec![Table::of_wallet("支付宝", "alipay", sales)]
    }
}
