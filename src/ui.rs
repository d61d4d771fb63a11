//! What keeps Leptos' views small.
//!
//! `view!` gives each shape of markup a type of its own, and Leptos makes code for each of these types: to build it, to
//! compare it with what was there before, to move it and to drop it. Left alone, that would be more than half of the
//! program. So a view's type ends where its component ends ([`Erase`]), and nothing is compared: what follows signals is
//! drawn anew ([`part`]), or is a single value ([`reads`]). Closures in a view are boxed, so that they are one type for
//! Leptos, too: [`reads`], [`does`], [`Press`], [`Inside`].

use std::{
    rc::Rc,
    sync::{Arc, Mutex},
};

use leptos::{
    children::{ChildrenOptContainer, ToChildren},
    prelude::*,
    reactive::effect::RenderEffect,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        renderer::types,
        view::{
            Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr,
            any_view::AnyViewState,
        },
    },
    task::spawn_local,
};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventTarget, HtmlElement};

use crate::{dom, timer};

/// Ends a component: its view is built, and its type goes no further.
pub trait Erase {
    /// The view without its type.
    fn erase(self) -> AnyView;
}

impl<V> Erase for V
where
    V: Render,
    V::State: 'static,
{
    fn erase(self) -> AnyView {
        Built::new(Box::new(self.build())).into_any()
    }
}

/// What is in a component: `children: Inside`.
pub struct Inside(Box<dyn FnOnce() -> AnyView>);

impl Inside {
    /// Draws it.
    #[must_use]
    pub fn draw(self) -> AnyView {
        (self.0)()
    }
}

impl<F, V> ToChildren<F> for Inside
where
    F: FnOnce() -> V + 'static,
    V: Render,
    V::State: 'static,
{
    fn to_children(draw: F) -> Inside {
        Inside(Box::new(move || draw().erase()))
    }
}

impl<V> ToChildren<ChildrenOptContainer<V>> for Inside
where
    V: Render + 'static,
    V::State: 'static,
{
    fn to_children(view: ChildrenOptContainer<V>) -> Inside {
        Inside(Box::new(move || view.0.erase()))
    }
}

/// Nothing.
#[must_use]
pub fn nothing() -> AnyView {
    ().into_any()
}

/// A part that is drawn anew whenever a signal changes that it read.
#[must_use]
pub fn part(draw: impl Fn() -> AnyView + 'static) -> AnyView {
    part_boxed(Box::new(draw))
}

/// A value of a text, an attribute, a class or a property that follows signals.
#[must_use]
pub fn reads<T: 'static>(value: impl Fn() -> T + Send + 'static) -> Reads<T> {
    Arc::new(Mutex::new(value))
}

/// What [`reads`] gives: the one shape of a boxed closure that Leptos takes as a value.
pub type Reads<T> = Arc<Mutex<dyn FnMut() -> T + Send>>;

/// What an event does, until its part is drawn anew: some engines tell a box that is being taken away that it has lost
/// the focus.
#[must_use]
pub fn does<E: 'static>(run: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    does_boxed(Box::new(run))
}

/// What a press does, handed to a component.
#[derive(Clone)]
pub struct Press(Rc<dyn Fn()>);

impl Press {
    /// Does it.
    pub fn run(&self) {
        (self.0)();
    }
}

impl<F: Fn() + 'static> From<F> for Press {
    fn from(run: F) -> Press {
        Press(Rc::new(run))
    }
}

/// A part that the start leaves to a task of its own, so that a slow phone answers between the two. Once the page is
/// seen, it is drawn at once.
#[must_use]
pub fn later(draw: impl Fn() -> AnyView + 'static) -> AnyView {
    if !dom::app_root().hidden() {
        return draw();
    }
    let is_time = RwSignal::new(false);
    spawn_local(async move {
        timer::pause().await;
        is_time.try_set(true);
    });
    part(move || if is_time.get() { draw() } else { nothing() })
}

/// Does something soon, and again whenever a signal changes that it read, until the owner goes. It is told whether it is
/// the first time.
pub fn follow(run: impl Fn(bool) + 'static) {
    follow_boxed(Box::new(run));
}

/// Shows a view in an element for as long as the owner lives.
pub fn show(root: &HtmlElement, view: AnyView) {
    let mut state = view.build();
    state.mount(root, None);
    let state = SendWrapper::new(state);
    on_cleanup(move || state.take().unmount());
}

fn part_boxed(draw: Box<dyn Fn() -> AnyView>) -> AnyView {
    let drawn = RenderEffect::new(move |before: Option<AnyViewState>| {
        let view = draw();
        match before {
            Some(mut state) => {
                view.rebuild(&mut state);
                state
            }
            None => view.build(),
        }
    });
    Built::new(Box::new(drawn)).into_any()
}

fn does_boxed<E: 'static>(mut run: Box<dyn FnMut(E)>) -> Box<dyn FnMut(E)> {
    let is_there = StoredValue::new(());
    Box::new(move |event| {
        if !is_there.is_disposed() {
            run(event);
        }
    })
}

fn follow_boxed(run: Box<dyn Fn(bool)>) {
    Effect::new(move |before: Option<()>| run(before.is_none()));
}

/// A view that stands already. In the place of another it is put there as it is.
struct Built(SendWrapper<Nodes>);

/// What stands of a view.
struct Nodes(Box<dyn Stand>);

/// What is asked of nodes that stand. Leptos' own trait asks more, of which there would be code for each view.
trait Stand {
    fn put(&mut self, parent: &types::Element, marker: Option<&types::Node>);
    fn put_before(&self, other: &mut dyn Mountable) -> bool;
    fn take_away(&mut self);
}

impl<S: Mountable> Stand for S {
    fn put(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        self.mount(parent, marker);
    }

    fn put_before(&self, other: &mut dyn Mountable) -> bool {
        self.insert_before_this(other)
    }

    fn take_away(&mut self) {
        self.unmount();
    }
}

impl Built {
    #[inline(never)]
    fn new(nodes: Box<dyn Stand>) -> Built {
        Built(SendWrapper::new(Nodes(nodes)))
    }
}

impl Mountable for Nodes {
    fn unmount(&mut self) {
        self.0.take_away();
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        self.0.put(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.put_before(child)
    }

    fn elements(&self) -> Vec<types::Element> {
        Vec::new()
    }
}

impl Render for Built {
    type State = Nodes;

    fn build(self) -> Self::State {
        self.0.take()
    }

    fn rebuild(self, state: &mut Self::State) {
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

// No component takes attributes from outside, and nothing is drawn on a server.
impl AddAnyAttr for Built {
    type Output<A: Attribute> = Built;

    fn add_any_attr<A: Attribute>(self, _: A) -> Built {
        self
    }
}

impl RenderHtml for Built {
    type AsyncOutput = Built;
    type Owned = Built;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Built {
        self
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Self::State {
        self.build()
    }

    fn into_owned(self) -> Built {
        self
    }
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
