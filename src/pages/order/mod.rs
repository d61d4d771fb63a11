//! `/orders/{id}`: the cashier, and then what became of the order.

pub mod cashier;
pub mod done;
pub mod give_up;

use contract::{ErrorCode, Order, OrderId, ResetRule, Timestamp};
use leptos::prelude::*;

use crate::{
    checkout::Checkout,
    components::{
        button::Link,
        dock::Dock,
        footer::Footer,
        header::{BackHeader, Heading},
        order_words::outcome,
        pay_sheet::PaySheet,
        states::{Failed, Skeleton},
    },
    host,
    i18n::{Text, failure_text, t},
    pages::not_found::Missing,
    shop::{Loaded, Shop},
    store::{intents, orders},
    ui::{Erase, follow, nothing, part, reads},
    watch::Watch,
};
use cashier::Cashier;
use done::{Done, WaysOut};

/// The screen.
#[component]
pub fn OrderPage(
    /// The shop.
    shop: Shop,
    /// The order's id, as the address has it.
    #[prop(into)]
    id: String,
) -> AnyView {
    let resume = StoredValue::new(shop.resume.get_value());
    shop.resume.set_value(None);
    let Ok(id) = OrderId::parse(&id) else {
        return view! {
            <BackHeader title=t(Text::ORDER)/>
            <main class="main">
                <NoOrder/>
            </main>
            <Footer shop/>
            <Dock shop/>
        }
        .erase();
    };
    let made_here = shop
        .latest_order
        .with_untracked(|order| order.clone().filter(|order| order.id == id));
    let watch = Watch::start(id.clone(), made_here);
    let checkout = Checkout::new(shop);
    // What a wallet said of this order is not said of the next.
    on_cleanup(move || shop.launch_note.set(None));
    let asking = cashier::Asking::new();
    follow(move |_| {
        if let Some(order) = shop.latest_order.get().filter(|order| order.id == id) {
            watch.heard(order);
            watch.ask_now();
        }
    });
    // The gateway's clock is in every answer; only what else changes draws the screen again.
    let order = Memo::new(move |_| {
        watch.order.get().map(|order| Order {
            server_time: Timestamp(0),
            ..order
        })
    });
    follow(move |_| {
        order.with(|order| {
            if let Some(order) = order {
                orders::remember(order);
                host::tell_order(&order.number, order.state.as_str());
                let method = resume.get_value();
                resume.set_value(None);
                if !order.state.is_open() {
                    intents::end_order(&order.id);
                } else if let Some(method) = method.filter(|_| !order.held) {
                    checkout.resume(order.clone(), method);
                }
            }
        });
    });
    let unknown = Memo::new(move |_| {
        watch.failure.with(|failure| {
            failure.as_ref().and_then(crate::api::Failure::code) == Some(ErrorCode::OrderNotFound)
        })
    });
    let screen = move || {
        let (screen, below) = match order.get() {
            _ if unknown.get() => (view! { <NoOrder/> }.erase(), nothing()),
            Some(order) if order.state.is_open() && !order.held => {
                let own_code = cashier::shows_own_code(shop, &order);
                (
                    view! { <Cashier shop watch checkout asking order own_code/> }.erase(),
                    nothing(),
                )
            }
            Some(order) => (
                view! { <Done order=order.clone()/> }.erase(),
                view! { <WaysOut order/> }.erase(),
            ),
            None => (part(move || waiting(watch)), nothing()),
        };
        view! {
            <BackHeader title=t(Text::ORDER) aside=part(move || support(shop))/>
            <main class="main">{screen}</main>
            <Footer shop/>
            <Dock shop>{below}</Dock>
        }
        .erase()
    };
    let news = move || {
        order.with(|order| {
            order
                .as_ref()
                .map(|order| t(outcome(order).0))
                .unwrap_or_default()
        })
    };
    view! {
        <p class="visually-hidden" role="status">
            {reads(news)}
        </p>
        {part(screen)}
        <PaySheet shop checkout rule=ResetRule::Other/>
    }
    .erase()
}

#[component]
fn NoOrder() -> AnyView {
    view! { <Missing title=Text::ORDER_NOT_FOUND_TITLE why=Text::ORDER_NOT_FOUND_WHY/> }.erase()
}

fn waiting(watch: Watch) -> AnyView {
    watch.failure.with(|failure| match failure {
        None => view! {
            <Heading class="visually-hidden" text=Text::ORDER/>
            <Skeleton class="skeletons--order" count=3/>
        }
        .erase(),
        Some(failure) => {
            let why = failure_text(failure);
            view! { <Failed why retry=move || watch.ask_now()/> }.erase()
        }
    })
}

fn support(shop: Shop) -> AnyView {
    shop.storefront.with(|storefront| match storefront {
        Loaded::Ready(storefront) if !storefront.support.phone.is_empty() => {
            let href = format!("tel:{}", storefront.support.phone);
            view! { <Link class="header-link" href text=Text::SUPPORT/> }.erase()
        }
        _ => nothing(),
    })
}
