//! The query that every list takes: `q.<field>`, `orderby`, `asc`, `skip`, `take`, `startTime`,
//! `endTime`.

use std::collections::HashMap;

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use time::{Date, macros::format_description};

use super::envelope::{Page, Refusal};
use crate::clock::Moment;

/// A list's query, checked.
pub(crate) struct Listing {
    filters: HashMap<String, String>,
    pub(crate) order_by: Option<String>,
    pub(crate) ascending: bool,
    skip: usize,
    take: usize,
    first_day: Option<Date>,
    last_day: Option<Date>,
}

impl Listing {
    /// The value of `q.<field>`, unless it is empty.
    pub(crate) fn filter(&self, field: &str) -> Option<&str> {
        self.filters
            .get(&format!("q.{field}"))
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }

    /// Whether the whole days asked for contain `moment`.
    pub(crate) fn covers(&self, moment: Moment) -> bool {
        let day = moment.date();
        self.first_day.is_none_or(|first| first <= day)
            && self.last_day.is_none_or(|last| day <= last)
    }

    /// The page asked for, of rows already filtered and in order.
    pub(crate) fn page<T>(&self, rows: Vec<T>) -> Page<T> {
        let total = rows.len();
        let rows = rows.into_iter().skip(self.skip).take(self.take).collect();
        Page {
            take: self.take,
            skip: self.skip,
            total,
            rows,
        }
    }

    fn parse(mut query: HashMap<String, String>) -> Result<Self, Refusal> {
        let mut given = |name: &str| query.remove(name).filter(|text| !text.is_empty());
        let number = |text: Option<String>, default: usize, name: &str| match text {
            None => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| Refusal::invalid(&format!("{name}必须是非负整数"))),
        };
        let day = |text: Option<String>, name: &str| match text {
            None => Ok(None),
            Some(text) => Date::parse(&text, format_description!("[year]-[month]-[day]"))
                .map(Some)
                .map_err(|_| Refusal::invalid(&format!("{name}必须是yyyy-MM-dd"))),
        };
        let skip = number(given("skip"), 0, "skip")?;
        let take = number(given("take"), 10, "take")?;
        if !(1..=2000).contains(&take) {
            return Err(Refusal::invalid("take必须在1到2000之间"));
        }
        let ascending = match given("asc").as_deref() {
            None => false,
            Some(text) if text.eq_ignore_ascii_case("true") => true,
            Some(text) if text.eq_ignore_ascii_case("false") => false,
            Some(_) => return Err(Refusal::invalid("asc必须是true或false")),
        };
        let first_day = day(given("startTime"), "startTime")?;
        let last_day = day(given("endTime"), "endTime")?;
        let order_by = given("orderby");
        Ok(Self {
            filters: query,
            order_by,
            ascending,
            skip,
            take,
            first_day,
            last_day,
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Listing {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Query(query) = Query::from_request_parts(parts, state)
            .await
            .map_err(|_| Refusal::invalid("请求实体错误"))?;
        Self::parse(query)
    }
}
