use std::{cell::Cell, rc::Rc};

use contract::Timestamp;
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use storefront::{clock, components::countdown::Countdown, timer, ui::Erase};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, settle};

#[wasm_bindgen_test]
async fn it_counts_by_the_gateways_clock() {
    // This device is an hour behind.
    clock::learn(Timestamp(clock::device_ms() + 3_600_000));
    let end = clock::now().plus_ms(90_000);
    let page = Page::show(move || view! { <Countdown end over=|| {}/> }.erase()).await;
    let time = page.text("[role=timer]");
    assert!(time == "01:30" || time == "01:29", "{time}");
    clock::learn(Timestamp(clock::device_ms()));
}

#[wasm_bindgen_test]
async fn a_device_whose_clock_is_set_back_or_forward_changes_nothing() {
    clock::learn(Timestamp(clock::device_ms()));
    let (before, waited) = (clock::now(), clock::page_ms());
    let end = before.plus_ms(90_000);
    let page = Page::show(move || view! { <Countdown end over=|| {}/> }.erase()).await;
    for hours in [-1, 24] {
        let device = set_device_clock(hours * 3_600_000);
        timer::sleep(700).await;
        let time = page.text("[role=timer]");
        assert!(("01:20"..="01:30").contains(&time.as_str()), "{time}");
        assert!(clock::now() >= before && clock::now().0 - before.0 < 10_000);
        assert!((0..10_000).contains(&(clock::page_ms() - waited)));
        drop(device);
    }
}

/// `Date.now`, moved by so many milliseconds until it is dropped.
fn set_device_clock(by: i64) -> impl Drop {
    struct Back(Function);
    impl Drop for Back {
        fn drop(&mut self) {
            let _ = Reflect::set(&date(), &"now".into(), &self.0);
        }
    }
    fn date() -> JsValue {
        Reflect::get(&window(), &"Date".into()).expect("a clock")
    }
    let real: Function = Reflect::get(&date(), &"now".into())
        .expect("a clock")
        .unchecked_into();
    let moved = Function::new_with_args("", &format!("return new Date().getTime() + {by}"));
    Reflect::set(&date(), &"now".into(), &moved).expect("it is set");
    Back(real)
}

#[wasm_bindgen_test]
async fn it_tells_once_that_the_time_is_over() {
    let told = Rc::new(Cell::new(0));
    let count = told.clone();
    let end = clock::now().plus_ms(300);
    let page = Page::show(move || {
        view! { <Countdown end over=move || count.set(count.get() + 1)/> }.erase()
    })
    .await;
    timer::sleep(1800).await;
    settle().await;
    assert_eq!(page.text("[role=timer]"), "00:00");
    assert_eq!(told.get(), 1);
}
