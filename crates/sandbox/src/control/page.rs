//! The control page for people.

use axum::{extract::State, response::Html};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::ledger::{Ledger, Row};
use crate::{
    faults::EVERY_ROUTE,
    money::Fen,
    shingsou::ROUTES,
    world::{Shared, State as Everything},
};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

const FAULTS: &[(&str, &str)] = &[
    ("delay", "答复延迟"),
    ("hang", "不处理也不答复"),
    ("timeout_after_effect", "已处理但不答复"),
    ("http_500", "HTTP 500"),
    ("http_502_html", "HTTP 502，HTML"),
    ("empty_200", "HTTP 200，空内容"),
    ("bad_json", "JSON 不完整"),
    ("business", "业务错误码"),
    ("unauthorized", "HTTP 401"),
];

/// `GET /_control`
pub(super) async fn show(State(world): State<Shared>) -> Html<String> {
    let state = world.lock();
    let ledger = Ledger::of(&state);
    let page = html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "沙箱控制台" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { h1 { "沙箱控制台" } p { "旭宇平台，单机扮演；不产生真实扣款。" } }
                main {
                    section.wide { h2 { "付款" } (payments(&ledger)) }
                    (forms(&state))
                    section { h2 { "到账记录" } (credits(&ledger)) }
                    section { h2 { "接口调用" } (calls(&ledger)) }
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

fn calls(ledger: &Ledger) -> Markup {
    html! {
        @if ledger.calls.is_empty() { p { "还没有调用。" } } @else {
            table { tbody { @for (route, count) in &ledger.calls {
                tr { td { code { (route) } } td { (count) } }
            } } }
        }
    }
}

fn forms(state: &Everything) -> Markup {
    let platform = &state.shingsou;
    let cards = platform.cards.iter().map(|card| (card.iccid, card.iccid));
    let products: Vec<_> = platform
        .products
        .iter()
        .map(|product| {
            (
                product.id.clone(),
                format!("{} {}", product.id, product.name),
            )
        })
        .collect();
    let products = products
        .iter()
        .map(|(id, name)| (id.as_str(), name.as_str()));
    let routes = [(EVERY_ROUTE, "全部接口")]
        .into_iter()
        .chain(ROUTES.iter().map(|r| (*r, *r)));
    html! {
        (form("faults", "接口故障", "开始", html! {
            (choice("route", "接口", routes))
            (choice("kind", "故障", FAULTS.iter().copied()))
            (number("times", "次数（0 为一直）", "1"))
            (number("ms", "毫秒", ""))
            (number("code", "业务码", ""))
            (text("message", "业务说明"))
            @if !state.faults.by_route().is_empty() {
                pre { (serde_json::to_string_pretty(state.faults.by_route()).unwrap_or_default()) }
                button type="button" data-path="faults/clear" data-order="{}" { "清除全部故障" }
            }
        }))
        (form("notices", "付款通知", "应用", html! {
            (choice("mode", "方式", [
                ("normal", "正常"), ("lose", "丢失"), ("double", "重复"), ("flood", "大量"),
            ].into_iter()))
            (number("count", "大量时的份数", ""))
        }))
        (form("credit", "到账", "应用", html! {
            (choice("mode", "方式", [
                ("normal", "正常到账"), ("fail", "失败"), ("never", "一直排队"),
                ("refund_after_fail", "失败后退款"),
            ].into_iter()))
            (number("delay_ms", "延迟毫秒", ""))
        }))
        (form("price", "改价", "应用", html! {
            (choice("productId", "套餐", products.clone()))
            (text("price", "价格（元）"))
        }))
        (form("product", "上下架", "应用", html! {
            (choice("productId", "套餐", products))
            (choice("onSale", "在售", [("true", "是"), ("false", "否")].into_iter()))
            (number("stock", "库存", ""))
        }))
        (form("card", "卡", "应用", html! {
            (choice("cardNo", "卡号", cards))
            (number("status", "状态码", ""))
            (number("used", "已用 MB", ""))
            (number("total", "总量 MB", ""))
            (choice("realityStatus", "实名", [
                ("", "不变"), ("none", "未认证"), ("pending", "审核中"), ("passed", "已通过"),
                ("rejected", "未通过"),
            ].into_iter()))
        }))
        (form("token", "令牌", "应用", html! {
            (number("expires_in", "有效秒数", ""))
            (choice("spelling", "字段名", [
                ("expires_in", "expires_in"), ("expire_in", "expire_in"),
            ].into_iter()))
            (choice("revoke_all", "作废已发令牌", [("false", "否"), ("true", "是")].into_iter()))
        }))
        (form("reset", "恢复初始状态", "恢复", html! { p { "清空付款、到账、故障，卡和套餐恢复原样。" } }))
    }
}

fn form(path: &str, title: &str, button: &str, fields: Markup) -> Markup {
    html! {
        section { form data-path=(path) {
            h2 { (title) }
            (fields)
            button.primary { (button) }
        } }
    }
}

fn choice<'a>(
    name: &str,
    label: &str,
    options: impl Iterator<Item = (&'a str, &'a str)>,
) -> Markup {
    html! { label { span { (label) } select name=(name) {
        @for (value, text) in options { option value=(value) { (text) } }
    } } }
}

fn number(name: &str, label: &str, value: &str) -> Markup {
    html! { label { span { (label) } input name=(name) type="number" step="any" value=(value); } }
}

fn text(name: &str, label: &str) -> Markup {
    html! { label { span { (label) } input name=(name); } }
}
