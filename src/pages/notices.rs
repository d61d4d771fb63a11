//! `/notices`: the announcements.

use contract::Notice;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api, clock,
    components::{
        dock::dock,
        footer::footer,
        header::{heading, shop_header},
        icon::Icon,
        states,
        tab_bar::tab_bar,
    },
    i18n::{Text, t},
    outage,
    shop::{Loaded, Shop},
    ui::{El, View, el, live},
    views,
};

/// The screen. Whoever opens it has seen the newest one.
#[must_use]
pub fn notices(shop: Shop) -> View {
    let notices = RwSignal::new(Loaded::Loading);
    let ask = move || {
        spawn_local(async move {
            let answer = api::notices().await;
            let newest = answer
                .as_ref()
                .ok()
                .and_then(|all| Some(all.notices.first()?.id.clone()));
            let loaded = answer.map_or_else(Loaded::Failed, Loaded::Ready);
            // What says the same is not said again, and whoever left has seen nothing.
            let is_news = notices.try_with_untracked(|shown| *shown != loaded);
            if is_news == Some(true) {
                notices.set(loaded);
                newest.into_iter().for_each(|id| shop.notice_seen(id));
            }
        });
    };
    let load = move || {
        notices.set(Loaded::Loading);
        ask();
    };
    load();
    outage::after(move || notices.with_untracked(Loaded::is_out), ask);
    let list = move || {
        notices.with(|notices| match notices {
            Loaded::Loading => states::skeleton("skeletons--rows", 3),
            Loaded::Failed(failure) => states::failed(None, failure, load),
            Loaded::Ready(all) if all.notices.is_empty() => {
                states::empty(Icon::Bell, Text::NO_NOTICES, None)
            }
            Loaded::Ready(all) => all.notices.iter().map(article).collect(),
        })
    };
    views![
        shop_header(shop),
        el("main", "main")
            .child(heading("page-title", t(Text::NOTICES_TITLE)))
            .child(live(list)),
        footer(shop),
        dock(shop, tab_bar(shop, "/notices")),
    ]
}

fn article(notice: &Notice) -> El {
    let paragraphs: View = notice
        .content
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| el("p", "").text(line))
        .collect();
    el("article", "panel notice")
        .child(el("h2", "notice-title").text(&notice.title))
        .child(el("p", "notice-date").text(&clock::china_date(notice.published_at)))
        .child(el("div", "notice-text").child(paragraphs))
}
