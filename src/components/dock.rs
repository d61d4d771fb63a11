//! What stays at the bottom of the screen.

use contract::Mode;
use leptos::prelude::*;

use crate::{
    i18n::{Text, t},
    shop::{Loaded, Shop},
    ui::{View, el, live},
};

/// The dock, with the lines that hold for every screen above what is in it: there they move nothing else when they come.
#[must_use]
pub fn dock(shop: Shop, body: View) -> View {
    let offline = move || {
        (!shop.online.get())
            .then(|| el("p", "banner banner--offline").text(t(Text::OFFLINE)))
            .into()
    };
    let demo = move || {
        let demo = shop.storefront.with(|storefront| match storefront {
            Loaded::Ready(storefront) => storefront.mode == Mode::Demo,
            Loaded::Loading | Loaded::Failed(_) => shop.first_demo,
        });
        demo.then(|| el("p", "banner banner--demo").text(t(Text::DEMO_BANNER)))
            .into()
    };
    el("div", "dock")
        .child(el("div", "").attr("role", "status").child(live(offline)))
        .child(
            el("aside", "")
                .attr("aria-label", t(Text::HINT))
                .child(live(demo)),
        )
        .child(body)
        .into()
}
