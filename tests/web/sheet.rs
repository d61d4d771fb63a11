use leptos::prelude::*;
use storefront::{
    components::sheet::sheet,
    i18n::Text,
    ui::{el, live, nothing},
    views,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use crate::page::{Page, focused, press, settle};

/// A button that opens a sheet with two buttons.
async fn opened() -> (Page, RwSignal<bool>) {
    let open = RwSignal::new(false);
    let page = Page::show(move || {
        let dialog = move || {
            if !open.get() {
                return nothing();
            }
            let body = views![
                el("button", "first").text("1"),
                el("button", "last").text("2")
            ];
            sheet(|| Text::CHOOSE_METHOD, move || open.set(false), body)
        };
        views![
            el("button", "opener")
                .text("open")
                .press(move || open.set(true)),
            live(dialog)
        ]
    })
    .await;
    let opener = page.one(".opener");
    opener.focus().expect("it takes the focus");
    opener.click();
    settle().await;
    (page, open)
}

fn has_focus(element: &HtmlElement) -> bool {
    focused().is_some_and(|focused| focused == *element.unchecked_ref::<web_sys::Element>())
}

#[wasm_bindgen_test]
async fn the_sheet_is_a_named_modal_dialog_and_takes_the_focus() {
    let (page, _) = opened().await;
    let dialog = page.one("[role=dialog][aria-modal=true]");
    assert_eq!(page.text("#sheet-title"), "选择支付方式");
    assert_eq!(
        dialog.get_attribute("aria-labelledby").as_deref(),
        Some("sheet-title")
    );
    assert!(has_focus(&dialog));
}

#[wasm_bindgen_test]
async fn the_focus_goes_round_inside() {
    let (page, _) = opened().await;
    let (first, last) = (page.one(".first"), page.one(".last"));
    last.focus().expect("it takes the focus");
    assert!(
        !press(&last, "Tab", false),
        "the browser must not move it out"
    );
    assert!(has_focus(&first));
    assert!(!press(&first, "Tab", true));
    assert!(has_focus(&last));
    // From one button to the next the browser moves it by itself.
    assert!(press(&last, "Tab", true));
}

#[wasm_bindgen_test]
async fn escape_and_a_tap_beside_close_it_and_the_focus_goes_back() {
    let (page, open) = opened().await;
    press(&page.one(".first"), "Escape", false);
    settle().await;
    assert!(!open.get_untracked());
    assert!(page.find("[role=dialog]").is_none());
    assert!(has_focus(&page.one(".opener")));

    let (page, open) = opened().await;
    page.one(".sheet-shade").click();
    settle().await;
    assert!(!open.get_untracked());
}
