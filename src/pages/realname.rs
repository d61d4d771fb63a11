//! `/realname`: registers a card's holder with the card platform. Nothing of it is kept.

use contract::{ErrorCode, RealnameState};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    components::{
        button::link,
        card_field::{self, card_field},
        dock::dock,
        footer::footer,
        header::{heading, shop_header},
        icon::Icon,
        recent_cards::recent_cards,
        states,
        tab_bar::tab_bar,
    },
    dom,
    i18n::{Text, failure_text, t},
    nav,
    pages::not_found::outcome,
    shop::{Card, Loaded, RealnameForm, Shop},
    ui::{El, View, el, live, nothing},
    views,
};

/// The screen.
#[must_use]
pub fn realname(shop: Shop) -> View {
    shop.want_card();
    let off = Memo::new(move |_| {
        shop.storefront.with(|storefront| {
            matches!(storefront, Loaded::Ready(storefront) if !storefront.features.realname)
        })
    });
    let body = move || {
        if off.get() {
            states::empty(Icon::IdCard, Text::REALNAME_OFF, None)
        } else if shop.realname.sent.get() {
            sent(shop)
        } else {
            form(shop)
        }
    };
    views![
        shop_header(shop),
        el("main", "main")
            .child(heading("page-title", t(Text::REALNAME_TITLE)))
            .child(live(body)),
        footer(shop),
        dock(shop, tab_bar(shop, "/realname")),
    ]
}

fn form(shop: Shop) -> View {
    let RealnameForm {
        name,
        id_number,
        phone,
        ..
    } = shop.realname;
    let wrong = RwSignal::new(None::<&'static str>);
    let failure = RwSignal::new(None::<Failure>);
    let busy = RwSignal::new(false);
    let is_open = Memo::new(move |_| shop.card.with(is_open));
    let submit = move || {
        if busy.get_untracked() || !is_open.get_untracked() {
            return;
        }
        failure.set(None);
        let number = match shop.card_number() {
            Ok(number) => number,
            Err(error) => {
                shop.card.set(Card::Wrong(error));
                return dom::focus_id(card_field::ID);
            }
        };
        let submission = shop.realname.submission(number);
        wrong.set(submission.wrong_field());
        if let Some(field) = wrong.get_untracked() {
            return dom::focus_id(&box_id(field));
        }
        busy.set(true);
        spawn_local(async move {
            let answer = api::register(&submission).await;
            busy.try_set(false);
            // Whoever has gone on to another card or screen meanwhile is not interrupted.
            let is_same = shop.card_number().as_ref() == Ok(&submission.number);
            match answer {
                Ok(()) => {
                    shop.realname.clear_if(&submission);
                    if is_same && nav::here() == "/realname" {
                        shop.realname.sent.set(true);
                    }
                    if is_same {
                        shop.look_up();
                    }
                }
                // The box for the number says by itself that there is no such card.
                Err(error) if error.code() == Some(ErrorCode::CardNotFound) => {
                    if is_same {
                        shop.card.set(Card::Failed(error));
                    }
                }
                Err(error) => drop(failure.try_set(Some(error))),
            }
        });
    };
    let refused = move || {
        failure
            .with(|failure| failure.as_ref().map(failure_text))
            .unwrap_or_default()
    };
    let fields = move || {
        if !is_open.get() {
            return nothing();
        }
        views![
            NAME.draw(name, wrong),
            ID_NUMBER.draw(id_number, wrong),
            PHONE.draw(phone, wrong),
            el("p", "field-error")
                .attr("role", "alert")
                .live_text(refused),
            send(busy),
        ]
    };
    let form = el("form", "")
        .attr("novalidate", "")
        .on("submit", move |event| {
            event.prevent_default();
            submit();
        })
        .child(card_field(shop))
        .child(recent_cards(shop))
        .child(live(move || note(shop)))
        .child(live(fields));
    views![el("p", "lead").text(t(Text::REALNAME_WHY)), form]
}

fn send(busy: RwSignal<bool>) -> El {
    el("button", "button")
        .attr("type", "submit")
        .live_attr("aria-busy", move || busy.get().then(|| "true".into()))
        .live_text(move || {
            t(if busy.get() {
                Text::SUBMITTING
            } else {
                Text::SUBMIT
            })
            .to_owned()
        })
}

/// Whether anything can be handed in for a card: not again while it is looked at, nor once it is registered.
fn is_open(card: &Card) -> bool {
    !matches!(card, Card::Known(card)
        if matches!(card.realname.state, RealnameState::Passed | RealnameState::Pending))
}

/// How far the card's registration is.
fn note(shop: Shop) -> View {
    shop.card.with(|card| {
        let Card::Known(card) = card else {
            return nothing();
        };
        let (class, text) = match card.realname.state {
            RealnameState::Passed => ("note note--good", Text::REALNAME_PASSED_NOTE),
            RealnameState::Pending => ("note", Text::REALNAME_PENDING_NOTE),
            RealnameState::Rejected => ("note note--warn", Text::REALNAME_REJECTED_NOTE),
            RealnameState::None if !card.realname.required => {
                ("note", Text::REALNAME_OPTIONAL_NOTE)
            }
            RealnameState::None => return nothing(),
        };
        let top_up = (card.realname.state == RealnameState::Passed
            && card.state.class.can_be_recharged())
        .then(|| link("button", "/", Text::RECHARGE_THIS));
        views![el("p", class).attr("role", "status").text(t(text)), top_up]
    })
}

/// A box of the form.
struct Field {
    /// The name by which the contract calls it.
    name: &'static str,
    label: Text,
    hint: Text,
    autocomplete: &'static str,
    mode: &'static str,
    wrong: Text,
}

const NAME: Field = Field {
    name: "name",
    label: Text::NAME,
    hint: Text::NAME_HINT,
    autocomplete: "name",
    mode: "text",
    wrong: Text::WRONG_NAME,
};

const ID_NUMBER: Field = Field {
    name: "id_number",
    label: Text::ID_NUMBER,
    hint: Text::ID_HINT,
    autocomplete: "off",
    mode: "text",
    wrong: Text::WRONG_ID,
};

const PHONE: Field = Field {
    name: "phone",
    label: Text::PHONE,
    hint: Text::PHONE_HINT,
    autocomplete: "tel",
    mode: "tel",
    wrong: Text::WRONG_PHONE,
};

impl Field {
    fn draw(&'static self, value: RwSignal<String>, wrong: RwSignal<Option<&'static str>>) -> View {
        let bad = move || wrong.get() == Some(self.name);
        let id = box_id(self.name);
        let error = format!("{id}-error");
        let input = el("input", "field-input");
        let typed = input.element();
        let input = input
            .attr("id", &id)
            .attr("name", &id)
            .attr("type", "text")
            .attr("inputmode", self.mode)
            .unfilled()
            // What is the holder's own and no account's, the browser may offer.
            .attr("autocomplete", self.autocomplete)
            .attr("maxlength", "128")
            .attr("placeholder", t(self.hint))
            .attr("aria-describedby", &error)
            .live_attr("aria-invalid", move || bad().then(|| "true".into()))
            .live_property("value", move || value.get().into())
            .on("input", move |_| {
                value.set(dom::value(&typed));
                if wrong.get_untracked() == Some(self.name) {
                    wrong.set(None);
                }
            });
        let message = move || if bad() { t(self.wrong) } else { "" }.to_owned();
        views![
            el("div", "field")
                .live_class("field--bad", bad)
                .child(
                    el("label", "field-label")
                        .attr("for", &id)
                        .text(t(self.label))
                )
                .child(input),
            el("p", "field-error")
                .attr("id", &error)
                .attr("role", "alert")
                .live_text(message),
        ]
    }
}

/// None that fillers would take for an account's name or a bank card's.
fn box_id(field: &str) -> String {
    format!("holder-{field}")
}

fn sent(shop: Shop) -> View {
    let heading = el("h2", "outcome-title").text(t(Text::REALNAME_DONE));
    views![
        outcome(
            "mood--good",
            Icon::Check,
            heading,
            t(Text::REALNAME_DONE_WHY)
        ),
        link("button", "/", Text::BACK_TO_SHOP).press(move || shop.realname.sent.set(false)),
    ]
}
