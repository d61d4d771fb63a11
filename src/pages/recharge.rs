//! `/`: a card, a package, and the way to the wallet.

use contract::{CardNumber, CardSummary, Catalog, Package, RealnameState, ResetRule, StateClass};
use leptos::prelude::*;

use crate::{
    clock,
    components::{
        button::{Button, Link},
        card_field::{self, CardField},
        category_picker::CategoryPicker,
        dock::Dock,
        footer::Footer,
        header::{Heading, ShopHeader},
        icon::Icon,
        package_grid::PackageGrid,
        pay_bar::PayBar,
        recent_cards::RecentCards,
        sim_card::SimCard,
        states::{Empty, Failed, Skeleton},
        tab_bar::TabBar,
    },
    dom,
    i18n::{self, Text, failure_text, t},
    offer, second,
    shop::{Card, Loaded, Shop},
    ui::{Erase, follow, later, nothing, part, reads},
};

/// What follows the press of "top up".
#[derive(Clone)]
pub enum Wish {
    /// To buy a package, of a category with this rule, for a card.
    Buy(CardNumber, Package, ResetRule),
    /// To be registered first.
    Register,
}

/// The screen.
#[component]
pub fn Recharge(
    /// The shop.
    shop: Shop,
) -> AnyView {
    shop.want_card();
    shop.want_catalog();
    let wish = RwSignal::new(None);
    // Pressed while the way to the wallet was not there yet.
    let pressed = RwSignal::new(false);
    let waits =
        move || pressed.get() && shop.second.with(|second| matches!(second, Loaded::Loading));
    let chosen = Memo::new(move |_| chosen(shop));
    let blocked = Memo::new(move |_| {
        shop.catalog
            .with(|catalog| matches!(catalog, Loaded::Ready(catalog) if catalog.stale))
            || shop
                .card
                .with(|card| known(card).is_some_and(|card| !card.state.class.can_be_recharged()))
            || waits()
    });
    let missing = RwSignal::new(false);
    follow(move |_| {
        if chosen.with(Option::is_some) {
            missing.set(false);
        }
    });
    let press = move || {
        missing.set(false);
        let go = press(shop, chosen.get_untracked());
        if matches!(go, Pressed::Missing) {
            missing.set(true);
            dom::scroll_to_id("packages");
        }
        let Pressed::Go(it) = go else { return };
        let is_there = shop
            .second
            .with_untracked(|second| second.ready().is_some());
        pressed.set(!is_there);
        if is_there {
            wish.set(Some(it));
        } else {
            second::load_again(shop);
        }
    };
    // What is bought is what is chosen when the sheet opens.
    follow(move |_| {
        if shop.second.with(|second| second.ready().is_some()) && pressed.get_untracked() {
            press();
        }
    });
    let told = move || {
        let failure = shop.second.with(|second| match second {
            Loaded::Failed(failure) if pressed.get() => Some(failure_text(failure)),
            _ => None,
        });
        match failure {
            Some(failure) => failure,
            None if missing.get() => t(Text::CHOOSE_PACKAGE).to_owned(),
            None => String::new(),
        }
    };
    let sheet = move || {
        let doors = shop.second.with(|second| second.ready().copied());
        match (doors, wish.get()) {
            (Some(doors), Some(wish)) => (doors.buy)(shop, wish),
            _ => nothing(),
        }
    };
    let below = move || {
        view! {
            <Footer shop/>
            <Dock shop>
                <PayBar chosen blocked press/>
                <TabBar shop current="/"/>
            </Dock>
        }
        .erase()
    };
    view! {
        <ShopHeader shop/>
        <main class="main">
            <Heading class="visually-hidden" text=Text::TAB_RECHARGE/>
            <CardField shop/>
            <RecentCards shop/>
            <SimCard shop/>
            {part(move || notes(shop))}
            <Packages shop/>
            <p class="field-error" role="alert">
                {reads(told)}
            </p>
        </main>
        {later(below)}
        {part(sheet)}
    }
    .erase()
}

/// What is chosen, where it fits the card.
fn chosen(shop: Shop) -> Option<(Package, ResetRule)> {
    shop.catalog.with(|catalog| {
        let Loaded::Ready(catalog) = catalog else {
            return None;
        };
        shop.card.with(|card| {
            let categories = offer::categories(catalog, known(card));
            shop.package.with(|package| {
                let package = package.as_deref();
                let shown = shop
                    .category
                    .with(|chosen| offer::shown(&categories, chosen.as_deref(), package))?;
                offer::bought(shown, package).map(|bought| (bought.clone(), shown.reset_rule))
            })
        })
    })
}

fn known(card: &Card) -> Option<&CardSummary> {
    match card {
        Card::Known(card) => Some(card),
        _ => None,
    }
}

/// What the press of "top up" leads to.
enum Pressed {
    /// To the box, where the number is wrong.
    Nothing,
    /// To the packages, of which none is chosen.
    Missing,
    /// On.
    Go(Wish),
}

fn press(shop: Shop, chosen: Option<(Package, ResetRule)>) -> Pressed {
    let number = match shop.card_number() {
        Ok(number) => number,
        Err(error) => {
            shop.card.set(Card::Wrong(error));
            dom::focus_id(card_field::ID);
            return Pressed::Nothing;
        }
    };
    let (lost, unregistered) = shop.card.with_untracked(|card| match card {
        Card::Known(card) => (
            !card.state.class.can_be_recharged(),
            card.realname.required && card.realname.state != RealnameState::Passed,
        ),
        Card::Failed(failure) => (
            failure.code() == Some(contract::ErrorCode::CardNotFound),
            false,
        ),
        _ => (false, false),
    });
    if lost {
        dom::focus_id(card_field::ID);
        Pressed::Nothing
    } else if unregistered {
        Pressed::Go(Wish::Register)
    } else if let Some((package, rule)) = chosen {
        Pressed::Go(Wish::Buy(number, package, rule))
    } else {
        Pressed::Missing
    }
}

/// What the card's holder should know before buying.
fn notes(shop: Shop) -> AnyView {
    shop.card.with(|card| {
        let Card::Known(card) = card else {
            return nothing();
        };
        let class = card.state.class;
        let note = match class {
            StateClass::Terminated => Some(("note note--bad", Text::CARD_TERMINATED_NOTE)),
            StateClass::Unknown => Some(("note note--bad", Text::CARD_UNKNOWN_NOTE)),
            StateClass::Suspended => Some(("note note--warn", Text::CARD_SUSPENDED_NOTE)),
            StateClass::Usable | StateClass::Activatable | StateClass::Testing => None,
        };
        let note = note.map(|(class, text)| {
            view! {
                <p class=class role="status">
                    {t(text)}
                </p>
            }
            .erase()
        });
        let unregistered = card.realname.required
            && card.realname.state != RealnameState::Passed
            && class.can_be_recharged();
        let unregistered = unregistered.then(|| {
            view! {
                <p class="note note--warn">
                    {t(Text::REALNAME_FIRST)} " "
                    <Link class="link" href="/realname" text=Text::GO_REALNAME/>
                </p>
            }
            .erase()
        });
        let differs = card
            .check_digit_differs
            .then(|| view! { <p class="note">{t(Text::CHECK_DIGIT)}</p> }.erase());
        view! { {note} {unregistered} {differs} }.erase()
    })
}

#[component]
fn Packages(shop: Shop) -> AnyView {
    // Only what changes the picture draws it again: a tap on a tile does not.
    let card = Memo::new(move |_| shop.card.with(|card| known(card).cloned()));
    part(move || {
        shop.catalog.with(|catalog| match catalog {
            Loaded::Ready(catalog) => card.with(|card| on_sale(shop, catalog, card.as_ref())),
            Loaded::Loading => view! { <Skeleton class="skeletons--tiles" count=6/> }.erase(),
            Loaded::Failed(failure) => view! {
                <Failed
                    title=Text::CATALOG_FAILED
                    why=failure_text(failure)
                    retry=move || shop.load_catalog()
                />
            }
            .erase(),
        })
    })
}

fn on_sale(shop: Shop, catalog: &Catalog, card: Option<&CardSummary>) -> AnyView {
    let categories = offer::categories(catalog, card);
    let package = shop.package.get_untracked();
    let shown = shop
        .category
        .with(|chosen| offer::shown(&categories, chosen.as_deref(), package.as_deref()));
    let Some(shown) = shown else {
        let title = if catalog.categories.is_empty() {
            Text::NO_CATALOG
        } else {
            Text::NO_PACKAGES
        };
        return view! { <Empty sign=Icon::List title/> }.erase();
    };
    let stale = catalog.stale.then(|| {
        let age = i18n::age(clock::now().0 - catalog.as_of.0);
        view! {
            <p class="note note--warn" role="status">
                {t(Text::STALE_CATALOG)} {t(Text::SEPARATOR)} {age} " "
                <Button class="link" text=Text::RETRY press=move || shop.load_catalog()/>
            </p>
        }
        .erase()
    });
    let (category, shown) = (shown.clone(), shown.id.clone());
    let categories = categories.into_iter().cloned().collect::<Vec<_>>();
    view! {
        {stale}
        <CategoryPicker shop categories shown/>
        <PackageGrid shop category/>
    }
    .erase()
}
