//! The box for a card number.

use leptos::{ev::KeyboardEvent, html::Input, prelude::*};
use web_sys::{Event, HtmlElement};

use super::{
    button::{Button, SignButton},
    icon::Icon,
    scan::Scanner,
    unfilled::unfilled,
};
use crate::{
    dom,
    i18n::{Text, failure_text, number_error_text, t},
    shop::{Card, Shop},
    ui::{Erase, does, follow, part, reads},
};

/// The id of the box, to bring it into view.
pub const ID: &str = "sim";

/// The box, with what is wrong with the number below it. What was typed stays as it was typed.
#[component]
pub fn CardField(
    /// The shop.
    shop: Shop,
) -> AnyView {
    let error = Memo::new(move |_| {
        shop.card.with(|card| match card {
            Card::Wrong(error) => Some(number_error_text(*error)),
            Card::Failed(failure) => Some(failure_text(failure)),
            Card::None | Card::Loading | Card::Known(_) => None,
        })
    });
    let bad = move || error.with(Option::is_some);
    let input: NodeRef<Input> = NodeRef::new();
    let scanner = Scanner::new(shop, input);
    follow(move |_| {
        shop.number.track();
        scanner.trouble.set(None);
    });
    let again = move || {
        shop.card.with(|card| {
            matches!(card, Card::Failed(failure)
                if failure.code() != Some(contract::ErrorCode::CardNotFound))
        })
    };
    let empty = Memo::new(move |_| shop.number.with(String::is_empty));
    let beside = move || {
        if empty.get() {
            return scanner.button();
        }
        let clear = move || {
            shop.number.set(String::new());
            dom::focus_id(ID);
        };
        view! {
            <SignButton
                class="field-clear"
                label=t(Text::CLEAR_NUMBER)
                sign=Icon::Cross
                press=clear
            />
        }
        .erase()
    };
    let message = move || {
        let retry = again().then(|| {
            view! { <Button class="link" text=Text::RETRY press=move || shop.look_up()/> }.erase()
        });
        view! {
            {error.get()}
            {scanner.trouble.get().map(t)}
            {retry}
        }
        .erase()
    };
    let told = move |event: Event| {
        if scanner.take(&event) {
            settle_soon(shop);
        }
    };
    view! {
        <div class="field" class:field--bad=reads(bad)>
            <label class="field-label" for=ID>
                {t(Text::CARD_NUMBER)}
            </label>
            <input
                class="field-input"
                id=ID
                name=ID
                type="text"
                inputmode="text"
                autocapitalize="characters"
                use:unfilled
                enterkeyhint="search"
                maxlength="256"
                placeholder=t(Text::CARD_HINT)
                aria-describedby="card-error"
                aria-invalid=reads(move || bad().then_some("true"))
                prop:value=reads(move || shop.number.get())
                node_ref=input
                on:input=does(move |event| shop.number.set(event_target_value(&event)))
                on:blur=does(move |_| settle(shop))
                on:keydown=does(move |event| enter(shop, &event))
                on:scan=does(told)
            />
            {part(beside)}
        </div>
        <div class="field-error" id="card-error" role="alert">
            {part(message)}
        </div>
        {scanner.sheet()}
    }
    .erase()
}

/// The key that says "search": what is missing is told; what is complete is looked up by itself, and the keyboard makes
/// way for it. In a form the key sends that.
fn enter(shop: Shop, event: &KeyboardEvent) {
    // What fills in boxes by itself sends events of this name that have no key.
    let says = |name| dom::property(event, name);
    let is_composing = says("isComposing").is_some_and(|it| it.is_truthy());
    if is_composing || says("key").is_none_or(|key| key != "Enter") {
        return;
    }
    let input: HtmlElement = event_target(event);
    match shop.card_number() {
        Err(error) => shop.card.set(Card::Wrong(error)),
        Ok(_) if dom::property(&input, "form").is_none() => drop(input.blur()),
        Ok(_) => {}
    }
}

/// Whoever leaves the box with half a number is told; whoever is still typing is not.
fn settle(shop: Shop) {
    let empty = shop.number.with_untracked(|typed| typed.trim().is_empty());
    if let (Err(error), false) = (shop.card_number(), empty) {
        shop.card.set(Card::Wrong(error));
    }
}

/// The same for what was scanned, once what follows the number has spoken: the box is where a wrong one is mended.
fn settle_soon(shop: Shop) {
    request_animation_frame(move || {
        settle(shop);
        if shop.card_number().is_err() {
            dom::focus_id(ID);
        }
    });
}
