//! What a configuration puts right about operations whose verbs, addresses and fields were guessed.

use std::{collections::BTreeMap, sync::Arc};

use reqwest::Method;
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    ConfigError, Error,
    operations::{self, Fitting, Operation},
};

/// The fields of one object as they came, so that amounts keep their digits.
type Fields = BTreeMap<String, Box<RawValue>>;

/// Every operation's fitting.
pub(crate) struct Fittings {
    by_name: BTreeMap<String, Fitted>,
    none: Fitted,
}

/// One operation's fitting.
#[derive(Clone, Default)]
pub(crate) struct Fitted {
    address: Option<String>,
    verb: Option<Method>,
    names: Names,
}

/// The real names of fields, by those that are guessed here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(Arc<BTreeMap<String, String>>);

impl Fittings {
    pub(crate) fn new(fittings: &BTreeMap<String, Fitting>) -> Result<Fittings, ConfigError> {
        let mut by_name = BTreeMap::new();
        for (name, fitting) in fittings {
            let wrong = |why: &str| ConfigError::of(&format!("operations.{name}"), why);
            if operations::find(name).is_none() {
                return Err(wrong("the platform has no such operation"));
            }
            let is_nothing = |text: &String| text.trim().is_empty();
            if fitting.address.as_ref().is_some_and(is_nothing) {
                return Err(wrong("its address is empty"));
            }
            if fitting
                .fields
                .iter()
                .any(|(guessed, real)| is_nothing(guessed) || is_nothing(real))
            {
                return Err(wrong("the name of a field is empty"));
            }
            by_name.insert(
                name.clone(),
                Fitted {
                    address: fitting.address.clone(),
                    verb: fitting.verb.clone(),
                    names: Names(Arc::new(fitting.fields.clone())),
                },
            );
        }
        Ok(Fittings {
            by_name,
            none: Fitted::default(),
        })
    }

    pub(crate) fn of(&self, operation: &Operation) -> &Fitted {
        self.by_name.get(operation.name).unwrap_or(&self.none)
    }
}

impl Fitted {
    pub(crate) fn address<'a>(&'a self, operation: &'a Operation) -> &'a str {
        self.address.as_deref().unwrap_or(operation.address)
    }

    pub(crate) fn verb(&self, operation: &Operation) -> Method {
        self.verb.clone().unwrap_or_else(|| operation.verb.clone())
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }
}

impl Names {
    /// The real name of a field of the query, where filters begin with `q.`.
    pub(crate) fn of_query(&self, guessed: &str) -> String {
        let (filter, field) = match guessed.strip_prefix("q.") {
            Some(field) => ("q.", field),
            None => ("", guessed),
        };
        match (self.0.get(guessed), self.0.get(field)) {
            (Some(real), _) => real.clone(),
            (None, Some(real)) => format!("{filter}{real}"),
            (None, None) => guessed.to_owned(),
        }
    }

    /// What is sent, under the real names; `None` where nothing changes.
    pub(crate) fn outward(&self, json: &RawValue) -> Result<Option<Box<RawValue>>, Error> {
        self.renamed(json, |from, to, guessed, real| {
            if let Some(value) = from.get(guessed) {
                to.remove(guessed);
                to.insert(real.to_owned(), value.clone());
            }
        })
    }

    /// What was answered, under the guessed names too; `None` where nothing changes.
    pub(crate) fn inward(&self, json: &RawValue) -> Result<Option<Box<RawValue>>, Error> {
        self.renamed(json, |from, to, guessed, real| {
            if let Some(value) = from.get(real) {
                to.insert(guessed.to_owned(), value.clone());
            }
        })
    }

    fn renamed(
        &self,
        json: &RawValue,
        rename: impl Fn(&Fields, &mut Fields, &str, &str),
    ) -> Result<Option<Box<RawValue>>, Error> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let Ok(from) = serde_json::from_str::<Fields>(json.get()) else {
            return Ok(None);
        };
        let mut to = from.clone();
        for (guessed, real) in &*self.0 {
            rename(&from, &mut to, guessed, real);
        }
        to_raw_value(&to)
            .map(Some)
            .map_err(|_| Error::unknown("its fields cannot be renamed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fittings(name: &str, fitting: Fitting) -> Result<Fittings, ConfigError> {
        Fittings::new(&BTreeMap::from([(name.to_owned(), fitting)]))
    }

    fn fields(names: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(guessed, real): &(&str, &str)| ((*guessed).to_owned(), (*real).to_owned());
        names.iter().map(owned).collect()
    }

    #[test]
    fn an_operation_is_where_the_configuration_says() {
        let fitting = Fitting {
            address: Some("v3/orders".into()),
            verb: Some(Method::POST),
            fields: BTreeMap::new(),
        };
        let fittings = fittings("order-get", fitting).expect("a good fitting");
        let at = |operation| {
            let fitted = fittings.of(operation);
            (fitted.verb(operation), fitted.address(operation).to_owned())
        };
        assert_eq!(
            at(&operations::ORDER_GET),
            (Method::POST, "v3/orders".into())
        );
        assert_eq!(
            at(&operations::PRODUCT_GET),
            (Method::GET, "payment/Product".into())
        );
    }

    #[test]
    fn a_wrong_fitting_is_named() {
        let check = |name: &str, fitting: Fitting, expected: &str| {
            let error = fittings(name, fitting).err().map(|error| error.to_string());
            assert_eq!(error.as_deref(), Some(expected));
        };
        check(
            "order-gets",
            Fitting::default(),
            "operations.order-gets: the platform has no such operation",
        );
        let address = Fitting {
            address: Some(" ".into()),
            ..Fitting::default()
        };
        check(
            "order-get",
            address,
            "operations.order-get: its address is empty",
        );
        let nameless = Fitting {
            fields: fields(&[("total", "")]),
            ..Fitting::default()
        };
        check(
            "order-get",
            nameless,
            "operations.order-get: the name of a field is empty",
        );
    }

    #[test]
    fn fields_go_out_and_come_in_under_their_real_names() {
        let names = Names(Arc::new(fields(&[
            ("total", "amount"),
            ("outTradeNo", "merchant_no"),
        ])));
        let raw = |json: &str| RawValue::from_string(json.to_owned()).expect("JSON");
        let inward = |json: &str| {
            names
                .inward(&raw(json))
                .expect("JSON")
                .map(|json| json.get().to_owned())
        };
        // The digits stay what they were.
        assert_eq!(
            inward(r#"{"amount":90071992547409.93,"other":[1]}"#).as_deref(),
            Some(r#"{"amount":90071992547409.93,"other":[1],"total":90071992547409.93}"#)
        );
        assert_eq!(inward("[1]"), None);
        let outward = names
            .outward(&raw(r#"{"outTradeNo":"P1","cardNo":"8"}"#))
            .expect("JSON");
        assert_eq!(
            outward.map(|json| json.get().to_owned()).as_deref(),
            Some(r#"{"cardNo":"8","merchant_no":"P1"}"#)
        );
        let query =
            ["outTradeNo", "q.outTradeNo", "q.cardNo", "skip"].map(|name| names.of_query(name));
        assert_eq!(query, ["merchant_no", "q.merchant_no", "q.cardNo", "skip"]);
        assert_eq!(
            Names::default()
                .inward(&raw("{}"))
                .expect("JSON")
                .map(|json| json.get().to_owned()),
            None
        );
    }
}
