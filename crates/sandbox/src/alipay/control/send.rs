//! Notices of Alipay on order: as they are or altered.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    alipay::{Alipay, Keys, forms, notices},
    control::{Problem, notices::Drawn},
    notices::{Letter, Tally},
};

/// Which notice, and what is different about it.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    out_trade_no: String,
    /// The refund it is about, if it is about one.
    out_request_no: Option<String>,
    /// Replaces single parameters, a null taking one away: before signing where `resign` is set, else after it.
    #[serde(default)]
    fields: BTreeMap<String, Option<String>>,
    #[serde(default)]
    resign: bool,
    /// In place of the form.
    body: Option<String>,
}

impl Drawn for Alipay {
    type Wanted = Wanted;

    fn draw(&self, keys: &Keys, wanted: &Wanted) -> Result<Letter, Problem> {
        let trade = self
            .trade(&wanted.out_trade_no)
            .ok_or_else(|| Problem::unknown("out_trade_no"))?;
        let refund = match &wanted.out_request_no {
            None => None,
            Some(number) => Some(
                trade
                    .refund(number)
                    .ok_or_else(|| Problem::unknown("out_request_no"))?,
            ),
        };
        let url = trade.notify_url.clone();
        let url = url.ok_or_else(|| Problem::invalid("the trade has no notify_url"))?;
        let mut said = notices::sign(keys, notices::said(trade, refund));
        for (name, value) in wanted.fields.clone() {
            match value {
                Some(value) => said.insert(name, value),
                None => said.remove(&name),
            };
        }
        if wanted.resign {
            notices::sign_again(keys, &mut said);
        }
        let form = wanted.body.clone();
        let form = form.unwrap_or_else(|| forms::write(&said));
        Ok(notices::letter(url, form))
    }

    fn count(&mut self, wanted: &Wanted) -> Option<&mut Tally> {
        let trade = self.find(&wanted.out_trade_no)?;
        Some(&mut trade.noticed)
    }
}
