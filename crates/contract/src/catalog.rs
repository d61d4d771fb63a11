//! What is for sale.

use serde::{Deserialize, Serialize};

use crate::{Carrier, Fen, Timestamp};

/// Everything that is for sale, as the gateway last heard of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Catalog {
    /// When the card platform was last heard.
    pub as_of: Timestamp,
    /// The platform could not be asked lately: prices may have changed, and nothing can be bought.
    pub stale: bool,
    /// In the order in which they are shown; each holds at least one package.
    pub categories: Vec<Category>,
}

/// Packages of one carrier under one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Category {
    /// The card platform's id.
    pub id: String,
    /// The card platform's Chinese name, such as `移动 - 月清零`.
    pub name: String,
    /// Whose cards it is for.
    pub carrier: Carrier,
    /// What becomes of data that is left over.
    pub reset_rule: ResetRule,
    /// In the order in which they are shown.
    pub packages: Vec<Package>,
}

/// What becomes of data that is left over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ResetRule {
    /// Cleared when the month ends (月清零).
    Monthly,
    /// Kept until it is used or the card expires (累计).
    Cumulative,
    /// The platform says something else; the category's name tells it.
    Other,
}

impl ResetRule {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ResetRule::Monthly => "monthly",
            ResetRule::Cumulative => "cumulative",
            ResetRule::Other => "other",
        }
    }

    /// The rule that a word names.
    #[must_use]
    pub fn from_name(word: &str) -> Option<ResetRule> {
        [ResetRule::Monthly, ResetRule::Cumulative, ResetRule::Other]
            .into_iter()
            .find(|rule| rule.as_str() == word)
    }
}

/// One package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Package {
    /// The card platform's id.
    pub id: String,
    /// The card platform's Chinese name, such as `2GB 月清零`.
    pub name: String,
    /// What it costs.
    pub price_fen: Fen,
    /// What it cost before, where the platform shows a former price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_fen: Option<Fen>,
    /// Data volume in MB; 1 GB is 1024 MB.
    pub data_mb: i64,
    /// The platform's Chinese words for how long it is good, such as `当月有效`.
    pub validity: String,
    /// Short marks such as `推荐`.
    #[serde(default)]
    pub tags: Vec<String>,
    /// It is shown but cannot be bought now.
    pub sold_out: bool,
}

/// A volume in whole MB as people read it, a number and a unit: `("1.52", "GB")`.
#[must_use]
pub fn volume(mb: i64) -> (String, &'static str) {
    if mb < 1024 {
        return (mb.to_string(), "MB");
    }
    // Two digits after the point, as money has them.
    let hundredths = mb.saturating_mul(100) / 1024;
    (Fen(hundredths).to_short_yuan(), "GB")
}

impl Catalog {
    /// A package and the category it is in.
    #[must_use]
    pub fn find(&self, package_id: &str) -> Option<(&Category, &Package)> {
        self.categories.iter().find_map(|category| {
            category
                .packages
                .iter()
                .find(|package| package.id == package_id)
                .map(|package| (category, package))
        })
    }
}
