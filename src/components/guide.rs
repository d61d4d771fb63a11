//! How to pay elsewhere what cannot be paid here.

use contract::{Host, Method};
use leptos::prelude::*;

use super::copy_link::CopyLink;
use crate::{
    checkout::Checkout,
    i18n::{Text, t},
    nav,
    shop::Shop,
    ui::Erase,
};

/// Why, and the link that leads another browser to the same purchase.
#[component]
pub fn Guide(
    /// The shop.
    shop: Shop,
    /// The purchase.
    checkout: Checkout,
    /// How it is to be paid.
    method: Method,
) -> AnyView {
    let why = match (shop.host, method) {
        (Host::Wechat, Method::Alipay) => Text::OPEN_IN_BROWSER_WHY,
        _ => Text::OPEN_ELSEWHERE_WHY,
    };
    let address = checkout.address(method);
    // The app's own "open in the browser" takes the present address.
    let before = nav::here() + &window().location().search().unwrap_or_default();
    nav::rename(&address);
    on_cleanup(move || nav::rename(&before));
    view! {
        <p class="sheet-text">{t(why)}</p>
        <CopyLink class="button" address/>
    }
    .erase()
}
