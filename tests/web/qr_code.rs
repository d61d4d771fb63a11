use leptos::prelude::*;
use storefront::{components::qr_code::QrCode, ui::Erase};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlImageElement;

use wasm_bindgen::JsCast;

use crate::page::Page;

#[wasm_bindgen_test]
async fn the_code_is_one_named_picture_that_can_be_saved() {
    let page =
        Page::show(|| view! { <QrCode text="https://wallet.example/pay?order=1"/> }.erase()).await;
    let picture: HtmlImageElement = page.one("img").unchecked_into();
    assert_eq!(picture.alt(), "付款二维码");
    assert!(picture.src().starts_with("data:image/png;base64,"));
    wasm_bindgen_futures::JsFuture::from(picture.decode())
        .await
        .expect("the browser can read it");
    assert_eq!(picture.natural_width(), picture.natural_height());
    assert!(picture.natural_width() >= 300);
}

#[wasm_bindgen_test]
async fn what_is_too_long_for_a_code_shows_nothing() {
    let text = "x".repeat(5000);
    let page = Page::show(move || view! { <QrCode text/> }.erase()).await;
    assert_eq!(page.count("img"), 0);
}
