//! Notices of the platform on order.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    control::{Problem, notices::Drawn},
    notices::{Letter, Tally},
    shingsou::{
        Desk, Shingsou,
        notices::{body, letter},
    },
};

/// Which notice, and what is different about it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wanted {
    out_trade_no: String,
    /// An object replaces single fields, a null taking one away; a text is sent as it is.
    body: Option<Value>,
}

impl Drawn for Shingsou {
    type Wanted = Wanted;

    fn draw(&self, _: &Desk, wanted: &Wanted) -> Result<Letter, Problem> {
        let payment = self
            .payment_of(&wanted.out_trade_no)
            .ok_or_else(|| Problem::unknown("outTradeNo"))?;
        let truth = body(payment);
        let body = match &wanted.body {
            None => truth.to_string(),
            Some(Value::Object(fields)) => with(truth, fields.clone()).to_string(),
            Some(Value::String(text)) => text.clone(),
            Some(_) => return Err(Problem::invalid("body must be an object or a text")),
        };
        Ok(letter(payment.notify_url.clone(), body))
    }

    fn count(&mut self, wanted: &Wanted) -> Option<&mut Tally> {
        let id = self.payment_of(&wanted.out_trade_no)?.id.clone();
        Some(&mut self.payment_mut(&id)?.noticed)
    }
}

fn with(mut truth: Value, fields: Map<String, Value>) -> Value {
    for (name, value) in fields {
        if value.is_null() {
            truth.as_object_mut().map(|notice| notice.remove(&name));
        } else {
            truth[name] = value;
        }
    }
    truth
}
