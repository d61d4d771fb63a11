//! What the pay page looks like.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Via;
use crate::{
    money::Fen,
    shingsou::payments::{Channel, Payment, Status},
};

const STYLE: &str = include_str!("page.css");
const PAYEE: &str = "旭宇流量充值（沙箱商户）";

const CHECK: &str = r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#;
const CROSS: &str = r#"<path d="m7 7 10 10M17 7 7 17"/>"#;
const CLOCK: &str = r#"<path d="M12 6.5V12l3.5 2"/>"#;

/// The page of a payment, as it stands now.
pub(super) fn payment(payment: &Payment, via: Via) -> Markup {
    let shop = payment.return_url.as_ref().filter(|_| via == Via::Link);
    let body = match payment.status() {
        Status::Unpaid => offer(payment, via),
        Status::Closed if payment.status == Status::Closed => outcome(
            "muted",
            CROSS,
            "已取消",
            "这笔付款已取消，没有扣款。",
            None,
            shop,
        ),
        Status::Closed => outcome(
            "muted",
            CLOCK,
            "付款已过期",
            "请回到商家重新下单。",
            None,
            shop,
        ),
        Status::Refunded => outcome(
            "muted",
            CHECK,
            "已退款",
            "这笔款项已原路退回。",
            Some(payment.total),
            shop,
        ),
        Status::Paid | Status::Crediting | Status::Credited | Status::Failed => outcome(
            "good",
            CHECK,
            "付款成功",
            "这笔订单已支付，无需重复付款。",
            Some(payment.total),
            shop,
        ),
    };
    frame(Some(payment.channel), &body)
}

/// The page of an address that belongs to no payment.
pub(super) fn unknown() -> Markup {
    frame(
        None,
        &outcome(
            "muted",
            CROSS,
            "付款不存在",
            "请核对链接或二维码。",
            None,
            None,
        ),
    )
}

fn offer(payment: &Payment, via: Via) -> Markup {
    let via = match via {
        Via::Link => "link",
        Via::Code => "code",
    };
    html! {
        section.sum {
            p { "付款金额" }
            h1 { (amount(payment.asked)) }
        }
        dl {
            (row("商品", &payment.product_name))
            (row("收款方", PAYEE))
            (row("充值卡号", &masked(&payment.card_no)))
            (row("付款截止", &payment.expires.plain()))
        }
        form method="post" action={ "/pay/" (payment.id) } {
            input type="hidden" name="via" value=(via);
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
    total: Option<Fen>,
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

fn frame(channel: Option<Channel>, body: &Markup) -> Markup {
    let (name, class) = match channel {
        Some(Channel::Alipay) => ("支付宝", "alipay"),
        Some(Channel::Wechat) => ("微信支付", "wechat"),
        None => ("收银台", "neither"),
    };
    html! {
        (DOCTYPE)
        html lang="zh-CN" class=(class) {
            head {
                meta charset="utf-8";
                link rel="icon" href="data:,";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                title { (name) " · 沙箱" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { strong { (name) } span { "沙箱，不产生真实扣款" } }
                main { (body) }
            }
        }
    }
}

fn row(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// Yuan with both decimals, as wallets show them.
fn amount(fen: Fen) -> String {
    format!("¥{}.{:02}", fen.0 / 100, fen.0.unsigned_abs() % 100)
}

/// A card's first and last four characters.
fn masked(card: &str) -> String {
    match (
        card.get(..4),
        card.len().checked_sub(4).and_then(|from| card.get(from..)),
    ) {
        (Some(head), Some(tail)) if card.len() > 8 => format!("{head} **** {tail}"),
        _ => "****".to_owned(),
    }
}
