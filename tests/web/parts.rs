use leptos::prelude::*;
use storefront::ui::{Erase, does, nothing, part, reads};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use crate::page::{Page, settle};

#[wasm_bindgen_test]
async fn a_part_keeps_its_place_whatever_is_drawn_there() {
    let rows = RwSignal::new(0);
    let page = Page::show(move || {
        let inner = move || {
            let rows = (0..rows.get())
                .map(|row| view! { <i>{row}</i> }.erase())
                .collect_view();
            view! { {rows} }.erase()
        };
        // One part in another, with nothing of its own around it.
        let outer = move || {
            if rows.get() == 3 {
                nothing()
            } else {
                part(inner)
            }
        };
        view! { <p>"<" {part(outer)} ">"</p> }.erase()
    })
    .await;
    for (count, text) in [(2, "<01>"), (0, "<>"), (1, "<0>"), (3, "<>"), (2, "<01>")] {
        rows.set(count);
        settle().await;
        assert_eq!(page.text("p"), text);
    }
}

#[wasm_bindgen_test]
async fn a_value_that_follows_a_signal_leaves_its_element_alone() {
    let word = RwSignal::new(None::<&'static str>);
    let page = Page::show(move || {
        view! {
            <input
                class="word"
                class:bad=reads(move || word.get().is_some())
                aria-label=reads(move || word.get())
                prop:value=reads(move || word.get().unwrap_or_default().to_owned())
            />
        }
        .erase()
    })
    .await;
    let input = page.one("input");
    assert_eq!(input.get_attribute("aria-label"), None);
    for said in [Some("one"), None, Some("two")] {
        word.set(said);
        settle().await;
        assert_eq!(page.one("input"), input);
        assert_eq!(input.get_attribute("aria-label").as_deref(), said);
        assert_eq!(input.class_list().contains("bad"), said.is_some());
        assert_eq!(storefront::dom::value(&input), said.unwrap_or_default());
    }
}

#[wasm_bindgen_test]
async fn a_handler_is_silent_while_its_part_is_drawn_anew() {
    let (drawn, heard) = (RwSignal::new(0), RwSignal::new(0));
    let page = Page::show(move || {
        let old: StoredValue<Option<HtmlElement>, LocalStorage> = StoredValue::new_local(None);
        let button = move || {
            drawn.track();
            // An engine tells what is being taken away that it lost the focus: here it is told something by hand.
            if let Some(button) = old.get_value() {
                button.click();
            }
            let press = does(move |_| heard.update(|heard| *heard += 1));
            let button: NodeRef<leptos::html::Button> = NodeRef::new();
            let view = view! { <button node_ref=button on:click=press></button> }.erase();
            old.set_value(button.get_untracked().map(Into::into));
            view
        };
        part(button)
    })
    .await;
    page.one("button").click();
    assert_eq!(heard.get_untracked(), 1);
    drawn.set(1);
    settle().await;
    assert_eq!(heard.get_untracked(), 1);
    page.one("button").click();
    assert_eq!(heard.get_untracked(), 2);
}
