//! Notices to the partner: sent when a payment's state changes, and again until they are accepted.

mod delivery;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::Instant};

use super::{Platform, payments::Payment};
use crate::{random, world::Shared};

pub(crate) use delivery::{Answer, post, send};

/// Notices still to be sent, and how the next ones go.
#[derive(Default)]
pub(crate) struct Notices {
    pub(crate) mode: Mode,
    queue: Vec<Queued>,
}

/// What becomes of a new notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub(crate) enum Mode {
    #[default]
    Normal,
    /// It is never sent.
    Lose,
    /// It is sent twice at once.
    Double,
    /// It is sent `count` times at once.
    Flood {
        #[serde(default = "usual_flood")]
        count: usize,
    },
}

/// A notice waiting for its time.
struct Queued {
    payment_id: String,
    body: String,
    /// How often it was sent before.
    attempt: usize,
    due: Instant,
    /// A copy of a flood is sent once only.
    resend: bool,
}

/// Seconds from one attempt to the next; after the last of these, once a minute.
const FIRST_WAITS: [u64; 5] = [2, 4, 8, 15, 30];
const MINUTE_WAITS: usize = 10;
const MOST_QUEUED: usize = 10_000;
const MOST_IN_FLIGHT: usize = 64;

impl Platform {
    /// Queues the notice of the payment's present state.
    pub(crate) fn notify(&mut self, payment: &Payment) {
        let copies = match self.notices.mode {
            Mode::Lose => 0,
            _ if payment.loses_notices => 0,
            Mode::Normal => 1,
            Mode::Double => 2,
            Mode::Flood { count } => count,
        };
        let body = body(payment).to_string();
        let queue = &mut self.notices.queue;
        for copy in 0..copies.min(MOST_QUEUED.saturating_sub(queue.len())) {
            queue.push(Queued {
                payment_id: payment.id.clone(),
                body: body.clone(),
                attempt: 0,
                due: Instant::now(),
                resend: copy == 0,
            });
        }
    }

    /// Counts an answer and queues the next attempt where it was not accepted.
    fn answered(&mut self, mut notice: Queued, accepted: bool) {
        // After a reset nobody knows the payment any more.
        let Some(payment) = self.payment_mut(&notice.payment_id) else {
            return;
        };
        payment.notices_sent += 1;
        payment.notices_accepted += u64::from(accepted);
        let wait = match FIRST_WAITS.get(notice.attempt) {
            Some(seconds) => *seconds,
            None if notice.attempt < FIRST_WAITS.len() + MINUTE_WAITS => 60,
            None => return,
        };
        if !accepted && notice.resend {
            notice.attempt += 1;
            notice.due = Instant::now() + Duration::from_secs(wait);
            self.notices.queue.push(notice);
        }
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

/// Takes every step that is due and sends every notice, until the sandbox stops.
pub(crate) async fn work(world: Shared) {
    let mut in_flight = JoinSet::new();
    loop {
        let next = {
            let mut state = world.lock();
            let now = Instant::now();
            let next_step = state.shingsou.advance(now);
            for (notice, url) in state
                .shingsou
                .take_due(now, MOST_IN_FLIGHT - in_flight.len())
            {
                in_flight.spawn(deliver(world.clone(), notice, url));
            }
            let has_room = in_flight.len() < MOST_IN_FLIGHT;
            let queue = &state.shingsou.notices.queue;
            let next_notice = queue
                .iter()
                .map(|notice| notice.due)
                .min()
                .filter(|_| has_room);
            next_step.into_iter().chain(next_notice).min()
        };
        let due = async {
            match next {
                Some(next) => tokio::time::sleep_until(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = world.stopped() => return,
            () = world.wake.notified() => {}
            Some(_) = in_flight.join_next() => {}
            () = due => {}
        }
    }
}

impl Platform {
    fn take_due(&mut self, now: Instant, room: usize) -> Vec<(Queued, reqwest::Url)> {
        let mut taken = 0;
        let due: Vec<_> = self
            .notices
            .queue
            .extract_if(.., |notice| {
                let take = notice.due <= now && taken < room;
                taken += usize::from(take);
                take
            })
            .collect();
        due.into_iter()
            .filter_map(|notice| {
                let url = self.payment(&notice.payment_id)?.notify_url.clone();
                Some((notice, url))
            })
            .collect()
    }
}

async fn deliver(world: Shared, notice: Queued, url: reqwest::Url) {
    let answer = post(&world.http, url, notice.body.clone()).await;
    world.lock().shingsou.answered(notice, answer.is_accepted());
}

fn usual_flood() -> usize {
    50
}
