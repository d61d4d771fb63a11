//! The card itself, drawn as one.

use contract::{CardSummary, Carrier, StateClass, Timestamp};
use leptos::prelude::*;

use crate::{
    clock,
    i18n::{Lang, Text, bytes_of_mb, lang, t},
    shop::{Card, Shop},
    ui::{View, el, live, svg},
};

/// The card whose number is typed; an empty one while there is none.
#[must_use]
pub fn sim_card(shop: Shop) -> View {
    live(move || {
        shop.card.with(|card| match card {
            Card::Known(card) => known(card),
            Card::Loading => el("div", "sim sim--ghost sim--loading")
                .attr("role", "status")
                .child(chip())
                .child(el("span", "visually-hidden").text(t(Text::LOADING)))
                .into(),
            Card::None | Card::Wrong(_) | Card::Failed(_) => el("div", "sim sim--ghost")
                .child(chip())
                .child(el("p", "sim-hint").text(t(Text::GHOST_CARD)))
                .into(),
        })
    })
}

/// The carrier's name.
#[must_use]
pub fn carrier_name(carrier: Carrier) -> &'static str {
    t(match carrier {
        Carrier::Mobile => Text::MOBILE,
        Carrier::Unicom => Text::UNICOM,
        Carrier::Telecom => Text::TELECOM,
    })
}

/// A card's state: the carrier's own word in Chinese, the word for its group in English.
#[must_use]
pub fn state_name(card: &CardSummary) -> String {
    if lang() == Lang::Zh && !card.state.label.is_empty() {
        return card.state.label.clone();
    }
    let text = match card.state.class {
        StateClass::Usable => Text::STATE_USABLE,
        StateClass::Activatable => Text::STATE_ACTIVATABLE,
        StateClass::Suspended => Text::STATE_SUSPENDED,
        StateClass::Terminated => Text::STATE_TERMINATED,
        StateClass::Testing => Text::STATE_TESTING,
        StateClass::Unknown => Text::STATE_UNKNOWN,
    };
    t(text).to_owned()
}

/// The class that colours a state.
#[must_use]
pub fn state_class(class: StateClass) -> &'static str {
    match class {
        StateClass::Usable => "pill pill--good",
        StateClass::Activatable | StateClass::Testing => "pill pill--new",
        StateClass::Suspended => "pill pill--warn",
        StateClass::Terminated | StateClass::Unknown => "pill pill--bad",
    }
}

/// How much of it is used, in percent; a card with nothing on it shows an empty bar.
#[must_use]
pub fn used_percent(used_mb: i64, total_mb: i64) -> i64 {
    if total_mb <= 0 {
        0
    } else {
        (used_mb.saturating_mul(100) / total_mb).clamp(0, 100)
    }
}

/// How long something still lasts, in words.
#[must_use]
pub fn lasts(until: Option<Timestamp>) -> String {
    let Some(until) = until else {
        return t(Text::NO_EXPIRY).into();
    };
    let left = until.0 - clock::now().0;
    if left <= 0 {
        return t(Text::ENDED).into();
    }
    let days = until.china_day() - clock::now().china_day();
    match (days, lang()) {
        (0, Lang::Zh) => "今天到期".into(),
        (0, Lang::En) => "Ends today".into(),
        (1..=60, Lang::Zh) => format!("剩 {days} 天"),
        (1, Lang::En) => "1 day left".into(),
        (2..=60, Lang::En) => format!("{days} days left"),
        _ => format!("{} {}", t(Text::EXPIRES_AT), clock::china_date(until)),
    }
}

fn known(card: &CardSummary) -> View {
    let state = state_name(card);
    let usage = match card.usage {
        Some(usage) => format!(
            "{} {} / {}",
            t(Text::USED),
            bytes_of_mb(usage.used_mb),
            bytes_of_mb(usage.total_mb)
        ),
        None => t(Text::USAGE_UNKNOWN).into(),
    };
    let percent = card
        .usage
        .map_or(0, |usage| used_percent(usage.used_mb, usage.total_mb));
    let class = if card.state.class.can_be_recharged() {
        "sim"
    } else {
        "sim sim--off"
    };
    let fill = if percent >= 90 {
        "meter-fill meter-fill--full"
    } else {
        "meter-fill"
    };
    let kind = el("span", "sim-kind")
        .text(t(Text::SEPARATOR))
        .text(t(Text::CARD_KIND));
    el("section", class)
        .attr("aria-label", t(Text::CARD_KIND))
        .child(
            el("div", "sim-top")
                .child(chip())
                .child(
                    el("p", "sim-carrier")
                        .text(carrier_name(card.carrier))
                        .child(kind),
                )
                .child(el("p", state_class(card.state.class)).text(&state)),
        )
        .child(el("p", "sim-number").text(&card.number_masked))
        .child(
            el("div", "meter")
                .attr("aria-hidden", "true")
                .child(el("div", fill).style("width", &format!("{percent}%"))),
        )
        .child(
            el("div", "sim-foot")
                .child(el("p", "").text(&usage))
                .child(el("p", "").text(&lasts(card.expires_at))),
        )
        .into()
}

fn chip() -> View {
    svg("svg", "chip")
        .attr("viewBox", "0 0 34 26")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .child(
            svg("rect", "")
                .attr("width", "34")
                .attr("height", "26")
                .attr("rx", "5"),
        )
        .child(svg("path", "").attr("d", "M0 9h11v8H0M34 9H23v8h11M11 0v26M23 0v26M11 13h12"))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_never_leaves_its_frame() {
        let check = |used, total, expected| assert_eq!(used_percent(used, total), expected);
        check(0, 0, 0);
        check(1557, 2048, 76);
        check(3000, 2048, 100);
        check(-5, 2048, 0);
        check(i64::MAX, 1, 100);
    }
}
