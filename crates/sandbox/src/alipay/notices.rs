//! Notices to the app: a signed form, sent when money moves, and again until the answer is `success`.

use std::time::Duration;

use reqwest::{Url, header};
use serde_json::Value;
use tokio::{task::JoinSet, time::Instant};

use super::{
    Alipay, Keys, forms,
    forms::Parameters,
    refunds::Refund,
    trades::{Status, Trade},
};
use crate::{
    clock::Moment,
    money::Fen,
    random,
    shingsou::notices::{Answer, Mode, send},
    world::Shared,
};

/// Notices still to be sent, and how the next ones go.
#[derive(Default)]
pub(crate) struct Notices {
    pub(crate) mode: Mode,
    queue: Vec<Queued>,
}

/// A notice waiting for its time.
struct Queued {
    out_trade_no: String,
    /// What it says; signed when it is sent. Its `notify_id` stays the same however often that is.
    said: Parameters,
    attempt: usize,
    due: Instant,
    /// A copy of a flood is sent once only.
    resend: bool,
}

/// Alipay waits 4, 10, 10, 60, 120, 360 and 900 minutes; here a minute lasts a second.
const WAITS: [u64; 7] = [4, 10, 10, 60, 120, 360, 900];
/// The type of a notice's body.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

const MOST_QUEUED: usize = 10_000;
const MOST_IN_FLIGHT: usize = 64;

impl Alipay {
    /// Queues the notice of a payment or a refund.
    pub(crate) fn notify(&mut self, trade: &Trade, refund: Option<&Refund>) {
        if trade.notify_url.is_none() {
            return;
        }
        let copies = match self.notices.mode {
            Mode::Lose => 0,
            _ if trade.loses_notices => 0,
            Mode::Normal => 1,
            Mode::Double => 2,
            Mode::Flood { count } => count,
        };
        let said = said(trade, refund);
        let queue = &mut self.notices.queue;
        for copy in 0..copies.min(MOST_QUEUED.saturating_sub(queue.len())) {
            queue.push(Queued {
                out_trade_no: trade.out_trade_no.clone(),
                said: said.clone(),
                attempt: 0,
                due: Instant::now(),
                resend: copy == 0,
            });
        }
    }

    fn answered(&mut self, mut notice: Queued, accepted: bool) {
        // After a reset nobody knows the trade any more.
        let Some(trade) = self.find(&notice.out_trade_no) else {
            return;
        };
        trade.notices_sent += 1;
        trade.notices_accepted += u64::from(accepted);
        if let Some(seconds) = WAITS.get(notice.attempt)
            && !accepted
            && notice.resend
        {
            notice.attempt += 1;
            notice.due = Instant::now() + Duration::from_secs(*seconds);
            self.notices.queue.push(notice);
        }
    }

    fn take_due(&mut self, now: Instant, room: usize) -> Vec<(Queued, Url)> {
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
                let url = self.find(&notice.out_trade_no)?.notify_url.clone()?;
                Some((notice, url))
            })
            .collect()
    }
}

/// What a notice of the trade's present state says, without who it is for.
pub(crate) fn said(trade: &Trade, refund: Option<&Refund>) -> Parameters {
    let status = match trade.status() {
        Some(Status::TradeSuccess) => "TRADE_SUCCESS",
        Some(Status::TradeClosed) => "TRADE_CLOSED",
        _ => "WAIT_BUYER_PAY",
    };
    let mut said = Parameters::new();
    let mut say = |name: &str, value: String| said.insert(name.to_owned(), value);
    say("notify_id", random::hex(17));
    say("notify_type", "trade_status_sync".into());
    say("charset", "utf-8".into());
    say("version", "1.0".into());
    say("out_trade_no", trade.out_trade_no.clone());
    say("trade_status", status.into());
    say("subject", trade.subject.clone());
    say("total_amount", yuan(trade.total));
    say("receipt_amount", yuan(trade.total));
    say("buyer_pay_amount", yuan(trade.total));
    say("buyer_id", super::methods::BUYER.into());
    say("gmt_create", trade.created.plain());
    say(
        "fund_bill_list",
        format!(
            r#"[{{"amount":"{}","fundChannel":"ALIPAYACCOUNT"}}]"#,
            yuan(trade.total)
        ),
    );
    if let Some(trade_no) = &trade.trade_no {
        say("trade_no", trade_no.clone());
    }
    if let Some(paid) = trade.paid_at {
        say("gmt_payment", paid.plain());
    }
    if let Some(refund) = refund {
        say("refund_fee", yuan(trade.refunded()));
        say("gmt_refund", format!("{}.000", refund.at.plain()));
        say("out_biz_no", refund.out_request_no.clone());
    }
    for (name, value) in &trade.says {
        match value {
            Value::Null => drop(said.remove(name)),
            Value::String(text) => drop(said.insert(name.clone(), text.clone())),
            other => drop(said.insert(name.clone(), other.to_string())),
        }
    }
    said
}

/// Addresses and signs what is said, as of now.
pub(crate) fn sign(keys: &Keys, mut said: Parameters) -> Parameters {
    let app = keys.app();
    said.insert("app_id".into(), app.app_id.clone());
    said.insert("auth_app_id".into(), app.app_id);
    said.insert("seller_id".into(), app.seller_id);
    said.insert("notify_time".into(), Moment::now().plain());
    sign_again(keys, &mut said);
    said
}

/// Puts a fresh signature over whatever is said.
pub(crate) fn sign_again(keys: &Keys, said: &mut Parameters) {
    let sign = keys.sign(&forms::message(said, &["sign", "sign_type"]));
    said.insert("sign_type".into(), "RSA2".into());
    said.insert("sign".into(), sign);
}

/// Posts a form and reads the answer.
pub(crate) async fn post(http: &reqwest::Client, url: Url, form: String) -> Answer {
    send(http.post(url).header(header::CONTENT_TYPE, FORM).body(form)).await
}

/// Sends every notice when it is due, until the sandbox stops.
pub(crate) async fn work(world: Shared) {
    let mut in_flight = JoinSet::new();
    loop {
        let next = {
            let mut state = world.lock();
            let room = MOST_IN_FLIGHT - in_flight.len();
            for (notice, url) in state.alipay.take_due(Instant::now(), room) {
                in_flight.spawn(deliver(world.clone(), notice, url));
            }
            let has_room = in_flight.len() < MOST_IN_FLIGHT;
            let dues = state.alipay.notices.queue.iter().map(|notice| notice.due);
            dues.min().filter(|_| has_room)
        };
        let due = async {
            match next {
                Some(next) => tokio::time::sleep_until(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = world.stopped() => return,
            () = world.alipay.wake.notified() => {}
            Some(_) = in_flight.join_next() => {}
            () = due => {}
        }
    }
}

async fn deliver(world: Shared, notice: Queued, url: Url) {
    let form = forms::write(&sign(&world.alipay.keys, notice.said.clone()));
    let answer = post(&world.http, url, form).await;
    let accepted = answer.is_accepted();
    world.lock().alipay.answered(notice, accepted);
    world.alipay.wake.notify_one();
}

/// With both decimals, as Alipay writes amounts.
pub(crate) fn yuan(amount: Fen) -> String {
    format!("{}.{:02}", amount.0 / 100, amount.0.unsigned_abs() % 100)
}
