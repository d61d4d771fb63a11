//! The packages of a category, one of which can be chosen.

use contract::{Category, Package, ResetRule, volume};
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::{
    i18n::{Text, package_label, phrase, rule_text, t},
    shop::Shop,
    ui::{Erase, does, reads},
};

/// One tile for each package: a group of radio buttons, so that the arrow keys work as everywhere.
#[component]
pub fn PackageGrid(
    /// The shop.
    shop: Shop,
    /// The category.
    category: Category,
) -> AnyView {
    let rule = category.reset_rule;
    let tiles = category
        .packages
        .into_iter()
        .map(|package| view! { <Tile shop package rule/> }.erase())
        .collect_view();
    view! {
        <div class="tiles" id="packages" role="radiogroup" aria-label=t(Text::PACKAGES)>
            {tiles}
        </div>
    }
    .erase()
}

#[component]
fn Tile(shop: Shop, package: Package, rule: ResetRule) -> AnyView {
    let (id, chosen) = (package.id.clone(), package.id.clone());
    let is_chosen = move || {
        shop.package
            .with(|package| package.as_deref() == Some(chosen.as_str()))
    };
    view! {
        <label class="tile">
            <input
                class="tile-input"
                type="radio"
                name="package"
                value=package.id.clone()
                disabled=package.sold_out
                aria-label=package_label(&package, rule)
                prop:checked=reads(is_chosen)
                on:change=does(move |_| shop.package.set(Some(id.clone())))
            />
            <Face package rule/>
        </label>
    }
    .erase()
}

#[component]
fn Face(package: Package, rule: ResetRule) -> AnyView {
    let (number, unit) = volume(package.data_mb);
    let validity = phrase(&package.validity);
    let terms = [Some(validity), rule_text(rule)]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .map(|text| view! { <span class="tile-term">{text.to_owned()}</span> }.erase())
        .collect_view();
    let tag = if package.sold_out {
        Some(("tag tag--off", t(Text::SOLD_OUT)))
    } else {
        package.tags.first().map(|tag| ("tag", phrase(tag)))
    };
    let tag = tag.map(|(class, text)| view! { <span class=class>{text.to_owned()}</span> }.erase());
    let former = package
        .original_fen
        .map(|former| format!("¥{}", former.to_short_yuan()))
        .map(|former| view! { <s class="tile-former">{former}</s> }.erase());
    view! {
        <span class="tile-face" aria-hidden="true">
            <span class="tile-head">
                <span class="tile-data">{number} <small>{unit}</small></span>
                {tag}
            </span>
            <span class="tile-terms">{terms}</span>
            <span class="tile-price">
                <span class="nowrap">
                    <small>"¥"</small>
                    {package.price_fen.to_short_yuan()}
                </span>
                {former}
            </span>
            <span class="tile-check">
                <Glyph of=Icon::Check/>
            </span>
        </span>
    }
    .erase()
}
