//! `/realname`: registers a card's holder with the card platform. Nothing of it is kept.

use contract::{ErrorCode, RealnameState};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use web_sys::Event;

use crate::{
    api::{self, Failure},
    components::{
        button::Link,
        card_field::{self, CardField},
        dock::Dock,
        footer::Footer,
        header::{Heading, ShopHeader},
        icon::Icon,
        recent_cards::RecentCards,
        states::Empty,
        tab_bar::TabBar,
        unfilled::unfilled,
    },
    dom,
    i18n::{Text, failure_text, t},
    nav,
    pages::not_found::Outcome,
    shop::{Card, Loaded, RealnameForm, Shop},
    ui::{Erase, does, nothing, part, reads},
};

/// The screen.
#[component]
pub fn Realname(
    /// The shop.
    shop: Shop,
) -> AnyView {
    shop.want_card();
    let off = Memo::new(move |_| {
        shop.storefront.with(|storefront| {
            matches!(storefront, Loaded::Ready(storefront) if !storefront.features.realname)
        })
    });
    let body = move || {
        if off.get() {
            view! { <Empty sign=Icon::IdCard title=Text::REALNAME_OFF/> }.erase()
        } else if shop.realname.sent.get() {
            view! { <Sent shop/> }.erase()
        } else {
            view! { <Form shop/> }.erase()
        }
    };
    view! {
        <ShopHeader shop/>
        <main class="main">
            <Heading class="page-title" text=Text::REALNAME_TITLE/>
            {part(body)}
        </main>
        <Footer shop/>
        <Dock shop>
            <TabBar shop current="/realname"/>
        </Dock>
    }
    .erase()
}

#[component]
fn Form(shop: Shop) -> AnyView {
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
        view! {
            <FieldBox of=&NAME value=name wrong/>
            <FieldBox of=&ID_NUMBER value=id_number wrong/>
            <FieldBox of=&PHONE value=phone wrong/>
            <p class="field-error" role="alert">
                {reads(refused)}
            </p>
            <Send busy/>
        }
        .erase()
    };
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        submit();
    };
    view! {
        <p class="lead">{t(Text::REALNAME_WHY)}</p>
        <form novalidate on:submit=does(send)>
            <CardField shop/>
            <RecentCards shop/>
            {part(move || note(shop))}
            {part(fields)}
        </form>
    }
    .erase()
}

#[component]
fn Send(busy: RwSignal<bool>) -> AnyView {
    let text = move || {
        t(if busy.get() {
            Text::SUBMITTING
        } else {
            Text::SUBMIT
        })
    };
    view! {
        <button
            class="button"
            type="submit"
            aria-busy=reads(move || busy.get().then_some("true"))
        >
            {reads(text)}
        </button>
    }
    .erase()
}

/// Whether anything can be handed in for a card: not again while it is looked at, nor once it is registered.
fn is_open(card: &Card) -> bool {
    !matches!(card, Card::Known(card)
        if matches!(card.realname.state, RealnameState::Passed | RealnameState::Pending))
}

/// How far the card's registration is.
fn note(shop: Shop) -> AnyView {
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
        .then(|| view! { <Link class="button" href="/" text=Text::RECHARGE_THIS/> }.erase());
        view! {
            <p class=class role="status">
                {t(text)}
            </p>
            {top_up}
        }
        .erase()
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

#[component]
fn FieldBox(
    of: &'static Field,
    value: RwSignal<String>,
    wrong: RwSignal<Option<&'static str>>,
) -> AnyView {
    let bad = move || wrong.get() == Some(of.name);
    let id = box_id(of.name);
    let error = format!("{id}-error");
    let typed = move |event: Event| {
        value.set(event_target_value(&event));
        if wrong.get_untracked() == Some(of.name) {
            wrong.set(None);
        }
    };
    view! {
        <div class="field" class:field--bad=reads(bad)>
            <label class="field-label" for=id.clone()>
                {t(of.label)}
            </label>
            // What is the holder's own and no account's, the browser may offer.
            <input
                class="field-input"
                id=id.clone()
                name=id
                type="text"
                inputmode=of.mode
                use:unfilled
                autocomplete=of.autocomplete
                maxlength="128"
                placeholder=t(of.hint)
                aria-describedby=error.clone()
                aria-invalid=reads(move || bad().then_some("true"))
                prop:value=reads(move || value.get())
                on:input=does(typed)
            />
        </div>
        <p class="field-error" id=error role="alert">
            {reads(move || if bad() { t(of.wrong) } else { "" })}
        </p>
    }
    .erase()
}

/// None that fillers would take for an account's name or a bank card's.
fn box_id(field: &str) -> String {
    format!("holder-{field}")
}

#[component]
fn Sent(shop: Shop) -> AnyView {
    view! {
        <Outcome mood="mood--good" sign=Icon::Check note=Text::REALNAME_DONE_WHY>
            <h2 class="outcome-title">{t(Text::REALNAME_DONE)}</h2>
        </Outcome>
        <a class="button" href="/" on:click=does(move |_| shop.realname.sent.set(false))>
            {t(Text::BACK_TO_SHOP)}
        </a>
    }
    .erase()
}
