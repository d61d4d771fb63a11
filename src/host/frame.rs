//! A page that frames this one. Only origins that the gateway's policy allows can do so.

use leptos::prelude::{document, window};
use wasm_bindgen::JsValue;

use super::object;

/// Leaves for an address with the framing page, while the tap that asked for it still counts. Says whether it went.
#[must_use]
pub fn assign_top(url: &str) -> bool {
    window()
        .top()
        .ok()
        .flatten()
        .is_some_and(|top| top.location().set_href(url).is_ok())
}

pub(super) fn close() -> bool {
    let parent = window()
        .parent()
        .ok()
        .flatten()
        .filter(|parent| *parent != window());
    let (Some(parent), Some(origin)) = (parent, parent_origin()) else {
        return false;
    };
    let message = object(&[("type", "close")]);
    let _ = js_sys::Reflect::set(&message, &"v".into(), &JsValue::from_f64(1.0));
    parent.post_message(&message, &origin).is_ok()
}

/// Where the framing page is from: what the frame was opened by, before any wallet was visited.
fn parent_origin() -> Option<String> {
    let referrer = document().referrer();
    let after_scheme = referrer.find("://")? + 3;
    let end = referrer[after_scheme..]
        .find('/')
        .map_or(referrer.len(), |at| after_scheme + at);
    Some(referrer[..end].to_owned())
}
