//! The components, in a browser.
#![cfg(target_arch = "wasm32")]

mod card_field;
mod countdown;
mod json;
mod links;
mod packages;
mod page;
mod parts;
mod qr_code;
mod requests;
mod sheet;
mod store;
mod words;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
