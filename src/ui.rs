//! Elements, drawn straight into the document.
//!
//! Leptos' `view!` gives each shape of markup a type of its own, with code of its own to build, compare, move and drop
//! it; for this page that was more than half of the program. Here a view is a list of nodes, and only what reads a
//! signal runs again. Signals, owners and effects are Leptos'.

use std::{cell::RefCell, rc::Rc};

use leptos::{prelude::*, reactive::effect::RenderEffect, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, Event, EventTarget, HtmlElement, Node};

use crate::{dom, timer};

const SVG: &str = "http://www.w3.org/2000/svg";

const UNFILLED: [(&str, &str); 8] = [
    ("autocomplete", "off"),
    ("autocorrect", "off"),
    ("spellcheck", "false"),
    ("data-1p-ignore", ""),
    ("data-bwignore", ""),
    ("data-form-type", "other"),
    ("data-lpignore", "true"),
    ("data-protonpass-ignore", "true"),
];

/// What a part of the page shows: any number of nodes, in order.
#[derive(Default)]
pub struct View(Vec<Node>);

/// An element while it is being made.
pub struct El(Element);

/// An element with a tag and a class; no class where it is empty.
///
/// # Panics
/// The tag is not one.
#[must_use]
pub fn el(tag: &str, class: &str) -> El {
    El(document().create_element(tag).expect("a tag")).class(class)
}

/// An element of a drawing.
///
/// # Panics
/// The tag is not one.
#[must_use]
pub fn svg(tag: &str, class: &str) -> El {
    El(document().create_element_ns(Some(SVG), tag).expect("a tag")).class(class)
}

/// Nothing.
#[must_use]
pub fn nothing() -> View {
    View::default()
}

/// A part that is drawn anew whenever a signal changes that it read.
#[must_use]
pub fn live(draw: impl Fn() -> View + 'static) -> View {
    live_boxed(Box::new(draw))
}

/// A part that the start leaves to a task of its own, so that a slow phone answers between the two. Once the page is
/// seen, it is drawn at once.
#[must_use]
pub fn later(draw: impl Fn() -> View + 'static) -> View {
    if !dom::app_root().hidden() {
        return draw();
    }
    let is_time = RwSignal::new(false);
    spawn_local(async move {
        timer::pause().await;
        is_time.try_set(true);
    });
    live(move || if is_time.get() { draw() } else { nothing() })
}

/// Does something soon, and again whenever a signal changes that it read, until the owner goes. It is told whether it is
/// the first time.
pub fn follow(run: impl Fn(bool) + 'static) {
    follow_boxed(Box::new(run));
}

/// Shows a view in an element for as long as the owner lives.
pub fn show(root: &HtmlElement, view: View) {
    append(root, view);
}

impl El {
    /// Sets an attribute.
    #[must_use]
    pub fn attr(self, name: &str, value: &str) -> El {
        let _ = self.0.set_attribute(name, value);
        self
    }

    /// Sets an attribute, if there is a value for it.
    #[must_use]
    pub fn attr_some(self, name: &str, value: Option<&str>) -> El {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// Marks a box as none of the business of what fills in accounts, addresses and bank cards by itself. Browsers go by
    /// the first, each password manager by one of its own.
    #[must_use]
    pub fn unfilled(self) -> El {
        UNFILLED
            .into_iter()
            .fold(self, |element, (name, value)| element.attr(name, value))
    }

    /// Puts text at the end.
    #[must_use]
    pub fn text(self, text: &str) -> El {
        let _ = self.0.append_with_str_1(text);
        self
    }

    /// Puts a view at the end.
    #[must_use]
    pub fn child(self, child: impl Into<View>) -> El {
        append(&self.0, child.into());
        self
    }

    /// Has something done on an event.
    #[must_use]
    pub fn on(self, event: &'static str, run: impl FnMut(Event) + 'static) -> El {
        listen(&self.0, event, Closure::new(run));
        self
    }

    /// Has something done when it is pressed.
    #[must_use]
    pub fn press(self, run: impl Fn() + 'static) -> El {
        self.on("click", move |_| run())
    }

    /// Keeps an attribute as the signals say; without a value it is absent.
    #[must_use]
    pub fn live_attr(self, name: &'static str, value: impl Fn() -> Option<String> + 'static) -> El {
        live_attr_boxed(self.0.clone(), name, Box::new(value));
        self
    }

    /// Keeps a class as the signals say.
    #[must_use]
    pub fn live_class(self, class: &'static str, wanted: impl Fn() -> bool + 'static) -> El {
        live_class_boxed(self.0.clone(), class, Box::new(wanted));
        self
    }

    /// Keeps a property, which what the user does changes too, as the signals say.
    #[must_use]
    pub fn live_property(self, name: &'static str, value: impl Fn() -> JsValue + 'static) -> El {
        live_property_boxed(self.0.clone(), name, Box::new(value));
        self
    }

    /// Keeps the text as the signals say.
    #[must_use]
    pub fn live_text(self, text: impl Fn() -> String + 'static) -> El {
        live_text_boxed(self.0.clone(), Box::new(text));
        self
    }

    /// Sets a property of its style.
    #[must_use]
    pub fn style(self, name: &str, value: &str) -> El {
        let _ = self
            .0
            .unchecked_ref::<HtmlElement>()
            .style()
            .set_property(name, value);
        self
    }

    /// The element itself.
    #[must_use]
    pub fn element(&self) -> HtmlElement {
        self.0.clone().unchecked_into()
    }

    fn class(self, class: &str) -> El {
        if class.is_empty() {
            self
        } else {
            self.attr("class", class)
        }
    }
}

impl From<El> for View {
    fn from(element: El) -> View {
        View(vec![element.0.into()])
    }
}

impl From<&str> for View {
    fn from(text: &str) -> View {
        View(vec![document().create_text_node(text).into()])
    }
}

impl<V: Into<View>> From<Option<V>> for View {
    fn from(view: Option<V>) -> View {
        view.map_or_else(nothing, Into::into)
    }
}

impl<V: Into<View>> FromIterator<V> for View {
    fn from_iter<I: IntoIterator<Item = V>>(views: I) -> View {
        let mut all = View::default();
        for view in views {
            all.0.append(&mut view.into().0);
        }
        all
    }
}

impl<const N: usize> From<[View; N]> for View {
    fn from(views: [View; N]) -> View {
        views.into_iter().collect()
    }
}

/// One view after another.
#[macro_export]
macro_rules! views {
    ($($view:expr),* $(,)?) => {
        $crate::ui::View::from([$($crate::ui::View::from($view)),*])
    };
}

fn append(to: &Node, view: View) {
    for node in view.0 {
        let _ = to.append_child(&node);
    }
}

/// Two marks stand around what is drawn, so that it is found again whatever was drawn inside it.
fn live_boxed(draw: Box<dyn Fn() -> View>) -> View {
    let mark = || -> Node { document().create_comment("").into() };
    let (start, end) = (mark(), mark());
    let first = Rc::new(RefCell::new(vec![start.clone()]));
    let nodes = first.clone();
    let last = end.clone();
    run_live(Box::new(move || {
        let View(drawn) = draw();
        let Some(parent) = last.parent_node() else {
            return nodes.borrow_mut().extend(drawn);
        };
        while let Some(old) = start.next_sibling().filter(|node| *node != last) {
            let _ = parent.remove_child(&old);
        }
        for node in drawn {
            let _ = parent.insert_before(&node, Some(&last));
        }
    }));
    let mut nodes = first.take();
    nodes.push(end);
    View(nodes)
}

fn live_attr_boxed(element: Element, name: &'static str, value: Box<dyn Fn() -> Option<String>>) {
    run_live(Box::new(move || {
        let _ = match value() {
            Some(value) => element.set_attribute(name, &value),
            None => element.remove_attribute(name),
        };
    }));
}

fn live_class_boxed(element: Element, class: &'static str, wanted: Box<dyn Fn() -> bool>) {
    run_live(Box::new(move || {
        let _ = element.class_list().toggle_with_force(class, wanted());
    }));
}

fn live_property_boxed(element: Element, name: &'static str, value: Box<dyn Fn() -> JsValue>) {
    run_live(Box::new(move || {
        let _ = js_sys::Reflect::set(&element, &name.into(), &value());
    }));
}

fn live_text_boxed(element: Element, text: Box<dyn Fn() -> String>) {
    run_live(Box::new(move || element.set_text_content(Some(&text()))));
}

/// Runs now, and again whenever a signal changes that it read, until its owner goes.
fn run_live(run: Box<dyn Fn()>) {
    StoredValue::new_local(RenderEffect::new(move |_: Option<()>| run()));
}

fn follow_boxed(run: Box<dyn Fn(bool)>) {
    Effect::new(move |before: Option<()>| run(before.is_none()));
}

/// A listener, until it is dropped.
struct Listener {
    target: EventTarget,
    event: &'static str,
    run: Closure<dyn FnMut(Event)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let run = self.run.as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event, run);
    }
}

/// Listens until the owner goes.
pub fn listen(target: &EventTarget, event: &'static str, run: Closure<dyn FnMut(Event)>) {
    let _ = target.add_event_listener_with_callback(event, run.as_ref().unchecked_ref());
    StoredValue::new_local(Listener {
        target: target.clone(),
        event,
        run,
    });
}
