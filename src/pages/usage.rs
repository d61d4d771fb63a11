//! `/usage`: what is left on a card.

use contract::{CardSummary, RealnameState};
use leptos::prelude::*;

use crate::{
    components::{
        card_field::card_field,
        dock::dock,
        footer::footer,
        header::shop_header,
        icon::Icon,
        recent_cards::recent_cards,
        sim_card::{carrier_name, lasts, state_class, state_name, used_percent},
        states,
        tab_bar::tab_bar,
    },
    i18n::{Text, bytes_of_mb, data, date, date_time, phrase, t},
    shop::{Card, Shop},
};

/// The screen.
#[must_use]
pub fn usage(shop: Shop) -> AnyView {
    shop.want_card();
    let body = move || {
        shop.card.with(|card| match card {
            Card::Known(card) => known(card),
            Card::Loading => states::skeleton("skeletons--usage", 2),
            Card::None | Card::Wrong(_) | Card::Failed(_) => {
                states::empty(Icon::Gauge, Text::UsagePrompt, None)
            }
        })
    };
    view! {
        {shop_header(shop)}
        <main class="main">
            <h1 class="page-title" id="title" tabindex="-1">{t(Text::UsageTitle)}</h1>
            {card_field(shop)}
            {recent_cards(shop)}
            {body}
        </main>
        {footer(shop)}
        {dock(shop, tab_bar(shop, "/usage"))}
    }
    .into_any()
}

fn known(card: &CardSummary) -> AnyView {
    let realname = match card.realname.state {
        RealnameState::Passed => Text::RealnamePassed,
        RealnameState::Pending => Text::RealnamePending,
        RealnameState::Rejected => Text::RealnameRejected,
        RealnameState::None if card.realname.required => Text::RealnameNone,
        RealnameState::None => Text::RealnameNotNeeded,
    };
    let plan = card
        .plan
        .as_deref()
        .filter(|plan| !plan.is_empty())
        .map_or_else(|| t(Text::NoPlan).to_owned(), phrase);
    let expires = card.expires_at.map(|at| date(at).to_string());
    view! {
        <section class="panel gauge" aria-label=t(Text::UsageTitle)>{gauge(card)}</section>
        <dl class="panel facts">
            {fact(Text::CardNumber, card.number_masked.clone())}
            {fact(Text::Carrier, carrier_name(card.carrier).to_owned())}
            <div class="fact">
                <dt>{t(Text::State)}</dt>
                <dd><span class=state_class(card.state.class)>{state_name(card)}</span></dd>
            </div>
            {fact(Text::Plan, plan)}
            {expires.map(|expires| fact(Text::ExpiresAt, expires))}
            {fact(Text::RealnameRow, t(realname).to_owned())}
        </dl>
        {card
            .state
            .class
            .can_be_recharged()
            .then(|| view! { <a class="button" href="/">{t(Text::RechargeThis)}</a> })}
    }
    .into_any()
}

/// A ring that is as full as what is left.
fn gauge(card: &CardSummary) -> AnyView {
    let Some(usage) = card.usage else {
        return view! { <p class="state-why">{t(Text::UsageUnknown)}</p> }.into_any();
    };
    let left_mb = (usage.total_mb - usage.used_mb).max(0);
    let left = 100 - used_percent(usage.used_mb, usage.total_mb);
    let left = if usage.total_mb <= 0 { 0 } else { left };
    let (number, unit) = data(left_mb);
    view! {
        <div class="gauge-ring">
            <svg viewBox="0 0 120 120" aria-hidden="true" focusable="false">
                <circle class="gauge-track" cx="60" cy="60" r="52" pathLength="100"/>
                <circle
                    class="gauge-fill"
                    class:gauge-fill--low={left <= 10}
                    cx="60"
                    cy="60"
                    r="52"
                    pathLength="100"
                    stroke-dasharray=format!("{left} 100")
                />
            </svg>
            <p class="gauge-text">
                <span class="gauge-word">{t(Text::Remaining)}</span>
                <span class="gauge-number">{number}<small>{unit}</small></span>
                <span class="gauge-word">{lasts(card.expires_at)}</span>
            </p>
        </div>
        <div class="gauge-sides">
            <p><span>{t(Text::Used)}</span><strong>{bytes_of_mb(usage.used_mb)}</strong></p>
            <p><span>{t(Text::Total)}</span><strong>{bytes_of_mb(usage.total_mb)}</strong></p>
        </div>
        <p class="gauge-as-of">{t(Text::CountedAt)}" "{date_time(usage.as_of)}</p>
    }
    .into_any()
}

/// One row of facts.
#[must_use]
pub fn fact(name: Text, value: String) -> AnyView {
    view! { <div class="fact"><dt>{t(name)}</dt><dd>{value}</dd></div> }.into_any()
}
