use leptos::prelude::*;
use storefront::{
    components::card_field::card_field,
    deep_link::DeepLink,
    shop::{Card, Shop},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, EventInit, HtmlInputElement};

use crate::page::{Page, settle};

fn type_in(page: &Page, text: &str) -> HtmlInputElement {
    let input: HtmlInputElement = page.one("input").unchecked_into();
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
        card_field(shop)
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
async fn what_the_gateway_says_of_the_card_stands_below_the_box() {
    let page = Page::show(|| {
        let shop = Shop::start(DeepLink {
            card: Some(String::new()),
            ..DeepLink::default()
        });
        shop.card
            .set(Card::Failed(storefront::api::Failure::Offline));
        card_field(shop)
    })
    .await;
    settle().await;
    assert!(page.text("#card-error").contains("网络连接失败"));
    assert_eq!(page.text("#card-error button"), "重试");
}
