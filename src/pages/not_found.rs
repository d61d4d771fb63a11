//! Any other address.

use leptos::prelude::*;

use crate::{
    components::{
        dock::dock,
        footer::footer,
        header::back_header,
        icon::{Icon, icon},
    },
    i18n::{Text, t},
    shop::Shop,
};

/// The screen.
#[must_use]
pub fn not_found(shop: Shop) -> AnyView {
    missing(shop, Text::NotFoundTitle, Text::NotFoundWhy)
}

/// A screen that says that something is not there.
#[must_use]
pub fn missing(shop: Shop, title: Text, why: Text) -> AnyView {
    view! {
        {back_header("", ().into_any())}
        <main class="main">
            <div class="outcome mood--over">
                <span class="outcome-sign">{icon(Icon::Search)}</span>
                <h1 class="outcome-title" id="title" tabindex="-1">{t(title)}</h1>
                <p class="outcome-note">{t(why)}</p>
            </div>
            <a class="button" href="/">{t(Text::BackToShop)}</a>
            <a class="button button--plain" href="/orders">{t(Text::MyOrders)}</a>
        </main>
        {footer(shop)}
        {dock(shop, ().into_any())}
    }
    .into_any()
}
