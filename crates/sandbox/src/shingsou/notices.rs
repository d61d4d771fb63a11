//! Notices to the partner: sent when a payment's state changes, and again until they are accepted.

use reqwest::Url;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Desk, Shingsou, payments::Payment};
use crate::{
    notices::{Answer, Letter, Queue, Sender, Tally},
    random,
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

impl Shingsou {
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

impl Sender for Shingsou {
    type Notice = Notice;

    fn queue(&mut self) -> &mut Queue<Notice> {
        &mut self.notices
    }

    fn wait(attempt: usize) -> Option<u64> {
        match FIRST_WAITS.get(attempt) {
            Some(seconds) => Some(*seconds),
            None => (attempt < FIRST_WAITS.len() + MINUTE_WAITS).then_some(60),
        }
    }

    /// Credits, recharges and registrations too.
    fn advance(&mut self, now: Instant) -> Option<Instant> {
        let credit = self.credit_due(now);
        let recharge = self.recharge_due(now);
        let real_name = self.decide_real_names(now);
        [credit, recharge, real_name].into_iter().flatten().min()
    }

    fn letter(&self, _: &Desk, notice: &Notice) -> Option<Letter> {
        let payment = self.payment(&notice.payment_id)?;
        Some(letter(payment.notify_url.clone(), notice.body.clone()))
    }

    fn is_accepted(answer: &Answer) -> bool {
        answer.is_success()
    }

    fn tally(&mut self, notice: &Notice) -> Option<&mut Tally> {
        let payment = self.payment_mut(&notice.payment_id)?;
        Some(&mut payment.noticed)
    }
}

/// A notice on its way.
pub(crate) fn letter(url: Url, body: String) -> Letter {
    Letter::new(url, "application/json", body)
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
