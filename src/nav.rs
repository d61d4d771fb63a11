//! Where the page is, and going elsewhere in it.
//!
//! The screens are few and `app` tells them apart by itself, so that of a router only the history is left.

use std::cell::Cell;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlAnchorElement, MouseEvent};

use crate::dom;

thread_local! {
    static PATH: Cell<Option<RwSignal<String>>> = const { Cell::new(None) };
}

/// Follows the address from now on. Called once.
#[must_use]
pub fn path() -> RwSignal<String> {
    let path = RwSignal::new(here());
    PATH.set(Some(path));
    window_event_listener_untyped("popstate", |_| show(&here()));
    window_event_listener_untyped("click", follow_link);
    path
}

/// Goes to an address of the page; the back button leads here again.
pub fn go(address: &str) {
    if let Ok(history) = window().history()
        && window().location().href().ok() != Some(dom::origin() + address)
    {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(address));
    }
    arrive(address);
}

/// Goes to an address of the page in place of this one.
pub fn replace(address: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(address));
    }
    arrive(address);
}

/// What the history keeps beside the present address.
#[must_use]
pub fn state() -> Option<String> {
    window().history().ok()?.state().ok()?.as_string()
}

/// Keeps text beside the present address, for a reload or the way back.
pub fn set_state(text: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::from_str(text), "", None);
    }
}

/// The path of the present address.
#[must_use]
pub fn here() -> String {
    window()
        .location()
        .pathname()
        .unwrap_or_else(|_| "/".into())
}

/// Shows the screen at an address from its top. Where there is no history to write to, the screen changes all the same.
fn arrive(address: &str) {
    show(address.split(['?', '#']).next().unwrap_or(address));
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

fn show(path: &str) {
    if let Some(shown) = PATH.get()
        && shown.with_untracked(|shown| shown != path)
    {
        shown.set(path.to_owned());
    }
}

/// Follows a link to another screen. New tabs, other sites, files and places within the screen are the browser's own.
fn follow_link(event: Event) {
    let click: &MouseEvent = event.unchecked_ref();
    let held = click.meta_key() || click.alt_key() || click.ctrl_key() || click.shift_key();
    if event.default_prevented() || click.button() != 0 || held {
        return;
    }
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let Some(link) = target.and_then(|target| target.closest("a[href]").ok()?) else {
        return;
    };
    let link: HtmlAnchorElement = link.unchecked_into();
    let elsewhere = !link.target().is_empty()
        || link.has_attribute("download")
        || link.rel().split(' ').any(|word| word == "external")
        || link.origin() != dom::origin();
    let within = !link.hash().is_empty() && link.pathname() == here();
    if !elsewhere && !within {
        event.prevent_default();
        go(&(link.pathname() + &link.search() + &link.hash()));
    }
}
