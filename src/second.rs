//! The second part of the program: every screen but the first, the way to the wallet, and the
//! camera's sheet.
//!
//! It is what [`door::open`] reaches. The loader fetches it once the first part runs (`src/second.js`); what it does for
//! the first part stands in [`Shop::second`] when it is there.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::Failure,
    dom, door,
    shop::{Loaded, Shop},
};

/// Has the second part loaded.
pub fn load(shop: Shop) {
    shop.second.set(Loaded::Loading);
    spawn_local(async move {
        shop.second.set(match door::open().await {
            Ok(doors) => Loaded::Ready(doors),
            Err(_) if is_gone() => Loaded::Failed(Failure::Unreadable),
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
        Loaded::Loading | Loaded::Ready(_) => {}
    }
}

/// Whether the loader says so.
fn is_gone() -> bool {
    dom::property(&window(), "__gone").is_some_and(|gone| gone.is_truthy())
}
