//! A sheet that rises from below and keeps the keyboard to itself until it is closed.

use std::rc::Rc;

use leptos::{html::Div, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

use crate::{
    dom,
    i18n::{Text, t},
    overlay,
    ui::{self, Erase, Inside, Press, does, nothing, reads},
};

/// The id of the sheet, to put the focus on it when what is in it changes.
pub const ID: &str = "sheet";

const FOCUSABLE: &str = "button:not([disabled]),a[href],input:not([disabled])";

/// A sheet with a title and what is in it.
///
/// The focus goes to the sheet, round among what can be pressed, and back to where it was. The sheet stands beside the
/// page, which cannot be reached meanwhile.
#[component]
pub fn Sheet(
    /// What it is called.
    #[prop(into)]
    title: Signal<Text>,
    /// While this is so, only the way back closes it: a second tap of the same finger may fall beside it.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Asked for by the way back, by Esc and by a tap beside the sheet.
    #[prop(into)]
    close: Press,
    /// What is in it.
    children: Inside,
) -> AnyView {
    dom::lock();
    give_the_focus_back();
    let back = close.clone();
    overlay::open(Rc::new(move || back.run()));
    let close = Press::from(move || {
        if !busy.get_untracked() {
            close.run();
        }
    });
    let beside = close.clone();
    let dialog: NodeRef<Div> = NodeRef::new();
    let keys = move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" => close.run(),
        "Tab" => {
            if let Some(dialog) = dialog.get_untracked() {
                keep_inside(&dialog, &event);
            }
        }
        _ => {}
    };
    let layer = view! {
        <div class="sheet-layer" on:keydown=does(keys)>
            <div class="sheet-shade" on:click=does(move |_| beside.run())></div>
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
                <h2 class="sheet-title" id="sheet-title">
                    {reads(move || t(title.get()))}
                </h2>
                {children.draw()}
            </div>
        </div>
    }
    .erase();
    if let Some(dialog) = dialog.get_untracked() {
        stand_before_the_page(layer, dialog.into());
    }
    nothing()
}

/// Puts the layer beside the page, not into it, and has the page left alone until the owner goes.
fn stand_before_the_page(layer: AnyView, dialog: HtmlElement) {
    if let Some(body) = document().body() {
        ui::show(&body, layer);
    }
    leave_the_page(true);
    let focused = dialog.clone();
    request_animation_frame(move || drop(focused.focus()));
    // Where the engine has no `inert`, and where what is behind asks for the focus by itself.
    let back = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let is_behind =
            target.is_some_and(|target| page().is_some_and(|page| page.contains(Some(&target))));
        if is_behind {
            let _ = dialog.focus();
        }
    });
    ui::listen(&document(), "focusin", back);
    on_cleanup(|| {
        let is_last = matches!(document().query_selector(".sheet-layer"), Ok(None));
        if is_last {
            leave_the_page(false);
        }
    });
}

/// Nothing of the page can be focused, pressed or read out, or all of it can again.
fn leave_the_page(alone: bool) {
    let Some(page) = page() else { return };
    for (name, value) in [("inert", ""), ("aria-hidden", "true")] {
        let _ = if alone {
            page.set_attribute(name, value)
        } else {
            page.remove_attribute(name)
        };
    }
}

fn page() -> Option<Element> {
    document().get_element_by_id("app")
}

fn give_the_focus_back() {
    let opener = StoredValue::new_local(document().active_element());
    on_cleanup(move || {
        dom::unlock();
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
