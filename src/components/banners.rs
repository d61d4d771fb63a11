//! Lines above a screen that say what holds for all of it.

use contract::Mode;
use leptos::prelude::*;

use crate::{
    i18n::{Text, t},
    shop::{Loaded, Shop},
};

/// That no real money moves, and that the connection is gone.
#[must_use]
pub fn banners(shop: Shop) -> AnyView {
    let demo = move || {
        shop.storefront.with(|storefront| {
            matches!(storefront, Loaded::Ready(storefront) if storefront.mode == Mode::Demo)
        })
    };
    view! {
        {move || demo().then(|| view! { <p class="banner banner--demo">{t(Text::DemoBanner)}</p> })}
        <div role="status">
            {move || {
                (!shop.online.get())
                    .then(|| view! { <p class="banner banner--offline">{t(Text::Offline)}</p> })
            }}
        </div>
    }
    .into_any()
}
