//! A sheet that rises from below and keeps the keyboard to itself until it is closed.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::i18n::{Text, t};

/// The id of the sheet, to put the focus on it when what is in it changes.
pub const ID: &str = "sheet";

const FOCUSABLE: &str = "button:not([disabled]),a[href],input:not([disabled])";

/// A sheet with a title and what is in it. `close` is asked for by Esc and by a tap beside the sheet.
///
/// The focus goes to the title, round among what can be pressed, and back to where it was.
#[must_use]
pub fn sheet(
    title: impl Fn() -> Text + Send + 'static,
    close: impl Fn() + Clone + 'static,
    body: AnyView,
) -> AnyView {
    let dialog = NodeRef::<html::Div>::new();
    let opener = document().active_element();
    if let Some(root) = document().document_element() {
        let _ = root.class_list().add_1("locked");
    }
    let opener = StoredValue::new_local(opener);
    on_cleanup(move || {
        unlock();
        let Some(opener) = opener.with_value(Clone::clone) else {
            return;
        };
        // Once the sheet is gone, nothing has the focus, unless another sheet or the next screen took it.
        request_animation_frame(move || {
            if document()
                .active_element()
                .is_none_or(|active| active.tag_name() == "BODY")
            {
                let _ = opener.unchecked_into::<HtmlElement>().focus();
            }
        });
    });
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            let _ = dialog.focus();
        }
    });
    let beside = close.clone();
    let keys = move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" => close(),
        "Tab" => {
            if let Some(dialog) = dialog.get_untracked() {
                keep_inside(&dialog, &event);
            }
        }
        _ => {}
    };
    view! {
        <div class="sheet-layer" on:keydown=keys>
            <div class="sheet-shade" on:click=move |_: ev::MouseEvent| beside()></div>
            <div
                class="sheet"
                id=ID
                role="dialog"
                aria-modal="true"
                aria-labelledby="sheet-title"
                tabindex="-1"
                node_ref=dialog
            >
                <div class="sheet-grip" aria-hidden="true"></div>
                <h2 class="sheet-title" id="sheet-title">{move || t(title())}</h2>
                {body}
            </div>
        </div>
    }
    .into_any()
}

/// Lets the screen scroll again, whatever sheet was left open on the one before.
pub fn unlock() {
    if let Some(root) = document().document_element() {
        let _ = root.class_list().remove_1("locked");
    }
}

fn keep_inside(dialog: &HtmlElement, event: &KeyboardEvent) {
    let Ok(all) = dialog.query_selector_all(FOCUSABLE) else {
        return;
    };
    let at = |index: u32| all.get(index).map(JsCast::unchecked_into::<HtmlElement>);
    let (first, last) = (at(0), at(all.length().saturating_sub(1)));
    let active = document().active_element();
    let is_at = |end: &Option<HtmlElement>| end.as_deref() == active.as_ref();
    let inside = active.as_ref().is_some_and(|active| {
        dialog.contains(Some(active)) && active != dialog.unchecked_ref::<web_sys::Element>()
    });
    let target = if event.shift_key() && (is_at(&first) || !inside) {
        last
    } else if !event.shift_key() && (is_at(&last) || !inside) {
        first
    } else {
        return;
    };
    event.prevent_default();
    if let Some(target) = target {
        let _ = target.focus();
    }
}
