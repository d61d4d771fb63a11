//! Which screen is shown.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{
        dock::Dock,
        header::{Heading, ShopHeader},
        states::{Failed, Skeleton},
        tab_bar::TabBar,
    },
    deep_link::{self, DeepLink},
    dom,
    i18n::{Text, failure_text, t},
    nav,
    pages::recharge::Recharge,
    second,
    shop::{Loaded, Shop},
    takeover, timer,
    ui::{self, Erase, follow, part},
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
                ui::show(&column, view! { <App shop/> }.erase());
                takeover::run(shop);
            });
        });
    })
    .forget();
}

#[component]
fn App(shop: Shop) -> AnyView {
    let path = nav::path();
    nav::on_arrival(move || shop.open_link(deep_link::take()));
    let screen = move || {
        // A change of language draws everything again; what was typed lives in the shop.
        shop.lang.track();
        shop.opened.track();
        dom::unlock();
        let (title, screen) = screen(shop, &path.get());
        name_document(shop, title);
        view! {
            <a class="skip" href="#title">
                {t(Text::SKIP_TO_CONTENT)}
            </a>
            {screen}
        }
        .erase()
    };
    // Whoever cannot see the screen change hears its heading, but nothing at the start.
    follow(move |first| {
        path.track();
        shop.opened.track();
        if !first {
            request_animation_frame(|| dom::focus_id("title"));
        }
    });
    view! { <div class="app">{part(screen)}</div> }.erase()
}

/// The screen at a path, and its title.
fn screen(shop: Shop, path: &str) -> (Text, AnyView) {
    let path = if path == "/" {
        return (Text::TAB_RECHARGE, view! { <Recharge shop/> }.erase());
    } else {
        path.trim_end_matches('/')
    };
    shop.second.with(|second| {
        let waiting = match second {
            Loaded::Ready(doors) => return (doors.screen)(shop, path),
            Loaded::Loading => view! { <Skeleton class="skeletons--rows" count=3/> }.erase(),
            Loaded::Failed(failure) => {
                let why = failure_text(failure);
                view! { <Failed why retry=move || second::load_again(shop)/> }.erase()
            }
        };
        let current = path.to_owned();
        let screen = view! {
            <ShopHeader shop/>
            <main class="main">
                <Heading class="visually-hidden" text=Text::LOADING/>
                {waiting}
            </main>
            <Dock shop>
                <TabBar shop current/>
            </Dock>
        };
        (Text::LOADING, screen.erase())
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
