//! The packages of a category, one of which can be chosen.

use contract::{Category, Package, ResetRule};
use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    i18n::{Text, data, package_label, phrase, rule_text, t},
    shop::Shop,
};

/// One tile for each package: a group of radio buttons, so that the arrow keys work as everywhere.
#[must_use]
pub fn package_grid(shop: Shop, category: &Category) -> AnyView {
    let rule = category.reset_rule;
    let tiles = category
        .packages
        .iter()
        .map(|package| tile(shop, package, rule));
    view! {
        <div class="tiles" id="packages" role="radiogroup" aria-label=t(Text::Packages)>
            {tiles.collect_view()}
        </div>
    }
    .into_any()
}

fn tile(shop: Shop, package: &Package, rule: ResetRule) -> AnyView {
    let (number, unit) = data(package.data_mb);
    let (id, chosen) = (package.id.clone(), package.id.clone());
    let validity = phrase(&package.validity);
    let terms = [Some(validity.as_str()), rule_text(rule)]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .map(|text| view! { <span class="nowrap">{text.to_owned()}</span> }.into_any())
        .collect_view();
    let tag = if package.sold_out {
        Some(view! { <span class="tag tag--off">{t(Text::SoldOut)}</span> }.into_any())
    } else {
        package
            .tags
            .first()
            .map(|tag| view! { <span class="tag">{phrase(tag)}</span> }.into_any())
    };
    let former = package
        .original_fen
        .map(|former| view! { <s class="tile-former">"¥"{former.to_short_yuan()}</s> });
    view! {
        <label class="tile">
            <input
                type="radio"
                class="tile-input"
                name="package"
                value=package.id.clone()
                disabled=package.sold_out
                aria-label=package_label(package, rule)
                prop:checked=move || {
                    shop.package.with(|package| package.as_deref() == Some(chosen.as_str()))
                }
                on:change=move |_| shop.package.set(Some(id.clone()))
            />
            <span class="tile-face" aria-hidden="true">
                <span class="tile-data">{number}<small>{unit}</small></span>
                <span class="tile-terms">{terms}</span>
                <span class="tile-price">
                    <small>"¥"</small>{package.price_fen.to_short_yuan()}{former}
                </span>
                {tag}
                <span class="tile-check">{icon(Icon::Check)}</span>
            </span>
        </label>
    }
    .into_any()
}
