//! Lists in the storage.
//!
//! Tabs of an older and a newer program write the same list. What this one cannot read, of an entry or in it, is not
//! shown; but it is kept.

use js_sys::{Array, JSON, Object};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};

use crate::json;

/// So many entries of other programs are kept.
const MOST: usize = 30;

/// What such a list is made of.
pub(super) trait Entry: Serialize + DeserializeOwned {
    /// Whether the two are one entry.
    fn is_same(&self, other: &Self) -> bool;
}

/// The entries of a list that can be read.
pub(super) fn entries<T: Entry>(text: Option<&str>) -> Vec<T> {
    stored(text)
        .into_iter()
        .filter_map(json::read_value)
        .collect()
}

/// The list with these entries, in which whatever could not be read is kept.
pub(super) fn list<T: Entry>(text: Option<&str>, entries: &[T]) -> String {
    let mut unread = Vec::new();
    let mut known = Vec::new();
    for entry in stored(text) {
        match json::read_value::<T>(entry.clone()) {
            Some(read) => known.push((read, entry)),
            None => unread.push(entry),
        }
    }
    unread.truncate(MOST);
    let written = entries.iter().map(|entry| {
        let before = known.iter().find(|(known, _)| known.is_same(entry));
        over(before.map(|(_, before)| before), json::write_value(entry))
    });
    let whole: Array = written.chain(unread).collect();
    JSON::stringify(&whole)
        .map(String::from)
        .unwrap_or_default()
}

/// What is stored, entry by entry. What is no list is kept as one entry that nobody can read.
fn stored(text: Option<&str>) -> Vec<JsValue> {
    let Some(text) = text else { return Vec::new() };
    match JSON::parse(text) {
        Ok(value) if Array::is_array(&value) => Array::from(&value).to_vec(),
        Ok(value) => vec![value],
        Err(_) => vec![text.into()],
    }
}

/// An entry as it is now, with the fields that only another program knows.
fn over(before: Option<&JsValue>, now: JsValue) -> JsValue {
    match (before, now.dyn_ref::<Object>()) {
        (Some(before), Some(fields)) if before.is_object() => {
            let whole = Object::assign(&Object::new(), before.unchecked_ref());
            Object::assign(&whole, fields).into()
        }
        _ => now,
    }
}
