//! The forms of the control page: one for each order.

use maud::{Markup, html};
use serde::Serialize;

use crate::{alipay, faults::EVERY_ROUTE, shingsou::ROUTES, wechat, world::State as Everything};

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

/// Every form; each starts with what holds now, where that is one value.
pub(super) fn all(state: &Everything) -> Markup {
    let platform = &state.shingsou;
    let notices_mode = word(platform.notices.mode, Some("mode"));
    let credit_mode = word(platform.crediting.mode, None);
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
    let routes = [(EVERY_ROUTE, "全部接口")].into_iter().chain(
        ROUTES
            .iter()
            .chain(alipay::METHODS)
            .chain(wechat::ROUTES)
            .map(|r| (*r, *r)),
    );
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
            (chosen("mode", "方式", [
                ("normal", "正常"), ("lose", "丢失"), ("double", "重复"), ("flood", "大量"),
            ].into_iter(), &notices_mode))
            (number("count", "大量时的份数", ""))
        }))
        (form("credit", "到账", "应用", html! {
            (chosen("mode", "方式", [
                ("normal", "正常到账"), ("fail", "失败"), ("never", "一直排队"),
                ("refund_after_fail", "失败后退款"),
            ].into_iter(), &credit_mode))
            (number("delay_ms", "延迟毫秒", &platform.crediting.delay.as_millis().to_string()))
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
    chosen(name, label, options, "")
}

fn chosen<'a>(
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

fn number(name: &str, label: &str, value: &str) -> Markup {
    html! { label { span { (label) } input name=(name) type="number" step="any" value=(value); } }
}

fn text(name: &str, label: &str) -> Markup {
    html! { label { span { (label) } input name=(name); } }
}

/// A setting as its form names it.
fn word(setting: impl Serialize, field: Option<&str>) -> String {
    let value = serde_json::to_value(setting).unwrap_or_default();
    let value = field.map_or(&value, |field| &value[field]);
    value.as_str().unwrap_or_default().to_owned()
}
