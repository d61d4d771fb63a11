//! What Alipay's pay page looks like.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Via;
use crate::alipay::{
    notices::yuan,
    trades::{HAS_SUCCESS, Refusal, Trade},
};

/// The wallets' pages look alike.
const STYLE: &str = include_str!("../../shingsou/cashier/page.css");
const PAYEE: &str = "流量充值商城（沙箱商户）";

const CHECK: &str = r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#;
const CROSS: &str = r#"<path d="m7 7 10 10M17 7 7 17"/>"#;
const CLOCK: &str = r#"<path d="M12 6.5V12l3.5 2"/>"#;

/// The page of a trade, as it stands now; `shop` is where a buyer who has paid goes back to.
pub(super) fn trade(trade: &Trade, via: Via, shop: Option<&str>) -> Markup {
    let body = match trade.payable() {
        Ok(()) => offer(trade, via),
        Err(HAS_SUCCESS) if trade.refunded() >= trade.total => outcome(
            "muted",
            CHECK,
            "已退款",
            "这笔款项已原路退回。",
            Some(trade),
            shop,
        ),
        Err(HAS_SUCCESS) => outcome(
            "good",
            CHECK,
            "付款成功",
            "这笔订单已支付，无需重复付款。",
            Some(trade),
            shop,
        ),
        Err(_) => outcome(
            "muted",
            CLOCK,
            "交易已关闭",
            "请回到商家重新下单。",
            None,
            shop,
        ),
    };
    frame(&body)
}

/// The page of an address that belongs to no trade.
pub(super) fn unknown() -> Markup {
    frame(&outcome(
        "muted",
        CROSS,
        "付款不存在",
        "请核对链接或二维码。",
        None,
        None,
    ))
}

/// The page of a buyer who left.
pub(super) fn left() -> Markup {
    frame(&outcome(
        "muted",
        CROSS,
        "已取消",
        "没有扣款。订单关闭前仍可付款。",
        None,
        None,
    ))
}

/// The page of a request that Alipay refuses.
pub(super) fn refused(Refusal(code, text): Refusal) -> Markup {
    frame(&outcome("muted", CROSS, text, code, None, None))
}

fn offer(trade: &Trade, via: Via) -> Markup {
    let via = match via {
        Via::Link => "link",
        Via::Code => "code",
    };
    html! {
        section.sum {
            p { "付款金额" }
            h1 { "¥" (yuan(trade.asked)) }
        }
        dl {
            (row("商品", &trade.subject))
            (row("收款方", PAYEE))
            (row("商户单号", &trade.out_trade_no))
            (row("付款截止", &trade.expires.plain()))
        }
        form method="post" action={ "/alipay/cashier/" (trade.id) } {
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
    paid: Option<&Trade>,
    shop: Option<&str>,
) -> Markup {
    html! {
        section class={ "outcome " (tone) } {
            svg viewBox="0 0 24 24" aria-hidden="true" { (PreEscaped(icon)) }
            h1 { (title) }
            @if let Some(trade) = paid { p.total { "¥" (yuan(trade.total)) } }
            p { (text) }
            @if let Some(shop) = shop { a.primary href=(shop) { "返回商家" } }
        }
    }
}

fn frame(body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="zh-CN" class="alipay" {
            head {
                meta charset="utf-8";
                link rel="icon" href="data:,";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                title { "支付宝 · 沙箱" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { strong { "支付宝" } span { "沙箱，不产生真实扣款" } }
                main { (body) }
            }
        }
    }
}

fn row(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}
