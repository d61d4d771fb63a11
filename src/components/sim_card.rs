//! The card itself, drawn as one.

use contract::{CardSummary, Carrier, StateClass, Timestamp};
use leptos::prelude::*;

use crate::{
    clock,
    i18n::{Lang, Text, bytes_of_mb, lang, t},
    shop::{Card, Shop},
    ui::{Erase, part},
};

/// The card whose number is typed; an empty one while there is none.
#[component]
pub fn SimCard(
    /// The shop.
    shop: Shop,
) -> AnyView {
    part(move || {
        shop.card.with(|card| match card {
            Card::Known(card) => known(card),
            Card::Loading => view! {
                <div class="sim sim--ghost sim--loading" role="status">
                    <Chip/>
                    <span class="visually-hidden">{t(Text::LOADING)}</span>
                </div>
            }
            .erase(),
            Card::None | Card::Wrong(_) | Card::Failed(_) => view! {
                <div class="sim sim--ghost">
                    <Chip/>
                    <p class="sim-hint">{t(Text::GHOST_CARD)}</p>
                </div>
            }
            .erase(),
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

fn known(card: &CardSummary) -> AnyView {
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
    view! {
        <section class=class aria-label=t(Text::CARD_KIND)>
            <div class="sim-top">
                <Chip/>
                <p class="sim-carrier">
                    {carrier_name(card.carrier)}
                    <span class="sim-kind">{t(Text::SEPARATOR)} {t(Text::CARD_KIND)}</span>
                </p>
                <p class=state_class(card.state.class)>{state_name(card)}</p>
            </div>
            <p class="sim-number">{card.number_masked.clone()}</p>
            <div class="meter" aria-hidden="true">
                <div class=fill style:width=format!("{percent}%")></div>
            </div>
            <div class="sim-foot">
                <p>{usage}</p>
                <p>{lasts(card.expires_at)}</p>
            </div>
        </section>
    }
    .erase()
}

#[component]
fn Chip() -> AnyView {
    view! {
        <svg class="chip" viewBox="0 0 34 26" aria-hidden="true" focusable="false">
            <rect width="34" height="26" rx="5"></rect>
            <path d="M0 9h11v8H0M34 9H23v8h11M11 0v26M23 0v26M11 13h12"></path>
        </svg>
    }
    .erase()
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
