//! A sheet that rises from below and keeps the keyboard to itself until it is closed.

use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

use crate::{
    dom,
    i18n::{Text, t},
    overlay,
    ui::{self, View, el, nothing},
};

/// The id of the sheet, to put the focus on it when what is in it changes.
pub const ID: &str = "sheet";

const FOCUSABLE: &str = "button:not([disabled]),a[href],input:not([disabled])";

/// A sheet with a title and what is in it. `close` is asked for by the way back, by Esc and by a tap beside the sheet.
///
/// The focus goes to the sheet, round among what can be pressed, and back to where it was. The sheet stands beside the
/// page, which cannot be reached meanwhile.
#[must_use]
pub fn sheet(title: impl Fn() -> Text + 'static, close: impl Fn() + 'static, body: View) -> View {
    sheet_boxed(Box::new(title), Box::new(|| false), Rc::new(close), body)
}

/// A sheet that only the way back closes while `is_busy`: a second tap of the same finger may fall beside it.
#[must_use]
pub fn busy_sheet(
    title: impl Fn() -> Text + 'static,
    is_busy: impl Fn() -> bool + 'static,
    close: impl Fn() + 'static,
    body: View,
) -> View {
    sheet_boxed(Box::new(title), Box::new(is_busy), Rc::new(close), body)
}

fn sheet_boxed(
    title: Box<dyn Fn() -> Text>,
    is_busy: Box<dyn Fn() -> bool>,
    close: Rc<dyn Fn()>,
    body: View,
) -> View {
    dom::lock();
    give_the_focus_back();
    overlay::open(close.clone());
    let close: Rc<dyn Fn()> = Rc::new(move || {
        if !is_busy() {
            close();
        }
    });
    let dialog = el("div", "sheet")
        .attr("id", ID)
        .attr("role", "dialog")
        .attr("aria-modal", "true")
        .attr("aria-labelledby", "sheet-title")
        .attr("tabindex", "-1");
    let frame = dialog.element();
    let focused = frame.clone();
    request_animation_frame(move || drop(focused.focus()));
    let beside = close.clone();
    let dialog = dialog
        .child(el("div", "sheet-grip").attr("aria-hidden", "true"))
        .child(
            el("h2", "sheet-title")
                .attr("id", "sheet-title")
                .live_text(move || t(title()).to_owned()),
        )
        .child(body);
    let layer = el("div", "sheet-layer")
        .on("keydown", move |event| {
            let event: KeyboardEvent = event.unchecked_into();
            match event.key().as_str() {
                "Escape" => close(),
                "Tab" => keep_inside(&frame, &event),
                _ => {}
            }
        })
        .child(el("div", "sheet-shade").press(move || beside()))
        .child(dialog);
    stand_before_the_page(layer.element());
    nothing()
}

/// Puts the layer beside the page, not into it, and has the page left alone until the owner goes.
fn stand_before_the_page(layer: HtmlElement) {
    if let Some(body) = document().body() {
        let _ = body.append_child(&layer);
    }
    leave_the_page(true);
    // Where the engine has no `inert`, and where what is behind asks for the focus by itself.
    let sheet = layer.clone();
    let back = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let is_behind =
            target.is_some_and(|target| page().is_some_and(|page| page.contains(Some(&target))));
        if is_behind && let Ok(Some(dialog)) = sheet.query_selector("[role=dialog]") {
            let _ = dialog.unchecked_into::<HtmlElement>().focus();
        }
    });
    ui::listen(&document(), "focusin", back);
    let layer = StoredValue::new_local(layer);
    on_cleanup(move || {
        layer.with_value(|layer| layer.remove());
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
