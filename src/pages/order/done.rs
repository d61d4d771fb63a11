//! The order once it no longer waits to be paid.

use contract::{Order, OrderState};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{
        button::{Button, Link},
        header::Heading,
        method_list::method_name,
        order_words::{Mood, mood_class, outcome, step},
        sheet::Sheet,
    },
    dom, host,
    i18n::{Text, date_time, order_title, t, time_of_day, yuan},
    pages::{not_found::Outcome, usage::Fact},
    ui::{Erase, does, nothing, part, reads},
};

/// What is true now, how it came about, and what was bought.
#[component]
pub fn Done(
    /// The order.
    order: Order,
) -> AnyView {
    let (title, note, mood, sign) = outcome(&order);
    view! {
        <Outcome mood=mood_class(mood) sign busy=mood == Mood::Waiting note>
            <Heading class="outcome-title" text=title/>
        </Outcome>
        {timeline(&order)}
        {details(&order)}
    }
    .erase()
}

/// The way out of the order's screen, under the thumb.
#[component]
pub fn WaysOut(
    /// The order.
    order: Order,
) -> AnyView {
    let over = matches!(order.state, OrderState::Expired | OrderState::Cancelled);
    let stuck = RwSignal::new(false);
    let close = move || {
        spawn_local(async move {
            if !host::close().await {
                stuck.try_set(true);
            }
        });
    };
    let weight = |first: bool| {
        if first {
            "button"
        } else {
            "button button--plain"
        }
    };
    // Whoever has not bought anything yet most likely wants to.
    let again = if over {
        Text::ORDER_AGAIN
    } else {
        Text::BUY_MORE
    };
    let buy = view! { <Link class=weight(over) href="/" text=again/> }.erase();
    let done = view! { <Button class=weight(!over) text=Text::DONE press=close/> }.erase();
    let row = if over { (done, buy) } else { (buy, done) };
    let partner = order
        .redirect_url
        .map(|url| view! { <Link class="button" href=url text=Text::BACK_TO_PARTNER/> }.erase());
    let told = move || {
        if !stuck.get() {
            return nothing();
        }
        let close = move || stuck.set(false);
        view! {
            <Sheet title=|| Text::CAN_BE_CLOSED close>
                <p class="sheet-text">{t(Text::CAN_BE_CLOSED_HOW)}</p>
                <Button class="button button--plain" text=Text::BACK press=close/>
            </Sheet>
        }
        .erase()
    };
    view! {
        <section class="dock-actions" aria-label=t(Text::ORDER_ACTIONS)>
            {partner}
            <div class="dock-row">{row}</div>
        </section>
        {part(told)}
    }
    .erase()
}

fn timeline(order: &Order) -> AnyView {
    let (.., mood, _) = outcome(order);
    let paid = order
        .timeline
        .iter()
        .position(|entry| entry.state == OrderState::Paid);
    // What led to the payment matters only to those who have not paid.
    let steps = &order.timeline[paid.unwrap_or(0)..];
    let rows = steps
        .iter()
        .enumerate()
        .map(|(place, entry)| {
            let class = if place + 1 == steps.len() {
                "step step--last"
            } else {
                "step"
            };
            view! {
                <li class=class>
                    <span class="step-name">{t(step(entry.state))}</span>
                    <span class="step-at">{time_of_day(entry.at)}</span>
                </li>
            }
            .erase()
        })
        .collect_view();
    view! {
        <ol class=format!("panel timeline {}", mood_class(mood)) aria-label=t(Text::PROGRESS)>
            {rows}
        </ol>
    }
    .erase()
}

fn details(order: &Order) -> AnyView {
    let paid = order
        .timeline
        .iter()
        .any(|entry| entry.state == OrderState::Paid);
    let method = order
        .payment
        .as_ref()
        .filter(|_| paid)
        .map(|payment| format!(" · {}", method_name(payment.method)))
        .unwrap_or_default();
    let what = if order.package.is_some() {
        Text::DETAIL_PACKAGE
    } else {
        Text::DETAIL_ITEM
    };
    let sum = if paid {
        Text::DETAIL_PAID
    } else {
        Text::DETAIL_DUE
    };
    let (title, amount) = (order_title(order), yuan(order.amount_fen));
    let (created, number) = (date_time(order.created_at), order.number.clone());
    let card = order
        .card_masked
        .clone()
        .map(|card| view! { <Fact name=Text::DETAIL_CARD>{card}</Fact> }.erase());
    view! {
        <dl class="panel facts" aria-label=t(Text::DETAILS)>
            <Fact name=what>{title}</Fact>
            {card}
            <Fact name=sum>{amount + &method}</Fact>
            <Fact name=Text::DETAIL_CREATED>{created}</Fact>
            <Fact name=Text::DETAIL_NUMBER>
                <Number number/>
            </Fact>
        </dl>
    }
    .erase()
}

#[component]
fn Number(number: String) -> AnyView {
    let said = RwSignal::new(Text::COPY);
    let shown = number.clone();
    let copy = move |_| {
        let number = number.clone();
        spawn_local(async move {
            let text = if dom::copy(&number).await {
                Text::COPIED
            } else {
                Text::COPY_FAILED
            };
            said.try_set(text);
        });
    };
    view! {
        <span class="fact-number">{shown}</span>
        <button class="link" type="button" aria-live="polite" on:click=does(copy)>
            {reads(move || t(said.get()))}
        </button>
    }
    .erase()
}
