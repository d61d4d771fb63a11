//! What stays at the bottom of the screen.

use contract::Mode;
use leptos::prelude::*;

use crate::{
    i18n::{Text, t},
    shop::{Loaded, Shop},
};

/// The dock, with the lines that hold for every screen above what is in it: there they move nothing else when they come.
#[must_use]
pub fn dock(shop: Shop, body: AnyView) -> AnyView {
    let demo = Memo::new(move |_| {
        shop.storefront.with(|storefront| {
            matches!(storefront, Loaded::Ready(storefront) if storefront.mode == Mode::Demo)
        })
    });
    view! {
        <div class="dock">
            <div role="status">
                {move || {
                    (!shop.online.get())
                        .then(|| view! { <p class="banner banner--offline">{t(Text::Offline)}</p> })
                }}
            </div>
            <aside aria-label=t(Text::Hint)>
                {move || {
                    demo.get()
                        .then(|| view! { <p class="banner banner--demo">{t(Text::DemoBanner)}</p> })
                }}
            </aside>
            {body}
        </div>
    }
    .into_any()
}
