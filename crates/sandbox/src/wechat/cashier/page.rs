//! What the cashier looks like: the style of the other wallet pages here.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::wechat::orders::{Order, TradeState};

const STYLE: &str = include_str!("../../shingsou/cashier/page.css");
const CHECK: &str = r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#;
const CROSS: &str = r#"<path d="m7 7 10 10M17 7 7 17"/>"#;

/// The page of a payment, as it stands now.
pub(super) fn order(order: &Order, action: &str, shop: Option<reqwest::Url>) -> Markup {
    let body = match order.state {
        TradeState::Notpay | TradeState::Userpaying if order.is_expired() => outcome(
            "muted",
            CROSS,
            "付款已过期",
            "请回到商家重新下单。",
            None,
            shop.as_ref(),
        ),
        TradeState::Notpay | TradeState::Userpaying => offer(order, action, shop.as_ref()),
        TradeState::Closed => outcome(
            "muted",
            CROSS,
            "订单已关闭",
            "请回到商家重新下单。",
            None,
            shop.as_ref(),
        ),
        TradeState::Refund => outcome(
            "muted",
            CHECK,
            "已退款",
            "这笔款项已原路退回。",
            Some(order.total),
            shop.as_ref(),
        ),
        TradeState::Success => outcome(
            "good",
            CHECK,
            "付款成功",
            "这笔订单已支付，无需重复付款。",
            Some(order.total),
            shop.as_ref(),
        ),
    };
    frame(&body)
}

/// The page of an address that belongs to no payment.
pub(super) fn unknown() -> Markup {
    refusal("付款不存在")
}

/// The page that says why there is no cashier.
pub(super) fn refusal(words: &str) -> Markup {
    frame(&outcome(
        "muted",
        CROSS,
        words,
        "请回到商家重新发起支付。",
        None,
        None,
    ))
}

fn offer(order: &Order, action: &str, shop: Option<&reqwest::Url>) -> Markup {
    html! {
        section.sum {
            p { "付款金额" }
            h1 { (amount(order.asked)) }
        }
        dl {
            (row("商品", &order.description))
            (row("收款方", "流量充值（沙箱商户）"))
            @if let Some(end) = order.expires { (row("付款截止", &end.plain())) }
        }
        form method="post" action=(action) {
            @if let Some(shop) = shop { input type="hidden" name="redirect_url" value=(shop); }
            button.primary name="action" value="pay" { "确认付款" }
            button name="action" value="cancel" { "取消付款" }
            button.quiet name="action" value="pay_unnoticed" { "付款但丢失通知" }
        }
    }
}

fn outcome(
    tone: &str,
    icon: &str,
    title: &str,
    text: &str,
    total: Option<i64>,
    shop: Option<&reqwest::Url>,
) -> Markup {
    html! {
        section class={ "outcome " (tone) } {
            svg viewBox="0 0 24 24" aria-hidden="true" { (PreEscaped(icon)) }
            h1 { (title) }
            @if let Some(total) = total { p.total { (amount(total)) } }
            p { (text) }
            @if let Some(shop) = shop { a.primary href=(shop) { "返回商家" } }
        }
    }
}

fn frame(body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="zh-CN" class="wechat" {
            head {
                meta charset="utf-8";
                link rel="icon" href="data:,";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                title { "微信支付 · 沙箱" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { strong { "微信支付" } span { "沙箱，不产生真实扣款" } }
                main { (body) }
            }
        }
    }
}

fn row(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn amount(fen: i64) -> String {
    format!("¥{}.{:02}", fen / 100, fen.unsigned_abs() % 100)
}
