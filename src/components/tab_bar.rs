//! The tabs at the bottom.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    i18n::{Text, t},
    shop::{Loaded, Shop},
};

const TABS: [(&str, Text, Icon); 4] = [
    ("/", Text::TabRecharge, Icon::Bolt),
    ("/usage", Text::TabUsage, Icon::Gauge),
    ("/realname", Text::TabRealname, Icon::IdCard),
    ("/notices", Text::TabNotices, Icon::Bell),
];

/// The tabs; a dot says that there is an announcement nobody has read here.
#[must_use]
pub fn tab_bar(shop: Shop, current: &str) -> AnyView {
    let unseen = move || {
        let newest = shop.storefront.with(|storefront| match storefront {
            Loaded::Ready(storefront) => storefront.newest_notice_id.clone(),
            Loaded::Loading | Loaded::Failed(_) => None,
        });
        newest.is_some() && newest != shop.seen_notice.get()
    };
    let tabs = TABS.map(|(path, name, drawn)| {
        let dot = move || {
            (drawn == Icon::Bell && unseen()).then(|| {
                view! {
                    <span class="tab-badge">
                        <span class="visually-hidden">{t(Text::NewNotice)}</span>
                    </span>
                }
            })
        };
        view! {
            <a class="tab" href=path aria-current=(path == current).then_some("page")>
                <span class="tab-icon">{icon(drawn)}{dot}</span>
                <span>{t(name)}</span>
            </a>
        }
        .into_any()
    });
    view! { <nav class="tabs" aria-label=t(Text::MainNavigation)>{tabs.into_iter().collect_view()}</nav> }
        .into_any()
}
