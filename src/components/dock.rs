//! What stays at the bottom of the screen.

use contract::Mode;
use leptos::prelude::*;

use crate::{
    i18n::{Text, t},
    shop::{Loaded, Shop},
    ui::{Erase, Inside, part},
};

/// The dock, with the lines that hold for every screen above what is in it: there they move nothing else when they come.
#[component]
pub fn Dock(
    /// The shop.
    shop: Shop,
    /// What is in it.
    #[prop(optional)]
    children: Option<Inside>,
) -> AnyView {
    let offline = move || {
        (!shop.online.get())
            .then(|| view! { <p class="banner banner--offline">{t(Text::OFFLINE)}</p> }.erase())
            .erase()
    };
    let demo = move || {
        let demo = shop.storefront.with(|storefront| match storefront {
            Loaded::Ready(storefront) => storefront.mode == Mode::Demo,
            Loaded::Loading | Loaded::Failed(_) => shop.first_demo,
        });
        demo.then(|| view! { <p class="banner banner--demo">{t(Text::DEMO_BANNER)}</p> }.erase())
            .erase()
    };
    view! {
        <div class="dock">
            <div role="status">{part(offline)}</div>
            <aside aria-label=t(Text::HINT)>{part(demo)}</aside>
            {children.map(Inside::draw)}
        </div>
    }
    .erase()
}
