//! What the wallets' pay pages have in common: their looks, their buttons, and how they are answered.

use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::{Deserialize, Serialize};

use crate::money::{Fen, yuan};

/// How the buyer came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Via {
    /// By an address: afterwards the browser goes back to the shop.
    #[default]
    Link,
    /// By a code, with another device: there is nowhere to go back to.
    Code,
}

/// The button that was pressed.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    Pay,
    PayUnnoticed,
    /// The buyer leaves.
    Cancel,
}

/// Whose page it is.
#[derive(Clone, Copy)]
pub(crate) enum Wallet {
    Alipay,
    Wechat,
    /// Nobody knows, since there is no payment.
    Neither,
}

/// What the buyer is asked to pay.
pub(crate) struct Offer<'a> {
    pub(crate) amount: Fen,
    /// Names and values below the amount.
    pub(crate) rows: Vec<(&'a str, String)>,
    /// Where the buttons lead.
    pub(crate) action: String,
    /// A field that goes with them.
    pub(crate) with: Option<(&'a str, &'a str)>,
}

/// How it went.
#[derive(Default)]
pub(crate) struct Outcome<'a> {
    pub(crate) sign: Sign,
    pub(crate) title: &'a str,
    pub(crate) text: &'a str,
    /// What was paid.
    pub(crate) total: Option<Fen>,
    /// Where the buyer goes back to.
    pub(crate) shop: Option<&'a str>,
}

/// The picture over an outcome.
#[derive(Clone, Copy, Default)]
pub(crate) enum Sign {
    Good,
    Back,
    Late,
    #[default]
    No,
}

const STYLE: &str = include_str!("cashier/page.css");

impl Via {
    /// As the form carries it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Code => "code",
        }
    }
}

impl Wallet {
    /// A page around what the wallet says.
    pub(crate) fn page(self, body: &Markup) -> Markup {
        let (name, class) = match self {
            Self::Alipay => ("支付宝", "alipay"),
            Self::Wechat => ("微信支付", "wechat"),
            Self::Neither => ("收银台", "neither"),
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

    /// A page that says how it went.
    pub(crate) fn says(self, outcome: &Outcome<'_>) -> Markup {
        self.page(&outcome.show())
    }
}

impl Offer<'_> {
    pub(crate) fn show(&self) -> Markup {
        html! {
            section.sum {
                p { "付款金额" }
                h1 { "¥" (yuan(self.amount)) }
            }
            dl { @for (name, value) in &self.rows {
                div { dt { (name) } dd { (value) } }
            } }
            form method="post" action=(self.action) {
                @if let Some((name, value)) = self.with { input type="hidden" name=(name) value=(value); }
                button.primary name="action" value="pay" { "确认付款" }
                button name="action" value="cancel" { "取消付款" }
                button.quiet name="action" value="pay_unnoticed" { "付款但丢失通知" }
            }
        }
    }
}

impl Outcome<'_> {
    fn show(&self) -> Markup {
        let (tone, icon) = match self.sign {
            Sign::Good => ("good", r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#),
            Sign::Back => ("muted", r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#),
            Sign::Late => ("muted", r#"<path d="M12 6.5V12l3.5 2"/>"#),
            Sign::No => ("muted", r#"<path d="m7 7 10 10M17 7 7 17"/>"#),
        };
        html! {
            section class={ "outcome " (tone) } {
                svg viewBox="0 0 24 24" aria-hidden="true" { (PreEscaped(icon)) }
                h1 { (self.title) }
                @if let Some(total) = self.total { p.total { "¥" (yuan(total)) } }
                p { (self.text) }
                @if let Some(shop) = self.shop { a.primary href=(shop) { "返回商家" } }
            }
        }
    }
}

/// Paid, and nothing to be paid again.
pub(crate) fn paid(total: Fen, shop: Option<&str>) -> Outcome<'_> {
    Outcome {
        sign: Sign::Good,
        title: "付款成功",
        text: "这笔订单已支付，无需重复付款。",
        total: Some(total),
        shop,
    }
}

/// Paid, and given back.
pub(crate) fn given_back(total: Fen, shop: Option<&str>) -> Outcome<'_> {
    Outcome {
        sign: Sign::Back,
        title: "已退款",
        text: "这笔款项已原路退回。",
        total: Some(total),
        shop,
    }
}

/// It cannot be paid any more.
pub(crate) fn over<'a>(title: &'a str, shop: Option<&'a str>) -> Outcome<'a> {
    Outcome {
        sign: Sign::Late,
        title,
        text: "请回到商家重新下单。",
        total: None,
        shop,
    }
}

/// There is no such payment.
pub(crate) fn unknown<'a>() -> Outcome<'a> {
    Outcome {
        title: "付款不存在",
        text: "请核对链接或二维码。",
        ..Outcome::default()
    }
}

/// A wallet's page is never framed and never kept.
pub(crate) fn answer(status: StatusCode, page: Markup) -> Response {
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    (status, headers, Html(page.into_string())).into_response()
}

/// Sends the browser on.
pub(crate) fn go_to(address: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}
