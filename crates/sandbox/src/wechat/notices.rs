//! Notices to the merchant: sealed and signed anew for each sending, and sent again until they are accepted.

use axum::http::{HeaderMap, HeaderValue, header};
use reqwest::Url;
use serde_json::json;
use tokio::time::Instant;

use super::{Wechat, WechatMerchant, seal::seal, signature::stamp};
use crate::{
    clock::Moment,
    notices::{Answer, Letter, Queue, Sender, Tally},
    random,
};

/// What a notice tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A payment, by `out_trade_no`.
    Payment(String),
    /// A refund, by `out_refund_no`.
    Refund(String),
}

/// A notice, whose id stays the same when it is sent again.
#[derive(Clone)]
pub(crate) struct Notice {
    event: Event,
    id: String,
}

/// What a notice tells.
pub(super) struct Draft {
    pub(super) url: Url,
    /// `transaction` or `refund`.
    kind: &'static str,
    pub(super) event_type: String,
    /// JSON, to be sealed.
    pub(super) inside: String,
}

/// Seconds from one attempt to the next: WeChat Pay's own 15 s, 15 s, 30 s, 3 min … 6 h, a fifteenth of each.
const WAITS: [u64; 15] = [
    1, 1, 2, 12, 40, 80, 120, 120, 120, 240, 720, 720, 720, 1440, 1440,
];

impl Notice {
    /// A new one.
    fn about(event: Event) -> Self {
        let id = format!("EV-{}{}", Moment::now().digits(), random::digits(10));
        Self { event, id }
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
        if !loses {
            self.notices.add(&Notice::about(event.clone()));
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

    /// Where notices of this are counted.
    pub(super) fn noticed(&mut self, event: &Event) -> Option<&mut Tally> {
        match event {
            Event::Payment(number) => self.order_mut(number).map(|order| &mut order.noticed),
            Event::Refund(number) => self.refund_mut(number).map(|refund| &mut refund.noticed),
        }
    }
}

impl Sender for Wechat {
    type Notice = Notice;

    fn queue(&mut self) -> &mut Queue<Notice> {
        &mut self.notices
    }

    fn wait(attempt: usize) -> Option<u64> {
        WAITS.get(attempt).copied()
    }

    /// Refunds too.
    fn advance(&mut self, now: Instant) -> Option<Instant> {
        self.end_refunds(now)
    }

    fn letter(&self, _: &WechatMerchant, notice: &Notice) -> Option<Letter> {
        let draft = self.draft(&notice.event)?;
        let body = self.sealed(&draft, &notice.id);
        let stamp = stamp(body.as_bytes(), self.signer(None));
        Some(letter(draft.url, stamp, body))
    }

    fn is_accepted(answer: &Answer) -> bool {
        answer.is_good()
    }

    fn tally(&mut self, notice: &Notice) -> Option<&mut Tally> {
        self.noticed(&notice.event)
    }
}

/// A notice on its way, with the headers of its signature.
pub(super) fn letter(url: Url, mut headers: HeaderMap, body: String) -> Letter {
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json"),
        (header::USER_AGENT, "Mozilla/4.0"),
    ] {
        let value = HeaderValue::from_static(value);
        headers.entry(name).or_insert(value);
    }
    Letter { url, headers, body }
}
