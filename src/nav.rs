//! Where the page is, and going elsewhere in it.
//!
//! The address is `leptos_router`'s: its [`BrowserUrl`] reads it and tells the screens. They are few and matched in `app`
//! and `door`, which wants no `<Routes>`. The history and the links are written here, since the router (0.8) cannot do it
//! the shop's way:
//! - It pushes no entry where its own record says that it is there already, and the record is wrong after a jump of
//!   more than one entry: the screen is another, the address stays, and an order would not find itself at its own.
//! - It ends the program where an engine refuses to write the history, and draws a link's screen before its address.
//! - A link within the screen scrolls and leaves the focus behind.
//!
//! Each of the history's entries has a `Mark`; [`crate::overlay`] keeps those of open sheets.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::*;
use leptos_router::location::{BrowserUrl, LocationProvider, Url};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlAnchorElement, MouseEvent};

use crate::dom;

thread_local! {
    static URL: RefCell<Option<ArcRwSignal<Url>>> = const { RefCell::new(None) };
    static ARRIVED: RefCell<Option<Rc<dyn Fn()>>> = const { RefCell::new(None) };
    static MOVED: Cell<Option<fn()>> = const { Cell::new(None) };
    static KEPT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What the history keeps beside an address, as text: its place and the number of open sheets, then what is kept there.
struct Mark {
    /// How long the history was when the entry came to it; `host/history.js` reads it.
    place: u32,
    /// How many sheets are open.
    sheets: usize,
    kept: String,
}

/// Follows the address from now on. Called once.
#[must_use]
pub fn path() -> Memo<String> {
    let url = BrowserUrl::new().map_or_else(
        |_| ArcRwSignal::new(Url::default()),
        |browser| browser.as_url().clone(),
    );
    URL.set(Some(url.clone()));
    let mark = Mark::present();
    mark.put(None);
    // A sheet's entry outlives a reload, its sheet does not.
    back(mark.sheets);
    window_event_listener_untyped("popstate", |_| moved());
    window_event_listener_untyped("hashchange", |_| {
        Mark::present().put(None);
        arrived();
    });
    window_event_listener_untyped("pageshow", |_| arrived());
    window_event_listener_untyped("click", follow_link);
    Memo::new(move |_| url.with(|url| url.path().to_owned()))
}

/// Calls back now, and whenever the page may have got another address, by whatever way.
pub fn on_arrival(run: impl Fn() + 'static) {
    ARRIVED.set(Some(Rc::new(run)));
    arrived();
}

/// Calls back when the buyer, or the page itself, has moved in the history.
pub fn on_move(run: fn()) {
    MOVED.set(Some(run));
}

/// Goes to an address of the page; the back button leads here again.
pub fn go(address: &str) {
    if window().location().href().ok() != Some(dom::origin() + address) {
        let mark = Mark::present();
        Mark {
            place: mark.place + 1,
            sheets: 0,
            kept: String::new(),
        }
        .push(Some(address));
    }
    arrive(address);
}

/// Goes to an address of the page in place of this one.
pub fn replace(address: &str) {
    Mark::present().put(Some(address));
    arrive(address);
}

/// Gives the present entry another address, and nothing else.
pub fn rename(address: &str) {
    Mark::present().put(Some(address));
}

/// What the history keeps beside the present address.
#[must_use]
pub fn state() -> Option<String> {
    Some(Mark::present().kept).filter(|kept| !kept.is_empty())
}

/// Keeps text beside the present address, for a reload or the way back.
pub fn set_state(text: &str) {
    let mark = Mark {
        kept: text.to_owned(),
        ..Mark::present()
    };
    mark.put(None);
    if mark.sheets > 0 {
        KEPT.set(Some(mark.kept));
    }
}

/// Keeps beside the address what was to be kept there while a sheet lay over it.
pub fn keep_what_sheets_kept() {
    if sheets() == 0
        && let Some(kept) = KEPT.take()
    {
        set_state(&kept);
    }
}

/// How many sheets the present entry stands for.
#[must_use]
pub fn sheets() -> usize {
    Mark::present().sheets
}

/// Adds an entry for one more sheet.
pub fn push_sheet() {
    let mark = Mark::present();
    Mark {
        place: mark.place + 1,
        sheets: mark.sheets + 1,
        ..mark
    }
    .push(None);
}

/// Lets the present entry stand for so many sheets, where the history cannot be moved.
pub fn count_sheets(sheets: usize) {
    Mark {
        sheets,
        ..Mark::present()
    }
    .put(None);
}

/// Goes so many entries back, a little later.
pub fn back(entries: usize) {
    if entries > 0
        && let Ok(history) = window().history()
        && let Ok(entries) = i32::try_from(entries)
    {
        let _ = history.go_with_delta(-entries);
    }
}

impl Mark {
    /// The present entry's. One that the browser made by itself is the last.
    fn present() -> Mark {
        let history = window().history().ok();
        let text = history
            .as_ref()
            .and_then(|history| history.state().ok()?.as_string());
        text.as_deref()
            .and_then(Mark::read)
            .unwrap_or_else(|| Mark {
                place: history
                    .and_then(|history| history.length().ok())
                    .unwrap_or_default(),
                sheets: 0,
                kept: String::new(),
            })
    }

    fn read(text: &str) -> Option<Mark> {
        let (place, rest) = text.split_once(' ')?;
        let (sheets, kept) = rest.split_once(' ')?;
        Some(Mark {
            place: place.parse().ok()?,
            sheets: sheets.parse().ok()?,
            kept: kept.to_owned(),
        })
    }

    fn text(&self) -> JsValue {
        format!("{} {} {}", self.place, self.sheets, self.kept).into()
    }

    /// Writes it beside the present address, or beside another in place of it.
    fn put(&self, address: Option<&str>) {
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&self.text(), "", address);
        }
    }

    /// Adds an entry.
    fn push(&self, address: Option<&str>) {
        if let Ok(history) = window().history() {
            let _ = history.push_state_with_url(&self.text(), "", address);
        }
    }
}

/// The path of the present address.
#[must_use]
pub fn here() -> String {
    window()
        .location()
        .pathname()
        .unwrap_or_else(|_| "/".into())
}

/// Shows the screen at an address from its top. Where there is no history to write to, the screen changes all the same.
fn arrive(address: &str) {
    show(BrowserUrl::parse(address));
    window().scroll_to_with_x_and_y(0.0, 0.0);
    arrived();
}

fn moved() {
    match MOVED.get() {
        Some(run) => run(),
        // No sheet was opened yet: the entry is one of before a reload.
        None => back(sheets()),
    }
    show(BrowserUrl::current());
    arrived();
}

fn arrived() {
    let run = ARRIVED.with_borrow(Clone::clone);
    if let Some(run) = run {
        run();
    }
}

fn show(address: Result<Url, JsValue>) {
    let url = URL.with_borrow(Clone::clone);
    if let (Some(url), Ok(address)) = (url, address) {
        url.set(address);
    }
}

/// Follows a link to another screen. New tabs, other sites, files and places within the screen are the browser's own.
fn follow_link(event: Event) {
    let click: &MouseEvent = event.unchecked_ref();
    let held = click.meta_key() || click.alt_key() || click.ctrl_key() || click.shift_key();
    if event.default_prevented() || click.button() != 0 || held {
        return;
    }
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let Some(link) = target.and_then(|target| target.closest("a[href]").ok()?) else {
        return;
    };
    let link: HtmlAnchorElement = link.unchecked_into();
    let elsewhere = !link.target().is_empty()
        || link.has_attribute("download")
        || link.rel().split(' ').any(|word| word == "external")
        || link.origin() != dom::origin();
    let within = !link.hash().is_empty() && link.pathname() == here();
    if !elsewhere && !within {
        event.prevent_default();
        go(&(link.pathname() + &link.search() + &link.hash()));
    }
}
