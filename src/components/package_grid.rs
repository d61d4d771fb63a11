//! The packages of a category, one of which can be chosen.

use contract::{Category, Package, ResetRule, volume};
use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    i18n::{Text, package_label, phrase, rule_text, t},
    shop::Shop,
    ui::{El, View, el},
};

/// One tile for each package: a group of radio buttons, so that the arrow keys work as everywhere.
#[must_use]
pub fn package_grid(shop: Shop, category: &Category) -> View {
    let rule = category.reset_rule;
    let tiles: View = category
        .packages
        .iter()
        .map(|package| tile(shop, package, rule))
        .collect();
    el("div", "tiles")
        .attr("id", "packages")
        .attr("role", "radiogroup")
        .attr("aria-label", t(Text::PACKAGES))
        .child(tiles)
        .into()
}

fn tile(shop: Shop, package: &Package, rule: ResetRule) -> El {
    let (id, chosen) = (package.id.clone(), package.id.clone());
    let radio = el("input", "tile-input")
        .attr("type", "radio")
        .attr("name", "package")
        .attr("value", &package.id)
        .attr_some("disabled", package.sold_out.then_some(""))
        .attr("aria-label", &package_label(package, rule))
        .live_property("checked", move || {
            shop.package
                .with(|package| package.as_deref() == Some(chosen.as_str()))
                .into()
        })
        .on("change", move |_| shop.package.set(Some(id.clone())));
    el("label", "tile").child(radio).child(face(package, rule))
}

fn face(package: &Package, rule: ResetRule) -> El {
    let (number, unit) = volume(package.data_mb);
    let validity = phrase(&package.validity);
    let terms: View = [Some(validity), rule_text(rule)]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .map(|text| el("span", "tile-term").text(text))
        .collect();
    let tag = if package.sold_out {
        Some(el("span", "tag tag--off").text(t(Text::SOLD_OUT)))
    } else {
        package
            .tags
            .first()
            .map(|tag| el("span", "tag").text(phrase(tag)))
    };
    let former = package
        .original_fen
        .map(|former| el("s", "tile-former").text(&format!("¥{}", former.to_short_yuan())));
    el("span", "tile-face")
        .attr("aria-hidden", "true")
        .child(
            el("span", "tile-head")
                .child(
                    el("span", "tile-data")
                        .text(&number)
                        .child(el("small", "").text(unit)),
                )
                .child(tag),
        )
        .child(el("span", "tile-terms").child(terms))
        .child(
            el("span", "tile-price")
                .child(
                    el("span", "nowrap")
                        .child(el("small", "").text("¥"))
                        .text(&package.price_fen.to_short_yuan()),
                )
                .child(former),
        )
        .child(el("span", "tile-check").child(icon(Icon::Check)))
}
