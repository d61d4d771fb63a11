use leptos::prelude::*;
use storefront::{
    components::sheet::Sheet,
    i18n::Text,
    ui::{Erase, does, nothing, part},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use crate::page::{Page, focused, in_sheet, press, settle};

fn inside(selector: &str) -> HtmlElement {
    in_sheet(selector).unwrap_or_else(|| panic!("nothing in the sheet is {selector}"))
}

fn is_closed() -> bool {
    in_sheet(".sheet").is_none()
}

/// A button that opens a sheet with two buttons.
async fn opened() -> (Page, RwSignal<bool>) {
    let open = RwSignal::new(false);
    let page = Page::show(move || {
        let dialog = move || {
            if !open.get() {
                return nothing();
            }
            view! {
                <Sheet title=|| Text::CHOOSE_METHOD close=move || open.set(false)>
                    <button class="first">"1"</button>
                    <button class="last">"2"</button>
                </Sheet>
            }
            .erase()
        };
        view! {
            <button class="opener" on:click=does(move |_| open.set(true))>
                "open"
            </button>
            {part(dialog)}
        }
        .erase()
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
    let _opened = opened().await;
    let dialog = inside("[role=dialog][aria-modal=true]");
    assert_eq!(inside("#sheet-title").inner_text(), "选择支付方式");
    assert_eq!(
        dialog.get_attribute("aria-labelledby").as_deref(),
        Some("sheet-title")
    );
    assert!(has_focus(&dialog));
}

#[wasm_bindgen_test]
async fn the_focus_goes_round_inside() {
    let _opened = opened().await;
    let (first, last) = (inside(".first"), inside(".last"));
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
    press(&inside(".first"), "Escape", false);
    settle().await;
    assert!(!open.get_untracked());
    assert!(is_closed());
    assert!(has_focus(&page.one(".opener")));

    let (_page, open) = opened().await;
    inside(".sheet-shade").click();
    settle().await;
    assert!(!open.get_untracked());
}

#[wasm_bindgen_test]
async fn the_page_behind_cannot_be_reached_while_it_is_open() {
    let app: HtmlElement = document()
        .create_element("div")
        .expect("an element")
        .unchecked_into();
    app.set_id("app");
    let behind: HtmlElement = document()
        .create_element("button")
        .expect("an element")
        .unchecked_into();
    app.append_child(&behind).expect("it is in");
    let body = document().body().expect("a body");
    body.append_child(&app).expect("it is in");

    let (_page, open) = opened().await;
    assert!(app.has_attribute("inert"));
    assert_eq!(app.get_attribute("aria-hidden").as_deref(), Some("true"));
    // An engine that does not know `inert`.
    app.remove_attribute("inert").expect("it is gone");
    behind.focus().expect("it is asked for");
    assert!(has_focus(&inside("[role=dialog]")));

    open.set(false);
    settle().await;
    assert!(is_closed());
    assert!(!app.has_attribute("inert") && !app.has_attribute("aria-hidden"));
    behind.focus().expect("it takes the focus");
    assert!(has_focus(&behind));
    app.remove();
}
