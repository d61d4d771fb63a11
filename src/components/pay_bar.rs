//! The sum and the one button, under the thumb.

use contract::{Package, ResetRule};
use leptos::prelude::*;

use crate::i18n::{Text, package_name, t, yuan};

/// The bar. `blocked` says that nothing can be bought now.
#[must_use]
pub fn pay_bar(
    chosen: Signal<Option<(Package, ResetRule)>>,
    blocked: Signal<bool>,
    press: impl Fn() + 'static,
) -> AnyView {
    let sum = move || {
        chosen.with(|chosen| match chosen {
            Some((package, rule)) => view! {
                <span class="paybar-what">{package_name(package, *rule)}</span>
                <span class="paybar-sum">{yuan(package.price_fen)}</span>
            }
            .into_any(),
            None => view! { <span class="paybar-none">{t(Text::ChoosePackage)}</span> }.into_any(),
        })
    };
    view! {
        <section class="paybar" aria-label=t(Text::Sum)>
            <p class="paybar-text">{sum}</p>
            <button
                type="button"
                class="button paybar-button"
                disabled=move || blocked.get()
                on:click=move |_| press()
            >
                {t(Text::PayNow)}
            </button>
        </section>
    }
    .into_any()
}
