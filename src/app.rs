//! Which screen is shown.

use leptos::prelude::*;

use crate::{
    components::sheet,
    deep_link::DeepLink,
    dom,
    i18n::{Text, t},
    nav, pages,
    shop::{Loaded, Shop},
    takeover,
    ui::{self, View, el, follow, live},
    views,
};

/// Starts the page with what the link asks for that it was opened by.
pub fn start(link: DeepLink) {
    let root = dom::app_root();
    let column = root.clone();
    leptos::mount::mount_to(root, move || {
        let shop = Shop::start(link);
        takeover::run(shop);
        ui::show(&column, screens(shop));
    })
    .forget();
}

fn screens(shop: Shop) -> View {
    let path = nav::path();
    let screen = live(move || {
        // A change of language draws everything again; what was typed lives in the shop.
        shop.lang.track();
        sheet::unlock();
        let (title, screen) = screen(shop, &path.get());
        name_document(shop, title);
        views![
            el("a", "skip")
                .attr("href", "#title")
                .text(t(Text::SkipToContent)),
            screen
        ]
    });
    // Whoever cannot see the screen change hears its heading, but nothing at the start.
    follow(move |first| {
        path.track();
        if !first {
            request_animation_frame(|| dom::focus_id("title"));
        }
    });
    el("div", "app").child(screen).into()
}

fn screen(shop: Shop, path: &str) -> (Text, View) {
    let path = if path == "/" {
        path
    } else {
        path.trim_end_matches('/')
    };
    match path {
        "/" => (Text::TabRecharge, pages::recharge::recharge(shop)),
        "/usage" => (Text::UsageTitle, pages::usage::usage(shop)),
        "/realname" => (Text::RealnameTitle, pages::realname::realname(shop)),
        "/notices" => (Text::NoticesTitle, pages::notices::notices(shop)),
        "/orders" => (Text::OrdersTitle, pages::orders::orders(shop)),
        other => match other.strip_prefix("/orders/") {
            Some(id) => (Text::Order, pages::order::order(shop, id)),
            None => (Text::NotFoundTitle, pages::not_found::not_found(shop)),
        },
    }
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
