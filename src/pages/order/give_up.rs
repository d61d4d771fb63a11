//! Giving an order up, after asking once more.

use contract::OrderId;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api,
    components::{
        button::{bare, button, primary},
        sheet::sheet,
    },
    i18n::{Text, failure_text, t},
    ui::{View, el, live, nothing},
    views,
    watch::Watch,
};

#[derive(Clone, Copy)]
struct GivingUp {
    watch: Watch,
    open: RwSignal<bool>,
    busy: RwSignal<bool>,
    failure: RwSignal<Option<String>>,
}

/// The button, and the sheet that asks.
#[must_use]
pub(super) fn give_up(watch: Watch, id: OrderId) -> View {
    let asked = GivingUp {
        watch,
        open: RwSignal::new(false),
        busy: RwSignal::new(false),
        failure: RwSignal::new(None),
    };
    let question = move || {
        if !asked.open.get() {
            return nothing();
        }
        let id = id.clone();
        let body = views![
            el("p", "sheet-text").text(t(Text::CANCEL_CONFIRM_WHY)),
            el("p", "field-error")
                .attr("role", "alert")
                .live_text(move || asked.failure.get().unwrap_or_default()),
            primary(Text::CANCEL_NO, move || asked.open.set(false)),
            button("button button--bad", Text::CANCEL_YES, move || asked
                .carry_out(id.clone()))
            .live_attr("disabled", move || asked.busy.get().then(String::new)),
        ];
        sheet(|| Text::CANCEL_CONFIRM, move || asked.open.set(false), body)
    };
    views![
        bare(Text::CANCEL_ORDER, move || asked.open.set(true)),
        live(question)
    ]
}

impl GivingUp {
    fn carry_out(self, id: OrderId) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.failure.set(None);
        spawn_local(async move {
            let answer = api::cancel(&id).await;
            self.watch.ask_now();
            self.busy.try_set(false);
            match answer {
                Ok(()) => drop(self.open.try_set(false)),
                Err(error) => drop(self.failure.try_set(Some(failure_text(&error)))),
            }
        });
    }
}
