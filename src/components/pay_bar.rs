//! The sum and the one button, under the thumb.

use contract::{Package, ResetRule};
use leptos::prelude::*;

use super::button::button;
use crate::{
    i18n::{Text, package_name, t, yuan},
    ui::{View, el, live},
    views,
};

/// The button's id: it may have been pressed before it was there.
pub const ID: &str = "pay";

/// The bar. `blocked` says that nothing can be bought now.
#[must_use]
pub fn pay_bar(
    chosen: Memo<Option<(Package, ResetRule)>>,
    blocked: Memo<bool>,
    press: impl Fn() + 'static,
) -> View {
    let sum = move || {
        chosen.with(|chosen| match chosen {
            Some((package, rule)) => views![
                el("span", "paybar-what").text(&package_name(package, *rule)),
                el("span", "paybar-sum").text(&yuan(package.price_fen)),
            ],
            None => el("span", "paybar-none")
                .text(t(Text::CHOOSE_PACKAGE))
                .into(),
        })
    };
    el("section", "paybar")
        .attr("aria-label", t(Text::SUM))
        .child(el("p", "paybar-text").child(live(sum)))
        .child(
            button("button paybar-button", Text::PAY_NOW, press)
                .attr("id", ID)
                .live_attr("disabled", move || blocked.get().then(String::new)),
        )
        .into()
}
