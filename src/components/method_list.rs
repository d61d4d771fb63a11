//! The ways to pay.

use contract::{LaunchKind, Method, Way};
use leptos::prelude::*;

use super::{
    guide::guide,
    icon::{Icon, icon},
    states,
};
use crate::{
    checkout::Checkout,
    i18n::{Text, t},
    offer,
    shop::{Loaded, Shop},
    ui::{El, View, el, live},
};

/// A method's name.
#[must_use]
pub fn method_name(method: Method) -> &'static str {
    t(match method {
        Method::Alipay => Text::ALIPAY,
        Method::Wechat => Text::WECHAT,
        Method::RechargeCard => Text::RECHARGE_CARD,
        Method::Turingcat => Text::TURINGCAT,
        Method::Crypto => Text::CRYPTO,
    })
}

/// What the host can do, one button each.
#[must_use]
pub fn method_list(shop: Shop, checkout: Checkout) -> View {
    live(move || {
        shop.storefront.with(|storefront| {
            let methods = match storefront {
                Loaded::Ready(storefront) => {
                    offer::methods(storefront, shop.host, shop.wished.get())
                }
                Loaded::Loading => return states::skeleton("skeletons--methods", 2),
                Loaded::Failed(failure) => {
                    return states::failed(None, failure, move || shop.load_storefront());
                }
            };
            let elsewhere = methods.iter().all(|(_, way)| *way == Way::OpenInBrowser);
            match methods.first() {
                None => return el("p", "note").text(t(Text::NO_METHODS)).into(),
                // Nothing is left but the link.
                Some(&(method, _)) if elsewhere => return guide(shop, checkout, method),
                Some(_) => {}
            }
            let rows: View = methods
                .into_iter()
                .enumerate()
                .map(|(place, (method, way))| row(checkout, place == 0, method, way))
                .collect();
            let any = checkout.can_go_by_phone().then(|| by_phone(checkout));
            el("ul", "methods").child(rows).child(any).into()
        })
    })
}

fn row(checkout: Checkout, first: bool, method: Method, way: Way) -> El {
    let hint = match way {
        Way::OpenInBrowser => Text::METHOD_BROWSER,
        Way::Launch(LaunchKind::Qr) => Text::METHOD_QR,
        Way::Launch(LaunchKind::WechatJsapi | LaunchKind::AlipayTrade) => Text::METHOD_HERE,
        _ => Text::METHOD_REDIRECT,
    };
    let id = format!("way-{}", method.as_str());
    let choose = el("button", "method-button")
        .attr("type", "button")
        .attr("aria-describedby", &id)
        .text(method_name(method))
        .press(move || checkout.pay(method));
    el(
        "li",
        if first {
            "method method--first"
        } else {
            "method"
        },
    )
    .child(logo(method))
    .child(
        el("div", "method-text")
            .child(choose)
            .child(el("p", "method-hint").attr("id", &id).text(t(hint))),
    )
    .child(icon(Icon::Next))
}

/// The code that every wallet reads: the way to pay is chosen on the phone.
fn by_phone(checkout: Checkout) -> El {
    let choose = el("button", "method-button")
        .attr("type", "button")
        .attr("aria-describedby", "way-any")
        .text(t(Text::ANY_WALLET))
        .press(move || checkout.by_phone());
    let hint = el("p", "method-hint")
        .attr("id", "way-any")
        .text(t(Text::ANY_WALLET_HINT));
    el("li", "method")
        .child(el("span", "logo").attr("aria-hidden", "true").text("扫"))
        .child(el("div", "method-text").child(choose).child(hint))
        .child(icon(Icon::Next))
}

/// A sign for a method: its first character on its colour, since the wallets' own marks are theirs.
#[must_use]
pub fn logo(method: Method) -> El {
    let (class, letter) = match method {
        Method::Alipay => ("logo logo--alipay", "支"),
        Method::Wechat => ("logo logo--wechat", "微"),
        Method::RechargeCard | Method::Turingcat | Method::Crypto => ("logo", "付"),
    };
    el("span", class).attr("aria-hidden", "true").text(letter)
}
