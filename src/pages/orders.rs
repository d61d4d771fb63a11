//! `/orders`: what was bought on this device, and for a card.

use contract::{ErrorCode, Fen, OrderRow, OrderState, Timestamp};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    components::{
        card_field::card_field,
        dock::dock,
        footer::footer,
        header::titled_header,
        icon::{Icon, icon},
        order_words::{mood_class, short},
        states,
    },
    i18n::{Text, date_time, t, yuan},
    shop::{Loaded, Shop},
    store::orders::{self, Remembered},
};

/// The screen.
#[must_use]
pub fn orders(shop: Shop) -> AnyView {
    let searchable = move || {
        shop.storefront.with(|storefront| {
            matches!(storefront, Loaded::Ready(storefront) if storefront.features.order_search)
        })
    };
    view! {
        {titled_header(Text::OrdersTitle)}
        <main class="main">
            {of_device()}
            {move || searchable().then(|| search(shop))}
        </main>
        {footer(shop)}
        {dock(shop, ().into_any())}
    }
    .into_any()
}

/// The orders of this device, as they were when they were last seen, then as they are.
fn of_device() -> AnyView {
    let list = RwSignal::new(orders::all());
    spawn_local(async move {
        for known in list.get_untracked().into_iter().filter(is_worth_asking) {
            match api::order(&known.id).await {
                Ok(order) => orders::remember(&order),
                Err(failure) if failure.code() == Some(ErrorCode::OrderNotFound) => {
                    orders::forget(&known.id);
                }
                Err(_) => break,
            }
            list.try_set(orders::all());
        }
    });
    let rows = move || {
        list.with(|known| {
            if known.is_empty() {
                return states::empty(Icon::List, Text::NoOrders, Some(Text::NoOrdersWhy));
            }
            let rows = known.iter().map(|order| device_row(order, list));
            view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any()
        })
    };
    view! {
        <section aria-labelledby="device-orders">
            <h2 class="section-title" id="device-orders">{t(Text::ThisDevice)}</h2>
            {rows}
        </section>
    }
    .into_any()
}

/// A finished order stays as it is; the gateway need not be asked.
fn is_worth_asking(order: &Remembered) -> bool {
    order.held || !matches!(order.state, OrderState::Credited | OrderState::Refunded)
}

fn device_row(order: &Remembered, list: RwSignal<Vec<Remembered>>) -> AnyView {
    let (id, page) = (order.id.clone(), contract::routes::order_page(&order.id));
    let removal = format!("{} {}", t(Text::RemoveOrder), order.title);
    view! {
        <li class="row">
            <a class="row-link" href=page>
                {row_text(
                    &order.title,
                    order.amount_fen,
                    order.card_masked.as_deref(),
                    (order.state, order.held),
                    order.created_at,
                    None,
                )}
            </a>
            <button
                type="button"
                class="row-remove"
                aria-label=removal
                on:click=move |_| {
                    orders::forget(&id);
                    list.set(orders::all());
                }
            >
                {icon(Icon::Cross)}
            </button>
        </li>
    }
    .into_any()
}

fn row_text(
    title: &str,
    amount: Fen,
    card: Option<&str>,
    (state, held): (OrderState, bool),
    at: Timestamp,
    number: Option<&str>,
) -> AnyView {
    let (word, mood) = short(state, held);
    view! {
        <span class="row-main">
            <span class="row-title">{title.to_owned()}</span>
            <span class="row-sum">{yuan(amount)}</span>
        </span>
        <span class="row-side">
            <span class="row-small">{card.map(str::to_owned)}</span>
            <span class=format!("row-state {}", mood_class(mood))>{t(word)}</span>
        </span>
        <span class="row-small">{date_time(at)}" "{number.map(str::to_owned)}</span>
    }
    .into_any()
}

/// The search by card number: what anyone may see of a card's orders.
fn search(shop: Shop) -> AnyView {
    let found = RwSignal::new(Vec::<OrderRow>::new());
    let cursor = RwSignal::new(None::<String>);
    let asked = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let ask = move |more: bool| {
        let Ok(number) = shop.card_number() else {
            if let Err(error) = shop.card_number() {
                shop.card.set(crate::shop::Card::Wrong(error));
            }
            return crate::dom::focus_id(crate::components::card_field::ID);
        };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        if !more {
            found.set(Vec::new());
            cursor.set(None);
        }
        let from = cursor.get_untracked();
        spawn_local(async move {
            let answer = api::card_orders(number.as_str(), from).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(page) => {
                    found.update(|found| found.extend(page.orders));
                    cursor.set(page.next_cursor);
                    asked.set(true);
                }
                Err(error) => failure.set(Some(error)),
            }
        });
    };
    let rows = move || {
        if let Some(failure) = failure.get() {
            return states::failed(None, &failure, move || ask(true));
        }
        found.with(|found| {
            if found.is_empty() {
                return match (busy.get(), asked.get()) {
                    (true, _) => states::skeleton("skeletons--rows", 2),
                    (false, true) => states::empty(Icon::Search, Text::SearchEmpty, None),
                    (false, false) => ().into_any(),
                };
            }
            let rows = found.iter().map(|order| {
                view! {
                    <li class="row">
                        <div class="row-link">
                            {row_text(
                                &order.title,
                                order.amount_fen,
                                Some(&order.card_masked),
                                (order.state, order.held),
                                order.created_at,
                                Some(&order.number_masked),
                            )}
                        </div>
                    </li>
                }
            });
            view! {
                <ul class="rows">{rows.collect_view()}</ul>
                <p class="small">{t(Text::MaskedNote)}</p>
            }
            .into_any()
        })
    };
    view! {
        <section aria-labelledby="card-orders">
            <h2 class="section-title" id="card-orders">{t(Text::SearchOrders)}</h2>
            <form
                class="search"
                on:submit=move |event| {
                    event.prevent_default();
                    ask(false);
                }
            >
                {card_field(shop)}
                <button type="submit" class="button">{t(Text::Search)}</button>
            </form>
            {rows}
            {move || {
                cursor
                    .with(Option::is_some)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button button--plain"
                                disabled=move || busy.get()
                                on:click=move |_| ask(true)
                            >
                                {t(Text::More)}
                            </button>
                        }
                    })
            }}
        </section>
    }
    .into_any()
}
