//! The order once it no longer waits to be paid.

use contract::{Order, OrderState};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{
        button::{button, link, plain},
        header::heading,
        icon::icon,
        method_list::method_name,
        order_words::{Mood, mood_class, outcome, step},
        sheet::sheet,
    },
    dom, host,
    i18n::{Text, date_time, order_title, t, time_of_day, yuan},
    pages::usage::fact,
    ui::{El, View, el, live, nothing},
    views,
};

/// What is true now, how it came about, and what was bought.
#[must_use]
pub(super) fn done(order: &Order) -> View {
    let (title, note, mood, drawn) = outcome(order);
    let sign = if mood == Mood::Waiting {
        "outcome-sign outcome-sign--busy"
    } else {
        "outcome-sign"
    };
    views![
        el("div", &format!("outcome {}", mood_class(mood)))
            .child(el("span", sign).child(icon(drawn)))
            .child(heading("outcome-title", t(title)))
            .child(el("p", "outcome-note").text(t(note))),
        timeline(order),
        details(order),
    ]
}

/// The way out of the order's screen, under the thumb.
#[must_use]
pub(super) fn ways_out(order: &Order) -> View {
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
    let buy = link(
        weight(over),
        "/",
        if over {
            Text::ORDER_AGAIN
        } else {
            Text::BUY_MORE
        },
    );
    let done = button(weight(!over), Text::DONE, close);
    let partner = order
        .redirect_url
        .as_ref()
        .map(|url| link("button", url, Text::BACK_TO_PARTNER));
    let row = if over {
        views![done, buy]
    } else {
        views![buy, done]
    };
    let told = move || {
        if !stuck.get() {
            return nothing();
        }
        let close = move || stuck.set(false);
        let body = views![
            el("p", "sheet-text").text(t(Text::CAN_BE_CLOSED_HOW)),
            plain(Text::BACK, close)
        ];
        sheet(|| Text::CAN_BE_CLOSED, close, body)
    };
    views![
        el("section", "dock-actions")
            .attr("aria-label", t(Text::ORDER_ACTIONS))
            .child(partner)
            .child(el("div", "dock-row").child(row)),
        live(told)
    ]
}

fn timeline(order: &Order) -> El {
    let (.., mood, _) = outcome(order);
    let paid = order
        .timeline
        .iter()
        .position(|entry| entry.state == OrderState::Paid);
    // What led to the payment matters only to those who have not paid.
    let steps = &order.timeline[paid.unwrap_or(0)..];
    let rows: View = steps
        .iter()
        .enumerate()
        .map(|(place, entry)| {
            el(
                "li",
                if place + 1 == steps.len() {
                    "step step--last"
                } else {
                    "step"
                },
            )
            .child(el("span", "step-name").text(t(step(entry.state))))
            .child(el("span", "step-at").text(&time_of_day(entry.at)))
        })
        .collect();
    el("ol", &format!("panel timeline {}", mood_class(mood)))
        .attr("aria-label", t(Text::PROGRESS))
        .child(rows)
}

fn details(order: &Order) -> El {
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
    el("dl", "panel facts")
        .attr("aria-label", t(Text::DETAILS))
        .child(fact(what, order_title(order).as_str()))
        .child(
            order
                .card_masked
                .as_deref()
                .map(|card| fact(Text::DETAIL_CARD, card)),
        )
        .child(fact(
            sum,
            format!("{}{method}", yuan(order.amount_fen)).as_str(),
        ))
        .child(fact(
            Text::DETAIL_CREATED,
            date_time(order.created_at).as_str(),
        ))
        .child(fact(Text::DETAIL_NUMBER, number(order.number.clone())))
}

fn number(number: String) -> View {
    let said = RwSignal::new(Text::COPY);
    let shown = el("span", "fact-number").text(&number);
    let copy = move || {
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
    views![
        shown,
        el("button", "link")
            .attr("type", "button")
            .attr("aria-live", "polite")
            .live_text(move || t(said.get()).to_owned())
            .press(copy),
    ]
}
