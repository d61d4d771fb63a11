//! What a card is.

use contract::{
    CardNumber, CardState, CardSummary, Carrier, Realname, RealnameState, Timestamp, Usage,
};
use serde::Deserialize;

use super::{
    Shingsou, UpstreamError, envelope, operations, realname,
    values::{self, Text, megabytes},
};
use crate::clock::now;

/// The query of the three reads. Documented for `FlowCard/Location`; the others are guessed to be alike.
const CARD: &str = "cardNo";

/// A card's detail. Every name is guessed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    iccid: Option<String>,
    carrier: Option<String>,
    plan_name: Option<String>,
    category_ids: Option<Vec<Text>>,
    expire_time: Option<String>,
    reality_required: Option<bool>,
    reality_status: Option<String>,
}

/// Data used in the present period, in MB. Every name is guessed, and so is the unit.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    used: f64,
    total: Option<f64>,
    as_of: Option<String>,
}

/// The carrier's own code. The tables of codes are documented, the field's name is guessed.
#[derive(Deserialize)]
struct Status {
    status: Text,
}

impl Shingsou {
    /// What a card is: its detail, the data used and its state, asked for at once. Where the data used is not told, it is
    /// left out: not every carrier tells, and nobody buys or not because of it.
    ///
    /// # Errors
    /// [`UpstreamError::Refused`] with [`super::code::NOT_FOUND`] for an unknown card; else see [`UpstreamError`].
    pub async fn card(&self, number: &CardNumber) -> Result<CardSummary, UpstreamError> {
        let query = [(CARD, number.as_str())];
        let (detail, data, status) = tokio::join!(
            self.client.get::<Detail>(operations::CARD_DETAIL, &query),
            self.client.get::<Data>(operations::CARD_DATA, &query),
            self.client.get::<Status>(operations::CARD_STATUS, &query),
        );
        let (detail, status) = (detail?, status?);
        summary(number, detail, data.ok(), &status)
    }
}

fn summary(
    number: &CardNumber,
    detail: Detail,
    data: Option<Data>,
    status: &Status,
) -> Result<CardSummary, UpstreamError> {
    let carrier = detail
        .carrier
        .as_deref()
        .and_then(values::carrier)
        .or_else(|| detail.iccid.as_deref().and_then(Carrier::of_iccid))
        .or_else(|| number.carrier())
        .ok_or_else(|| envelope::garbage("the card has no known carrier"))?;
    Ok(CardSummary {
        number_masked: number.masked(),
        kind: number.kind(),
        carrier,
        state: CardState::of(carrier, &status.status.0),
        plan: detail.plan_name.filter(|name| !name.trim().is_empty()),
        usage: data.and_then(|data| data.usage(now())),
        expires_at: detail.expire_time.as_deref().and_then(values::time),
        realname: Realname {
            required: detail.reality_required.unwrap_or(false),
            state: detail
                .reality_status
                .as_deref()
                .and_then(realname::state)
                .unwrap_or(RealnameState::None),
        },
        category_ids: detail
            .category_ids
            .unwrap_or_default()
            .into_iter()
            .map(|id| id.0)
            .collect(),
        check_digit_differs: number.luhn_fails(),
    })
}

impl Data {
    /// Whole MB, in the card holder's disfavour, so that nobody counts on data that is not there.
    fn usage(self, now: Timestamp) -> Option<Usage> {
        Some(Usage {
            used_mb: megabytes(self.used)?.ceil() as i64,
            total_mb: megabytes(self.total?)?.floor() as i64,
            as_of: self.as_of.as_deref().and_then(values::time).unwrap_or(now),
        })
    }
}

#[cfg(test)]
mod tests {
    use contract::StateClass;

    use super::*;

    fn read(detail: &str, data: Option<&str>, status: &str) -> Option<CardSummary> {
        let number = CardNumber::parse("898607B2091701418584").expect("a card number");
        let detail = serde_json::from_str(detail).expect("a detail");
        let data = data.map(|data| serde_json::from_str(data).expect("data"));
        let status = serde_json::from_str(status).expect("a status");
        summary(&number, detail, data, &status).ok()
    }

    #[test]
    fn a_card_is_read() {
        let card = read(
            r#"{"iccid":"898607B2091701418584","msisdn":null,"carrier":"mobile","planName":"2GB","categoryIds":["11",12],
                "expireTime":"2026-11-30T23:59:59+08:00","realityRequired":true,"realityStatus":"passed"}"#,
            Some(r#"{"used":1556.5,"total":2048,"asOf":"2026-11-21T18:00:00+08:00"}"#),
            r#"{"status":"1"}"#,
        )
        .expect("a card");
        assert_eq!(card.number_masked, "8986 07B2 **** 8584");
        assert_eq!(
            (card.state.label.as_str(), card.state.class),
            ("停机", StateClass::Suspended)
        );
        assert_eq!(
            card.usage.map(|usage| (usage.used_mb, usage.total_mb)),
            Some((1557, 2048))
        );
        assert_eq!(card.category_ids, ["11", "12"]);
        assert_eq!(
            card.expires_at.map(|at| at.to_string()).as_deref(),
            Some("2026-11-30T15:59:59.000Z")
        );
        assert_eq!(
            card.realname,
            Realname {
                required: true,
                state: RealnameState::Passed
            }
        );
    }

    #[test]
    fn what_is_missing_is_left_out() {
        let card = read("{}", None, r#"{"status":7}"#).expect("a card");
        assert_eq!(card.carrier, Carrier::Mobile);
        assert_eq!(card.state.class, StateClass::Activatable);
        assert_eq!((card.plan, card.usage, card.expires_at), (None, None, None));
        let unlimited = read(
            "{}",
            Some(r#"{"used":1.5,"total":null}"#),
            r#"{"status":"0"}"#,
        );
        assert_eq!(unlimited.expect("a card").usage, None);
        let odd = r#"{"realityStatus":"whatever","expireTime":"never","planName":" "}"#;
        let card = read(odd, None, r#"{"status":"0"}"#).expect("a card");
        assert_eq!(
            (card.realname.state, card.plan),
            (RealnameState::None, None)
        );
    }
}
