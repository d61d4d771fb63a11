//! Counts down by the gateway's clock.

use std::time::Duration;

use contract::Timestamp;
use leptos::prelude::*;

use crate::{
    clock,
    i18n::{self, Text, t},
    ui::{Erase, reads},
};

/// The time that is left until `end`; `over` is called once when there is none.
#[component]
pub fn Countdown(
    /// When the time is over.
    end: Timestamp,
    /// What is to be done then.
    over: impl Fn() + 'static,
) -> AnyView {
    let left = move || (end.0 - clock::now().0 + 999) / 1000;
    let seconds = RwSignal::new(left());
    let told = StoredValue::new(false);
    let tick = move || {
        let now = left();
        seconds.set(now);
        if now <= 0 && !told.get_value() {
            told.set_value(true);
            over();
        }
    };
    if let Ok(timer) = set_interval_with_handle(tick, Duration::from_millis(500)) {
        on_cleanup(move || timer.clear());
    }
    let text = Memo::new(move |_| i18n::countdown(seconds.get()));
    view! {
        <p class="countdown">
            <span aria-hidden="true">{t(Text::TIME_LEFT)}</span>
            <span class="countdown-time" role="timer" aria-label=t(Text::TIME_LEFT)>
                {reads(move || text.get())}
            </span>
        </p>
    }
    .erase()
}
