//! The bar at the top of a screen.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    i18n::{Text, t},
    shop::{Loaded, Shop},
};

/// The bar of a screen that a tab leads to: the shop's name, the language, and the way to the orders.
#[must_use]
pub fn shop_header(shop: Shop) -> AnyView {
    let brand = move || {
        shop.storefront.with(|storefront| match storefront {
            Loaded::Ready(storefront) => storefront.brand.clone(),
            Loaded::Loading | Loaded::Failed(_) => shop.first_brand.get_value(),
        })
    };
    let other = shop.lang.get_untracked().other();
    view! {
        <header class="header">
            <p class="header-title">{brand}</p>
            <button
                type="button"
                class="header-link"
                lang=other.tag()
                on:click=move |_| shop.choose_language(other)
            >
                {t(Text::SwitchLanguage)}
            </button>
            <a class="header-link" href="/orders">{t(Text::MyOrders)}</a>
        </header>
    }
    .into_any()
}

/// The bar of a screen that lies deeper and has its heading in the bar.
#[must_use]
pub fn titled_header(title: Text) -> AnyView {
    view! {
        <header class="header">
            <a class="header-back" href="/" aria-label=t(Text::BackToShop)>{icon(Icon::Back)}</a>
            <h1 class="header-title" id="title" tabindex="-1">{t(title)}</h1>
        </header>
    }
    .into_any()
}

/// The bar of a screen that lies deeper: the way back to the shop, and what the screen is.
#[must_use]
pub fn back_header(title: &'static str, aside: AnyView) -> AnyView {
    view! {
        <header class="header">
            <a class="header-back" href="/" aria-label=t(Text::BackToShop)>{icon(Icon::Back)}</a>
            <p class="header-title">{title}</p>
            {aside}
        </header>
    }
    .into_any()
}
