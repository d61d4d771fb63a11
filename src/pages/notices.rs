//! `/notices`: the announcements.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api,
    components::{
        dock::dock, footer::footer, header::shop_header, icon::Icon, states, tab_bar::tab_bar,
    },
    i18n::{Text, date, t},
    shop::{Loaded, Shop},
};

/// The screen. Whoever opens it has seen the newest one.
#[must_use]
pub fn notices(shop: Shop) -> AnyView {
    let notices = RwSignal::new(Loaded::Loading);
    let load = move || {
        notices.set(Loaded::Loading);
        spawn_local(async move {
            let answer = api::notices().await;
            if let Some(newest) = answer.as_ref().ok().and_then(|all| all.notices.first()) {
                shop.notice_seen(newest.id.clone());
            }
            notices.try_set(answer.map_or_else(Loaded::Failed, Loaded::Ready));
        });
    };
    load();
    let list = move || {
        notices.with(|notices| match notices {
            Loaded::Loading => states::skeleton("skeletons--rows", 3),
            Loaded::Failed(failure) => states::failed(None, failure, load),
            Loaded::Ready(all) if all.notices.is_empty() => {
                states::empty(Icon::Bell, Text::NoNotices, None)
            }
            Loaded::Ready(all) => all
                .notices
                .iter()
                .map(|notice| {
                    let paragraphs = notice
                        .content
                        .lines()
                        .filter(|line| !line.trim().is_empty())
                        .map(|line| view! { <p>{line.to_owned()}</p> })
                        .collect_view();
                    view! {
                        <article class="panel notice">
                            <h2 class="notice-title">{notice.title.clone()}</h2>
                            <p class="notice-date">{date(notice.published_at)}</p>
                            <div class="notice-text">{paragraphs}</div>
                        </article>
                    }
                })
                .collect_view()
                .into_any(),
        })
    };
    view! {
        {shop_header(shop)}
        <main class="main">
            <h1 class="page-title" id="title" tabindex="-1">{t(Text::NoticesTitle)}</h1>
            {list}
        </main>
        {footer(shop)}
        {dock(shop, tab_bar(shop, "/notices"))}
    }
    .into_any()
}
