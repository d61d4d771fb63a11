//! Which screen is shown.

use leptos::prelude::*;
use leptos_router::components::Router;

use crate::{
    components::sheet,
    deep_link::DeepLink,
    dom, host,
    i18n::{Text, t},
    nav, pages,
    shop::{Loaded, Shop},
};

/// The page.
#[component]
pub fn App(
    /// What the link that opened it asks for.
    link: DeepLink,
) -> impl IntoView {
    host::remember_entry();
    let shop = Shop::start(link);
    provide_context(shop);
    view! { <Router>{screens(shop)}</Router> }
}

fn screens(shop: Shop) -> AnyView {
    let path = nav::path();
    let screen = move || {
        // A change of language draws everything again; what was typed lives in the shop.
        shop.lang.track();
        let path = path.get();
        sheet::unlock();
        let (title, screen) = screen(shop, &path);
        name_document(shop, title);
        view! {
            <a class="skip" href="#title">{t(Text::SkipToContent)}</a>
            {screen}
        }
        .into_any()
    };
    // Whoever cannot see the screen change hears its heading, but nothing at the start.
    Effect::new(move |before: Option<()>| {
        path.track();
        if before.is_some() {
            request_animation_frame(|| dom::focus_id("title"));
        }
    });
    view! { <div class="app">{screen}</div> }.into_any()
}

fn screen(shop: Shop, path: &str) -> (Text, AnyView) {
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
    Effect::new(move |_| {
        let brand = shop.storefront.with(|storefront| match storefront {
            Loaded::Ready(storefront) => storefront.brand.clone(),
            Loaded::Loading | Loaded::Failed(_) => String::new(),
        });
        let title = t(title);
        let whole = if brand.is_empty() {
            title.to_owned()
        } else {
            format!("{title} · {brand}")
        };
        document().set_title(&whole);
    });
}
