//! What a pay page shows: what is asked for, or how it went.

use maud::{Markup, PreEscaped, html};

use crate::{
    document::Head,
    money::{Fen, yuan},
};

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

const STYLE: &str = include_str!("style.css");

impl Wallet {
    /// A page around what the wallet says.
    fn page(self, body: &Markup) -> Markup {
        let (name, class) = match self {
            Self::Alipay => ("支付宝", "alipay"),
            Self::Wechat => ("微信支付", "wechat"),
            Self::Neither => ("收银台", "neither"),
        };
        let head = Head {
            title: &format!("{name} · 沙箱"),
            style: STYLE,
            class: Some(class),
            viewport: ", viewport-fit=cover",
            color_scheme: None,
        };
        head.over(&html! {
            header { strong { (name) } span { "沙箱，不产生真实扣款" } }
            main { (body) }
        })
    }

    /// A page that asks for the money.
    pub(crate) fn asks(self, offer: &Offer<'_>) -> Markup {
        self.page(&offer.show())
    }

    /// A page that says how it went.
    pub(crate) fn says(self, outcome: &Outcome<'_>) -> Markup {
        self.page(&outcome.show())
    }
}

impl Offer<'_> {
    fn show(&self) -> Markup {
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
