//! The cards used lately, to be chosen again or taken out of the list.

use contract::CardNumber;
use leptos::prelude::*;

use super::{
    button::sign,
    icon::{Icon, icon},
};
use crate::{
    i18n::{Text, t},
    shop::Shop,
    store::cards,
    ui::{El, View, el, live, nothing},
};

/// The list, while no number is typed.
#[must_use]
pub fn recent_cards(shop: Shop) -> View {
    let empty = Memo::new(move |_| shop.number.with(String::is_empty));
    let changed = RwSignal::new(());
    live(move || {
        changed.track();
        let cards = if empty.get() {
            cards::all()
        } else {
            Vec::new()
        };
        if cards.is_empty() {
            return nothing();
        }
        let rows: View = cards
            .into_iter()
            .map(|card| row(shop, card, changed))
            .collect();
        el("section", "recents")
            .attr("aria-label", t(Text::RECENT_CARDS))
            .child(el("h2", "recents-title").text(t(Text::RECENT_CARDS)))
            .child(el("ul", "recents-list").child(rows))
            .into()
    })
}

fn row(shop: Shop, card: CardNumber, changed: RwSignal<()>) -> El {
    let masked = card.masked();
    let removal = format!("{} {masked}", t(Text::REMOVE_RECENT));
    let chosen = card.as_str().to_owned();
    let remove = move || {
        cards::forget(&card);
        changed.set(());
    };
    el("li", "recent")
        .child(
            el("button", "recent-choose")
                .attr("type", "button")
                .text(&masked)
                .press(move || shop.number.set(chosen.clone())),
        )
        .child(sign("recent-remove", &removal, remove).child(icon(Icon::Cross)))
}
