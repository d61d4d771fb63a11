//! `/orders/{id}`: the cashier, and then what became of the order.

mod cashier;
mod done;

use contract::{ErrorCode, Order, OrderId, Timestamp};
use leptos::prelude::*;

use crate::{
    checkout::Checkout,
    components::{
        dock::dock, footer::footer, header::back_header, order_words::outcome,
        pay_sheet::pay_sheet, states,
    },
    i18n::{Text, t},
    pages::not_found::missing,
    shop::{Loaded, Shop},
    store::{intents, orders},
    watch::Watch,
};

/// The screen.
#[must_use]
pub fn order(shop: Shop, id: &str) -> AnyView {
    let Ok(id) = OrderId::parse(id) else {
        return missing(shop, Text::OrderNotFoundTitle, Text::OrderNotFoundWhy);
    };
    let made_here = shop
        .latest_order
        .with_untracked(|order| order.clone().filter(|order| order.id == id));
    let watch = Watch::start(id.clone(), made_here);
    let checkout = Checkout::new(shop);
    let asking = cashier::Asking::new();
    Effect::new(move |_| {
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
    Effect::new(move |_| {
        order.with(|order| {
            if let Some(order) = order {
                orders::remember(order);
                if !order.state.is_open() {
                    intents::end_order(&order.id);
                }
            }
        });
    });
    let unknown = Memo::new(move |_| {
        watch.failure.with(|failure| {
            failure.as_ref().and_then(crate::api::Failure::code) == Some(ErrorCode::OrderNotFound)
        })
    });
    let body = move || {
        if unknown.get() {
            return missing(shop, Text::OrderNotFoundTitle, Text::OrderNotFoundWhy);
        }
        let (screen, below) = match order.get() {
            Some(order) if order.state.is_open() && !order.held => (
                cashier::cashier(shop, watch, checkout, asking, order),
                ().into_any(),
            ),
            Some(order) => (done::done(&order), done::ways_out(shop, &order)),
            None => (waiting(watch), ().into_any()),
        };
        view! {
            {back_header(t(Text::Order), support(shop))}
            <main class="main">{screen}</main>
            {footer(shop)}
            {dock(shop, below)}
        }
        .into_any()
    };
    let news = move || order.with(|order| order.as_ref().map(|order| t(outcome(order).0)));
    view! {
        <p class="visually-hidden" role="status">{news}</p>
        {body}
        {pay_sheet(shop, checkout, Signal::derive(|| None))}
    }
    .into_any()
}

fn waiting(watch: Watch) -> AnyView {
    (move || {
        watch.failure.with(|failure| match failure {
            None => view! {
                <h1 class="visually-hidden" id="title" tabindex="-1">{t(Text::Order)}</h1>
                {states::skeleton("skeletons--order", 3)}
            }
            .into_any(),
            Some(failure) => states::failed(None, failure, move || watch.ask_now()),
        })
    })
    .into_any()
}

fn support(shop: Shop) -> AnyView {
    (move || {
        shop.storefront.with(|storefront| match storefront {
            Loaded::Ready(storefront) if !storefront.support.phone.is_empty() => {
                let phone = format!("tel:{}", storefront.support.phone);
                view! { <a class="header-link" href=phone>{t(Text::Support)}</a> }.into_any()
            }
            _ => ().into_any(),
        })
    })
    .into_any()
}
