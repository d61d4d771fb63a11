//! What is for sale (`product-categories`, `product-get`).

use std::collections::HashSet;

use serde::Deserialize;

use crate::{
    Body, Client, Error, Fen,
    answer::{self, Page},
    operations::{Operation, PRODUCT_CATEGORIES, PRODUCT_GET},
    values::{Text, Yuan, carrier, megabytes},
};

/// Who carries a card's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// 中国移动
    Mobile,
    /// 中国联通
    Unicom,
    /// 中国电信
    Telecom,
}

/// A category of packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// The platform's id of it.
    pub id: String,
    /// Its name, such as `电信 - 月清零`.
    pub name: String,
    /// Whose cards it is for.
    pub carrier: Carrier,
    /// What becomes of data that is not used.
    pub reset_rule: ResetRule,
}

/// What becomes of data that is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetRule {
    /// 月清零: it ends with the month.
    Monthly,
    /// 累计: it is kept.
    Cumulative,
    /// Another rule, or none that is told.
    Other,
}

/// A package of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The platform's id of it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it costs.
    pub price: Fen,
    /// What it cost before, where that was more.
    pub original: Option<Fen>,
    /// The data in it, in whole MB.
    pub data_mb: i64,
    /// How long it is good, in the platform's words.
    pub validity: String,
    /// The platform's marks on it.
    pub tags: Vec<String>,
    /// Whether none are left.
    pub sold_out: bool,
}

/// A category. The operation is documented, its fields are not; a category's name as the platform's page shows it
/// (`电信 - 月清零`) names the carrier and the rule, which is read where the guessed fields are missing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CategoryRow {
    id: Text,
    name: String,
    carrier: Option<String>,
    clear_rule: Option<String>,
}

/// A package. All names are guessed after the query `q.<field>` of the framework and what the platform's page shows:
/// price, volume, rule.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProductRow {
    id: Text,
    category_id: Option<Text>,
    name: String,
    price: Yuan,
    original_price: Option<Yuan>,
    data_volume: f64,
    validity: Option<String>,
    tags: Option<Vec<String>>,
    on_sale: Option<bool>,
    stock: Option<i64>,
}

impl Client {
    /// Every category in the platform's order, without its packages. Rows that cannot be read are left out: they are
    /// worth a line in the log, not an empty shop.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn categories(&self) -> Result<Vec<Category>, Error> {
        let answer = self.call(&PRODUCT_CATEGORIES, &[], Body::None).await?;
        read(
            &answer.page()?,
            &PRODUCT_CATEGORIES,
            CategoryRow::into_category,
        )
    }

    /// A category's packages as they are now. Rows that cannot be read or sold are left out.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn packages(&self, category_id: &str) -> Result<Vec<Package>, Error> {
        let query = [("q.categoryId", category_id)];
        let page = self.pages(&PRODUCT_GET, &query).await?;
        let packages = read(&page, &PRODUCT_GET, |row: ProductRow| {
            // Were the filter's name guessed wrong, every category would get every package.
            let elsewhere = row
                .category_id
                .as_ref()
                .is_some_and(|Text(id)| id != category_id);
            if elsewhere {
                Some(None)
            } else {
                row.into_package()
            }
        })?;
        let mut seen = HashSet::new();
        // A list that changes between two pages repeats rows.
        Ok(packages
            .into_iter()
            .flatten()
            .filter(|package| seen.insert(package.id.clone()))
            .collect())
    }
}

impl CategoryRow {
    fn into_category(self) -> Option<Category> {
        let carrier = self
            .carrier
            .as_deref()
            .and_then(carrier)
            .or_else(|| carrier(&self.name))?;
        let words = self.clear_rule.as_deref().unwrap_or(&self.name);
        let reset_rule = if words.contains("月清") {
            ResetRule::Monthly
        } else if words.contains("累计") {
            ResetRule::Cumulative
        } else {
            ResetRule::Other
        };
        Some(Category {
            id: self.id.0,
            name: self.name,
            carrier,
            reset_rule,
        })
    }
}

impl ProductRow {
    /// The package; `Some(None)` is one that is not on sale, `None` one that cannot be right.
    fn into_package(self) -> Option<Option<Package>> {
        if self.on_sale == Some(false) {
            return Some(None);
        }
        let data = megabytes(self.data_volume)?;
        if self.price.0.0 <= 0 {
            return None;
        }
        Some(Some(Package {
            id: self.id.0,
            name: self.name,
            price: self.price.0,
            original: self
                .original_price
                .map(|price| price.0)
                .filter(|was| *was > self.price.0),
            data_mb: data.floor() as i64,
            validity: self.validity.unwrap_or_default(),
            tags: self.tags.unwrap_or_default(),
            sold_out: self.stock.is_some_and(|left| left <= 0),
        }))
    }
}

/// Reads what can be read of a list. A list of which nothing can be read is no answer.
fn read<R: serde::de::DeserializeOwned, T>(
    page: &Page,
    operation: &Operation,
    convert: impl Fn(R) -> Option<T>,
) -> Result<Vec<T>, Error> {
    let rows = page.rows.len();
    let mut reason = None;
    let read: Vec<T> = page
        .rows
        .iter()
        .filter_map(|row| match answer::value::<R>(row) {
            Ok(row) => convert(row),
            Err(error) => {
                reason = Some(error);
                None
            }
        })
        .collect();
    if read.len() < rows {
        let left_out = rows - read.len();
        let reason = reason.map(|reason| reason.to_string()).unwrap_or_default();
        tracing::warn!(
            operation = operation.name,
            left_out,
            rows,
            reason,
            "rows that cannot be read are left out"
        );
    }
    if read.is_empty() && rows > 0 {
        return Err(Error::unknown("no row of the list can be read"));
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(json: &str) -> Option<Option<Package>> {
        serde_json::from_str::<ProductRow>(json)
            .ok()
            .and_then(ProductRow::into_package)
    }

    #[test]
    fn a_package_is_read() {
        let read = package(
            r#"{"id":1102,"categoryId":"11","name":"3GB 月清零","price":24.1,"originalPrice":36,
                "dataVolume":3072,"validity":"当月有效","tags":["推荐"],"onSale":true,"stock":0,"new":{}}"#,
        );
        let expected = Package {
            id: "1102".into(),
            name: "3GB 月清零".into(),
            price: Fen(2410),
            original: Some(Fen(3600)),
            data_mb: 3072,
            validity: "当月有效".into(),
            tags: vec!["推荐".into()],
            sold_out: true,
        };
        assert_eq!(read, Some(Some(expected)));
    }

    #[test]
    fn a_package_that_cannot_be_right_is_left_out() {
        let check = |fields: &str, expected: &str| {
            let json = format!(r#"{{"id":"1","name":"n",{fields}}}"#);
            let kind = match package(&json) {
                Some(Some(package)) => format!("{:?}", package.original),
                Some(None) => "not on sale".into(),
                None => "wrong".into(),
            };
            assert_eq!(kind, expected, "{fields}");
        };
        check(r#""price":18,"dataVolume":2048"#, "None");
        check(
            r#""price":18,"dataVolume":2048,"originalPrice":null"#,
            "None",
        );
        check(r#""price":18,"dataVolume":2048,"originalPrice":18"#, "None");
        check(
            r#""price":18,"dataVolume":2048,"originalPrice":36"#,
            "Some(Fen(3600))",
        );
        check(
            r#""price":18,"dataVolume":2048,"onSale":false"#,
            "not on sale",
        );
        check(r#""price":0,"dataVolume":2048"#, "wrong");
        check(r#""price":18.001,"dataVolume":2048"#, "wrong");
        check(r#""price":-1,"dataVolume":2048"#, "wrong");
        check(r#""price":18,"dataVolume":-1"#, "wrong");
        check(r#""price":18"#, "wrong");
    }

    #[test]
    fn a_category_names_its_carrier() {
        let check = |json: &str, expected: Option<(Carrier, ResetRule)>| {
            let row: CategoryRow = serde_json::from_str(json).expect("a row");
            let read = row
                .into_category()
                .map(|category| (category.carrier, category.reset_rule));
            assert_eq!(read, expected, "{json}");
        };
        check(
            r#"{"id":"11","name":"移动 - 月清零","carrier":"mobile","clearRule":"月清零"}"#,
            Some((Carrier::Mobile, ResetRule::Monthly)),
        );
        check(
            r#"{"id":"12","name":"联通 - 累计"}"#,
            Some((Carrier::Unicom, ResetRule::Cumulative)),
        );
        check(
            r#"{"id":"13","name":"电信加油包"}"#,
            Some((Carrier::Telecom, ResetRule::Other)),
        );
        check(r#"{"id":"14","name":"其他"}"#, None);
    }
}
