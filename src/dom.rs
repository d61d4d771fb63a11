//! Small things asked of the document.

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, HtmlInputElement, HtmlTextAreaElement};

use crate::timer;

/// How long the clipboard may take.
const CLIPBOARD_MILLIS: i32 = 1000;

/// The element that the page lives in.
///
/// # Panics
/// The document has no element `app`, so that there is nowhere to show anything.
#[must_use]
pub fn app_root() -> HtmlElement {
    document()
        .get_element_by_id("app")
        .expect("the document has #app")
        .unchecked_into()
}

/// A text that the gateway drew into the still picture.
#[must_use]
pub fn shell_text(id: &str) -> Option<String> {
    document().get_element_by_id(id)?.text_content()
}

/// Tells the browser which language the page speaks.
pub fn set_language(tag: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", tag);
    }
}

/// The languages that the browser prefers, the best first.
#[must_use]
pub fn preferred_languages() -> Vec<String> {
    window()
        .navigator()
        .languages()
        .iter()
        .filter_map(|tag| tag.as_string())
        .collect()
}

/// Whether somebody is in a box.
#[must_use]
pub fn is_typing() -> bool {
    let active = document().active_element();
    active.is_some_and(|active| active.tag_name() == "INPUT")
}

/// What is typed in a box.
#[must_use]
pub fn value(input: &HtmlElement) -> String {
    input.unchecked_ref::<HtmlInputElement>().value()
}

/// Puts the focus on an element, which need not be one that takes it by itself.
pub fn focus_id(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}

/// Brings an element into view.
pub fn scroll_to_id(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.scroll_into_view();
    }
}

/// Whether a sheet lies over the screen.
#[must_use]
pub fn is_behind_a_sheet() -> bool {
    document()
        .get_element_by_id("app")
        .is_some_and(|app| app.has_attribute("inert"))
}

/// Keeps the screen below a sheet from scrolling.
pub fn lock() {
    if let Some(root) = document().document_element() {
        let _ = root.class_list().add_1("locked");
    }
}

/// Lets the screen scroll again.
pub fn unlock() {
    if let Some(root) = document().document_element() {
        let _ = root.class_list().remove_1("locked");
    }
}

/// The page's own origin.
#[must_use]
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Whether the page is in front.
#[must_use]
pub fn is_visible() -> bool {
    !document().hidden()
}

/// Whether the screen can be touched.
#[must_use]
pub fn has_touch() -> bool {
    window().navigator().max_touch_points() > 0
}

/// Reads a property of an object; `None` where there is none.
#[must_use]
pub fn property(of: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(of, &name.into())
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}

/// Copies text, by the clipboard or the way from before there was one. Says whether it worked. A browser that asks its user
/// first, where nobody can answer, is not waited for.
pub async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    if property(&navigator, "clipboard").is_some() {
        let written = JsFuture::from(navigator.clipboard().write_text(text));
        if let Some(Ok(_)) = timer::within(CLIPBOARD_MILLIS, written).await {
            return true;
        }
    }
    copy_by_selection(text).unwrap_or(false)
}

fn copy_by_selection(text: &str) -> Result<bool, JsValue> {
    let area: HtmlTextAreaElement = document().create_element("textarea")?.unchecked_into();
    area.set_value(text);
    area.set_class_name("offscreen");
    let Some(body) = document().body() else {
        return Ok(false);
    };
    body.append_child(&area)?;
    area.select();
    let command = js_sys::Reflect::get(&document(), &"execCommand".into())?;
    let copied = command
        .unchecked_into::<js_sys::Function>()
        .call1(&document(), &"copy".into())
        .is_ok_and(|done| done.is_truthy());
    area.remove();
    Ok(copied)
}
