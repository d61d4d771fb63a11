//! `/orders`: what was bought on this device, and for a card.

use contract::{ErrorCode, Fen, OrderRow, OrderState};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    components::{
        button::{plain, sign},
        card_field::{self, card_field},
        dock::dock,
        footer::footer,
        header::titled_header,
        icon::{Icon, icon},
        order_words::{mood_class, short},
        states,
    },
    dom,
    i18n::{Text, date_time, row_title, t, volume_and_rule, yuan},
    outage,
    shop::{Card, Loaded, Shop},
    store::orders::{self, Remembered},
    ui::{El, View, el, live, nothing},
    views,
};

/// The screen.
#[must_use]
pub fn orders(shop: Shop) -> View {
    let searchable = move || {
        shop.storefront.with(|storefront| {
            matches!(storefront, Loaded::Ready(storefront) if storefront.features.order_search)
        })
    };
    views![
        titled_header(Text::ORDERS_TITLE),
        el("main", "main")
            .child(section("device-orders", Text::THIS_DEVICE).child(of_device()))
            .child(live(move || searchable().then(|| search(shop)).into())),
        footer(shop),
        dock(shop, nothing()),
    ]
}

fn section(id: &str, title: Text) -> El {
    el("section", "")
        .attr("aria-labelledby", id)
        .child(el("h2", "section-title").attr("id", id).text(t(title)))
}

/// The orders of this device, as they were when they were last seen, then as they are.
fn of_device() -> View {
    let list = RwSignal::new(orders::all());
    let is_out = RwSignal::new(false);
    let refresh = move || {
        is_out.set(false);
        spawn_local(async move {
            for known in list.get_untracked().into_iter().filter(is_worth_asking) {
                match api::order(&known.id).await {
                    Ok(order) => orders::remember(&order),
                    Err(failure) if failure.code() == Some(ErrorCode::OrderNotFound) => {
                        orders::forget(&known.id);
                    }
                    Err(failure) => {
                        is_out.try_set(failure.is_outage());
                        break;
                    }
                }
                list.try_set(orders::all());
            }
        });
    };
    refresh();
    outage::after(move || is_out.get_untracked(), refresh);
    live(move || {
        list.with(|known| {
            if known.is_empty() {
                return states::empty(Icon::List, Text::NO_ORDERS, Some(Text::NO_ORDERS_WHY));
            }
            let rows: View = known.iter().map(|order| device_row(order, list)).collect();
            el("ul", "rows").child(rows).into()
        })
    })
}

/// A finished order stays as it is; the gateway need not be asked.
fn is_worth_asking(order: &Remembered) -> bool {
    order.held || !matches!(order.state, OrderState::Credited | OrderState::Refunded)
}

fn device_row(order: &Remembered, list: RwSignal<Vec<Remembered>>) -> El {
    let id = order.id.clone();
    let remove = move || {
        orders::forget(&id);
        list.set(orders::all());
    };
    let title = row_title(&order.title, order.package());
    let text = row_text(
        &title,
        order.amount_fen,
        order.card_masked.as_deref(),
        (order.state, order.held),
        &date_time(order.created_at),
    );
    let removal = format!("{} {}", t(Text::REMOVE_ORDER), title);
    el("li", "row")
        .child(
            el("a", "row-link")
                .attr("href", &contract::routes::order_page(&order.id))
                .child(text),
        )
        .child(sign("row-remove", &removal, remove).child(icon(Icon::Cross)))
}

fn found_row(order: &OrderRow) -> El {
    let title = row_title(&order.title, order.package.as_ref().map(volume_and_rule));
    let text = row_text(
        &title,
        order.amount_fen,
        Some(&order.card_masked),
        (order.state, order.held),
        &format!("{} {}", date_time(order.created_at), order.number_masked),
    );
    el("li", "row").child(el("div", "row-link").child(text))
}

fn row_text(
    title: &str,
    amount: Fen,
    card: Option<&str>,
    (state, held): (OrderState, bool),
    line: &str,
) -> View {
    let (word, mood) = short(state, held);
    views![
        el("span", "row-main")
            .child(el("span", "row-title").text(title))
            .child(el("span", "row-sum").text(&yuan(amount))),
        el("span", "row-side")
            .child(el("span", "row-small").text(card.unwrap_or_default()))
            .child(el("span", &format!("row-state {}", mood_class(mood))).text(t(word))),
        el("span", "row-small").text(line),
    ]
}

/// The search by card number: what anyone may see of a card's orders.
fn search(shop: Shop) -> El {
    let search = Search::new(shop);
    outage::after(
        move || {
            let is_out =
                |failure: &Option<Failure>| failure.as_ref().is_some_and(Failure::is_outage);
            search.failure.with_untracked(is_out)
        },
        move || search.ask(Ask::Again),
    );
    let form = el("form", "search")
        .on("submit", move |event| {
            event.prevent_default();
            search.ask(Ask::First);
        })
        .child(card_field(shop))
        .child(
            el("button", "button")
                .attr("type", "submit")
                .text(t(Text::SEARCH)),
        );
    section("card-orders", Text::SEARCH_ORDERS)
        .child(form)
        .child(live(move || search.rows()))
        .child(live(move || {
            search
                .cursor
                .with(Option::is_some)
                .then(|| plain(Text::MORE, move || search.ask(Ask::More)))
                .into()
        }))
}

/// What is asked for.
#[derive(Clone, Copy, PartialEq)]
enum Ask {
    /// The first page.
    First,
    /// The page after those that are shown.
    More,
    /// What was asked for last, without a word about it until it is there.
    Again,
}

#[derive(Clone, Copy)]
struct Search {
    shop: Shop,
    found: RwSignal<Vec<OrderRow>>,
    cursor: RwSignal<Option<String>>,
    asked: RwSignal<bool>,
    busy: RwSignal<bool>,
    failure: RwSignal<Option<Failure>>,
}

impl Search {
    fn new(shop: Shop) -> Search {
        Search {
            shop,
            found: RwSignal::default(),
            cursor: RwSignal::default(),
            asked: RwSignal::default(),
            busy: RwSignal::default(),
            failure: RwSignal::default(),
        }
    }

    fn ask(self, what: Ask) {
        let number = match self.shop.card_number() {
            Ok(number) => number,
            Err(_) if what == Ask::Again => return,
            Err(error) => {
                self.shop.card.set(Card::Wrong(error));
                return dom::focus_id(card_field::ID);
            }
        };
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        if what != Ask::Again {
            self.failure.set(None);
        }
        if what == Ask::First {
            self.found.set(Vec::new());
            self.cursor.set(None);
        }
        let from = self.cursor.get_untracked();
        spawn_local(async move {
            let answer = api::card_orders(number.as_str(), from).await;
            // The screen may be gone by then.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(page) => {
                    self.failure.set(None);
                    self.found.update(|found| found.extend(page.orders));
                    self.cursor.set(page.next_cursor);
                    self.asked.set(true);
                }
                // What says the same is not said again.
                Err(error)
                    if self
                        .failure
                        .with_untracked(|said| said.as_ref() == Some(&error)) => {}
                Err(error) => self.failure.set(Some(error)),
            }
        });
    }

    fn rows(self) -> View {
        if let Some(failure) = self.failure.get() {
            return states::failed(None, &failure, move || self.ask(Ask::More));
        }
        self.found.with(|found| {
            if found.is_empty() {
                return match (self.busy.get(), self.asked.get()) {
                    (true, _) => states::skeleton("skeletons--rows", 2),
                    (false, true) => states::empty(Icon::Search, Text::SEARCH_EMPTY, None),
                    (false, false) => nothing(),
                };
            }
            let rows: View = found.iter().map(found_row).collect();
            views![
                el("ul", "rows").child(rows),
                el("p", "small").text(t(Text::MASKED_NOTE))
            ]
        })
    }
}
