use storefront::{components::qr_code::qr_code, qr};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::Page;

#[wasm_bindgen_test]
async fn the_code_is_one_named_picture_black_on_white() {
    let text = "https://wallet.example/pay?order=1";
    let page = Page::show(move || qr_code(text)).await;
    let picture = page.one("svg[role=img]");
    assert_eq!(
        picture.get_attribute("aria-label").as_deref(),
        Some("付款二维码")
    );
    assert_eq!(page.count("path"), 1);
    let path = page.one("path");
    assert_eq!(
        path.get_attribute("d"),
        qr::draw(text).map(|drawing| drawing.path)
    );
    assert_eq!(path.get_attribute("fill").as_deref(), Some("#000"));
    assert_eq!(
        page.one("rect").get_attribute("fill").as_deref(),
        Some("#fff")
    );
}
