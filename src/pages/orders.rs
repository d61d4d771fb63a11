//! `/orders`: what was bought on this device, and for a card.

use contract::{ErrorCode, Fen, OrderRow, OrderState};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    components::{
        button::{Button, SignButton},
        card_field::{self, CardField},
        dock::Dock,
        footer::Footer,
        header::TitledHeader,
        icon::Icon,
        order_words::{mood_class, short},
        states::{Empty, Failed, Skeleton},
    },
    dom,
    i18n::{Text, date_time, failure_text, row_title, t, volume_and_rule, yuan},
    outage,
    shop::{Card, Loaded, Shop},
    store::orders::{self, Remembered},
    ui::{Erase, Inside, does, nothing, part},
};

/// The screen.
#[component]
pub fn Orders(
    /// The shop.
    shop: Shop,
) -> AnyView {
    let searchable = move || {
        shop.storefront.with(|storefront| {
            matches!(storefront, Loaded::Ready(storefront) if storefront.features.order_search)
        })
    };
    view! {
        <TitledHeader title=Text::ORDERS_TITLE/>
        <main class="main">
            <OfDevice/>
            {part(move || searchable().then(|| view! { <OfCard shop/> }.erase()).erase())}
        </main>
        <Footer shop/>
        <Dock shop/>
    }
    .erase()
}

#[component]
fn Section(id: &'static str, title: Text, children: Inside) -> AnyView {
    view! {
        <section aria-labelledby=id>
            <h2 class="section-title" id=id>
                {t(title)}
            </h2>
            {children.draw()}
        </section>
    }
    .erase()
}

/// The orders of this device, as they were when they were last seen, then as they are.
#[component]
fn OfDevice() -> AnyView {
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
    let rows = move || {
        list.with(|known| {
            if known.is_empty() {
                return view! {
                    <Empty sign=Icon::List title=Text::NO_ORDERS why=Text::NO_ORDERS_WHY/>
                }
                .erase();
            }
            let rows = known
                .iter()
                .map(|order| device_row(order, list))
                .collect_view();
            view! { <ul class="rows">{rows}</ul> }.erase()
        })
    };
    view! {
        <Section id="device-orders" title=Text::THIS_DEVICE>
            {part(rows)}
        </Section>
    }
    .erase()
}

/// A finished order stays as it is; the gateway need not be asked.
fn is_worth_asking(order: &Remembered) -> bool {
    order.held || !matches!(order.state, OrderState::Credited | OrderState::Refunded)
}

fn device_row(order: &Remembered, list: RwSignal<Vec<Remembered>>) -> AnyView {
    let id = order.id.clone();
    let remove = move || {
        orders::forget(&id);
        list.set(orders::all());
    };
    let title = row_title(&order.title, order.package());
    let removal = format!("{} {}", t(Text::REMOVE_ORDER), title);
    view! {
        <li class="row">
            <a class="row-link" href=contract::routes::order_page(&order.id)>
                <RowText
                    title
                    amount=order.amount_fen
                    card=order.card_masked.clone().unwrap_or_default()
                    state=(order.state, order.held)
                    line=date_time(order.created_at)
                />
            </a>
            <SignButton class="row-remove" label=removal sign=Icon::Cross press=remove/>
        </li>
    }
    .erase()
}

fn found_row(order: &OrderRow) -> AnyView {
    view! {
        <li class="row">
            <div class="row-link">
                <RowText
                    title=row_title(&order.title, order.package.as_ref().map(volume_and_rule))
                    amount=order.amount_fen
                    card=order.card_masked.clone()
                    state=(order.state, order.held)
                    line=format!("{} {}", date_time(order.created_at), order.number_masked)
                />
            </div>
        </li>
    }
    .erase()
}

#[component]
fn RowText(
    title: String,
    amount: Fen,
    card: String,
    /// What the order is, and whether somebody takes care of it.
    state: (OrderState, bool),
    line: String,
) -> AnyView {
    let (word, mood) = short(state.0, state.1);
    view! {
        <span class="row-main">
            <span class="row-title">{title}</span>
            <span class="row-sum">{yuan(amount)}</span>
        </span>
        <span class="row-side">
            <span class="row-small">{card}</span>
            <span class=format!("row-state {}", mood_class(mood))>{t(word)}</span>
        </span>
        <span class="row-small">{line}</span>
    }
    .erase()
}

/// The search by card number: what anyone may see of a card's orders.
#[component]
fn OfCard(shop: Shop) -> AnyView {
    let search = Search::new(shop);
    outage::after(
        move || {
            let is_out =
                |failure: &Option<Failure>| failure.as_ref().is_some_and(Failure::is_outage);
            search.failure.with_untracked(is_out)
        },
        move || search.ask(Ask::Again),
    );
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        search.ask(Ask::First);
    };
    let more = move || {
        let ask = move || search.ask(Ask::More);
        search
            .cursor
            .with(Option::is_some)
            .then(|| {
                view! { <Button class="button button--plain" text=Text::MORE press=ask/> }.erase()
            })
            .erase()
    };
    view! {
        <Section id="card-orders" title=Text::SEARCH_ORDERS>
            <form class="search" on:submit=does(submit)>
                <CardField shop/>
                <button class="button" type="submit">
                    {t(Text::SEARCH)}
                </button>
            </form>
            {part(move || search.rows())}
            {part(more)}
        </Section>
    }
    .erase()
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

    fn rows(self) -> AnyView {
        if let Some(failure) = self.failure.get() {
            let why = failure_text(&failure);
            return view! { <Failed why retry=move || self.ask(Ask::More)/> }.erase();
        }
        self.found.with(|found| {
            if found.is_empty() {
                return match (self.busy.get(), self.asked.get()) {
                    (true, _) => view! { <Skeleton class="skeletons--rows" count=2/> }.erase(),
                    (false, true) => {
                        view! { <Empty sign=Icon::Search title=Text::SEARCH_EMPTY/> }.erase()
                    }
                    (false, false) => nothing(),
                };
            }
            let rows = found.iter().map(found_row).collect_view();
            view! {
                <ul class="rows">{rows}</ul>
                <p class="small">{t(Text::MASKED_NOTE)}</p>
            }
            .erase()
        })
    }
}
