//! Who sells, and whom to turn to.

use leptos::prelude::*;

use crate::{
    i18n::{Text, t},
    shop::{Loaded, Shop},
    ui::{View, el, live, nothing},
    views,
};

/// The foot of a screen.
#[must_use]
pub fn footer(shop: Shop) -> View {
    let lines = move || {
        shop.storefront.with(|storefront| {
            let Loaded::Ready(storefront) = storefront else {
                return nothing();
            };
            let phone = &storefront.support.phone;
            let support = (!phone.is_empty()).then(|| {
                el("p", "")
                    .text(t(Text::Support))
                    .text(" ")
                    .child(
                        el("a", "")
                            .attr("href", &format!("tel:{phone}"))
                            .text(phone),
                    )
                    .text(" ")
                    .child(el("span", "nowrap").text(&storefront.support.hours))
            });
            let seller = el("p", "")
                .text(&storefront.company)
                .text(" ")
                .child(el("span", "nowrap").text(&storefront.icp_number));
            views![support, seller]
        })
    };
    el("footer", "footer").child(live(lines)).into()
}
