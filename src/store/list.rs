//! Lists in the storage.
//!
//! Tabs of an older and a newer program write the same list. What this one cannot read, of an entry or in it, is not
//! shown; but it is kept.

use js_sys::{Array, JSON, Object};
use wasm_bindgen::{JsCast, JsValue};

use crate::json::{self, Json};

/// So many entries of other programs are kept.
const MOST: usize = 30;

/// How a kind of entry is read, written, and told from others.
pub(super) struct Kind<T> {
    /// Reads an entry.
    pub(super) read: fn(&Json) -> Option<T>,
    /// Writes it.
    pub(super) write: fn(&T) -> JsValue,
    /// Whether the two are one entry.
    pub(super) is_same: fn(&T, &T) -> bool,
}

impl<T> Kind<T> {
    /// The entries of a list that can be read.
    pub(super) fn entries(&self, text: Option<&str>) -> Vec<T> {
        let stored = stored(text);
        stored
            .iter()
            .filter_map(|entry| self.entry(entry))
            .collect()
    }

    /// The list with these entries, in which whatever could not be read is kept.
    pub(super) fn list(&self, text: Option<&str>, entries: &[T]) -> String {
        let mut unread = Vec::new();
        let mut known = Vec::new();
        for entry in stored(text) {
            match self.entry(&entry) {
                Some(read) => known.push((read, entry)),
                None => unread.push(entry),
            }
        }
        unread.truncate(MOST);
        let written = entries.iter().map(|entry| {
            let before = known.iter().find(|(known, _)| (self.is_same)(known, entry));
            over(before.map(|(_, before)| before), (self.write)(entry))
        });
        json::list(written.chain(unread))
    }

    fn entry(&self, entry: &JsValue) -> Option<T> {
        json::read_value(entry.clone(), self.read).flatten()
    }
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
