//! Which screen is shown.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{
        dock::dock,
        header::{heading, shop_header},
        states,
        tab_bar::tab_bar,
    },
    deep_link::{self, DeepLink},
    dom,
    i18n::{Text, t},
    nav,
    pages::recharge::recharge,
    second,
    shop::{Loaded, Shop},
    takeover, timer,
    ui::{self, View, el, follow, live},
    views,
};

/// Starts the page with what the link asks for that it was opened by.
pub fn start(link: DeepLink) {
    let root = dom::app_root();
    let column = root.clone();
    leptos::mount::mount_to(root, move || {
        let shop = Shop::start(link);
        second::load(shop);
        let owner = Owner::current().unwrap_or_default();
        spawn_local(async move {
            timer::pause().await;
            owner.with(|| {
                ui::show(&column, screens(shop));
                takeover::run(shop);
            });
        });
    })
    .forget();
}

fn screens(shop: Shop) -> View {
    let path = nav::path();
    nav::on_arrival(move || shop.open_link(deep_link::take()));
    let screen = live(move || {
        // A change of language draws everything again; what was typed lives in the shop.
        shop.lang.track();
        shop.opened.track();
        dom::unlock();
        let (title, screen) = screen(shop, &path.get());
        name_document(shop, title);
        views![
            el("a", "skip")
                .attr("href", "#title")
                .text(t(Text::SKIP_TO_CONTENT)),
            screen
        ]
    });
    // Whoever cannot see the screen change hears its heading, but nothing at the start.
    follow(move |first| {
        path.track();
        shop.opened.track();
        if !first {
            request_animation_frame(|| dom::focus_id("title"));
        }
    });
    el("div", "app").child(screen).into()
}

fn screen(shop: Shop, path: &str) -> (Text, View) {
    let path = if path == "/" {
        return (Text::TAB_RECHARGE, recharge(shop));
    } else {
        path.trim_end_matches('/')
    };
    shop.second.with(|second| {
        let waiting = match second {
            Loaded::Ready(doors) => return (doors.screen)(shop, path),
            Loaded::Loading => states::skeleton("skeletons--rows", 3),
            Loaded::Failed(failure) => {
                states::failed(None, failure, move || second::load_again(shop))
            }
        };
        let main = el("main", "main")
            .child(heading("visually-hidden", t(Text::LOADING)))
            .child(waiting);
        let screen = views![shop_header(shop), main, dock(shop, tab_bar(shop, path))];
        (Text::LOADING, screen)
    })
}

fn name_document(shop: Shop, title: Text) {
    follow(move |_| {
        let brand = shop.storefront.with(|storefront| match storefront {
            Loaded::Ready(storefront) => storefront.brand.clone(),
            Loaded::Loading | Loaded::Failed(_) => shop.first_brand.get_value(),
        });
        document().set_title(&format!("{} · {brand}", t(title)));
    });
}
