//! The picker for a category of packages.

use contract::Category;
use leptos::prelude::*;

use crate::{
    i18n::{Text, category_name, t},
    shop::Shop,
    ui::{Erase, does},
};

/// One chip for each category.
#[component]
pub fn CategoryPicker(
    /// The shop.
    shop: Shop,
    /// What there is to choose from.
    categories: Vec<Category>,
    /// The id of the chosen one.
    #[prop(into)]
    shown: String,
) -> AnyView {
    let chips = categories
        .into_iter()
        .map(|category| {
            let is_shown = category.id == shown;
            view! { <Chip shop category is_shown/> }.erase()
        })
        .collect_view();
    view! {
        <div class="chips" role="radiogroup" aria-label=t(Text::CATEGORIES)>
            {chips}
        </div>
    }
    .erase()
}

#[component]
fn Chip(shop: Shop, category: Category, is_shown: bool) -> AnyView {
    let name = category_name(&category);
    let id = category.id.clone();
    view! {
        <label class="chip-label">
            <input
                class="chip-input"
                type="radio"
                name="category"
                value=category.id
                checked=is_shown
                on:change=does(move |_| shop.category.set(Some(id.clone())))
            />
            <span class="chip-face">{name}</span>
        </label>
    }
    .erase()
}
