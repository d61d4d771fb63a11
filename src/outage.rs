//! What an outage kept away is asked for again without the buyer's doing, as the banner promises.

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::prelude::*;

use crate::dom;

const TICK: Duration = Duration::from_secs(5);
/// So many ticks at most lie between two tries.
const MOST: u32 = 16;

/// Does something again while it has failed, for as long as the owner lives.
///
/// As soon as the browser has a connection again; and from time to time, more and more seldom, since the browser does
/// not know of every outage.
pub fn after(has_failed: impl Fn() -> bool + 'static, again: impl Fn() + 'static) {
    after_boxed(Box::new(has_failed), Box::new(again));
}

fn after_boxed(has_failed: Box<dyn Fn() -> bool>, again: Box<dyn Fn()>) {
    let ticks = Rc::new(Cell::new(0));
    let is_due = {
        let ticks = ticks.clone();
        move || {
            ticks.set(ticks.get() + 1);
            is_turn(ticks.get())
        }
    };
    let go_on = Rc::new(move |is_due: &dyn Fn() -> bool| {
        if dom::is_visible() && has_failed() && is_due() {
            again();
        }
    });
    let at_once = go_on.clone();
    let online = window_event_listener_untyped("online", move |_| {
        ticks.set(0);
        at_once(&|| true);
    });
    let timer = set_interval_with_handle(move || go_on(&is_due), TICK);
    on_cleanup(move || {
        online.remove();
        if let Ok(timer) = timer {
            timer.clear();
        }
    });
}

fn is_turn(tick: u32) -> bool {
    tick.is_power_of_two() || tick.is_multiple_of(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_become_seldom_and_do_not_end() {
        let turns: Vec<u32> = (1..50).filter(|&tick| is_turn(tick)).collect();
        assert_eq!(turns, [1, 2, 4, 8, 16, 32, 48]);
    }
}
