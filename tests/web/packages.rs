use contract::{Carrier, Category, Fen, Package, ResetRule};
use leptos::prelude::*;
use storefront::{
    components::{category_picker::CategoryPicker, package_grid::PackageGrid},
    deep_link::DeepLink,
    shop::Shop,
    ui::Erase,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlInputElement;

use crate::page::{Page, settle};

fn category() -> Category {
    let package = |id: &str, gigabytes: i64, price: i64, sold_out| Package {
        id: id.into(),
        name: format!("{gigabytes}GB 月清零"),
        price_fen: Fen(price),
        original_fen: None,
        data_mb: gigabytes * 1024,
        validity: "当月有效".into(),
        tags: Vec::new(),
        sold_out,
    };
    Category {
        id: "11".into(),
        name: "移动 - 月清零".into(),
        carrier: Carrier::Mobile,
        reset_rule: ResetRule::Monthly,
        packages: vec![
            package("1101", 1, 1200, false),
            package("1102", 2, 1800, false),
            package("1103", 3, 2410, true),
        ],
    }
}

fn radio(page: &Page, value: &str) -> HtmlInputElement {
    page.one(&format!("input[value='{value}']"))
        .unchecked_into()
}

#[wasm_bindgen_test]
async fn packages_are_radio_buttons_named_by_volume_rule_and_price() {
    let page = Page::show(|| {
        let shop = Shop::start(DeepLink::default());
        view! { <PackageGrid shop category=category()/> }.erase()
    })
    .await;
    let group = page.one("[role=radiogroup]");
    assert_eq!(group.get_attribute("aria-label").as_deref(), Some("套餐"));
    assert_eq!(page.count("input[type=radio][name=package]"), 3);
    let name = radio(&page, "1102")
        .get_attribute("aria-label")
        .expect("a name");
    assert!(name.contains("2GB 月清零 ¥18"), "{name}");
    let sold_out = radio(&page, "1103");
    assert!(sold_out.disabled());
    assert!(
        sold_out
            .get_attribute("aria-label")
            .expect("a name")
            .contains("售罄")
    );
}

#[wasm_bindgen_test]
async fn a_tap_chooses_one_package_and_no_other() {
    let chosen = RwSignal::new(None);
    let page = Page::show(move || {
        let shop = Shop::start(DeepLink {
            package: Some("1101".into()),
            ..DeepLink::default()
        });
        Effect::new(move |_| chosen.set(shop.package.get()));
        view! { <PackageGrid shop category=category()/> }.erase()
    })
    .await;
    assert!(radio(&page, "1101").checked());
    radio(&page, "1102").click();
    settle().await;
    assert_eq!(chosen.get_untracked().as_deref(), Some("1102"));
    assert!(radio(&page, "1102").checked());
    assert!(!radio(&page, "1101").checked());
}

#[wasm_bindgen_test]
async fn categories_are_a_named_group_too() {
    let page = Page::show(|| {
        let shop = Shop::start(DeepLink::default());
        view! { <CategoryPicker shop categories=vec![category()] shown="11"/> }.erase()
    })
    .await;
    let group = page.one("[role=radiogroup]");
    assert_eq!(
        group.get_attribute("aria-label").as_deref(),
        Some("套餐类型")
    );
    assert!(radio(&page, "11").checked());
    assert_eq!(page.text(".chip-face"), "移动 · 月清零");
}
