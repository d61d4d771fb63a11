//! `/usage`: what is left on a card.

use contract::{CardSummary, RealnameState, volume};
use leptos::prelude::*;

use crate::{
    clock,
    components::{
        button::Link,
        card_field::CardField,
        dock::Dock,
        footer::Footer,
        header::{Heading, ShopHeader},
        icon::Icon,
        recent_cards::RecentCards,
        sim_card::{carrier_name, lasts, state_class, state_name, used_percent},
        states::{Empty, Skeleton},
        tab_bar::TabBar,
    },
    i18n::{Text, bytes_of_mb, date_time, phrase, t},
    shop::{Card, Shop},
    ui::{Erase, Inside, part},
};

/// The screen.
#[component]
pub fn Usage(
    /// The shop.
    shop: Shop,
) -> AnyView {
    shop.want_card();
    let body = move || {
        shop.card.with(|card| match card {
            Card::Known(card) => known(card),
            Card::Loading => view! { <Skeleton class="skeletons--usage" count=2/> }.erase(),
            Card::None | Card::Wrong(_) | Card::Failed(_) => {
                view! { <Empty sign=Icon::Gauge title=Text::USAGE_PROMPT/> }.erase()
            }
        })
    };
    view! {
        <ShopHeader shop/>
        <main class="main">
            <Heading class="page-title" text=Text::USAGE_TITLE/>
            <CardField shop/>
            <RecentCards shop/>
            {part(body)}
        </main>
        <Footer shop/>
        <Dock shop>
            <TabBar shop current="/usage"/>
        </Dock>
    }
    .erase()
}

fn known(card: &CardSummary) -> AnyView {
    let realname = match card.realname.state {
        RealnameState::Passed => Text::REALNAME_PASSED,
        RealnameState::Pending => Text::REALNAME_PENDING,
        RealnameState::Rejected => Text::REALNAME_REJECTED,
        RealnameState::None if card.realname.required => Text::REALNAME_NONE,
        RealnameState::None => Text::REALNAME_NOT_NEEDED,
    };
    let plan = card
        .plan
        .as_deref()
        .filter(|plan| !plan.is_empty())
        .map_or_else(|| t(Text::NO_PLAN), phrase)
        .to_owned();
    let (number, state) = (card.number_masked.clone(), state_name(card));
    let (carrier, class) = (card.carrier, card.state.class);
    let ends = card.expires_at.map(clock::china_date);
    let top_up = class
        .can_be_recharged()
        .then(|| view! { <Link class="button" href="/" text=Text::RECHARGE_THIS/> }.erase());
    view! {
        <section class="panel gauge" aria-label=t(Text::USAGE_TITLE)>
            {gauge(card)}
        </section>
        <dl class="panel facts">
            <Fact name=Text::CARD_NUMBER>{number}</Fact>
            <Fact name=Text::CARRIER>{carrier_name(carrier)}</Fact>
            <Fact name=Text::STATE>
                <span class=state_class(class)>{state}</span>
            </Fact>
            <Fact name=Text::PLAN>{plan}</Fact>
            {ends.map(|ends| view! { <Fact name=Text::EXPIRES_AT>{ends}</Fact> }.erase())}
            <Fact name=Text::REALNAME_ROW>{t(realname)}</Fact>
        </dl>
        {top_up}
    }
    .erase()
}

/// A ring that is as full as what is left.
fn gauge(card: &CardSummary) -> AnyView {
    let Some(usage) = card.usage else {
        return view! { <p class="state-why">{t(Text::USAGE_UNKNOWN)}</p> }.erase();
    };
    let left = if usage.total_mb <= 0 {
        0
    } else {
        100 - used_percent(usage.used_mb, usage.total_mb)
    };
    let (number, unit) = volume((usage.total_mb - usage.used_mb).max(0));
    let fill = if left <= 10 {
        "gauge-fill gauge-fill--low"
    } else {
        "gauge-fill"
    };
    let as_of = format!("{} {}", t(Text::COUNTED_AT), date_time(usage.as_of));
    view! {
        <div class="gauge-ring">
            <svg viewBox="0 0 120 120" aria-hidden="true" focusable="false">
                <Circle class="gauge-track"/>
                <Circle class=fill dashes=format!("{left} 100")/>
            </svg>
            <p class="gauge-text">
                <span class="gauge-word">{t(Text::REMAINING)}</span>
                <span class="gauge-number">{number} <small>{unit}</small></span>
            </p>
        </div>
        <p class="gauge-lasts">{lasts(card.expires_at)}</p>
        <div class="gauge-sides">
            <Side name=Text::USED mb=usage.used_mb/>
            <Side name=Text::TOTAL mb=usage.total_mb/>
        </div>
        <p class="gauge-as-of">{as_of}</p>
    }
    .erase()
}

#[component]
fn Side(name: Text, mb: i64) -> AnyView {
    view! {
        <p>
            <span>{t(name)}</span>
            <strong>{bytes_of_mb(mb)}</strong>
        </p>
    }
    .erase()
}

/// The path's length is set to 100, so that a dash is a percentage.
#[component]
fn Circle(class: &'static str, #[prop(optional)] dashes: Option<String>) -> AnyView {
    view! {
        <circle
            class=class
            cx="60"
            cy="60"
            r="52"
            pathLength="100"
            stroke-dasharray=dashes
        ></circle>
    }
    .erase()
}

/// One row of facts.
#[component]
pub fn Fact(
    /// What it is about.
    name: Text,
    /// What is so.
    children: Inside,
) -> AnyView {
    view! {
        <div class="fact">
            <dt>{t(name)}</dt>
            <dd>{children.draw()}</dd>
        </div>
    }
    .erase()
}
