use leptos::prelude::*;
use storefront::{
    components::card_field::CardField,
    deep_link::DeepLink,
    shop::{Card, Shop},
    ui::Erase,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{CustomEvent, CustomEventInit, Event, EventInit, HtmlInputElement};

use crate::page::{Page, in_sheet, press, settle};

fn type_in(page: &Page, text: &str) -> HtmlInputElement {
    let input: HtmlInputElement = page.one("input").unchecked_into();
    input.focus().expect("whoever types is in the box");
    input.set_value(text);
    let init = EventInit::new();
    init.set_bubbles(true);
    let event = Event::new_with_event_init_dict("input", &init).expect("an event");
    input.dispatch_event(&event).expect("it is sent");
    input
}

async fn field() -> Page {
    Page::show(|| {
        let shop = Shop::start(DeepLink {
            card: Some(String::new()),
            ..DeepLink::default()
        });
        shop.want_card();
        storefront::second::load(shop);
        view! { <CardField shop/> }.erase()
    })
    .await
}

#[wasm_bindgen_test]
async fn the_box_has_its_name_and_asks_for_letters_too() {
    let page = field().await;
    let input = page.one("input");
    assert_eq!(page.text("label"), "流量卡号");
    assert_eq!(page.one("label").get_attribute("for"), Some(input.id()));
    assert_eq!(input.get_attribute("inputmode").as_deref(), Some("text"));
    assert_eq!(input.get_attribute("autocomplete").as_deref(), Some("off"));
}

#[wasm_bindgen_test]
async fn a_wrong_number_is_told_and_stays_as_it_was_typed() {
    let page = field().await;
    let input = type_in(&page, "8986 07zz");
    settle().await;
    assert_eq!(page.text("#card-error"), "卡号只能包含数字和字母 A 到 F");
    assert_eq!(input.value(), "8986 07zz");
    assert_eq!(input.get_attribute("aria-invalid").as_deref(), Some("true"));
}

#[wasm_bindgen_test]
async fn whoever_is_still_typing_is_left_alone_until_they_leave() {
    let page = field().await;
    let input = type_in(&page, "898607");
    settle().await;
    assert_eq!(page.text("#card-error"), "");
    let blur = Event::new("blur").expect("an event");
    input.dispatch_event(&blur).expect("it is sent");
    settle().await;
    assert!(page.text("#card-error").contains("现在是 6 位"));
}

#[wasm_bindgen_test]
async fn half_a_number_that_nobody_is_typing_is_told_at_once() {
    let page = Page::show(|| {
        let shop = Shop::start(DeepLink {
            card: Some("+86144001".into()),
            ..DeepLink::default()
        });
        shop.want_card();
        view! { <CardField shop/> }.erase()
    })
    .await;
    settle().await;
    assert!(page.text("#card-error").contains("现在是 6 位"));
}

#[wasm_bindgen_test]
async fn the_key_that_says_search_tells_what_is_missing() {
    let page = field().await;
    press(&page.one("input"), "Enter", false);
    settle().await;
    assert_eq!(page.text("#card-error"), "请输入流量卡号");
    let input = type_in(&page, "898607");
    settle().await;
    assert_eq!(page.text("#card-error"), "");
    press(&input, "a", false);
    settle().await;
    assert_eq!(page.text("#card-error"), "");
    press(&input, "Enter", false);
    settle().await;
    assert!(page.text("#card-error").contains("现在是 6 位"));
    type_in(&page, "6222021234567890123");
    settle().await;
    assert!(page.text("#card-error").starts_with("ICCID 以 89 开头"));
}

#[wasm_bindgen_test]
async fn what_the_gateway_says_of_the_card_stands_below_the_box() {
    let page = Page::show(|| {
        let shop = Shop::start(DeepLink {
            card: Some(String::new()),
            ..DeepLink::default()
        });
        shop.card
            .set(Card::Failed(storefront::api::Failure::Offline));
        view! { <CardField shop/> }.erase()
    })
    .await;
    settle().await;
    assert!(page.text("#card-error").contains("网络连接失败"));
    assert_eq!(page.text("#card-error button"), "重试");
}

/// What the page's script tells the box.
fn tell(page: &Page, detail: &str) {
    let init = CustomEventInit::new();
    init.set_detail(&js_sys::JSON::parse(detail).expect("JSON"));
    let event = CustomEvent::new_with_event_init_dict("scan", &init).expect("an event");
    page.one("input")
        .dispatch_event(&event)
        .expect("it is sent");
}

async fn after_a_frame() {
    storefront::timer::sleep(60).await;
    settle().await;
}

#[wasm_bindgen_test]
async fn a_button_to_scan_stands_in_an_empty_box_and_the_one_that_empties_it_in_a_full_one() {
    let page = field().await;
    let label = |page: &Page| page.one(".field button").get_attribute("aria-label");
    assert_eq!(label(&page).as_deref(), Some("扫码输入卡号"));
    type_in(&page, "8");
    settle().await;
    assert_eq!(page.count(".field button"), 1);
    assert_eq!(label(&page).as_deref(), Some("清空卡号"));
}

#[wasm_bindgen_test]
async fn what_was_scanned_stands_in_the_box_and_is_told_if_it_is_no_number() {
    let page = field().await;
    tell(&page, r#"{"text":"CODE_128,8986 07B2 0917"}"#);
    after_a_frame().await;
    let input: HtmlInputElement = page.one("input").unchecked_into();
    assert_eq!(input.value(), "8986 07B2 0917");
    assert!(page.text("#card-error").contains("现在是 12 位"));
}

#[wasm_bindgen_test]
async fn why_nothing_was_scanned_is_told_until_something_is_typed() {
    let page = field().await;
    tell(&page, r#"{"text":""}"#);
    settle().await;
    assert_eq!(page.text("#card-error"), "");
    tell(&page, r#"{"trouble":"NotAllowedError"}"#);
    settle().await;
    assert!(page.text("#card-error").contains("没有使用相机的权限"));
    tell(&page, r#"{"trouble":"Error"}"#);
    settle().await;
    assert!(page.text("#card-error").starts_with("没有扫到卡号"));
    assert_eq!(page.one("input").get_attribute("aria-invalid"), None);
    type_in(&page, "8986");
    settle().await;
    assert_eq!(page.text("#card-error"), "");
}

#[wasm_bindgen_test]
async fn the_camera_is_looked_through_in_a_sheet_until_it_is_closed() {
    let page = field().await;
    tell(&page, r#"{"trouble":"camera"}"#);
    settle().await;
    assert!(in_sheet("video").is_some());
    in_sheet(".button").expect("a way out").click();
    settle().await;
    assert!(in_sheet("video").is_none());
}
