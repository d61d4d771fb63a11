//! The cards used lately, to be chosen again or taken out of the list.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    i18n::{Text, t},
    shop::Shop,
    store::cards,
};

/// The list, while no number is typed.
#[must_use]
pub fn recent_cards(shop: Shop) -> AnyView {
    let list = RwSignal::new(cards::all());
    Effect::new(move |_| {
        if shop.number.with(String::is_empty) {
            list.set(cards::all());
        }
    });
    let shown = move || shop.number.with(String::is_empty) && list.with(|list| !list.is_empty());
    (move || {
        if !shown() {
            return ().into_any();
        }
        let rows = list.get().into_iter().map(|card| {
            let masked = card.masked();
            let removal = format!("{} {masked}", t(Text::RemoveRecent));
            let (chosen, removed) = (card.clone(), card);
            view! {
                <li class="recent">
                    <button
                        type="button"
                        class="recent-choose"
                        on:click=move |_| shop.number.set(chosen.as_str().to_owned())
                    >
                        {masked}
                    </button>
                    <button
                        type="button"
                        class="recent-remove"
                        aria-label=removal
                        on:click=move |_| {
                            cards::forget(&removed);
                            list.set(cards::all());
                        }
                    >
                        {icon(Icon::Cross)}
                    </button>
                </li>
            }
        });
        view! {
            <section class="recents" aria-label=t(Text::RecentCards)>
                <h2 class="recents-title">{t(Text::RecentCards)}</h2>
                <ul class="recents-list">{rows.collect_view()}</ul>
            </section>
        }
        .into_any()
    })
    .into_any()
}
