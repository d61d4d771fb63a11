//! `/realname`: registers a card's holder with the card platform. Nothing of it is kept.

use contract::{ErrorCode, RealnameState, RealnameSubmission};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    components::{
        card_field::{self, card_field},
        dock::dock,
        footer::footer,
        header::shop_header,
        icon::{Icon, icon},
        recent_cards::recent_cards,
        states,
        tab_bar::tab_bar,
    },
    dom,
    i18n::{Text, failure_text, t},
    shop::{Card, Loaded, RealnameForm, Shop},
};

/// The screen.
#[must_use]
pub fn realname(shop: Shop) -> AnyView {
    shop.want_card();
    let off = Memo::new(move |_| {
        shop.storefront.with(|storefront| {
            matches!(storefront, Loaded::Ready(storefront) if !storefront.features.realname)
        })
    });
    let body = move || {
        if off.get() {
            states::empty(Icon::IdCard, Text::RealnameOff, None)
        } else if shop.realname.sent.get() {
            sent(shop)
        } else {
            form(shop)
        }
    };
    view! {
        {shop_header(shop)}
        <main class="main">
            <h1 class="page-title" id="title" tabindex="-1">{t(Text::RealnameTitle)}</h1>
            {body}
        </main>
        {footer(shop)}
        {dock(shop, tab_bar(shop, "/realname"))}
    }
    .into_any()
}

fn form(shop: Shop) -> AnyView {
    let RealnameForm {
        name,
        id_number,
        phone,
        ..
    } = shop.realname;
    let wrong = RwSignal::new(None::<&'static str>);
    let failure = RwSignal::new(None::<Failure>);
    let busy = RwSignal::new(false);
    let submit = move || {
        if busy.get_untracked() {
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
        let submission = RealnameSubmission {
            number,
            name: name.get_untracked().trim().to_owned(),
            id_number: id_number.get_untracked().trim().to_ascii_uppercase(),
            phone: phone.get_untracked().trim().to_owned(),
        };
        wrong.set(submission.wrong_field());
        if let Some(field) = wrong.get_untracked() {
            return dom::focus_id(field);
        }
        busy.set(true);
        spawn_local(async move {
            let answer = api::register(&submission).await;
            busy.try_set(false);
            match answer {
                Ok(()) => {
                    shop.realname.clear();
                    shop.realname.sent.set(true);
                    shop.look_up();
                }
                Err(error) => drop(failure.try_set(Some(error))),
            }
        });
    };
    let refused = move || {
        failure.with(|failure| match failure {
            // The box for the number says so itself.
            Some(failure) if failure.code() == Some(ErrorCode::CardNotFound) => {
                shop.card.set(Card::Failed(failure.clone()));
                None
            }
            other => other.as_ref().map(failure_text),
        })
    };
    view! {
        <p class="lead">{t(Text::RealnameWhy)}</p>
        <form
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                submit();
            }
        >
            {card_field(shop)}
            {recent_cards(shop)}
            {note(shop)}
            {input("name", Text::Name, Text::NameHint, "name", "text", name, wrong, Text::WrongName)}
            {input("id_number", Text::IdNumber, Text::IdHint, "off", "text", id_number, wrong, Text::WrongId)}
            {input("phone", Text::Phone, Text::PhoneHint, "tel", "tel", phone, wrong, Text::WrongPhone)}
            <p class="field-error" role="alert">{refused}</p>
            <button type="submit" class="button" aria-busy=move || busy.get().then_some("true")>
                {move || t(if busy.get() { Text::Submitting } else { Text::Submit })}
            </button>
        </form>
    }
    .into_any()
}

/// How far the card's registration is.
fn note(shop: Shop) -> AnyView {
    (move || {
        shop.card.with(|card| {
            let Card::Known(card) = card else {
                return ().into_any();
            };
            let (class, text) = match card.realname.state {
                RealnameState::Passed => ("note note--good", Text::RealnamePassedNote),
                RealnameState::Pending => ("note", Text::RealnamePendingNote),
                RealnameState::Rejected => ("note note--warn", Text::RealnameRejectedNote),
                RealnameState::None if !card.realname.required => {
                    ("note", Text::RealnameOptionalNote)
                }
                RealnameState::None => return ().into_any(),
            };
            view! { <p class=class role="status">{t(text)}</p> }.into_any()
        })
    })
    .into_any()
}

#[expect(
    clippy::too_many_arguments,
    reason = "three boxes, told apart by what they say"
)]
fn input(
    id: &'static str,
    label: Text,
    hint: Text,
    autocomplete: &'static str,
    mode: &'static str,
    value: RwSignal<String>,
    wrong: RwSignal<Option<&'static str>>,
    message: Text,
) -> AnyView {
    let bad = move || wrong.get() == Some(id);
    let error = format!("{id}-error");
    view! {
        <div class="field" class:field--bad=bad>
            <label class="field-label" for=id>{t(label)}</label>
            <input
                id=id
                class="field-input"
                type="text"
                inputmode=mode
                autocomplete=autocomplete
                maxlength="64"
                placeholder=t(hint)
                aria-describedby=error.clone()
                aria-invalid=move || bad().then_some("true")
                prop:value=move || value.get()
                on:input:target=move |event| {
                    value.set(event.target().value());
                    if bad() {
                        wrong.set(None);
                    }
                }
            />
        </div>
        <p class="field-error" id=error role="alert">{move || bad().then(|| t(message))}</p>
    }
    .into_any()
}

fn sent(shop: Shop) -> AnyView {
    view! {
        <div class="outcome mood--good">
            <span class="outcome-sign">{icon(Icon::Check)}</span>
            <h2 class="outcome-title">{t(Text::RealnameDone)}</h2>
            <p class="outcome-note">{t(Text::RealnameDoneWhy)}</p>
        </div>
        <a class="button" href="/" on:click=move |_| shop.realname.sent.set(false)>
            {t(Text::BackToShop)}
        </a>
    }
    .into_any()
}
