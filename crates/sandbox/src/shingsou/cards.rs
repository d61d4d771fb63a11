//! Cards: what they are, what they used, how they stand, and whose they are.

mod real_name;

use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    Shared, Shingsou,
    data::{
        cards::{ALL, Expires, RealName},
        catalog::Carrier,
    },
    envelope::{Object, Refusal},
};
use crate::clock::Moment;

pub(crate) use real_name::register;

/// A card.
#[derive(Clone)]
pub(crate) struct Card {
    pub(crate) iccid: &'static str,
    pub(crate) msisdn: Option<&'static str>,
    pub(crate) carrier: Carrier,
    /// The carrier's own code.
    pub(crate) status: i64,
    pub(crate) plan: &'static str,
    pub(crate) categories: &'static [&'static str],
    pub(crate) data: Option<Data>,
    pub(crate) expires: Option<Moment>,
    pub(crate) name_required: bool,
    pub(crate) real_name: RealName,
    /// When a pending registration is decided.
    pub(crate) decided_at: Option<Instant>,
}

/// Data of the present period, in MB.
#[derive(Clone, Copy)]
pub(crate) struct Data {
    pub(crate) used: f64,
    pub(crate) total: f64,
}

impl Card {
    /// Whether the carrier took the number back, so that nothing can be sold for it.
    pub(crate) fn is_terminated(&self) -> bool {
        match self.carrier {
            Carrier::Mobile => self.status == 4,
            Carrier::Telecom => self.status == 3,
            Carrier::Unicom => matches!(self.status, 7 | 8),
        }
    }

    pub(crate) fn goes_by(&self, number: &str) -> bool {
        self.iccid.eq_ignore_ascii_case(number) || self.msisdn == Some(number)
    }
}

impl Shingsou {
    /// The card of an ICCID or an MSISDN.
    pub(crate) fn card(&self, number: &str) -> Option<&Card> {
        self.cards.iter().find(|card| card.goes_by(number))
    }

    pub(crate) fn card_mut(&mut self, number: &str) -> Option<&mut Card> {
        self.cards.iter_mut().find(|card| card.goes_by(number))
    }
}

/// The query of the three reads.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asked {
    #[serde(default)]
    card_no: String,
}

/// `GET /cards/FlowCard/Detail`
pub(crate) async fn detail(
    State(stage): State<Shared>,
    Query(asked): Query<Asked>,
) -> Result<Object<Value>, Refusal> {
    let card = find(&stage, &asked)?;
    Ok(Object(json!({
        "iccid": card.iccid,
        "msisdn": card.msisdn,
        "carrier": card.carrier,
        "planName": card.plan,
        "categoryIds": card.categories,
        "expireTime": card.expires,
        "realityRequired": card.name_required,
        "realityStatus": card.real_name,
    })))
}

/// `GET /cards/FlowCard/Data`; nothing is found where the carrier reports nothing.
pub(crate) async fn data(
    State(stage): State<Shared>,
    Query(asked): Query<Asked>,
) -> Result<Object<Value>, Refusal> {
    let Data { used, total } = find(&stage, &asked)?.data.ok_or_else(Refusal::not_found)?;
    Ok(Object(
        json!({ "used": used, "total": total, "asOf": Moment::now() }),
    ))
}

/// `GET /cards/FlowCard/Status`; telecom's codes come as numbers, the others' as text.
pub(crate) async fn status(
    State(stage): State<Shared>,
    Query(asked): Query<Asked>,
) -> Result<Object<Value>, Refusal> {
    let card = find(&stage, &asked)?;
    let status = match card.carrier {
        Carrier::Telecom => Value::from(card.status),
        Carrier::Mobile | Carrier::Unicom => Value::from(card.status.to_string()),
    };
    Ok(Object(json!({ "status": status })))
}

fn find(stage: &Shared, asked: &Asked) -> Result<Card, Refusal> {
    if asked.card_no.is_empty() {
        return Err(Refusal::invalid("cardNo不能为空"));
    }
    stage
        .lock()
        .card(&asked.card_no)
        .cloned()
        .ok_or_else(Refusal::not_found)
}

pub(crate) fn seeded() -> Vec<Card> {
    let now = Moment::now();
    ALL.iter()
        .map(|seed| Card {
            iccid: seed.iccid,
            msisdn: seed.msisdn,
            carrier: seed.carrier,
            status: seed.status,
            plan: seed.plan,
            categories: seed.categories,
            data: seed.data.map(|(used, total)| Data { used, total }),
            expires: match seed.expires {
                Expires::Never => None,
                Expires::EndOfMonth => Some(now.end_of_month()),
                Expires::InDays(days) => Some(now.plus_days(days)),
            },
            name_required: seed.name_required,
            real_name: seed.real_name,
            decided_at: None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn the_readme_lists_every_card() {
        let readme = include_str!("../../README.md");
        for card in ALL {
            let row = readme.lines().find(|line| line.contains(card.iccid));
            let row = row.unwrap_or_else(|| panic!("{} is not in the README", card.iccid));
            let cells: Vec<_> = row
                .split('|')
                .map(|cell| cell.trim().trim_matches('`'))
                .collect();
            assert_eq!(cells[2], card.msisdn.unwrap_or(""), "{}", card.iccid);
            assert!(
                cells[4].starts_with(&card.status.to_string()),
                "{}",
                card.iccid
            );
            assert_eq!(cells[6], card.plan, "{}", card.iccid);
        }
    }
}
