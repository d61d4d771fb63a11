//! A place of its own for each test's view, and ways to find what is in it.

use leptos::prelude::*;
use storefront::timer;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, KeyboardEventInit};

/// A view in the document; it goes with the value.
pub(crate) struct Page {
    root: HtmlElement,
    _view: Box<dyn std::any::Any>,
}

impl Page {
    /// Shows a view and waits until it stands.
    pub(crate) async fn show(view: impl FnOnce() -> AnyView + 'static) -> Page {
        let root: HtmlElement = document()
            .create_element("div")
            .expect("an element")
            .unchecked_into();
        document()
            .body()
            .expect("a body")
            .append_child(&root)
            .expect("it is in");
        let view = leptos::mount::mount_to(root.clone(), view);
        settle().await;
        Page {
            root,
            _view: Box::new(view),
        }
    }

    /// The first element that a selector finds.
    pub(crate) fn find(&self, selector: &str) -> Option<HtmlElement> {
        self.root
            .query_selector(selector)
            .expect("a valid selector")
            .map(JsCast::unchecked_into::<HtmlElement>)
    }

    /// The element that a selector must find.
    pub(crate) fn one(&self, selector: &str) -> HtmlElement {
        self.find(selector)
            .unwrap_or_else(|| panic!("nothing is {selector}"))
    }

    /// How many elements a selector finds.
    pub(crate) fn count(&self, selector: &str) -> u32 {
        self.root
            .query_selector_all(selector)
            .expect("a valid selector")
            .length()
    }

    /// The text of an element.
    pub(crate) fn text(&self, selector: &str) -> String {
        self.one(selector).text_content().unwrap_or_default()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.root.remove();
    }
}

/// What a selector finds in the sheet, which stands beside the page.
pub(crate) fn in_sheet(selector: &str) -> Option<HtmlElement> {
    document()
        .query_selector(&format!(".sheet-layer {selector}"))
        .expect("a valid selector")
        .map(JsCast::unchecked_into::<HtmlElement>)
}

/// Waits until effects have run and frames were drawn.
pub(crate) async fn settle() {
    timer::sleep(60).await;
}

/// Presses a key on an element. Says whether the browser may go on with it.
pub(crate) fn press(on: &Element, key: &str, shift: bool) -> bool {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_shift_key(shift);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init)
        .expect("a keyboard event");
    on.dispatch_event(&event).expect("it is sent")
}

/// The element that has the focus.
pub(crate) fn focused() -> Option<Element> {
    document().active_element()
}
