//! `/notices`: the announcements.

use contract::Notice;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api, clock,
    components::{
        dock::Dock,
        footer::Footer,
        header::{Heading, ShopHeader},
        icon::Icon,
        states::{Empty, Failed, Skeleton},
        tab_bar::TabBar,
    },
    i18n::{Text, failure_text},
    outage,
    shop::{Loaded, Shop},
    ui::{Erase, part},
};

/// The screen. Whoever opens it has seen the newest one.
#[component]
pub fn Notices(
    /// The shop.
    shop: Shop,
) -> AnyView {
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
            Loaded::Loading => view! { <Skeleton class="skeletons--rows" count=3/> }.erase(),
            Loaded::Failed(failure) => {
                view! { <Failed why=failure_text(failure) retry=load/> }.erase()
            }
            Loaded::Ready(all) if all.notices.is_empty() => {
                view! { <Empty sign=Icon::Bell title=Text::NO_NOTICES/> }.erase()
            }
            Loaded::Ready(all) => all.notices.iter().map(article).collect_view().erase(),
        })
    };
    view! {
        <ShopHeader shop/>
        <main class="main">
            <Heading class="page-title" text=Text::NOTICES_TITLE/>
            {part(list)}
        </main>
        <Footer shop/>
        <Dock shop>
            <TabBar shop current="/notices"/>
        </Dock>
    }
    .erase()
}

fn article(notice: &Notice) -> AnyView {
    let paragraphs = notice
        .content
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| view! { <p>{line.to_owned()}</p> }.erase())
        .collect_view();
    view! {
        <article class="panel notice">
            <h2 class="notice-title">{notice.title.clone()}</h2>
            <p class="notice-date">{clock::china_date(notice.published_at)}</p>
            <div class="notice-text">{paragraphs}</div>
        </article>
    }
    .erase()
}
