//! The cards used lately, to be chosen again or taken out of the list.

use contract::CardNumber;
use leptos::prelude::*;

use super::{button::SignButton, icon::Icon};
use crate::{
    i18n::{Text, t},
    shop::Shop,
    store::cards,
    ui::{Erase, does, nothing, part},
};

/// The list, while no number is typed.
#[component]
pub fn RecentCards(
    /// The shop.
    shop: Shop,
) -> AnyView {
    let empty = Memo::new(move |_| shop.number.with(String::is_empty));
    let changed = RwSignal::new(());
    part(move || {
        changed.track();
        let cards = if empty.get() {
            cards::all()
        } else {
            Vec::new()
        };
        if cards.is_empty() {
            return nothing();
        }
        let rows = cards
            .into_iter()
            .map(|card| view! { <Row shop card changed/> }.erase())
            .collect_view();
        view! {
            <section class="recents" aria-label=t(Text::RECENT_CARDS)>
                <h2 class="recents-title">{t(Text::RECENT_CARDS)}</h2>
                <ul class="recents-list">{rows}</ul>
            </section>
        }
        .erase()
    })
}

#[component]
fn Row(shop: Shop, card: CardNumber, changed: RwSignal<()>) -> AnyView {
    let masked = card.masked();
    let removal = format!("{} {masked}", t(Text::REMOVE_RECENT));
    let chosen = card.as_str().to_owned();
    let remove = move || {
        cards::forget(&card);
        changed.set(());
    };
    view! {
        <li class="recent">
            <button
                class="recent-choose"
                type="button"
                on:click=does(move |_| shop.number.set(chosen.clone()))
            >
                {masked}
            </button>
            <SignButton class="recent-remove" label=removal sign=Icon::Cross press=remove/>
        </li>
    }
    .erase()
}
