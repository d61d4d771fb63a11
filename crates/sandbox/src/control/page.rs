//! The control page for people: tables of what is, forms for what shall be.

use std::collections::BTreeMap;

use maud::{Markup, PreEscaped, html};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{document::Head, money::Fen, notices::Tally};

/// A table of the page, newest rows first.
pub(crate) struct Table {
    pub(crate) title: &'static str,
    pub(crate) width: Width,
    /// What is said where there is no row.
    pub(crate) nothing: &'static str,
    pub(crate) heads: &'static [&'static str],
    pub(crate) rows: Vec<Vec<Markup>>,
}

/// How much of the page a table takes; the wider ones stand first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Width {
    Wide,
    Double,
}

/// A payment at a wallet, as a row shows it.
pub(crate) struct Sale {
    pub(crate) out_trade_no: String,
    /// How the buyer comes to pay.
    pub(crate) way: String,
    pub(crate) total: Fen,
    pub(crate) status: String,
    pub(crate) refunded: Fen,
    /// The wallet's own number, once there is one.
    pub(crate) number: Option<String>,
    pub(crate) paid: bool,
    pub(crate) noticed: Tally,
}

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The whole page.
pub(super) fn show(
    mut tables: Vec<Table>,
    calls: &BTreeMap<String, u64>,
    forms: &[Markup],
) -> Markup {
    tables.sort_by_key(|table| table.width);
    let head = Head {
        title: "沙箱控制台",
        style: STYLE,
        class: None,
        viewport: "",
        color_scheme: None,
    };
    head.over(&html! {
        header { a href="/_control" { "刷新" } h1 { "沙箱控制台" } p { "旭宇平台、支付宝、微信支付，单机扮演；不产生真实扣款。" } }
        main {
            @for table in &tables { (table.show()) }
            section { h2 { "接口调用" } (counted(calls)) }
            @for form in forms { (form) }
        }
        output role="status" {}
        script { (PreEscaped(SCRIPT)) }
    })
}

impl Table {
    /// The payments of the wallet whose orders are below this path.
    pub(crate) fn of_wallet(
        title: &'static str,
        path: &str,
        sales: impl Iterator<Item = Sale>,
    ) -> Self {
        let row = |sale: Sale| {
            let order = json!({ "out_trade_no": sale.out_trade_no, "force": true });
            vec![
                html! { code { (sale.out_trade_no) } },
                html! { (sale.way) },
                html! { "¥" (sale.total) },
                html! { (sale.status) },
                html! { "¥" (sale.refunded) },
                html! { (sale.number.as_deref().unwrap_or("")) },
                noticed(sale.noticed),
                if sale.paid {
                    button("发通知", &format!("{path}/send_notice"), &order)
                } else {
                    button("付款", &format!("{path}/pay"), &order)
                },
            ]
        };
        Self {
            title,
            width: Width::Wide,
            nothing: "还没有交易。",
            heads: &[
                "商户单号",
                "方式",
                "金额",
                "状态",
                "已退",
                "交易号",
                "通知 已收/已发",
                "操作",
            ],
            rows: sales.map(row).collect(),
        }
    }

    fn show(&self) -> Markup {
        let class = match self.width {
            Width::Wide => "wide",
            Width::Double => "double",
        };
        html! {
            section class=(class) {
                h2 { (self.title) }
                @if self.rows.is_empty() { p { (self.nothing) } } @else {
                    div.scroll { table {
                        thead { tr { @for head in self.heads { th { (head) } } } }
                        tbody { @for row in &self.rows { tr { @for cell in row { td { (cell) } } } } }
                    } }
                }
            }
        }
    }
}

fn counted(calls: &BTreeMap<String, u64>) -> Markup {
    html! {
        @if calls.is_empty() { p { "还没有调用。" } } @else {
            table { tbody { @for (route, count) in calls {
                tr { td { code { (route) } } td { (count) } }
            } } }
        }
    }
}

/// A button that gives an order.
pub(crate) fn button(label: &str, path: &str, order: &Value) -> Markup {
    html! { button data-path=(path) data-order=(order) { (label) } }
}

/// How many notices were accepted of those that were sent.
pub(crate) fn noticed(tally: Tally) -> Markup {
    html! { (tally.accepted) " / " (tally.sent) }
}

/// A setting or a state as JSON names it, where it has a name.
pub(crate) fn word(value: impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
