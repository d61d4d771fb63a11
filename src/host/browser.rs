//! A plain browser.

use leptos::prelude::{document, window};

use crate::{dom, store};

const ENTRY: &str = "rc.entry";

/// Remembers, once a tab, how long its history was when the page was entered from another site.
pub fn remember_entry() {
    if store::read_for_tab(ENTRY).is_some() {
        return;
    }
    let referrer = document().referrer();
    let foreign = !referrer.is_empty() && !referrer.starts_with(&dom::origin());
    let length = window()
        .history()
        .and_then(|history| history.length())
        .unwrap_or(0);
    let entry = if foreign && length > 1 { length } else { 0 };
    store::write_for_tab(ENTRY, &entry.to_string());
}

/// Goes back to the site from which the shop was entered, past its own screens and the wallet's.
pub(super) fn leave() -> bool {
    let entry = store::read_for_tab(ENTRY)
        .and_then(|text| text.parse::<u32>().ok())
        .unwrap_or(0);
    let Ok(history) = window().history() else {
        return false;
    };
    let length = history.length().unwrap_or(0);
    if entry == 0 || length < entry {
        return false;
    }
    i32::try_from(length - entry + 1).is_ok_and(|steps| history.go_with_delta(-steps).is_ok())
}

/// Closes the window, which works where a script opened it.
pub(super) fn close() {
    let _ = window().close();
}
