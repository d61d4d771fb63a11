//! The ways to pay.

use contract::{LaunchKind, Method, Way};
use leptos::prelude::*;

use super::{
    guide::Guide,
    icon::{Glyph, Icon},
    states::{Failed, Skeleton},
};
use crate::{
    checkout::Checkout,
    i18n::{Text, failure_text, t},
    offer,
    shop::{Loaded, Shop},
    ui::{Erase, Press, does, part},
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
#[component]
pub fn MethodList(
    /// The shop.
    shop: Shop,
    /// What is to be paid.
    checkout: Checkout,
) -> AnyView {
    part(move || {
        shop.storefront.with(|storefront| {
            let methods = match storefront {
                Loaded::Ready(storefront) => {
                    offer::methods(storefront, shop.host, shop.wished.get())
                }
                Loaded::Loading => {
                    return view! { <Skeleton class="skeletons--methods" count=2/> }.erase();
                }
                Loaded::Failed(failure) => {
                    let why = failure_text(failure);
                    return view! { <Failed why retry=move || shop.load_storefront()/> }.erase();
                }
            };
            let elsewhere = methods.iter().all(|(_, way)| *way == Way::OpenInBrowser);
            match methods.first() {
                None => return view! { <p class="note">{t(Text::NO_METHODS)}</p> }.erase(),
                // Nothing is left but the link.
                Some(&(method, _)) if elsewhere => {
                    return view! { <Guide shop checkout method/> }.erase();
                }
                Some(_) => {}
            }
            let rows = methods
                .into_iter()
                .enumerate()
                .map(|(place, (method, way))| row(checkout, place == 0, method, way))
                .collect_view();
            let any = checkout.can_go_by_phone().then(|| by_phone(checkout));
            view! { <ul class="methods">{rows} {any}</ul> }.erase()
        })
    })
}

/// A sign for a method: its first character on its colour, since the wallets' own marks are theirs.
#[component]
pub fn Logo(
    /// The method.
    method: Method,
) -> AnyView {
    match method {
        Method::Alipay => mark("logo logo--alipay", "支"),
        Method::Wechat => mark("logo logo--wechat", "微"),
        Method::RechargeCard | Method::Turingcat | Method::Crypto => mark("logo", "付"),
    }
}

fn row(checkout: Checkout, first: bool, method: Method, way: Way) -> AnyView {
    let hint = match way {
        Way::OpenInBrowser => Text::METHOD_BROWSER,
        Way::Launch(LaunchKind::Qr) => Text::METHOD_QR,
        Way::Launch(LaunchKind::WechatJsapi | LaunchKind::AlipayTrade) => Text::METHOD_HERE,
        _ => Text::METHOD_REDIRECT,
    };
    let class = if first {
        "method method--first"
    } else {
        "method"
    };
    view! {
        <Row
            class
            logo=view! { <Logo method/> }.erase()
            id=format!("way-{}", method.as_str())
            name=method_name(method)
            hint
            press=move || checkout.pay(method)
        />
    }
    .erase()
}

/// The code that every wallet reads: the way to pay is chosen on the phone.
fn by_phone(checkout: Checkout) -> AnyView {
    view! {
        <Row
            class="method"
            logo=mark("logo", "扫")
            id="way-any"
            name=t(Text::ANY_WALLET)
            hint=Text::ANY_WALLET_HINT
            press=move || checkout.by_phone()
        />
    }
    .erase()
}

#[component]
fn Row(
    class: &'static str,
    logo: AnyView,
    #[prop(into)] id: String,
    name: &'static str,
    hint: Text,
    #[prop(into)] press: Press,
) -> AnyView {
    view! {
        <li class=class>
            {logo}
            <div class="method-text">
                <button
                    class="method-button"
                    type="button"
                    aria-describedby=id.clone()
                    on:click=does(move |_| press.run())
                >
                    {name}
                </button>
                <p class="method-hint" id=id>
                    {t(hint)}
                </p>
            </div>
            <Glyph of=Icon::Next/>
        </li>
    }
    .erase()
}

fn mark(class: &'static str, letter: &'static str) -> AnyView {
    view! {
        <span class=class aria-hidden="true">
            {letter}
        </span>
    }
    .erase()
}
