//! JSON, read and written by the browser: it has a parser already, and one made for each type was a quarter of this
//! program.

use std::cell::Cell;

use contract::Timestamp;
use js_sys::{Array, JSON, Number, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A value while it is being read.
///
/// What is missing or of another kind is read as something empty and spoils the whole, which [`read`] then refuses. So
/// a reader names one field after another and need not stop at each.
pub struct Json<'a> {
    value: JsValue,
    spoilt: &'a Cell<bool>,
}

/// Reads a text; `None` where it is not JSON, or not what the reader expects.
#[must_use]
pub fn read<T>(text: &str, reader: fn(&Json) -> T) -> Option<T> {
    read_value(JSON::parse(text).ok()?, reader)
}

/// Reads a value; `None` where it is not what the reader expects.
#[must_use]
pub fn read_value<T>(value: JsValue, reader: fn(&Json) -> T) -> Option<T> {
    let spoilt = Cell::new(false);
    let value = reader(&Json {
        value,
        spoilt: &spoilt,
    });
    (!spoilt.get()).then_some(value)
}

impl Json<'_> {
    /// A text.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.at(name).own_text()
    }

    /// A text that may be absent or `null`.
    #[must_use]
    pub fn optional_text(&self, name: &str) -> Option<String> {
        self.optional(name).map(|value| value.own_text())
    }

    /// A list of texts.
    #[must_use]
    pub fn texts(&self, name: &str) -> Vec<String> {
        self.each(name, Json::own_text)
    }

    /// A whole number.
    #[must_use]
    pub fn number(&self, name: &str) -> i64 {
        self.at(name).own_number()
    }

    /// A whole number of a smaller type.
    #[must_use]
    pub fn small<N: TryFrom<i64> + Default>(&self, name: &str) -> N {
        let number = N::try_from(self.number(name)).ok();
        self.expect(number).unwrap_or_default()
    }

    /// A whole number that may be absent or `null`.
    #[must_use]
    pub fn optional_number(&self, name: &str) -> Option<i64> {
        self.optional(name).map(|value| value.own_number())
    }

    /// Yes or no.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        let value = self.at(name).value.as_bool();
        self.expect(value).unwrap_or_default()
    }

    /// A point in time.
    #[must_use]
    pub fn time(&self, name: &str) -> Timestamp {
        let time = Timestamp::parse(&self.text(name));
        self.expect(time).unwrap_or_default()
    }

    /// A word that stands for something; `otherwise` holds the place where it stands for nothing.
    #[must_use]
    pub fn word<T>(&self, name: &str, meaning: fn(&str) -> Option<T>, otherwise: T) -> T {
        let known = meaning(&self.text(name));
        self.expect(known).unwrap_or(otherwise)
    }

    /// Whether there is a value of that name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        !self.at(name).value.is_undefined()
    }

    /// A value that may be absent or `null`.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<Self> {
        let value = self.at(name);
        (!value.value.is_undefined() && !value.value.is_null()).then_some(value)
    }

    /// A value.
    #[must_use]
    pub fn at(&self, name: &str) -> Self {
        let value = Reflect::get(&self.value, &name.into()).ok();
        self.with(self.expect(value).unwrap_or(JsValue::UNDEFINED))
    }

    /// What a list holds, each read alike.
    #[must_use]
    pub fn each<T>(&self, name: &str, reader: fn(&Self) -> T) -> Vec<T> {
        self.at(name).items().iter().map(reader).collect()
    }

    /// What this list holds.
    #[must_use]
    pub fn items(&self) -> Vec<Self> {
        let list = self.expect(self.value.dyn_ref::<Array>());
        list.map(|list| list.iter().map(|value| self.with(value)).collect())
            .unwrap_or_default()
    }

    /// This text itself.
    #[must_use]
    pub fn own_text(&self) -> String {
        self.expect(self.value.as_string()).unwrap_or_default()
    }

    /// Has the whole refused.
    pub fn spoil(&self) {
        self.spoilt.set(true);
    }

    fn own_number(&self) -> i64 {
        let number = self
            .value
            .as_f64()
            .filter(|_| Number::is_safe_integer(&self.value));
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is a whole number of 53 bits"
        )]
        let number = number.map(|number| number as i64);
        self.expect(number).unwrap_or_default()
    }

    fn expect<T>(&self, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.spoil();
        }
        value
    }

    fn with(&self, value: JsValue) -> Self {
        Json {
            value,
            spoilt: self.spoilt,
        }
    }
}

/// An object while it is being written.
#[derive(Default)]
pub struct Draft(Object);

impl Draft {
    /// Puts a text in.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Draft {
        self.with(name, &value.into())
    }

    /// Puts a text in, if there is one.
    #[must_use]
    pub fn optional_text(self, name: &str, value: Option<&str>) -> Draft {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Puts a whole number in, of 53 bits at most.
    #[must_use]
    pub fn number(self, name: &str, value: i64) -> Draft {
        #[expect(clippy::cast_precision_loss, reason = "money and times fit 53 bits")]
        self.with(name, &JsValue::from_f64(value as f64))
    }

    /// Puts a yes or no in.
    #[must_use]
    pub fn flag(self, name: &str, value: bool) -> Draft {
        self.with(name, &value.into())
    }

    /// The object as text.
    #[must_use]
    pub fn to_json(&self) -> String {
        stringify(&self.0)
    }

    fn with(self, name: &str, value: &JsValue) -> Draft {
        let _ = Reflect::set(&self.0, &name.into(), value);
        self
    }
}

impl From<Draft> for JsValue {
    fn from(draft: Draft) -> JsValue {
        draft.0.into()
    }
}

/// A list as text.
#[must_use]
pub fn list(items: impl Iterator<Item = JsValue>) -> String {
    stringify(&items.collect::<Array>())
}

fn stringify(value: &JsValue) -> String {
    JSON::stringify(value).map(String::from).unwrap_or_default()
}
