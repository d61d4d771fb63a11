//! The tabs at the bottom.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    i18n::{Text, t},
    shop::{Loaded, Shop},
    ui::{View, el, live, nothing},
};

const TABS: [(&str, Text, Icon); 4] = [
    ("/", Text::TAB_RECHARGE, Icon::Bolt),
    ("/usage", Text::TAB_USAGE, Icon::Gauge),
    ("/realname", Text::TAB_REALNAME, Icon::IdCard),
    ("/notices", Text::TAB_NOTICES, Icon::Bell),
];

/// The tabs; a dot says that there is an announcement nobody has read here.
#[must_use]
pub fn tab_bar(shop: Shop, current: &str) -> View {
    let tabs: View = TABS
        .into_iter()
        .map(|(path, name, drawn)| {
            let dot = if drawn == Icon::Bell {
                live(move || dot(shop))
            } else {
                nothing()
            };
            el("a", "tab")
                .attr("href", path)
                .attr_some("aria-current", (path == current).then_some("page"))
                .child(el("span", "tab-icon").child(icon(drawn)).child(dot))
                .child(el("span", "").text(t(name)))
        })
        .collect();
    el("nav", "tabs")
        .attr("aria-label", t(Text::MAIN_NAVIGATION))
        .child(tabs)
        .into()
}

fn dot(shop: Shop) -> View {
    let newest = shop.storefront.with(|storefront| match storefront {
        Loaded::Ready(storefront) => storefront.newest_notice_id.clone(),
        Loaded::Loading | Loaded::Failed(_) => None,
    });
    let unseen = newest.is_some() && newest != shop.seen_notice.get();
    unseen
        .then(|| {
            el("span", "tab-badge").child(el("span", "visually-hidden").text(t(Text::NEW_NOTICE)))
        })
        .into()
}
