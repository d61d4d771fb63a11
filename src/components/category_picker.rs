//! The picker for a category of packages.

use contract::Category;
use leptos::prelude::*;

use crate::{
    i18n::{Text, category_name, t},
    shop::Shop,
    ui::{View, el},
};

/// One chip for each category.
#[must_use]
pub fn category_picker(shop: Shop, categories: &[&Category], shown: &str) -> View {
    let chips: View = categories
        .iter()
        .map(|category| {
            let id = category.id.clone();
            let radio = el("input", "chip-input")
                .attr("type", "radio")
                .attr("name", "category")
                .attr("value", &category.id)
                .attr_some("checked", (category.id == shown).then_some(""))
                .on("change", move |_| shop.category.set(Some(id.clone())));
            el("label", "chip-label")
                .child(radio)
                .child(el("span", "chip-face").text(&category_name(category)))
        })
        .collect();
    el("div", "chips")
        .attr("role", "radiogroup")
        .attr("aria-label", t(Text::CATEGORIES))
        .child(chips)
        .into()
}
