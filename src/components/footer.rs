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
                    .text(t(Text::SUPPORT))
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
            let link = |address: &str, text: Text| {
                // Another site's, or one that this page has no screen for.
                (!address.is_empty()).then(|| {
                    el("a", "")
                        .attr("href", address)
                        .attr("rel", "external")
                        .text(t(text))
                })
            };
            let terms = link(&storefront.terms_url, Text::TERMS);
            let privacy = link(&storefront.privacy_url, Text::PRIVACY);
            let has_rules = terms.is_some() || privacy.is_some();
            let rules = has_rules.then(|| el("p", "").child(terms).child(privacy));
            views![support, rules, seller]
        })
    };
    el("footer", "footer").child(live(lines)).into()
}
