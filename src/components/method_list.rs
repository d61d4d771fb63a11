//! The ways to pay.

use contract::{LaunchKind, Method, Way};
use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    checkout::Checkout,
    i18n::{Text, t},
    offer,
    shop::{Loaded, Shop},
};

/// A method's name.
#[must_use]
pub fn method_name(method: Method) -> &'static str {
    t(match method {
        Method::Alipay => Text::Alipay,
        Method::Wechat => Text::Wechat,
        Method::RechargeCard => Text::RechargeCard,
        Method::Turingcat => Text::Turingcat,
        Method::Crypto => Text::Crypto,
    })
}

/// What the host can do, one button each.
#[must_use]
pub fn method_list(shop: Shop, checkout: Checkout) -> AnyView {
    (move || {
        shop.storefront.with(|storefront| {
            let methods = match storefront {
                Loaded::Ready(storefront) => offer::methods(storefront, shop.host, shop.wished),
                Loaded::Loading => return super::states::skeleton("skeletons--methods", 2),
                Loaded::Failed(failure) => {
                    return super::states::failed(None, failure, move || shop.load_storefront());
                }
            };
            if methods.is_empty() {
                return view! { <p class="note">{t(Text::NoMethods)}</p> }.into_any();
            }
            let rows = methods
                .into_iter()
                .enumerate()
                .map(|(place, (method, way))| {
                    let hint = match way {
                        Way::OpenInBrowser => Text::MethodBrowser,
                        Way::Launch(LaunchKind::Qr) => Text::MethodQr,
                        Way::Launch(LaunchKind::WechatJsapi | LaunchKind::AlipayTrade) => {
                            Text::MethodHere
                        }
                        _ => Text::MethodRedirect,
                    };
                    view! {
                        <li class="method" class:method--first={place == 0}>
                        {logo(method)}
                        <div class="method-text">
                            <button
                                type="button"
                                class="method-button"
                                aria-describedby=format!("way-{}", method.as_str())
                                on:click=move |_| checkout.pay(method)
                            >
                                {method_name(method)}
                            </button>
                            <p class="method-hint" id=format!("way-{}", method.as_str())>
                                {t(hint)}
                            </p>
                        </div>
                        {icon(Icon::Next)}
                    </li>
                    }
                });
            view! { <ul class="methods">{rows.collect_view()}</ul> }.into_any()
        })
    })
    .into_any()
}

/// A sign for a method: its first character on its colour, since the wallets' own marks are theirs.
#[must_use]
pub fn logo(method: Method) -> AnyView {
    let (class, letter) = match method {
        Method::Alipay => ("logo logo--alipay", "支"),
        Method::Wechat => ("logo logo--wechat", "微"),
        Method::RechargeCard | Method::Turingcat | Method::Crypto => ("logo", "付"),
    };
    view! { <span class=class aria-hidden="true">{letter}</span> }.into_any()
}
