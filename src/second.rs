//! The second part of the program: every screen but the first, the way to the wallet, and the
//! camera's sheet.
//!
//! The build cuts it off (`crates/xtask/src/build/split`), and the loader fetches it once the first part runs. Until it
//! is there, nothing behind [`crate::door`] may be called.

use js_sys::{Function, Promise};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::{
    api::Failure,
    dom,
    shop::{Loaded, Shop},
};

/// Has the second part loaded. A build for development is in one piece.
pub fn load(shop: Shop) {
    let loader = dom::property(&window(), "__second").and_then(|it| it.dyn_into::<Function>().ok());
    let Some(loader) = loader else {
        return shop.second.set(Loaded::Ready(()));
    };
    shop.second.set(Loaded::Loading);
    spawn_local(async move {
        let loaded = match loader.call0(&JsValue::NULL) {
            Ok(loading) => JsFuture::from(Promise::resolve(&loading)).await,
            Err(error) => Err(error),
        };
        shop.second.set(match loaded {
            Ok(_) => Loaded::Ready(()),
            Err(error) if is_gone(&error) => Loaded::Failed(Failure::Unreadable),
            Err(_) => Loaded::Failed(Failure::Offline),
        });
    });
}

/// Tries again, if it failed. Where the part's file is gone, since the shop was renewed meanwhile, the whole page is
/// loaded anew.
pub fn load_again(shop: Shop) {
    match shop.second.get_untracked() {
        Loaded::Failed(Failure::Unreadable) => drop(window().location().reload()),
        Loaded::Failed(_) => load(shop),
        Loaded::Loading | Loaded::Ready(()) => {}
    }
}

/// Whether the loader says so.
fn is_gone(error: &JsValue) -> bool {
    dom::property(error, "message")
        .and_then(|message| message.as_string())
        .is_some_and(|message| message == "status 404")
}
