//! The tabs at the bottom.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::{
    i18n::{Text, t},
    shop::{Loaded, Shop},
    ui::{Erase, part},
};

const TABS: [(&str, Text, Icon); 4] = [
    ("/", Text::TAB_RECHARGE, Icon::Bolt),
    ("/usage", Text::TAB_USAGE, Icon::Gauge),
    ("/realname", Text::TAB_REALNAME, Icon::IdCard),
    ("/notices", Text::TAB_NOTICES, Icon::Bell),
];

/// The tabs; a dot says that there is an announcement nobody has read here.
#[component]
pub fn TabBar(
    /// The shop.
    shop: Shop,
    /// The path of the screen that is shown.
    #[prop(into)]
    current: String,
) -> AnyView {
    let tabs = TABS
        .into_iter()
        .map(|(path, name, sign)| {
            let dot = (sign == Icon::Bell).then(|| part(move || dot(shop)));
            view! {
                <a class="tab" href=path aria-current=(path == current).then_some("page")>
                    <span class="tab-icon">
                        <Glyph of=sign/>
                        {dot}
                    </span>
                    <span>{t(name)}</span>
                </a>
            }
            .erase()
        })
        .collect_view();
    view! {
        <nav class="tabs" aria-label=t(Text::MAIN_NAVIGATION)>
            {tabs}
        </nav>
    }
    .erase()
}

fn dot(shop: Shop) -> AnyView {
    let newest = shop.storefront.with(|storefront| match storefront {
        Loaded::Ready(storefront) => storefront.newest_notice_id.clone(),
        Loaded::Loading | Loaded::Failed(_) => None,
    });
    let unseen = newest.is_some() && newest != shop.seen_notice.get();
    unseen
        .then(|| {
            view! {
                <span class="tab-badge">
                    <span class="visually-hidden">{t(Text::NEW_NOTICE)}</span>
                </span>
            }
            .erase()
        })
        .erase()
}
