//! The box for a card number.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    dom,
    i18n::{Text, failure_text, number_error_text, t},
    shop::{Card, Shop},
};

/// The id of the box, to bring it into view.
pub const ID: &str = "card-number";

/// The box, with what is wrong with the number below it. What was typed stays as it was typed.
#[must_use]
pub fn card_field(shop: Shop) -> AnyView {
    let error = Memo::new(move |_| {
        shop.card.with(|card| match card {
            Card::Wrong(error) => Some(number_error_text(*error)),
            Card::Failed(failure) => Some(failure_text(failure)),
            Card::None | Card::Loading | Card::Known(_) => None,
        })
    });
    // Whoever leaves the box with half a number is told; whoever is still typing is not.
    let settle = move |_| {
        if let (Err(error), false) = (
            shop.card_number(),
            shop.number.with_untracked(|typed| typed.trim().is_empty()),
        ) {
            shop.card.set(Card::Wrong(error));
        }
    };
    let again = move || {
        shop.card.with(|card| {
            matches!(card, Card::Failed(failure)
                if failure.code() != Some(contract::ErrorCode::CardNotFound))
        })
    };
    view! {
        <div class="field" class:field--bad=move || error.with(Option::is_some)>
            <label class="field-label" for=ID>{t(Text::CardNumber)}</label>
            <input
                id=ID
                class="field-input"
                type="text"
                inputmode="text"
                autocapitalize="characters"
                autocomplete="off"
                spellcheck="false"
                enterkeyhint="search"
                maxlength="64"
                placeholder=t(Text::CardHint)
                aria-describedby="card-error"
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                prop:value=move || shop.number.get()
                on:input:target=move |event| shop.number.set(event.target().value())
                on:blur=settle
            />
            {move || {
                shop.number
                    .with(|typed| !typed.is_empty())
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="field-clear"
                                aria-label=t(Text::ClearNumber)
                                on:click=move |_| {
                                    shop.number.set(String::new());
                                    dom::focus_id(ID);
                                }
                            >
                                {icon(Icon::Cross)}
                            </button>
                        }
                    })
            }}
        </div>
        <div id="card-error" class="field-error" role="alert">
            {move || error.get()}
            {move || {
                again()
                    .then(|| {
                        view! {
                            <button type="button" class="link" on:click=move |_| shop.look_up()>
                                {t(Text::Retry)}
                            </button>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}
