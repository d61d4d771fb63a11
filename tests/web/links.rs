use leptos::prelude::*;
use storefront::{nav, ui::Erase};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, settle};

fn links() -> AnyView {
    view! {
        <a class="screen" href="/notices?from=test">"screen"</a>
        <a class="place" href="#below">"place"</a>
        <a class="rules" href="javascript:void(0)">"rules"</a>
        <a class="other" href="/terms" rel="external">"other"</a>
        <a class="tab" href="/usage" target="_blank">"tab"</a>
    }
    .erase()
}

/// The address is the browser's, so that one test has it to itself.
#[wasm_bindgen_test]
async fn links_to_screens_are_followed_and_others_left_to_the_browser() {
    // The page follows its address for as long as it is open.
    let owner = Owner::new();
    let path = owner.with(nav::path);
    std::mem::forget(owner);
    let start = window().location().href().expect("an address");
    let page = Page::show(links).await;

    page.one(".screen").click();
    assert_eq!(path.get_untracked(), "/notices");
    assert_eq!(window().location().search().as_deref(), Ok("?from=test"));

    page.one(".place").click();
    page.one(".rules").click();
    assert_eq!(path.get_untracked(), "/notices");
    assert_eq!(window().location().hash().as_deref(), Ok("#below"));

    for class in [".other", ".tab"] {
        let link = page.one(class);
        // Nobody else stops it, or the browser would leave this test.
        let seen = RwSignal::new(None);
        let handle = window_event_listener(leptos::ev::click, move |event| {
            seen.set(Some(event.default_prevented()));
            event.prevent_default();
        });
        link.click();
        handle.remove();
        assert_eq!(seen.get_untracked(), Some(false), "{class}");
        assert_eq!(path.get_untracked(), "/notices");
    }

    nav::go("/orders");
    assert_eq!(path.get_untracked(), "/orders");
    window()
        .history()
        .expect("a history")
        .back()
        .expect("it goes back");
    settle().await;
    settle().await;
    assert_eq!(path.get_untracked(), "/notices");

    // A jump over several entries, and then to where they led.
    nav::go("/orders");
    nav::go("/usage");
    window()
        .history()
        .expect("a history")
        .go_with_delta(-2)
        .expect("it goes back");
    settle().await;
    settle().await;
    assert_eq!(path.get_untracked(), "/notices");
    nav::go("/usage");
    assert_eq!(path.get_untracked(), "/usage");
    assert_eq!(nav::here(), "/usage");
    nav::replace(start.trim_start_matches(&storefront::dom::origin()));
}
