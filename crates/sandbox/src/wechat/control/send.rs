//! Notices of WeChat Pay on order: as they are or altered.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::{
    control::{Problem, notices::Drawn},
    notices::{Letter, Tally},
    random,
    wechat::{
        Wechat, WechatMerchant,
        notices::{Event, letter},
        signature::stamp_at,
    },
};

/// Which notice, and what is different about it.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    out_trade_no: Option<String>,
    out_refund_no: Option<String>,
    /// What is sealed: an object replaces fields of it, a text is sealed as it is.
    inside: Option<Value>,
    event_type: Option<String>,
    /// Signed as the time, in place of now.
    timestamp: Option<String>,
    /// Put over the headers of the signature.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// In place of the body: before signing where `resign` is set, else after it.
    body: Option<String>,
    #[serde(default)]
    resign: bool,
}

impl Drawn for Wechat {
    type Wanted = Wanted;
    /// Each with a number and a signature of its own.
    const EACH_ANEW: bool = true;

    fn draw(&self, _: &WechatMerchant, wanted: &Wanted) -> Result<Letter, Problem> {
        let draft = self.draft(&wanted.event()?);
        let mut draft = draft.ok_or_else(|| Problem::unknown("number, or address for notices"))?;
        match &wanted.inside {
            None => {}
            Some(Value::Object(changes)) => {
                let mut told: Value = serde_json::from_str(&draft.inside).unwrap_or_default();
                for (name, value) in changes {
                    told[name] = value.clone();
                }
                draft.inside = told.to_string();
            }
            Some(Value::String(text)) => draft.inside.clone_from(text),
            Some(_) => return Err(Problem::invalid("inside is an object or a text")),
        }
        if let Some(event_type) = &wanted.event_type {
            draft.event_type.clone_from(event_type);
        }
        let mut body = self.sealed(&draft, &format!("EV-{}", random::digits(24)));
        let replace = |body: &mut String| {
            if let Some(other) = &wanted.body {
                body.clone_from(other);
            }
        };
        if wanted.resign {
            replace(&mut body);
        }
        let now = OffsetDateTime::now_utc().unix_timestamp().to_string();
        let timestamp = wanted.timestamp.as_deref().unwrap_or(&now);
        let mut headers = stamp_at(timestamp, body.as_bytes(), self.signer(None));
        put_over(&mut headers, &wanted.headers).ok_or_else(|| Problem::invalid("headers"))?;
        replace(&mut body);
        Ok(letter(draft.url, headers, body))
    }

    fn count(&mut self, wanted: &Wanted) -> Option<&mut Tally> {
        self.noticed(&wanted.event().ok()?)
    }
}

impl Wanted {
    fn event(&self) -> Result<Event, Problem> {
        match (&self.out_trade_no, &self.out_refund_no) {
            (Some(number), None) => Ok(Event::Payment(number.clone())),
            (None, Some(number)) => Ok(Event::Refund(number.clone())),
            _ => Err(Problem::invalid("out_trade_no or out_refund_no")),
        }
    }
}

fn put_over(headers: &mut HeaderMap, others: &BTreeMap<String, String>) -> Option<()> {
    for (name, value) in others {
        let (name, value) = (
            HeaderName::try_from(name).ok()?,
            HeaderValue::try_from(value).ok()?,
        );
        headers.insert(name, value);
    }
    Some(())
}
