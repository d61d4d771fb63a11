use std::{cell::Cell, rc::Rc};

use contract::Timestamp;
use storefront::{clock, components::countdown::countdown, timer};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, settle};

#[wasm_bindgen_test]
async fn it_counts_by_the_gateways_clock() {
    // This device is an hour behind.
    clock::learn(Timestamp(clock::device_ms() + 3_600_000));
    let end = clock::now().plus_ms(90_000);
    let page = Page::show(move || countdown(end, || {})).await;
    let time = page.text("[role=timer]");
    assert!(time == "01:30" || time == "01:29", "{time}");
    clock::learn(Timestamp(clock::device_ms()));
}

#[wasm_bindgen_test]
async fn it_tells_once_that_the_time_is_over() {
    let told = Rc::new(Cell::new(0));
    let count = told.clone();
    let end = clock::now().plus_ms(300);
    let page = Page::show(move || countdown(end, move || count.set(count.get() + 1))).await;
    timer::sleep(1800).await;
    settle().await;
    assert_eq!(page.text("[role=timer]"), "00:00");
    assert_eq!(told.get(), 1);
}
