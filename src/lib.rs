//! The mobile page on which the holder of a data card tops it up.
//!
//! `app` routes to `pages`, which are made of `components`. `api` is the only caller of the gateway, `host` the only
//! place that touches the bridges of the apps around the page, `store` the only one that touches the browser's storage.
//! `second` has the part of the program loaded that the first screen does not run; `door` is the way into it.
//! The page never decides that money arrived: it shows what the gateway says, and `watch` decides when to ask.

use wasm_bindgen_futures::spawn_local;

pub mod api;
pub mod app;
pub mod checkout;
pub mod clock;
pub mod components;
pub mod deep_link;
pub mod dom;
pub mod door;
pub mod host;
pub mod i18n;
pub mod json;
pub mod launch;
pub mod nav;
pub mod offer;
pub mod outage;
pub mod overlay;
pub mod pages;
pub mod qr;
pub mod second;
pub mod shop;
pub mod store;
pub mod takeover;
pub mod timer;
pub mod ui;
pub mod watch;

/// Puts the page into the document and takes the static shell out, in steps between which a slow phone answers.
pub fn mount() {
    spawn_local(async {
        timer::pause().await;
        let link = deep_link::take();
        i18n::start(link.language.as_deref());
        timer::pause().await;
        app::start(link);
    });
}
