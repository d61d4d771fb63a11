//! The control page for people.

mod forms;

use axum::{extract::State, response::Html};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::ledger::{Ledger, Row};
use crate::{money::Fen, world::Shared};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// `GET /_control`
pub(super) async fn show(State(world): State<Shared>) -> Html<String> {
    let state = world.lock();
    let ledger = Ledger::of(&state);
    let page = html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                link rel="icon" href="data:,";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "沙箱控制台" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { a href="/_control" { "刷新" } h1 { "沙箱控制台" } p { "旭宇平台，单机扮演；不产生真实扣款。" } }
                main {
                    section.wide { h2 { "付款" } (payments(&ledger)) }
                    section.wide { h2 { "支付宝" } (alipay(&ledger)) }
                    section.double { h2 { "到账记录" } (credits(&ledger)) }
                    section.double { h2 { "充值单" } (recharges(&ledger)) }
                    section { h2 { "接口调用" } (calls(&ledger)) }
                    (forms::all(&state))
                }
                output role="status" {}
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    Html(page.into_string())
}

fn payments(ledger: &Ledger) -> Markup {
    html! {
        @if ledger.payments.is_empty() { p { "还没有付款。" } } @else {
            div.scroll { table {
                thead { tr {
                    th { "商户单号" } th { "卡号" } th { "套餐" } th { "金额" } th { "状态" }
                    th { "交易号" } th { "通知 已收/已发" } th { "操作" }
                } }
                tbody { @for row in ledger.payments.iter().rev() { (payment(row)) } }
            } }
        }
    }
}

fn payment(row: &Row) -> Markup {
    let status = serde_json::to_value(row.status).unwrap_or_default();
    let button = |label: &str, path: &str, order: serde_json::Value| {
        html! { button data-path=(path) data-order=(order) { (label) } }
    };
    let number = &row.out_trade_no;
    html! {
        tr {
            td { code { (number) } }
            td { (row.card_no) }
            td { (row.product_id) }
            td { "¥" (Fen(row.total_fen)) }
            td { (status.as_str().unwrap_or_default()) }
            td { (row.transaction_id.as_deref().unwrap_or("")) }
            td { (row.notices_accepted) " / " (row.notices_sent) }
            td {
                @if row.transaction_id.is_none() {
                    (button("付款", "pay", serde_json::json!({ "outTradeNo": number, "force": true })))
                }
                (button("发通知", "send_notice", serde_json::json!({ "outTradeNo": number })))
            }
        }
    }
}

fn alipay(ledger: &Ledger) -> Markup {
    html! {
        @if ledger.alipay.trades.is_empty() { p { "还没有交易。" } } @else {
            div.scroll { table {
                thead { tr {
                    th { "商户单号" } th { "方式" } th { "金额" } th { "状态" } th { "已退" }
                    th { "交易号" } th { "通知 已收/已发" } th { "操作" }
                } }
                tbody { @for row in ledger.alipay.trades.iter().rev() { (trade(row)) } }
            } }
        }
    }
}

fn trade(row: &super::alipay::Row) -> Markup {
    let word = |value: serde_json::Value| value.as_str().unwrap_or("未创建").to_owned();
    let order = serde_json::json!({ "out_trade_no": row.out_trade_no, "force": true });
    html! {
        tr {
            td { code { (row.out_trade_no) } }
            td { (word(serde_json::json!(row.product))) }
            td { "¥" (Fen(row.total_fen)) }
            td { (word(serde_json::json!(row.trade_status))) }
            td { "¥" (Fen(row.refunded_fen)) }
            td { (row.trade_no.as_deref().unwrap_or("")) }
            td { (row.notices_accepted) " / " (row.notices_sent) }
            td {
                @if row.paid {
                    button data-path="alipay/send_notice" data-order=(order) { "发通知" }
                } @else {
                    button data-path="alipay/pay" data-order=(order) { "付款" }
                }
            }
        }
    }
}

fn credits(ledger: &Ledger) -> Markup {
    html! {
        @if ledger.credits.is_empty() { p { "还没有到账。" } } @else {
            div.scroll { table {
                thead { tr { th { "商户单号" } th { "卡号" } th { "流量 MB" } th { "次数" } } }
                tbody { @for credit in &ledger.credits { tr {
                    td { code { (credit.out_trade_no) } } td { (credit.card_no) }
                    td { (credit.data_volume) } td { (credit.times) }
                } } }
            } }
        }
    }
}

fn recharges(ledger: &Ledger) -> Markup {
    let word = |status| serde_json::json!(status).as_str().unwrap_or("").to_owned();
    html! {
        @if ledger.recharges.is_empty() { p { "还没有充值单。" } } @else {
            div.scroll { table {
                thead { tr { th { "充值单号" } th { "卡号" } th { "套餐" } th { "状态" } th { "到账次数" } } }
                tbody { @for row in ledger.recharges.iter().rev() { tr {
                    td { code { (row.out_recharge_no) } } td { (row.card_no) } td { (row.product_id) }
                    td { (word(row.status)) } td { (row.credits) }
                } } }
            } }
        }
    }
}

fn calls(ledger: &Ledger) -> Markup {
    html! {
        @if ledger.calls.is_empty() { p { "还没有调用。" } } @else {
            table { tbody { @for (route, count) in &ledger.calls {
                tr { td { code { (route) } } td { (count) } }
            } } }
        }
    }
}
