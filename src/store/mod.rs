//! What this device remembers. Where the browser blocks storage, nothing is remembered and everything else works.

pub mod cards;
pub mod intents;
mod list;
pub mod orders;

use leptos::prelude::{document, window};
use web_sys::Storage;

/// Reads text that stays.
#[must_use]
pub fn read(name: &str) -> Option<String> {
    local()?.get_item(name).ok()?
}

/// Writes text that stays.
pub fn write(name: &str, text: &str) {
    if let Some(storage) = local() {
        let _ = storage.set_item(name, text);
    }
}

/// Reads text that ends with the tab.
#[must_use]
pub fn read_for_tab(name: &str) -> Option<String> {
    tab()?.get_item(name).ok()?
}

/// Writes text that ends with the tab.
pub fn write_for_tab(name: &str, text: &str) {
    if let Some(storage) = tab() {
        let _ = storage.set_item(name, text);
    }
}

/// Tells the gateway too, by a cookie for a year: it draws the first picture, and cannot ask the page.
pub fn write_for_gateway(name: &str, text: &str) {
    let cookie = format!("{name}={text}; path=/; max-age=31536000; samesite=lax");
    let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
}

fn local() -> Option<Storage> {
    window().local_storage().ok()?
}

fn tab() -> Option<Storage> {
    window().session_storage().ok()?
}
