//! JSON as the contract's own derives read and write it: serde over the browser's parser, and `serde_json` to write.
//!
//! The browser has a parser already. What stands between it and serde is this one small [`Deserializer`], since the
//! first screen pays for every byte: with `serde_json`'s parser it weighs 20 KB more, with `serde-wasm-bindgen`, which
//! does the same for every type there is, 14 KB more. It knows what the contract is made of, which is less: objects with
//! names known beforehand, lists, words, texts, whole numbers, yes and no. Whatever else a derive asks for is refused,
//! and `tests/web/json.rs`, where `serde_json` reads the same answers, shows it.
//!
//! Two things about a derive make it small. A struct is read as the sequence of its fields, in the order of their names,
//! so that the code that looks names up vanishes; a name that serde knows under an alias would break that. A word is
//! looked up in the names here, once for all enums.

use std::{fmt, slice};

use js_sys::{Array, JSON, Number, Reflect};
use serde::{
    Deserializer, Serialize,
    de::{
        self, DeserializeOwned, DeserializeSeed, IntoDeserializer, SeqAccess, Visitor,
        value::U32Deserializer,
    },
    forward_to_deserialize_any,
};
use wasm_bindgen::{JsCast, JsValue};

/// Reads a text; `None` where it is not JSON, or not what the type says.
#[must_use]
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    read_value(JSON::parse(text).ok()?)
}

/// Reads a value of the browser's; `None` where it is not what the type says.
#[must_use]
pub fn read_value<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    T::deserialize(Value(value)).ok()
}

/// Writes a text.
#[must_use]
pub fn write(value: &impl Serialize) -> String {
    // What refuses is a map whose keys are no texts; nothing here has one.
    serde_json::to_string(value).unwrap_or_default()
}

/// Writes a value of the browser's.
#[must_use]
pub fn write_value(value: &impl Serialize) -> JsValue {
    JSON::parse(&write(value)).unwrap_or_default()
}

/// A value that is not what was expected. It does not say what: nobody would read it.
#[derive(Debug)]
struct Unexpected;

/// A value while it is read.
struct Value(JsValue);

/// The fields of an object, in the order in which a type names them.
struct Fields {
    object: JsValue,
    names: slice::Iter<'static, &'static str>,
}

/// What a list holds.
struct Items {
    list: Array,
    next: u32,
}

impl fmt::Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not what the contract says")
    }
}

impl std::error::Error for Unexpected {}

impl de::Error for Unexpected {
    fn custom<T: fmt::Display>(_: T) -> Unexpected {
        Unexpected
    }
}

impl Value {
    fn text(&self) -> Result<String, Unexpected> {
        self.0.as_string().ok_or(Unexpected)
    }

    /// A whole number of 53 bits: beyond, the browser's parser has rounded it already.
    fn number(&self) -> Result<i64, Unexpected> {
        let number = self.0.as_f64().ok_or(Unexpected)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is a whole number of 53 bits"
        )]
        Number::is_safe_integer(&self.0)
            .then_some(number as i64)
            .ok_or(Unexpected)
    }

    /// Where a word stands among others. One that is not there stands behind the last, and a type may have a meaning for
    /// it.
    fn place(&self, names: &[&str]) -> Result<u32, Unexpected> {
        let word = self.text()?;
        let place = names.iter().position(|name| *name == word);
        place
            .unwrap_or(names.len())
            .try_into()
            .map_err(|_| Unexpected)
    }
}

impl Fields {
    /// The next field's value; `undefined` where the object has none.
    fn take(&mut self) -> Option<JsValue> {
        let name = self.names.next()?;
        Some(Reflect::get(&self.object, &(*name).into()).unwrap_or_default())
    }
}

impl Items {
    fn take(&mut self) -> Option<JsValue> {
        let here = self.next;
        self.next += 1;
        (here < self.list.length()).then(|| self.list.get(here))
    }
}

macro_rules! whole_numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
            visitor.visit_i64(self.number()?)
        })*
    };
}

impl<'de> Deserializer<'de> for Value {
    type Error = Unexpected;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unexpected> {
        Err(Unexpected)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_bool(self.0.as_bool().ok_or(Unexpected)?)
    }

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        if self.0.is_null() || self.0.is_undefined() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unexpected> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        let list: Array = self.0.dyn_into().map_err(|_| Unexpected)?;
        visitor.visit_seq(Items { list, next: 0 })
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Unexpected> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unexpected> {
        if !self.0.is_object() {
            return Err(Unexpected);
        }
        visitor.visit_seq(Fields {
            object: self.0,
            names: names.iter(),
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unexpected> {
        let place: U32Deserializer<Unexpected> = self.place(names)?.into_deserializer();
        visitor.visit_enum(place)
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct map identifier ignored_any
    }
}

impl<'de> SeqAccess<'de> for Fields {
    type Error = Unexpected;

    /// `None` stands for a field that is not there, and the type says whether it can do without; the fields after it
    /// come all the same.
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unexpected> {
        let Some(value) = self.take() else {
            return Ok(None);
        };
        let is_absent = value.is_undefined();
        match seed.deserialize(Value(value)) {
            Err(Unexpected) if is_absent => Ok(None),
            read => read.map(Some),
        }
    }
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Unexpected;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unexpected> {
        match self.take() {
            Some(value) => seed.deserialize(Value(value)).map(Some),
            None => Ok(None),
        }
    }
}
