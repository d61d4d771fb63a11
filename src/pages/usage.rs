//! `/usage`: what is left on a card.

use contract::{CardSummary, RealnameState, volume};
use leptos::prelude::*;

use crate::{
    clock,
    components::{
        button::link,
        card_field::card_field,
        dock::dock,
        footer::footer,
        header::{heading, shop_header},
        icon::Icon,
        recent_cards::recent_cards,
        sim_card::{carrier_name, lasts, state_class, state_name, used_percent},
        states,
        tab_bar::tab_bar,
    },
    i18n::{Text, bytes_of_mb, date_time, phrase, t},
    shop::{Card, Shop},
    ui::{El, View, el, live, svg},
    views,
};

/// The screen.
#[must_use]
pub fn usage(shop: Shop) -> View {
    shop.want_card();
    let body = move || {
        shop.card.with(|card| match card {
            Card::Known(card) => known(card),
            Card::Loading => states::skeleton("skeletons--usage", 2),
            Card::None | Card::Wrong(_) | Card::Failed(_) => {
                states::empty(Icon::Gauge, Text::USAGE_PROMPT, None)
            }
        })
    };
    views![
        shop_header(shop),
        el("main", "main")
            .child(heading("page-title", t(Text::USAGE_TITLE)))
            .child(card_field(shop))
            .child(recent_cards(shop))
            .child(live(body)),
        footer(shop),
        dock(shop, tab_bar(shop, "/usage")),
    ]
}

fn known(card: &CardSummary) -> View {
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
        .map_or_else(|| t(Text::NO_PLAN), phrase);
    let state = el("span", state_class(card.state.class)).text(&state_name(card));
    let facts = el("dl", "panel facts")
        .child(fact(Text::CARD_NUMBER, card.number_masked.as_str()))
        .child(fact(Text::CARRIER, carrier_name(card.carrier)))
        .child(fact(Text::STATE, state))
        .child(fact(Text::PLAN, plan))
        .child(
            card.expires_at
                .map(|at| fact(Text::EXPIRES_AT, clock::china_date(at).as_str())),
        )
        .child(fact(Text::REALNAME_ROW, t(realname)));
    let top_up = card
        .state
        .class
        .can_be_recharged()
        .then(|| link("button", "/", Text::RECHARGE_THIS));
    views![
        el("section", "panel gauge")
            .attr("aria-label", t(Text::USAGE_TITLE))
            .child(gauge(card)),
        facts,
        top_up,
    ]
}

/// A ring that is as full as what is left.
fn gauge(card: &CardSummary) -> View {
    let Some(usage) = card.usage else {
        return el("p", "state-why").text(t(Text::USAGE_UNKNOWN)).into();
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
    let ring = svg("svg", "")
        .attr("viewBox", "0 0 120 120")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .child(circle("gauge-track"))
        .child(circle(fill).attr("stroke-dasharray", &format!("{left} 100")));
    let text = el("p", "gauge-text")
        .child(el("span", "gauge-word").text(t(Text::REMAINING)))
        .child(
            el("span", "gauge-number")
                .text(&number)
                .child(el("small", "").text(unit)),
        );
    let side = |name: Text, mb: i64| {
        el("p", "")
            .child(el("span", "").text(t(name)))
            .child(el("strong", "").text(&bytes_of_mb(mb)))
    };
    let as_of = format!("{} {}", t(Text::COUNTED_AT), date_time(usage.as_of));
    views![
        el("div", "gauge-ring").child(ring).child(text),
        el("p", "gauge-lasts").text(&lasts(card.expires_at)),
        el("div", "gauge-sides")
            .child(side(Text::USED, usage.used_mb))
            .child(side(Text::TOTAL, usage.total_mb)),
        el("p", "gauge-as-of").text(&as_of),
    ]
}

/// The path's length is set to 100, so that a dash is a percentage.
fn circle(class: &str) -> El {
    svg("circle", class)
        .attr("cx", "60")
        .attr("cy", "60")
        .attr("r", "52")
        .attr("pathLength", "100")
}

/// One row of facts.
#[must_use]
pub fn fact(name: Text, value: impl Into<View>) -> El {
    el("div", "fact")
        .child(el("dt", "").text(t(name)))
        .child(el("dd", "").child(value))
}
