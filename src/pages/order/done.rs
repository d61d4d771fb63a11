//! The order once it no longer waits to be paid.

use contract::{Order, OrderState};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{
        icon::icon,
        method_list::method_name,
        order_words::{Mood, mood_class, outcome, step},
    },
    dom, host,
    i18n::{Text, date_time, order_title, t, time_of_day, yuan},
    pages::usage::fact,
    shop::Shop,
};

/// What is true now, how it came about, what was bought, and the way out.
#[must_use]
pub(super) fn done(order: &Order) -> AnyView {
    let (heading, note, mood, sign) = outcome(order);
    view! {
        <div class=format!("outcome {}", mood_class(mood))>
            <span class="outcome-sign" class:outcome-sign--busy={mood == Mood::Waiting}>
                {icon(sign)}
            </span>
            <h1 class="outcome-title" id="title" tabindex="-1">{t(heading)}</h1>
            <p class="outcome-note">{t(note)}</p>
        </div>
        {timeline(order)}
        {details(order)}
    }
    .into_any()
}

fn timeline(order: &Order) -> AnyView {
    let (.., mood, _) = outcome(order);
    let paid = order
        .timeline
        .iter()
        .position(|entry| entry.state == OrderState::Paid);
    // What led to the payment matters only to those who have not paid.
    let steps = &order.timeline[paid.unwrap_or(0)..];
    let rows = steps.iter().enumerate().map(|(place, entry)| {
        view! {
            <li class="step" class:step--last={place + 1 == steps.len()}>
                <span class="step-name">{t(step(entry.state))}</span>
                <span class="step-at">{time_of_day(entry.at)}</span>
            </li>
        }
    });
    view! {
        <ol class=format!("panel timeline {}", mood_class(mood)) aria-label=t(Text::Progress)>
            {rows.collect_view()}
        </ol>
    }
    .into_any()
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
        Text::DetailPackage
    } else {
        Text::DetailItem
    };
    let sum = if paid {
        Text::DetailPaid
    } else {
        Text::DetailDue
    };
    view! {
        <dl class="panel facts" aria-label=t(Text::Details)>
            {fact(what, order_title(order))}
            {order.card_masked.clone().map(|card| fact(Text::DetailCard, card))}
            {fact(sum, format!("{}{method}", yuan(order.amount_fen)))}
            {fact(Text::DetailCreated, date_time(order.created_at))}
            {number(order.number.clone())}
        </dl>
    }
    .into_any()
}

fn number(number: String) -> AnyView {
    let said = RwSignal::new(Text::Copy);
    let copied = number.clone();
    let copy = move |_| {
        let copied = copied.clone();
        spawn_local(async move {
            let text = if dom::copy(&copied).await {
                Text::Copied
            } else {
                Text::CopyFailed
            };
            said.try_set(text);
        });
    };
    view! {
        <div class="fact">
            <dt>{t(Text::DetailNumber)}</dt>
            <dd>
                <span class="fact-number">{number}</span>
                <button type="button" class="link" on:click=copy aria-live="polite">
                    {move || t(said.get())}
                </button>
            </dd>
        </div>
    }
    .into_any()
}

/// The way out of the order's screen, under the thumb.
pub(super) fn ways_out(shop: Shop, order: &Order) -> AnyView {
    let over = matches!(order.state, OrderState::Expired | OrderState::Cancelled);
    let stuck = RwSignal::new(false);
    let close = move |_| {
        spawn_local(async move {
            host::close(shop.host).await;
            stuck.try_set(true);
        });
    };
    let again = if over {
        Text::OrderAgain
    } else {
        Text::BuyMore
    };
    let class = |first: bool| {
        if first {
            "button"
        } else {
            "button button--plain"
        }
    };
    // Whoever has not bought anything yet most likely wants to.
    let buy = view! { <a class=class(over) href="/">{t(again)}</a> }.into_any();
    let partner = order.redirect_url.clone().map(|url| {
        view! { <a class="button" href=url>{t(Text::BackToPartner)}</a> }
    });
    let done = view! {
        <button type="button" class=class(!over) on:click=close>{t(Text::Done)}</button>
    }
    .into_any();
    let (first, second) = if over { (buy, done) } else { (done, buy) };
    view! {
        <section class="dock-actions" aria-label=t(Text::OrderActions)>
            <p class="small" role="status">{move || stuck.get().then(|| t(Text::CanBeClosed))}</p>
            {partner}
            <div class="dock-row">{second} {first}</div>
        </section>
    }
    .into_any()
}
