//! Notices to the partner: sent when a payment's state changes, and again until they are accepted.

use axum::http::{HeaderMap, HeaderValue, header};
use reqwest::Url;
use serde_json::{Value, json};
use tokio::{sync::Notify, time::Instant};

use super::{Platform, payments::Payment};
use crate::{
    notices::{Answer, Letter, Queue, Sender},
    random,
    world::{State, World},
};

/// A notice as it is written when a payment's state changes.
#[derive(Clone)]
pub(crate) struct Notice {
    pub(crate) payment_id: String,
    pub(crate) body: String,
}

/// Seconds from one attempt to the next; after the last of these, once a minute.
const FIRST_WAITS: [u64; 5] = [2, 4, 8, 15, 30];
const MINUTE_WAITS: usize = 10;

impl Platform {
    /// Queues the notice of the payment's present state.
    pub(crate) fn notify(&mut self, payment: &Payment) {
        if !payment.loses_notices {
            self.notices.add(&Notice {
                payment_id: payment.id.clone(),
                body: body(payment).to_string(),
            });
        }
    }
}

impl Sender for Platform {
    type Notice = Notice;

    fn wake(world: &World) -> &Notify {
        &world.wake
    }

    fn queue(state: &mut State) -> &mut Queue<Notice> {
        &mut state.shingsou.notices
    }

    fn wait(attempt: usize) -> Option<u64> {
        match FIRST_WAITS.get(attempt) {
            Some(seconds) => Some(*seconds),
            None => (attempt < FIRST_WAITS.len() + MINUTE_WAITS).then_some(60),
        }
    }

    fn advance(state: &mut State, now: Instant) -> Option<Instant> {
        state.shingsou.advance(now)
    }

    fn letter(_: &World, state: &mut State, notice: &Notice) -> Option<Letter> {
        let payment = state.shingsou.payment(&notice.payment_id)?;
        Some(letter(payment.notify_url.clone(), notice.body.clone()))
    }

    fn is_accepted(answer: &Answer) -> bool {
        answer.is_success()
    }

    fn count(state: &mut State, notice: &Notice, sent: u64, accepted: u64) {
        if let Some(payment) = state.shingsou.payment_mut(&notice.payment_id) {
            payment.notices_sent += sent;
            payment.notices_accepted += accepted;
        }
    }
}

/// A notice on its way.
pub(crate) fn letter(url: Url, body: String) -> Letter {
    let kind = HeaderValue::from_static("application/json");
    Letter {
        url,
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]),
        body,
    }
}

/// What a notice of the payment's present state says.
pub(crate) fn body(payment: &Payment) -> Value {
    json!({
        "noticeId": random::hex(12),
        "outTradeNo": payment.out_trade_no,
        "paymentId": payment.id,
        "transactionId": payment.transaction_id,
        "total": payment.total,
        "status": payment.status,
        "payTime": payment.paid_at,
    })
}
