//! The picker for a category of packages.

use contract::Category;
use leptos::prelude::*;

use crate::{
    i18n::{Text, category_name, t},
    shop::Shop,
};

/// One chip for each category.
#[must_use]
pub fn category_picker(shop: Shop, categories: &[&Category], shown: &str) -> AnyView {
    let chips = categories.iter().map(|category| {
        let id = category.id.clone();
        view! {
            <label class="chip-label">
                <input
                    type="radio"
                    class="chip-input"
                    name="category"
                    value=category.id.clone()
                    checked=category.id == shown
                    on:change=move |_| shop.category.set(Some(id.clone()))
                />
                <span class="chip-face">{category_name(category)}</span>
            </label>
        }
    });
    view! {
        <div class="chips" role="radiogroup" aria-label=t(Text::Categories)>
            {chips.collect_view()}
        </div>
    }
    .into_any()
}
