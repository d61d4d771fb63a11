//! The bar at the top of a screen.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::{
    i18n::{Text, t},
    shop::{Loaded, Shop},
    ui::{Erase, does, reads},
};

/// The id of the button that changes the language.
pub const LANGUAGE_ID: &str = "language";

/// The bar of a screen that a tab leads to: the shop's name, the language, and the way to the orders.
#[component]
pub fn ShopHeader(
    /// The shop.
    shop: Shop,
) -> AnyView {
    let brand = move || {
        shop.storefront.with(|storefront| match storefront {
            Loaded::Ready(storefront) => storefront.brand.clone(),
            Loaded::Loading | Loaded::Failed(_) => shop.first_brand.get_value(),
        })
    };
    let other = shop.lang.get_untracked().other();
    view! {
        <header class="header">
            <p class="header-title">{reads(brand)}</p>
            <button
                class="header-link"
                id=LANGUAGE_ID
                type="button"
                lang=other.tag()
                on:click=does(move |_| shop.choose_language(other))
            >
                {t(Text::SWITCH_LANGUAGE)}
            </button>
            <a class="header-link" href="/orders">
                {t(Text::MY_ORDERS)}
            </a>
        </header>
    }
    .erase()
}

/// The bar of a screen that lies deeper and has its heading in the bar.
#[component]
pub fn TitledHeader(
    /// The heading.
    title: Text,
) -> AnyView {
    view! {
        <header class="header">
            <Back/>
            <Heading class="header-title" text=title/>
        </header>
    }
    .erase()
}

/// The bar of a screen that lies deeper: the way back to the shop, and what the screen is.
#[component]
pub fn BackHeader(
    /// What the screen is.
    title: &'static str,
    /// What stands at the end.
    #[prop(optional)]
    aside: Option<AnyView>,
) -> AnyView {
    view! {
        <header class="header">
            <Back/>
            <p class="header-title">{title}</p>
            {aside}
        </header>
    }
    .erase()
}

/// The heading of a screen, which takes the focus when the screen is entered.
#[component]
pub fn Heading(
    /// What it looks like.
    class: &'static str,
    /// What it says.
    text: Text,
) -> AnyView {
    view! {
        <h1 class=class id="title" tabindex="-1">
            {t(text)}
        </h1>
    }
    .erase()
}

#[component]
fn Back() -> AnyView {
    view! {
        <a class="header-back" href="/" aria-label=t(Text::BACK_TO_SHOP)>
            <Glyph of=Icon::Back/>
        </a>
    }
    .erase()
}
