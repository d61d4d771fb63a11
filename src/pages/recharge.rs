//! `/`: a card, a package, and the way to the wallet.

use contract::{Package, RealnameState, ResetRule};
use leptos::prelude::*;

use crate::{
    checkout::{Checkout, Step},
    clock,
    components::{
        card_field::{self, card_field},
        category_picker::category_picker,
        dock::dock,
        footer::footer,
        header::shop_header,
        icon::Icon,
        package_grid::package_grid,
        pay_bar::pay_bar,
        pay_sheet::pay_sheet,
        recent_cards::recent_cards,
        sim_card::sim_card,
        states,
        tab_bar::tab_bar,
    },
    dom,
    i18n::{self, Text, t},
    offer,
    shop::{Card, Loaded, Shop},
};

/// The screen.
#[must_use]
pub fn recharge(shop: Shop) -> AnyView {
    shop.want_card();
    shop.want_catalog();
    let checkout = Checkout::new(shop);
    let chosen = Memo::new(move |_| chosen(shop));
    let blocked = Memo::new(move |_| {
        shop.catalog
            .with(|catalog| matches!(catalog, Loaded::Ready(catalog) if catalog.stale))
            || shop
                .card
                .with(|card| known(card).is_some_and(|card| !card.state.class.can_be_recharged()))
    });
    let missing = RwSignal::new(false);
    Effect::new(move |_| {
        if chosen.with(Option::is_some) {
            missing.set(false);
        }
    });
    let press = move || press(shop, checkout, chosen.get_untracked(), missing);
    let rule = Signal::derive(move || chosen.with(|chosen| chosen.as_ref().map(|(_, rule)| *rule)));
    view! {
        {shop_header(shop)}
        <main class="main">
            <h1 class="visually-hidden" id="title" tabindex="-1">{t(Text::TabRecharge)}</h1>
            {card_field(shop)}
            {recent_cards(shop)}
            {sim_card(shop)}
            {notes(shop)}
            {packages(shop)}
            <p class="field-error" role="alert">
                {move || missing.get().then(|| t(Text::ChoosePackage))}
            </p>
        </main>
        {footer(shop)}
        {dock(
            shop,
            view! {
                {pay_bar(chosen.into(), blocked.into(), press)}
                {tab_bar(shop, "/")}
            }
            .into_any(),
        )}
        {pay_sheet(shop, checkout, rule)}
    }
    .into_any()
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

fn known(card: &Card) -> Option<&contract::CardSummary> {
    match card {
        Card::Known(card) => Some(card),
        _ => None,
    }
}

fn press(
    shop: Shop,
    checkout: Checkout,
    chosen: Option<(Package, ResetRule)>,
    missing: RwSignal<bool>,
) {
    let number = match shop.card_number() {
        Ok(number) => number,
        Err(error) => {
            shop.card.set(Card::Wrong(error));
            return dom::focus_id(card_field::ID);
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
    } else if unregistered {
        checkout.step.set(Step::Realname);
    } else if let Some((package, _)) = chosen {
        checkout.buy(number, package);
    } else {
        missing.set(true);
        dom::scroll_to_id("packages");
    }
}

/// What the card's holder should know before buying.
fn notes(shop: Shop) -> AnyView {
    (move || {
        shop.card.with(|card| {
            let Card::Known(card) = card else {
                return ().into_any();
            };
            let class = card.state.class;
            let note = match class {
                contract::StateClass::Terminated => {
                    Some(("note note--bad", Text::CardTerminatedNote))
                }
                contract::StateClass::Unknown => Some(("note note--bad", Text::CardUnknownNote)),
                contract::StateClass::Suspended => {
                    Some(("note note--warn", Text::CardSuspendedNote))
                }
                _ => None,
            };
            let unregistered =
                card.realname.required && card.realname.state != RealnameState::Passed;
            view! {
                {note.map(|(class, text)| view! { <p class=class role="status">{t(text)}</p> })}
                {(unregistered && class.can_be_recharged())
                    .then(|| {
                        view! {
                            <p class="note note--warn">
                                {t(Text::RealnameFirst)}" "
                                <a class="link" href="/realname">{t(Text::GoRealname)}</a>
                            </p>
                        }
                    })}
                {card
                    .check_digit_differs
                    .then(|| view! { <p class="note">{t(Text::CheckDigit)}</p> })}
            }
            .into_any()
        })
    })
    .into_any()
}

fn packages(shop: Shop) -> AnyView {
    // Only what changes the picture draws it again: a tap on a tile does not.
    let card = Memo::new(move |_| shop.card.with(|card| known(card).cloned()));
    (move || {
        shop.catalog.with(|catalog| {
            let catalog = match catalog {
                Loaded::Ready(catalog) => catalog,
                Loaded::Loading => return states::skeleton("skeletons--tiles", 6),
                Loaded::Failed(failure) => {
                    return states::failed(Some(Text::CatalogFailed), failure, move || {
                        shop.load_catalog();
                    });
                }
            };
            if catalog.categories.is_empty() {
                return states::empty(Icon::List, Text::NoCatalog, None);
            }
            let stale = catalog.stale.then(|| {
                let age = i18n::age(clock::now().0 - catalog.as_of.0);
                view! {
                    <div class="note note--warn" role="status">
                        <p>{t(Text::StaleCatalog)}{t(Text::Separator)}{age}</p>
                        <button type="button" class="link" on:click=move |_| shop.load_catalog()>
                            {t(Text::Retry)}
                        </button>
                    </div>
                }
            });
            let categories = card.with(|card| offer::categories(catalog, card.as_ref()));
            let package = shop.package.get_untracked();
            let shown = shop
                .category
                .with(|chosen| offer::shown(&categories, chosen.as_deref(), package.as_deref()));
            let Some(shown) = shown else {
                return states::empty(Icon::List, Text::NoPackages, None);
            };
            view! {
                {stale}
                {category_picker(shop, &categories, &shown.id)}
                {package_grid(shop, shown)}
            }
            .into_any()
        })
    })
    .into_any()
}
