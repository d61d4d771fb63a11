//! The bar at the top of a screen.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    i18n::{Text, t},
    shop::{Loaded, Shop},
    ui::{El, View, el},
};

/// The id of the button that changes the language.
pub const LANGUAGE_ID: &str = "language";

/// The bar of a screen that a tab leads to: the shop's name, the language, and the way to the orders.
#[must_use]
pub fn shop_header(shop: Shop) -> View {
    let brand = move || {
        shop.storefront.with(|storefront| match storefront {
            Loaded::Ready(storefront) => storefront.brand.clone(),
            Loaded::Loading | Loaded::Failed(_) => shop.first_brand.get_value(),
        })
    };
    let other = shop.lang.get_untracked().other();
    el("header", "header")
        .child(el("p", "header-title").live_text(brand))
        .child(
            el("button", "header-link")
                .attr("id", LANGUAGE_ID)
                .attr("type", "button")
                .attr("lang", other.tag())
                .text(t(Text::SWITCH_LANGUAGE))
                .press(move || shop.choose_language(other)),
        )
        .child(
            el("a", "header-link")
                .attr("href", "/orders")
                .text(t(Text::MY_ORDERS)),
        )
        .into()
}

/// The bar of a screen that lies deeper and has its heading in the bar.
#[must_use]
pub fn titled_header(title: Text) -> View {
    back().child(heading("header-title", t(title))).into()
}

/// The bar of a screen that lies deeper: the way back to the shop, and what the screen is.
#[must_use]
pub fn back_header(title: &str, aside: View) -> View {
    back()
        .child(el("p", "header-title").text(title))
        .child(aside)
        .into()
}

/// The heading of a screen, which takes the focus when the screen is entered.
#[must_use]
pub fn heading(class: &str, text: &str) -> El {
    el("h1", class)
        .attr("id", "title")
        .attr("tabindex", "-1")
        .text(text)
}

fn back() -> El {
    el("header", "header").child(
        el("a", "header-back")
            .attr("href", "/")
            .attr("aria-label", t(Text::BACK_TO_SHOP))
            .child(icon(Icon::Back)),
    )
}
