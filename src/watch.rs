//! Decides when to ask for an order's state: events where they come, questions where they do not.

use std::{cell::Cell, rc::Rc};

use contract::{Order, OrderId, OrderState, routes};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

use crate::{
    api::{self, Failure},
    clock, dom, timer,
    ui::{self, follow},
};

/// How long after its expiry an order may still be paid without anyone being surprised.
const LATE_MS: i64 = 10 * 60_000;
/// How often the timer looks whether it is time to ask.
const TICK_MS: i32 = 250;

/// Follows an order for as long as the view around it lives.
#[derive(Clone, Copy)]
pub struct Watch {
    /// The newest state heard of.
    pub order: RwSignal<Option<Order>>,
    /// Why the last question was not answered.
    pub failure: RwSignal<Option<Failure>>,
    turn: StoredValue<Rc<Turn>, LocalStorage>,
}

/// What the next question depends on.
#[derive(Default)]
struct Turn {
    asked: Cell<u32>,
    due_at: Cell<i64>,
    in_flight: Cell<bool>,
    /// When the last event came.
    event_at: Cell<Option<i64>>,
    over: Cell<bool>,
}

impl Watch {
    /// Starts to follow an order; what is known of it already is shown at once.
    #[must_use]
    pub fn start(id: OrderId, known: Option<Order>) -> Watch {
        let turn = Rc::new(Turn::default());
        let watch = Watch {
            order: RwSignal::new(known),
            failure: RwSignal::new(None),
            turn: StoredValue::new_local(turn.clone()),
        };
        let ended = turn.clone();
        on_cleanup({
            let ended = StoredValue::new_local(ended);
            move || ended.with_value(|turn| turn.over.set(true))
        });
        let shown = watch.wake_with_the_page();
        watch.listen(id.clone(), shown);
        spawn_local(async move {
            while !turn.over.get() {
                let now = clock::page_ms();
                if clock::has_slept() {
                    turn.due_at.set(0);
                }
                if !turn.in_flight.get() && now >= turn.due_at.get() && dom::is_visible() {
                    turn.in_flight.set(true);
                    let answer = api::order(&id).await;
                    turn.in_flight.set(false);
                    if turn.over.get() {
                        return;
                    }
                    watch.take(answer, &turn);
                }
                timer::sleep(TICK_MS).await;
            }
        });
        watch
    }

    /// Asks as soon as no question is under way, and often again from then on.
    pub fn ask_now(self) {
        self.turn.try_with_value(|turn| {
            turn.asked.set(0);
            turn.due_at.set(0);
        });
    }

    /// Takes in an order from elsewhere. One that is older than what is shown changes nothing.
    pub fn heard(self, order: Order) {
        let newer = self
            .order
            .try_with_untracked(|shown| is_newer(shown.as_ref(), &order))
            .unwrap_or(false);
        if newer {
            self.order.set(Some(order));
        }
    }

    fn take(self, answer: Result<Order, Failure>, turn: &Turn) {
        match answer {
            Ok(order) => {
                self.failure.set(None);
                self.heard(order);
            }
            Err(failure) => self.failure.set(Some(failure)),
        }
        let asked = turn.asked.get();
        turn.asked.set(asked.saturating_add(1));
        let now = clock::page_ms();
        let events = turn
            .event_at
            .get()
            .is_some_and(|event_at| now - event_at < 60_000);
        let pause = self.order.with_untracked(|order| {
            let past_expiry = order
                .as_ref()
                .map_or(0, |order| clock::now().0 - order.expires_at.0);
            let state = order.as_ref().map(|order| (order.state, order.held));
            pause(state, past_expiry, asked, events)
        });
        let unknown = self.failure.with_untracked(|failure| {
            failure.as_ref().and_then(Failure::code) == Some(contract::ErrorCode::OrderNotFound)
        });
        match pause.filter(|_| !unknown) {
            Some(seconds) => {
                #[expect(clippy::cast_possible_truncation, reason = "at most a minute")]
                let jittered =
                    (f64::from(seconds) * 1000.0 * (0.9 + 0.2 * js_sys::Math::random())) as i64;
                turn.due_at.set(now + jittered);
            }
            None => turn.due_at.set(i64::MAX),
        }
    }

    /// Has the gateway tell what happens, as long as the page is seen and something may still happen soon: a browser
    /// keeps few connections for all its tabs, and a stream takes one. Where there is no stream, the questions do.
    fn listen(self, id: OrderId, shown: RwSignal<bool>) {
        let wanted = Memo::new(move |_| {
            shown.get()
                && self
                    .order
                    .with(|order| order.as_ref().is_none_or(may_change_soon))
        });
        follow(move |_| {
            if wanted.get() {
                self.open_stream(&id);
            }
        });
    }

    /// Opens the stream, until what asked for it changes its mind. The browser's own, and not gloo-net's: that one is read
    /// by waiting for the next event, through a queue, and is over after an error that the browser may get over.
    fn open_stream(self, id: &OrderId) {
        let Ok(source) = EventSource::new(&routes::order_events(id)) else {
            return;
        };
        let turn = self.turn.get_value();
        let on_order = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let order = event
                .data()
                .as_string()
                .and_then(|text| api::order_of_event(&text).ok());
            if let Some(order) = order.filter(|_| !turn.over.get()) {
                turn.event_at.set(Some(clock::page_ms()));
                self.failure.set(None);
                self.heard(order);
            }
        });
        let _ = source.add_event_listener_with_callback(
            routes::ORDER_EVENT,
            on_order.as_ref().unchecked_ref(),
        );
        let open = StoredValue::new_local((source, on_order));
        on_cleanup(move || open.with_value(|(source, _)| source.close()));
    }

    /// Timers stop while the page lies in the background, so it asks when it comes back. Gives whether the page is seen.
    fn wake_with_the_page(self) -> RwSignal<bool> {
        let shown = RwSignal::new(dom::is_visible());
        let look = move || {
            shown.set(dom::is_visible());
            if dom::is_visible() {
                self.ask_now();
            }
        };
        let handles = [
            window_event_listener_untyped("pageshow", move |_| look()),
            window_event_listener_untyped("pagehide", move |_| shown.set(false)),
            window_event_listener_untyped("online", move |_| self.ask_now()),
            window_event_listener_untyped("focus", move |_| self.ask_now()),
        ];
        on_cleanup(move || {
            for handle in handles {
                handle.remove();
            }
        });
        let changed = Closure::<dyn FnMut(Event)>::new(move |_| look());
        ui::listen(&document(), "visibilitychange", changed);
        shown
    }
}

/// Whether something is to be expected of an order soon enough to keep a connection for it.
fn may_change_soon(order: &Order) -> bool {
    let is_soon = match order.state {
        OrderState::Created
        | OrderState::Paying
        | OrderState::Paid
        | OrderState::Fulfilling
        | OrderState::FulfilFailed => true,
        OrderState::Credited
        | OrderState::Refunding
        | OrderState::Refunded
        | OrderState::RefundFailed
        | OrderState::Expired
        | OrderState::Cancelled => false,
    };
    is_soon && !order.held
}

/// Whether an order is news to a page that shows another.
fn is_newer(shown: Option<&Order>, order: &Order) -> bool {
    shown.is_none_or(|shown| order.version >= shown.version)
}

/// In how many seconds to ask again; `None` when nothing more is to be expected.
///
/// The first questions follow closely, since most payments are over in a minute; afterwards it slows down, but as long
/// as money may still arrive it does not stop. Where events come, questions are a safety net only.
fn pause(
    state: Option<(OrderState, bool)>,
    past_expiry_ms: i64,
    asked: u32,
    events: bool,
) -> Option<u32> {
    let usual = match asked {
        0 | 1 => 1,
        2 | 3 => 2,
        4 => 3,
        5..30 => 5,
        30..60 => 10,
        _ => 20,
    };
    let usual = if events { usual.max(15) } else { usual };
    let Some((state, held)) = state else {
        return Some(usual);
    };
    match state {
        _ if held => Some(usual.max(30)),
        OrderState::Credited | OrderState::Refunded => None,
        OrderState::Expired | OrderState::Cancelled if past_expiry_ms > LATE_MS => None,
        OrderState::Expired | OrderState::Cancelled => Some(usual.max(10)),
        OrderState::Refunding | OrderState::RefundFailed => Some(usual.max(15)),
        OrderState::Created | OrderState::Paying if past_expiry_ms > LATE_MS => Some(60),
        _ => Some(usual),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_questions_follow_closely_and_they_do_not_stop() {
        let first: Vec<_> = (0..8)
            .map(|asked| pause(Some((OrderState::Paying, false)), -60_000, asked, false))
            .collect();
        assert_eq!(first, [1, 1, 2, 2, 3, 5, 5, 5].map(Some));
        for asked in [40, 400, 40_000] {
            for past in [-1, LATE_MS] {
                assert!(pause(Some((OrderState::Paying, false)), past, asked, false).is_some());
            }
        }
    }

    #[test]
    fn an_order_given_up_is_watched_until_late_money_is_unlikely() {
        for state in [OrderState::Expired, OrderState::Cancelled] {
            assert!(pause(Some((state, false)), LATE_MS, 100, false).is_some());
            assert_eq!(pause(Some((state, false)), LATE_MS + 1, 100, false), None);
        }
    }

    #[test]
    fn settled_orders_are_left_alone() {
        assert_eq!(
            pause(Some((OrderState::Credited, false)), -1, 0, false),
            None
        );
        assert_eq!(
            pause(Some((OrderState::Refunded, false)), -1, 0, false),
            None
        );
        assert_eq!(
            pause(Some((OrderState::Fulfilling, true)), -1, 0, false),
            Some(30)
        );
    }

    #[test]
    fn a_connection_is_kept_only_for_what_may_change_soon() {
        let check = |state: &str, held: bool, expected: bool| {
            let order: Order = serde_json::from_value(serde_json::json!({
                "id": "00112233445566778899aabbccddeeff", "number": "R1", "kind": "recharge",
                "state": state, "held": held, "title": "2GB", "amount_fen": 1800,
                "currency": "CNY", "created_at": "2026-11-21T10:00:00Z",
                "expires_at": "2026-11-21T10:15:00Z", "server_time": "2026-11-21T10:00:00Z",
                "timeline": [], "version": 1
            }))
            .expect("an order");
            assert_eq!(may_change_soon(&order), expected, "{state}");
        };
        for state in ["created", "paying", "paid", "fulfilling", "fulfil_failed"] {
            check(state, false, true);
            check(state, true, false);
        }
        for state in [
            "credited",
            "refunding",
            "refunded",
            "refund_failed",
            "expired",
            "cancelled",
        ] {
            check(state, false, false);
        }
    }

    #[test]
    fn events_make_questions_rare() {
        assert_eq!(
            pause(Some((OrderState::Paying, false)), -1, 0, true),
            Some(15)
        );
    }

    #[test]
    fn an_older_version_is_no_news() {
        let order = |version: i64| -> Order {
            serde_json::from_value(serde_json::json!({
                "id": "00112233445566778899aabbccddeeff", "number": "R1", "kind": "recharge",
                "state": "paying", "held": false, "title": "2GB", "amount_fen": 1800,
                "currency": "CNY", "created_at": "2026-11-21T10:00:00Z",
                "expires_at": "2026-11-21T10:15:00Z", "server_time": "2026-11-21T10:00:00Z",
                "timeline": [], "version": version
            }))
            .expect("an order")
        };
        assert!(is_newer(None, &order(1)));
        assert!(is_newer(Some(&order(1)), &order(2)));
        assert!(is_newer(Some(&order(2)), &order(2)));
        assert!(!is_newer(Some(&order(2)), &order(1)));
    }
}
