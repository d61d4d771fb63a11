//! The box for a card number.

use leptos::prelude::*;
use web_sys::HtmlElement;

use super::{
    button::{inline, sign},
    icon::{Icon, icon},
    scan::Scanner,
};
use crate::{
    dom, host,
    i18n::{Text, failure_text, number_error_text, t},
    shop::{Card, Shop},
    ui::{View, el, follow, live},
    views,
};

/// The id of the box, to bring it into view.
pub const ID: &str = "sim";

/// The box, with what is wrong with the number below it. What was typed stays as it was typed.
#[must_use]
pub fn card_field(shop: Shop) -> View {
    let error = Memo::new(move |_| {
        shop.card.with(|card| match card {
            Card::Wrong(error) => Some(number_error_text(*error)),
            Card::Failed(failure) => Some(failure_text(failure)),
            Card::None | Card::Loading | Card::Known(_) => None,
        })
    });
    let bad = move || error.with(Option::is_some);
    let scanner = Scanner::new(shop);
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
    let input = el("input", "field-input");
    let typed = input.element();
    let (told, read, entered) = (typed.clone(), typed.clone(), typed.clone());
    let input = input
        .attr("id", ID)
        .attr("name", ID)
        .attr("type", "text")
        .attr("inputmode", "text")
        .attr("autocapitalize", "characters")
        .unfilled()
        .attr("enterkeyhint", "search")
        .attr("maxlength", "256")
        .attr("placeholder", t(Text::CARD_HINT))
        .attr("aria-describedby", "card-error")
        .live_attr("aria-invalid", move || bad().then(|| "true".into()))
        .live_property("value", move || shop.number.get().into())
        .on("input", move |_| shop.number.set(dom::value(&typed)))
        .on("blur", move |_| settle(shop))
        .on("keydown", move |event| {
            let says = |name| dom::property(&event, name);
            let is_composing = says("isComposing").is_some_and(|it| it.is_truthy());
            if says("key").is_some_and(|key| key == "Enter") && !is_composing {
                enter(shop, &entered);
            }
        })
        .on(host::SCAN, move |event| {
            if scanner.take(&event) {
                settle_soon(shop);
            }
        });
    let empty = Memo::new(move |_| shop.number.with(String::is_empty));
    let beside = move || {
        if empty.get() {
            return scanner.button(told.clone()).into();
        }
        let clear = move || {
            shop.number.set(String::new());
            dom::focus_id(ID);
        };
        sign("field-clear", t(Text::CLEAR_NUMBER), clear)
            .child(icon(Icon::Cross))
            .into()
    };
    let message = move || {
        let retry = again().then(|| inline(Text::RETRY, move || shop.look_up()));
        let trouble = scanner.trouble.get().map(t);
        views![error.get().as_deref(), trouble, retry]
    };
    views![
        el("div", "field")
            .live_class("field--bad", bad)
            .child(
                el("label", "field-label")
                    .attr("for", ID)
                    .text(t(Text::CARD_NUMBER))
            )
            .child(input)
            .child(live(beside)),
        el("div", "field-error")
            .attr("id", "card-error")
            .attr("role", "alert")
            .child(live(message)),
        scanner.sheet(read),
    ]
}

/// The key that says "search": what is missing is told; what is complete is looked up by itself, and the keyboard makes
/// way for it. In a form the key sends that.
fn enter(shop: Shop, input: &HtmlElement) {
    match shop.card_number() {
        Err(error) => shop.card.set(Card::Wrong(error)),
        Ok(_) if dom::property(input, "form").is_none() => drop(input.blur()),
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
