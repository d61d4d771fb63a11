//! What a card is (`flowcard-detail`, `flowcard-data`, `flowcard-status`).

use std::time::SystemTime;

use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    Body, Carrier, Client, Error, Registration,
    operations::{FLOWCARD_DATA, FLOWCARD_DETAIL, FLOWCARD_STATUS, Operation},
    realname,
    values::{self, Text, megabytes},
};

/// The query of the three reads. Documented for `FlowCard/Location`; the others are guessed to be alike.
const CARD: &str = "cardNo";

/// What a card is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its ICCID, where it is told.
    pub iccid: Option<String>,
    /// Who carries its data, where it is told.
    pub carrier: Option<Carrier>,
    /// The carrier's own code of its state.
    pub status: String,
    /// What it has at present, by name.
    pub plan: Option<String>,
    /// The data used, where the carrier tells.
    pub usage: Option<Usage>,
    /// Until when it is good.
    pub expires_at: Option<SystemTime>,
    /// Whether its holder must be registered.
    pub registration_required: bool,
    /// How far the registration is, where it is told.
    pub registration: Option<Registration>,
    /// The categories whose packages fit it; none where it is not told.
    pub category_ids: Vec<String>,
}

/// The data used in the present period, in whole MB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Used, rounded up.
    pub used_mb: i64,
    /// There in all, rounded down: nobody shall count on data that is not there.
    pub total_mb: i64,
    /// As of when, where it is told.
    pub as_of: Option<SystemTime>,
}

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

impl Client {
    /// What a card is: its detail, the data used and its state, asked for at once. Where the data used is not told, it is
    /// left out: not every carrier tells, and nobody buys or not because of it.
    ///
    /// # Errors
    /// [`Error::Refused`] with [`code::NOT_FOUND`](crate::code::NOT_FOUND) for an unknown card; else see [`Error`].
    pub async fn card(&self, card_no: &str) -> Result<Card, Error> {
        let query = [(CARD, card_no)];
        let (detail, data, status) = tokio::join!(
            self.read::<Detail>(&FLOWCARD_DETAIL, &query),
            self.read::<Data>(&FLOWCARD_DATA, &query),
            self.read::<Status>(&FLOWCARD_STATUS, &query),
        );
        Ok(card(detail?, data.ok(), status?))
    }

    async fn read<T: DeserializeOwned>(
        &self,
        operation: &Operation,
        query: &[(&str, &str)],
    ) -> Result<T, Error> {
        self.call(operation, query, Body::None).await?.object()
    }
}

fn card(detail: Detail, data: Option<Data>, status: Status) -> Card {
    Card {
        carrier: detail.carrier.as_deref().and_then(values::carrier),
        iccid: detail.iccid,
        status: status.status.0,
        plan: detail.plan_name.filter(|name| !name.trim().is_empty()),
        usage: data.and_then(Data::usage),
        expires_at: detail.expire_time.as_deref().and_then(values::time),
        registration_required: detail.reality_required.unwrap_or(false),
        registration: detail
            .reality_status
            .as_deref()
            .and_then(realname::registration),
        category_ids: detail
            .category_ids
            .unwrap_or_default()
            .into_iter()
            .map(|id| id.0)
            .collect(),
    }
}

impl Data {
    fn usage(self) -> Option<Usage> {
        Some(Usage {
            used_mb: megabytes(self.used)?.ceil() as i64,
            total_mb: megabytes(self.total?)?.floor() as i64,
            as_of: self.as_of.as_deref().and_then(values::time),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(detail: &str, data: Option<&str>, status: &str) -> Card {
        let detail = serde_json::from_str(detail).expect("a detail");
        let data = data.map(|data| serde_json::from_str(data).expect("data"));
        card(
            detail,
            data,
            serde_json::from_str(status).expect("a status"),
        )
    }

    #[test]
    fn a_card_is_read() {
        let card = read(
            r#"{"iccid":"898607B2091701418584","msisdn":null,"carrier":"mobile","planName":"2GB","categoryIds":["11",12],
                "expireTime":"2026-11-30T23:59:59+08:00","realityRequired":true,"realityStatus":"passed"}"#,
            Some(r#"{"used":1556.5,"total":2048,"asOf":"2026-11-21T18:00:00+08:00"}"#),
            r#"{"status":"1"}"#,
        );
        let expected = Card {
            iccid: Some("898607B2091701418584".into()),
            carrier: Some(Carrier::Mobile),
            status: "1".into(),
            plan: Some("2GB".into()),
            usage: Some(Usage {
                used_mb: 1557,
                total_mb: 2048,
                as_of: values::time("2026-11-21T10:00:00Z"),
            }),
            expires_at: values::time("2026-11-30T15:59:59Z"),
            registration_required: true,
            registration: Some(Registration::Passed),
            category_ids: vec!["11".into(), "12".into()],
        };
        assert_eq!(card, expected);
    }

    #[test]
    fn what_is_missing_is_left_out() {
        let nothing = Card {
            iccid: None,
            carrier: None,
            status: "7".into(),
            plan: None,
            usage: None,
            expires_at: None,
            registration_required: false,
            registration: None,
            category_ids: Vec::new(),
        };
        assert_eq!(read("{}", None, r#"{"status":7}"#), nothing);
        let unlimited = Some(r#"{"used":1.5,"total":null}"#);
        assert_eq!(read("{}", unlimited, r#"{"status":"7"}"#), nothing);
        let odd =
            r#"{"realityStatus":"whatever","expireTime":"never","planName":" ","carrier":"x"}"#;
        assert_eq!(read(odd, None, r#"{"status":"7"}"#), nothing);
    }
}
