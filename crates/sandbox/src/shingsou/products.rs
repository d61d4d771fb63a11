//! Package categories and packages.

use axum::extract::State;
use serde::Serialize;

use super::{
    Shared, Shingsou,
    data::catalog::{self, Carrier},
    envelope::{Object, Page, Refusal},
    listing::Listing,
};
use crate::money::Fen;

/// A package category as the wire has it.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Category {
    pub(crate) id: &'static str,
    name: &'static str,
    carrier: Carrier,
    clear_rule: &'static str,
}

/// A package as the wire has it.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Product {
    pub(crate) id: String,
    pub(crate) category_id: &'static str,
    pub(crate) name: String,
    pub(crate) price: Fen,
    original_price: Option<Fen>,
    /// In MB.
    pub(crate) data_volume: i64,
    validity: &'static str,
    clear_rule: &'static str,
    tags: &'static [&'static str],
    pub(crate) on_sale: bool,
    /// How many are left, where they are counted.
    pub(crate) stock: Option<u32>,
}

impl Shingsou {
    pub(crate) fn product(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    pub(crate) fn product_mut(&mut self, id: &str) -> Option<&mut Product> {
        self.products.iter_mut().find(|product| product.id == id)
    }
}

/// `GET /payment/Product/Categories`
pub(crate) async fn categories(State(stage): State<Shared>) -> Object<Vec<Category>> {
    Object(stage.lock().categories.clone())
}

/// `GET /payment/Product`
pub(crate) async fn list(
    State(stage): State<Shared>,
    listing: Listing,
) -> Result<Page<Product>, Refusal> {
    let mut rows = stage.lock().products.clone();
    if let Some(category) = listing.filter("categoryId") {
        rows.retain(|product| product.category_id == category);
    }
    if let Some(field) = &listing.order_by {
        match field.as_str() {
            "id" => rows.sort_by(|a, b| a.id.cmp(&b.id)),
            "price" => rows.sort_by_key(|product| product.price),
            "dataVolume" => rows.sort_by_key(|product| product.data_volume),
            _ => return Err(Refusal::invalid("orderby不支持该字段")),
        }
        if !listing.ascending {
            rows.reverse();
        }
    }
    Ok(listing.page(rows))
}

pub(crate) fn seeded_categories() -> Vec<Category> {
    let row = |seed: &catalog::Category| Category {
        id: seed.id,
        name: seed.name,
        carrier: seed.carrier,
        clear_rule: seed.rule.name,
    };
    catalog::CATEGORIES.iter().map(row).collect()
}

pub(crate) fn seeded_products() -> Vec<Product> {
    let of_category = |category: &'static catalog::Category| {
        (1..)
            .zip(category.rule.packages)
            .map(move |(place, seed)| Product {
                id: format!("{}{place:02}", category.id),
                category_id: category.id,
                name: format!("{}GB {}", seed.gigabytes, category.rule.name),
                price: seed.price,
                original_price: seed.original,
                data_volume: seed.gigabytes * 1024,
                validity: category.rule.validity,
                clear_rule: category.rule.name,
                tags: seed.tags,
                on_sale: true,
                stock: seed.stock,
            })
    };
    catalog::CATEGORIES.iter().flat_map(of_category).collect()
}
