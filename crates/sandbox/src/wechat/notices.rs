//! Notices to the merchant: sealed and signed anew for each sending, and sent again until they are accepted.

use std::time::Duration;

use axum::http::HeaderMap;
use serde::Serialize;
use serde_json::json;
use tokio::{task::JoinSet, time::Instant};

use super::{Wechat, seal::seal, signature::stamp};
use crate::{clock::Moment, random, shingsou::notices::Mode, world::Shared};

/// What a notice tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A payment, by `out_trade_no`.
    Payment(String),
    /// A refund, by `out_refund_no`.
    Refund(String),
}

/// A notice waiting for its time.
#[derive(Clone)]
pub(super) struct Queued {
    event: Event,
    /// Stays the same when it is sent again.
    id: String,
    attempt: usize,
    due: Instant,
    resend: bool,
}

/// What a notice tells.
pub(super) struct Draft {
    pub(super) url: reqwest::Url,
    /// `transaction` or `refund`.
    kind: &'static str,
    pub(super) event_type: String,
    /// JSON, to be sealed.
    pub(super) inside: String,
}

/// One sending.
pub(crate) struct Letter {
    pub(crate) url: reqwest::Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// What came back.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Reply {
    /// Absent when nothing came back.
    pub(crate) status: Option<u16>,
    pub(crate) body: String,
}

/// Seconds from one attempt to the next: WeChat Pay's own 15 s, 15 s, 30 s, 3 min … 6 h, a fifteenth of each.
const WAITS: [u64; 15] = [
    1, 1, 2, 12, 40, 80, 120, 120, 120, 240, 720, 720, 720, 1440, 1440,
];
const MOST_QUEUED: usize = 10_000;
const MOST_IN_FLIGHT: usize = 64;
const MOST_BYTES: usize = 16 * 1024;

impl Reply {
    /// 200 or 204; nothing else counts.
    pub(crate) fn is_accepted(&self) -> bool {
        matches!(self.status, Some(200 | 204))
    }
}

impl Wechat {
    /// Queues a notice of how things are now.
    pub(super) fn notify(&mut self, event: &Event) {
        let loses = match event {
            Event::Payment(number) => self.order(number).is_none_or(|order| order.loses_notices),
            Event::Refund(number) => self
                .refund_mut(number)
                .is_none_or(|refund| refund.notify_url.is_none()),
        };
        let copies = match self.notices_mode {
            Mode::Lose => 0,
            _ if loses => 0,
            Mode::Normal => 1,
            Mode::Double => 2,
            Mode::Flood { count } => count,
        };
        let id = format!("EV-{}{}", Moment::now().digits(), random::digits(10));
        for copy in 0..copies.min(MOST_QUEUED.saturating_sub(self.queue.len())) {
            self.queue.push(Queued {
                event: event.clone(),
                id: id.clone(),
                attempt: 0,
                due: Instant::now(),
                resend: copy == 0,
            });
        }
    }

    /// What a notice tells now, before it is sealed and signed.
    pub(super) fn draft(&self, event: &Event) -> Option<Draft> {
        match event {
            Event::Payment(number) => {
                let order = self.order(number)?;
                Some(Draft {
                    url: order.notify_url.clone(),
                    kind: "transaction",
                    event_type: "TRANSACTION.SUCCESS".to_owned(),
                    inside: self.trade(order).to_string(),
                })
            }
            Event::Refund(number) => {
                let mut refunds = self.refunds.iter();
                let refund = refunds.find(|refund| &refund.out_refund_no == number)?;
                let (event_type, told) = self.refund_notice(refund)?;
                Some(Draft {
                    url: refund.notify_url.clone()?,
                    kind: "refund",
                    event_type,
                    inside: told.to_string(),
                })
            }
        }
    }

    /// The body of a notice, sealed.
    pub(super) fn sealed(&self, draft: &Draft, id: &str) -> String {
        let key = &self.merchant.api_v3_key;
        let mut resource = seal(key, draft.kind, draft.inside.as_bytes());
        resource["original_type"] = draft.kind.into();
        json!({
            "id": id,
            "create_time": Moment::now().to_second(),
            "resource_type": "encrypt-resource",
            "event_type": draft.event_type,
            "summary": if draft.kind == "refund" { "退款通知" } else { "支付成功" },
            "resource": resource,
        })
        .to_string()
    }

    /// A notice as it is sent now.
    fn letter(&self, event: &Event, id: &str) -> Option<Letter> {
        let draft = self.draft(event)?;
        let body = self.sealed(&draft, id);
        let headers = stamp(body.as_bytes(), self.signer(None));
        Some(Letter {
            url: draft.url,
            headers,
            body,
        })
    }

    pub(crate) fn count(&mut self, event: &Event, sent: u64, accepted: u64) {
        let (sum_sent, sum_accepted) = match event {
            Event::Payment(number) => match self.order_mut(number) {
                Some(order) => (&mut order.notices_sent, &mut order.notices_accepted),
                None => return,
            },
            Event::Refund(number) => match self.refund_mut(number) {
                Some(refund) => (&mut refund.notices_sent, &mut refund.notices_accepted),
                None => return,
            },
        };
        *sum_sent += sent;
        *sum_accepted += accepted;
    }

    fn answered(&mut self, mut notice: Queued, accepted: bool) {
        self.count(&notice.event, 1, u64::from(accepted));
        if accepted || !notice.resend {
            return;
        }
        if let Some(seconds) = WAITS.get(notice.attempt) {
            notice.attempt += 1;
            notice.due = Instant::now() + Duration::from_secs(*seconds);
            self.queue.push(notice);
        }
    }

    fn take_due(&mut self, now: Instant, room: usize) -> Vec<(Queued, Letter)> {
        let mut taken = 0;
        let due: Vec<_> = self
            .queue
            .extract_if(.., |notice| {
                let take = notice.due <= now && taken < room;
                taken += usize::from(take);
                take
            })
            .collect();
        due.into_iter()
            .filter_map(|notice| {
                let letter = self.letter(&notice.event, &notice.id)?;
                Some((notice, letter))
            })
            .collect()
    }
}

/// Ends the refunds that are due and sends every notice, until the sandbox stops.
pub(crate) async fn work(world: Shared) {
    let mut in_flight = JoinSet::new();
    loop {
        let next = {
            let mut state = world.lock();
            let now = Instant::now();
            let next_refund = state.wechat.end_refunds(now);
            let room = MOST_IN_FLIGHT - in_flight.len();
            for (notice, letter) in state.wechat.take_due(now, room) {
                let world = world.clone();
                in_flight.spawn(async move {
                    let reply = post(&world.http, letter).await;
                    world.lock().wechat.answered(notice, reply.is_accepted());
                });
            }
            let has_room = in_flight.len() < MOST_IN_FLIGHT;
            let queue = state.wechat.queue.iter();
            let next_notice = queue.map(|notice| notice.due).min().filter(|_| has_room);
            next_refund.into_iter().chain(next_notice).min()
        };
        let due = async {
            match next {
                Some(next) => tokio::time::sleep_until(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = world.stopped() => return,
            () = world.wechat_wake.notified() => {}
            Some(_) = in_flight.join_next() => {}
            () = due => {}
        }
    }
}

/// Sends a notice once.
pub(crate) async fn post(http: &reqwest::Client, letter: Letter) -> Reply {
    let request = http
        .post(letter.url)
        .headers(letter.headers)
        .header("content-type", "application/json")
        .header("user-agent", "Mozilla/4.0")
        .body(letter.body);
    let Ok(mut response) = request.send().await else {
        let body = String::new();
        return Reply { status: None, body };
    };
    let status = Some(response.status().as_u16());
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MOST_BYTES {
            break;
        }
    }
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Reply { status, body }
}
