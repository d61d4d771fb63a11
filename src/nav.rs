//! Where the page is, and going elsewhere in it: the router with its way of matching left out.

use std::cell::RefCell;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
    location::{BrowserUrl, LocationProvider},
};
use wasm_bindgen::JsValue;

type Go = Box<dyn Fn(&str, NavigateOptions)>;

thread_local! {
    static GO: RefCell<Option<Go>> = const { RefCell::new(None) };
}

/// Follows the address. Called once, inside the router.
#[must_use]
pub fn path() -> Memo<String> {
    let go = use_navigate();
    GO.set(Some(Box::new(move |path, options| go(path, options))));
    let location = use_location();
    let browser = use_context::<BrowserUrl>();
    let pathname = location.pathname;
    // A link that was followed waits for the routes it leads to; there are none here to say that they are ready.
    Effect::new(move |_| {
        pathname.track();
        if let Some(browser) = &browser {
            browser.ready_to_complete();
        }
    });
    pathname
}

/// Goes to a path of the page; the back button leads here again.
pub fn go(path: &str) {
    move_to(path, NavigateOptions::default());
}

/// Goes to a path of the page in place of this one.
pub fn replace(path: &str) {
    move_to(
        path,
        NavigateOptions {
            replace: true,
            ..NavigateOptions::default()
        },
    );
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

fn move_to(path: &str, options: NavigateOptions) {
    GO.with_borrow(|go| {
        if let Some(go) = go {
            go(path, options);
        }
    });
}
