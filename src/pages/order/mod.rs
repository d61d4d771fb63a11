//! `/orders/{id}`: the cashier, and then what became of the order.

mod cashier;
mod done;
mod give_up;

use contract::{ErrorCode, Order, OrderId, ResetRule, Timestamp};
use leptos::prelude::*;

use crate::{
    checkout::Checkout,
    components::{
        button::link,
        dock::dock,
        footer::footer,
        header::{back_header, heading},
        order_words::outcome,
        pay_sheet::pay_sheet,
        states,
    },
    host,
    i18n::{Text, t},
    pages::not_found::missing,
    shop::{Loaded, Shop},
    store::{intents, orders},
    ui::{View, el, follow, live, nothing},
    views,
    watch::Watch,
};

/// The screen.
#[must_use]
pub fn order(shop: Shop, id: &str) -> View {
    let resume = StoredValue::new(shop.resume.get_value());
    shop.resume.set_value(None);
    let Ok(id) = OrderId::parse(id) else {
        return views![
            back_header(t(Text::ORDER), nothing()),
            el("main", "main").child(missing(
                Text::ORDER_NOT_FOUND_TITLE,
                Text::ORDER_NOT_FOUND_WHY
            )),
            footer(shop),
            dock(shop, nothing()),
        ];
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
            _ if unknown.get() => (
                missing(Text::ORDER_NOT_FOUND_TITLE, Text::ORDER_NOT_FOUND_WHY),
                nothing(),
            ),
            Some(order) if order.state.is_open() && !order.held => (
                cashier::cashier(shop, watch, checkout, asking, order),
                nothing(),
            ),
            Some(order) => (done::done(&order), done::ways_out(&order)),
            None => (live(move || waiting(watch)), nothing()),
        };
        views![
            back_header(t(Text::ORDER), live(move || support(shop))),
            el("main", "main").child(screen),
            footer(shop),
            dock(shop, below),
        ]
    };
    let news = move || {
        order.with(|order| {
            order
                .as_ref()
                .map(|order| t(outcome(order).0))
                .unwrap_or_default()
        })
    };
    views![
        el("p", "visually-hidden")
            .attr("role", "status")
            .live_text(move || news().to_owned()),
        live(screen),
        pay_sheet(shop, checkout, ResetRule::Other),
    ]
}

fn waiting(watch: Watch) -> View {
    watch.failure.with(|failure| match failure {
        None => views![
            heading("visually-hidden", t(Text::ORDER)),
            states::skeleton("skeletons--order", 3)
        ],
        Some(failure) => states::failed(None, failure, move || watch.ask_now()),
    })
}

fn support(shop: Shop) -> View {
    shop.storefront.with(|storefront| match storefront {
        Loaded::Ready(storefront) if !storefront.support.phone.is_empty() => link(
            "header-link",
            &format!("tel:{}", storefront.support.phone),
            Text::SUPPORT,
        )
        .into(),
        _ => nothing(),
    })
}
