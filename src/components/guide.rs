//! How to pay elsewhere what cannot be paid here.

use contract::{Host, Method};
use leptos::prelude::*;

use super::copy_link::copy_link;
use crate::{
    checkout::Checkout,
    i18n::{Text, t},
    nav,
    shop::Shop,
    ui::{View, el},
    views,
};

/// Why, and the link that leads another browser to the same purchase.
#[must_use]
pub fn guide(shop: Shop, checkout: Checkout, method: Method) -> View {
    let why = match (shop.host, method) {
        (Host::Wechat, Method::Alipay) => Text::OPEN_IN_BROWSER_WHY,
        _ => Text::OPEN_ELSEWHERE_WHY,
    };
    let address = checkout.address(method);
    // The app's own "open in the browser" takes the present address.
    let before = nav::here() + &window().location().search().unwrap_or_default();
    nav::rename(&address);
    on_cleanup(move || nav::rename(&before));
    views![
        el("p", "sheet-text").text(t(why)),
        copy_link("button", RwSignal::new(None), move || address.clone()),
    ]
}
