//! Giving an order up, after asking once more.

use contract::OrderId;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api,
    components::{button::Button, sheet::Sheet},
    i18n::{Text, failure_text, t},
    ui::{Erase, does, nothing, part, reads},
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
#[component]
pub fn GiveUp(
    /// Follows the order.
    watch: Watch,
    /// The order.
    id: OrderId,
) -> AnyView {
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
        let keep = move || asked.open.set(false);
        view! {
            <Sheet title=|| Text::CANCEL_CONFIRM close=keep>
                <p class="sheet-text">{t(Text::CANCEL_CONFIRM_WHY)}</p>
                <p class="field-error" role="alert">
                    {reads(move || asked.failure.get())}
                </p>
                <Button text=Text::CANCEL_NO press=keep/>
                <button
                    class="button button--bad"
                    type="button"
                    disabled=reads(move || asked.busy.get())
                    on:click=does(move |_| asked.carry_out(id.clone()))
                >
                    {t(Text::CANCEL_YES)}
                </button>
            </Sheet>
        }
        .erase()
    };
    view! {
        <Button
            class="button button--bare"
            text=Text::CANCEL_ORDER
            press=move || asked.open.set(true)
        />
        {part(question)}
    }
    .erase()
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
