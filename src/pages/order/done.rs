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
            Text::OrderAgain
        } else {
            Text::BuyMore
        },
    );
    let done = button(weight(!over), Text::Done, close);
    let partner = order
        .redirect_url
        .as_ref()
        .map(|url| link("button", url, Text::BackToPartner));
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
            el("p", "sheet-text").text(t(Text::CanBeClosedHow)),
            plain(Text::Back, close)
        ];
        sheet(|| Text::CanBeClosed, close, body)
    };
    views![
        el("section", "dock-actions")
            .attr("aria-label", t(Text::OrderActions))
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
        .attr("aria-label", t(Text::Progress))
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
        Text::DetailPackage
    } else {
        Text::DetailItem
    };
    let sum = if paid {
        Text::DetailPaid
    } else {
        Text::DetailDue
    };
    el("dl", "panel facts")
        .attr("aria-label", t(Text::Details))
        .child(fact(what, order_title(order).as_str()))
        .child(
            order
                .card_masked
                .as_deref()
                .map(|card| fact(Text::DetailCard, card)),
        )
        .child(fact(
            sum,
            format!("{}{method}", yuan(order.amount_fen)).as_str(),
        ))
        .child(fact(
            Text::DetailCreated,
            date_time(order.created_at).as_str(),
        ))
        .child(fact(Text::DetailNumber, number(order.number.clone())))
}

fn number(number: String) -> View {
    let said = RwSignal::new(Text::Copy);
    let shown = el("span", "fact-number").text(&number);
    let copy = move || {
        let number = number.clone();
        spawn_local(async move {
            let text = if dom::copy(&number).await {
                Text::Copied
            } else {
                Text::CopyFailed
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
