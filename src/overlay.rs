//! Sheets and the way back.
//!
//! While a sheet is open the history has an entry for it, so that the back button closes the sheet and nothing else.
//! Once the sheet is closed, by whatever, the page goes back from that entry by itself.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::{prelude::on_cleanup, task::spawn_local};

use crate::{nav, timer};

/// How long a move in the history may take before the engine is believed not to make it.
const PATIENCE_MS: i32 = 600;
const LOOK_MS: i32 = 10;

struct Sheet {
    number: u32,
    close: Rc<dyn Fn()>,
}

thread_local! {
    /// The open ones, the uppermost last.
    static OPEN: RefCell<Vec<Sheet>> = const { RefCell::new(Vec::new()) };
    /// Counts sheets and moves.
    static COUNT: Cell<u32> = const { Cell::new(0) };
    /// The move by which the page is on its way back from an entry.
    static MOVING: Cell<Option<u32>> = const { Cell::new(None) };
}

/// Gives a sheet its entry for as long as the owner lives; `close` is called when the buyer goes back.
pub fn open(close: Rc<dyn Fn()>) {
    nav::on_move(moved);
    let number = next_number();
    OPEN.with_borrow_mut(|open| open.push(Sheet { number, close }));
    on_cleanup(move || {
        OPEN.with_borrow_mut(|open| open.retain(|sheet| sheet.number != number));
        settle_soon();
    });
    settle_soon();
}

/// Whether a sheet is open.
#[must_use]
pub fn is_open() -> bool {
    OPEN.with_borrow(|open| !open.is_empty())
}

/// Waits until no sheet has an entry, so that the page can go elsewhere. A sheet that is still seen has none from now
/// on.
pub async fn leave() {
    OPEN.take();
    settle();
    while MOVING.get().is_some() {
        timer::sleep(LOOK_MS).await;
    }
}

/// The page has moved in the history.
fn moved() {
    nav::keep_what_sheets_kept();
    if MOVING.take().is_none() {
        let left = nav::sheets();
        while let Some(sheet) = above(left) {
            (sheet.close)();
        }
    }
    settle_soon();
}

/// The uppermost sheet, taken out, if more than so many are open.
fn above(left: usize) -> Option<Sheet> {
    OPEN.with_borrow_mut(|open| if open.len() > left { open.pop() } else { None })
}

/// A sheet that takes another's place in the same breath takes its entry too.
fn settle_soon() {
    spawn_local(async { settle() });
}

/// Gives the history as many entries as sheets are open.
fn settle() {
    if MOVING.get().is_some() {
        return;
    }
    let (open, there) = (OPEN.with_borrow(Vec::len), nav::sheets());
    if there > open {
        go_back(there - open);
    }
    for _ in there..open {
        nav::push_sheet();
    }
}

fn go_back(entries: usize) {
    let this = next_number();
    MOVING.set(Some(this));
    nav::back(entries);
    spawn_local(async move {
        timer::sleep(PATIENCE_MS).await;
        if MOVING.get() == Some(this) {
            MOVING.set(None);
            nav::count_sheets(0);
            settle();
        }
    });
}

fn next_number() -> u32 {
    COUNT.replace(COUNT.get() + 1)
}
