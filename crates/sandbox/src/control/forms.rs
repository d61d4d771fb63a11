//! The forms of the control page: one for each order.

use std::collections::{BTreeMap, VecDeque};

use maud::{Markup, html};

use crate::faults::{EVERY_ROUTE, Fault};

const FAULTS: &[(&str, &str)] = &[
    ("delay", "答复延迟"),
    ("hang", "不处理也不答复"),
    ("timeout_after_effect", "已处理但不答复"),
    ("http_500", "HTTP 500"),
    ("http_502_html", "HTTP 502，HTML"),
    ("http_429", "HTTP 429，Retry-After"),
    ("empty_200", "HTTP 200，空内容"),
    ("bad_json", "JSON 不完整"),
    ("business", "业务错误码"),
    ("unauthorized", "HTTP 401"),
    ("unsigned", "答复不带签名"),
    ("bad_signature", "答复签名错误"),
];

/// Faults of these routes.
pub(super) fn faults(waiting: &BTreeMap<String, VecDeque<Fault>>, routes: &[&str]) -> Markup {
    let named = routes.iter().map(|route| (*route, *route));
    let routes = [(EVERY_ROUTE, "全部接口")].into_iter().chain(named);
    form(
        "faults",
        "接口故障",
        "开始",
        &html! {
            (choice("route", "接口", routes))
            (choice("kind", "故障", FAULTS.iter().copied()))
            (number("times", "次数（0 为一直）", "1"))
            (number("ms", "毫秒", ""))
            (number("code", "业务码", ""))
            (text("message", "业务说明"))
            @if !waiting.is_empty() {
                pre { (serde_json::to_string_pretty(waiting).unwrap_or_default()) }
                button type="button" data-path="faults/clear" data-order="{}" { "清除全部故障" }
            }
        },
    )
}

pub(super) fn reset() -> Markup {
    form(
        "reset",
        "恢复初始状态",
        "恢复",
        &html! { p { "清空付款、到账、故障，卡和套餐恢复原样。" } },
    )
}

/// A form that gives an order.
pub(crate) fn form(path: &str, title: &str, button: &str, fields: &Markup) -> Markup {
    html! {
        section { form data-path=(path) {
            h2 { (title) }
            (fields)
            button.primary { (button) }
        } }
    }
}

pub(crate) fn choice<'a>(
    name: &str,
    label: &str,
    options: impl Iterator<Item = (&'a str, &'a str)>,
) -> Markup {
    chosen(name, label, options, "")
}

/// The same with what holds now.
pub(crate) fn chosen<'a>(
    name: &str,
    label: &str,
    options: impl Iterator<Item = (&'a str, &'a str)>,
    current: &str,
) -> Markup {
    html! { label { span { (label) } select name=(name) {
        @for (value, text) in options {
            option value=(value) selected[value == current] { (text) }
        }
    } } }
}

pub(crate) fn number(name: &str, label: &str, value: &str) -> Markup {
    html! { label { span { (label) } input name=(name) type="number" step="any" value=(value); } }
}

pub(crate) fn text(name: &str, label: &str) -> Markup {
    html! { label { span { (label) } input name=(name); } }
}
