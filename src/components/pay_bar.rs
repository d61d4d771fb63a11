//! The sum and the one button, under the thumb.

use contract::{Package, ResetRule};
use leptos::prelude::*;

use crate::{
    i18n::{Text, package_name, t, yuan},
    ui::{Erase, Press, does, part, reads},
};

/// The button's id: it may have been pressed before it was there.
pub const ID: &str = "pay";

/// The bar.
#[component]
pub fn PayBar(
    /// The package, and its category's rule.
    chosen: Memo<Option<(Package, ResetRule)>>,
    /// Whether nothing can be bought now.
    blocked: Memo<bool>,
    /// What the button does.
    #[prop(into)]
    press: Press,
) -> AnyView {
    let sum = move || {
        chosen.with(|chosen| match chosen {
            Some((package, rule)) => view! {
                <span class="paybar-what">{package_name(package, *rule)}</span>
                <span class="paybar-sum">{yuan(package.price_fen)}</span>
            }
            .erase(),
            None => view! { <span class="paybar-none">{t(Text::CHOOSE_PACKAGE)}</span> }.erase(),
        })
    };
    view! {
        <section class="paybar" aria-label=t(Text::SUM)>
            <p class="paybar-text">{part(sum)}</p>
            <button
                class="button paybar-button"
                id=ID
                type="button"
                disabled=reads(move || blocked.get())
                on:click=does(move |_| press.run())
            >
                {t(Text::PAY_NOW)}
            </button>
        </section>
    }
    .erase()
}
